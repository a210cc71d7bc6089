package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/testgen"
)

func testgenCommand(code *int) *cobra.Command {
	var opts testgen.Options
	var dry bool
	cmd := &cobra.Command{
		Use:   "testgen [packages]",
		Short: "Write tests that hold functions to their contracts at run time",
		Long: `Testgen writes a test for each function that //lagvet:noalloc or
//lagvet:nonblocking stands above, to ` + testgen.FileName + ` beside it. The test calls
the function under runtimecheck.NoAlloc or runtimecheck.NoBlock, with values that
its types allow; put in those that it sees in production. A test that exists, in
whatever file, is left alone.

The module must require github.com/lagvet/lagvet for the tests to compile.`,
		Example: `  lagvet testgen ./internal/match
  lagvet testgen -n ./...`,
		RunE: func(cmd *cobra.Command, patterns []string) error {
			if opts.Patterns = patterns; len(patterns) == 0 {
				opts.Patterns = []string{"./..."}
			}
			files, err := testgen.Generate(cmd.Context(), opts)
			if err != nil {
				fmt.Fprintf(os.Stderr, "lagvet: %v\n", err)
				*code = report.Unchecked
				return nil
			}
			for _, f := range files {
				for _, t := range f.Tests {
					fmt.Printf("%s: %s\n", f.Path, t)
				}
				if dry {
					continue
				}
				if err := os.WriteFile(f.Path, f.Content, 0o666); err != nil {
					return fmt.Errorf("writing tests: %w", err)
				}
			}
			return nil
		},
	}
	cmd.Flags().StringVarP(&opts.Dir, "chdir", "C", "", "run in `dir`")
	cmd.Flags().BoolVarP(&dry, "dry-run", "n", false, "say which tests would be written, and write none")
	return cmd
}
