package main

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/lsp"
)

func lspCommand(code *int) *cobra.Command {
	var o lsp.Options
	cmd := &cobra.Command{
		Use:   "lsp",
		Short: "Serve an editor: findings as files are opened and saved, fixes as code actions",
		Long: `Lsp is a language server for editors, on standard input and output. It runs beside
gopls: when a file is opened or saved it checks the package, then those of the
other open files, and it offers the suggested fixes as code actions.

docs/hosts/lsp.md says how to set it up in an editor, and which settings it has.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			*code = lsp.Serve(cmd.Context(), standard{os.Stdin, os.Stdout}, o, os.Stderr)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&o.OnlyCompiler, "only-compiler", false, "report only what needs the compiler's word, for use beside a gopls that has lagvet's rules")
	// Editors pass it to every server; there is no other way to talk to this one.
	f.Bool("stdio", true, "talk on standard input and output")
	return cmd
}

// standard is standard input and output as one connection.
type standard struct {
	io.ReadCloser
	out io.WriteCloser
}

func (s standard) Write(p []byte) (int, error) { return s.out.Write(p) }

func (s standard) Close() error { return s.ReadCloser.Close() }
