package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/check"
)

func gateCommand(code *int) *cobra.Command {
	var c common
	var against check.Against
	cmd := &cobra.Command{
		Use:   "gate [packages]",
		Short: "Stop a change that brings new latency hazards",
		Long: `Gate checks packages, ./... if none are named, and the version of the sources
that a change started from, and reports what is new: on the lines that the
change touches, and wherever else it makes code reach a hazard or makes it hot.
What was there before is counted and not shown.

The version compared with is the merge base of HEAD and the commit that --base
names, or a file of known findings that lagvet baseline has written, or both.
Uncommitted changes are part of the change.

The exit code is 0 if nothing is new, 1 if something is, 2 if the command line
or the configuration is wrong, 3 if something could not be checked: a gate that
could not look has not found the change clean.`,
		Example: `  lagvet gate --base origin/main
  lagvet gate --base origin/main --profile cpu.pprof --format json ./...
  lagvet gate --baseline lagvet.baseline.json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if against == (check.Against{}) {
				return errors.New("nothing to compare with: name a commit with --base origin/main, or a file with --baseline lagvet.baseline.json")
			}
			o, err := c.options(cmd)
			if err != nil {
				return err
			}
			o.Patterns = args
			*code, err = check.Gate(cmd.Context(), o, against, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	f := cmd.Flags()
	c.register(f)
	c.registerReport(cmd)
	f.StringVar(&against.Base, "base", "", "compare with where HEAD left this `commit`: origin/main, HEAD~1")
	f.StringVar(&against.Baseline, "baseline", "", "compare with this `file` of known findings")
	return cmd
}
