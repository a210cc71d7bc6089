package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/baseline"
	"github.com/lagvet/lagvet/cmd/internal/baseline/manage"
	"github.com/lagvet/lagvet/cmd/internal/check"
)

func baselineCommand(code *int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Write down what is found today, for lagvet gate to let pass",
		Long: `Baseline keeps a file of the findings that a module has, ` + baseline.Name + `, which
lagvet gate --baseline compares with: what the file holds is let pass, wherever it
is moved and whatever it is renamed to. Where a commit can be compared with, as in a
pull request, lagvet gate --base needs no such file.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			return fmt.Errorf("unknown command \"baseline %s\"%s", args[0], config.DidYouMean(args[0], names))
		},
	}
	cmd.AddCommand(baselineWrite(code), baselinePrune(code), baselineShow(code))
	return cmd
}

func baselineWrite(code *int) *cobra.Command {
	var c common
	var o manage.Options
	cmd := &cobra.Command{
		Use:   "write",
		Short: "Write all present findings to the baseline",
		Long: `Write records all that lagvet check reports on the module, or the workspace, of the
current directory. Reasons that people wrote into the file stay with their findings.

Nothing is written if something could not be checked (exit code 3), or if the file
is there and cannot be read as a whole, but with --force (exit code 2).`,
		Example: `  lagvet baseline write
  lagvet baseline write --reason "before lagvet came"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Check, err = c.options(cmd); err != nil {
				return err
			}
			*code, err = manage.Write(cmd.Context(), o, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	c.register(cmd.Flags())
	baselineFile(cmd, &o)
	cmd.Flags().BoolVar(&o.Force, "force", false, "replace a file that cannot be read")
	cmd.Flags().StringVar(&o.Reason, "reason", "", "why findings that the file does not hold yet are put up with")
	return cmd
}

func baselinePrune(code *int) *cobra.Command {
	var c common
	var o manage.Options
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove from the baseline what no longer occurs",
		Long: `Prune removes the entries of the baseline that nothing is left of, and says which.
Entries whose code has moved or has other names follow it. Nothing is added.

Nothing is removed if something could not be checked (exit code 3).`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Check, err = c.options(cmd); err != nil {
				return err
			}
			*code, err = manage.Prune(cmd.Context(), o, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	c.register(cmd.Flags())
	baselineFile(cmd, &o)
	return cmd
}

func baselineShow(code *int) *cobra.Command {
	var o manage.Options
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Print what the baseline holds, and how much by rule",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			*code, err = manage.Show(o, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	cmd.Flags().StringVarP(&o.Check.Dir, "chdir", "C", "", "run in `dir`; other paths on the command line are relative to it")
	cmd.Flags().StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(manage.Formats(), ", "))
	complete(cmd, "format", manage.Formats())
	baselineFile(cmd, &o)
	return cmd
}

func baselineFile(cmd *cobra.Command, o *manage.Options) {
	cmd.Flags().StringVar(&o.File, "baseline", "", "the `file` (default: "+baseline.Name+" at the root of the module or the workspace)")
}
