package main

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/check"
)

func checkCommand(code *int) *cobra.Command {
	var c common
	cmd := &cobra.Command{
		Use:   "check [packages]",
		Short: "Check packages for latency hazards",
		Long: `Check looks for latency hazards in packages, ./... if none are named, and prints
what it finds: the place, what is wrong, why the code is hot, and the chain of
calls that leads there.

The exit code is 0 if nothing was found, 1 if something was, 2 if the command
line or the configuration is wrong, 3 if something could not be checked.`,
		Example: `  lagvet check ./...
  lagvet check --profile cpu.pprof ./internal/match
  lagvet check --evidence cpu.pprof,heap.pprof,trace.out ./...
  lagvet check --format sarif --output lagvet.sarif ./...
  lagvet check --report html=lagvet.html --report github=- ./...
  lagvet check --diff ./... | patch -p1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := c.options(cmd)
			if err != nil {
				return err
			}
			o.Patterns = args
			*code, err = check.Run(cmd.Context(), o, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	f := cmd.Flags()
	c.register(f)
	c.registerReport(cmd)
	f.BoolVar(&c.Fix, "fix", false, "apply the suggested fixes, then report what is left")
	f.BoolVar(&c.Diff, "diff", false, "print what --fix would change, and change nothing")
	f.BoolVar(&c.Timings, "timings", false, "tell on standard error, or in JSON, what each rule took in the packages that were analysed")
	f.BoolVar(&c.Anew, "anew", false, "analyse packages whose results are cached too; what is compiled stays so")
	return cmd
}
