package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lagvet/lagvet/cmd/internal/hostbuild"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

func golangciCommand(code *int) *cobra.Command {
	return hostCommand(code, hostbuild.Golangci(), &cobra.Command{
		Use:   "golangci",
		Short: "Build a golangci-lint that has lagvet's linters",
		Args:  noArgs,
		RunE:  help,
	}, `Build builds golangci-lint with lagvet's rules among its linters, from modules
alone: no repository is cloned, and no golangci-lint need be installed. How to turn
them on is in docs/hosts/golangci-lint.md.`, `  lagvet golangci build
  lagvet golangci build --version v2.15.0 --output ~/bin/golangci-lint`,
		"run it as you run golangci-lint; what .golangci.yml must say: docs/hosts/golangci-lint.md")
}

func goplsCommand(code *int) *cobra.Command {
	return hostCommand(code, hostbuild.Gopls(), &cobra.Command{
		Use:   "gopls",
		Short: "Build a gopls that has lagvet's rules",
		Args:  noArgs,
		RunE:  help,
	}, `Build builds gopls with lagvet's rules among its analyzers, from modules alone:
by default the newest release of gopls that the Go in use can build. Editors are
told to run it instead of their own: docs/hosts/gopls.md.

It never runs the compiler, so heapescape is not among its rules. lagvet lsp, run
beside it, asks the compiler when a file is saved.`, `  lagvet gopls build
  lagvet gopls build --output ~/bin/gopls
  GOTOOLCHAIN=go1.27.4 lagvet gopls build --version v0.24.0`,
		"have your editor run it: docs/hosts/gopls.md; without heapescape, which needs the compiler: lagvet lsp runs it on save")
}

// hostCommand adds to a host's command the one that builds the host.
func hostCommand(code *int, host *hostbuild.Host, parent *cobra.Command, long, example, next string) *cobra.Command {
	o := hostbuild.Options{Host: host}
	var lagvet string
	cmd := &cobra.Command{
		Use:     "build",
		Short:   parent.Short,
		Long:    long,
		Example: example,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			var err error
			if o.Lagvet, err = lagvetFor(lagvet); err != nil {
				return err
			}
			if term.IsTerminal(int(os.Stderr.Fd())) {
				o.Log = os.Stderr
			}
			res, err := hostbuild.Build(cmd.Context(), o)
			if f, ok := errors.AsType[*hostbuild.Failure](err); ok {
				printFailure(host, f)
				*code = report.Unchecked
				return nil
			}
			if err != nil {
				return err
			}
			printBuilt(host, res, next)
			return nil
		},
	}
	def := host.Default
	if def == "" {
		def = "the newest that the Go in use builds"
	}
	cmd.Flags().StringVar(&o.Version, "version", "", fmt.Sprintf("`version` of %s (default: %s)", host.Name, def))
	cmd.Flags().StringVar(&o.Output, "output", "", fmt.Sprintf("`file` to write (default: bin/%s)", host.Name))
	cmd.Flags().StringVar(&lagvet, "lagvet", "", "`source` of the rules: a directory with lagvet's source, or a version (default: this lagvet)")
	parent.AddCommand(cmd)
	return parent
}

// help prints what a command that only holds others can do.
func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// lagvetFor returns the lagvet that goes into a host.
func lagvetFor(asked string) (hostbuild.Lagvet, error) {
	if asked != "" {
		return hostbuild.AskedLagvet(asked)
	}
	info, _ := debug.ReadBuildInfo()
	// What cannot be found is no place to look in.
	program, _ := os.Executable()
	dir, _ := os.Getwd()
	return hostbuild.ThisLagvet(info, program, dir)
}

func printBuilt(host *hostbuild.Host, res *hostbuild.Result, next string) {
	made := "built by"
	if res.Same {
		made = "up to date, built by"
	}
	fmt.Printf("%s: %s %s with %s, %s %s\n", res.Output, host.Name, res.Version, res.Lagvet, made, res.Go)
	fmt.Println(next)
}

// saidLines is how much of what the go command said is shown: its last lines tell
// what went wrong, those before mostly what was fetched.
const saidLines = 30

func printFailure(host *hostbuild.Host, f *hostbuild.Failure) {
	fmt.Fprintf(os.Stderr, "could not build %s: %s\n", host.Name, f.Message)
	if f.Remedy != "" {
		fmt.Fprintf(os.Stderr, "    %s\n", f.Remedy)
	}
	if f.Said == "" {
		return
	}
	lines := strings.Split(f.Said, "\n")
	fmt.Fprintln(os.Stderr, "\nIn its own words:")
	for _, line := range lines[max(len(lines)-saidLines, 0):] {
		fmt.Fprintf(os.Stderr, "    %s\n", line)
	}
}
