package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/check"
)

func whyCommand(code *int) *cobra.Command {
	var c common
	cmd := &cobra.Command{
		Use:   "why function...",
		Short: "Print what makes a function hot, or reachable from a request root",
		Long: `Why prints what makes functions hot, and which request root they run for: who
says so, and the chain of calls that leads there, position by position.

A function is named as fully as is needed to tell it from others: Match,
Engine.Match, match.Engine.Match or (*example.com/app/match.Engine).Match.`,
		Example: `  lagvet why Engine.Match
  lagvet why --profile cpu.pprof --in ./internal/... encode`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("why takes the names of functions, such as Engine.Match")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, names []string) error {
			o, err := c.options(cmd)
			if err != nil {
				return err
			}
			*code, err = check.Why(cmd.Context(), o, names, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	c.register(cmd.Flags())
	cmd.Flags().StringArrayVar(&c.Patterns, "in", nil, "look in these `packages` (default ./...); may be repeated")
	return cmd
}
