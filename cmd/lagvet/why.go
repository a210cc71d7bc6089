package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/cmd/internal/check"
)

func whyCommand(code *int) *cobra.Command {
	var c common
	var q check.Question
	cmd := &cobra.Command{
		Use:   "why function...",
		Short: "Print what a function may do to latency, and what makes it hot",
		Long: `Why prints what functions may do to latency: each effect with the shortest chain
of calls that leads to it, position by position, through dependencies and the
standard library. It also prints what makes a function hot, or which request
root it runs for: who says so, and the chain of calls that leads there.

A function is named as fully as is needed to tell it from others: Match,
Engine.Match, match.Engine.Match or (*example.com/app/match.Engine).Match. It is
looked for in ./..., then in what that imports, then in the standard library. A
literal is named by its number: Engine.Match.func1.

The effects are alloc, lock, chan, net, disk, sleep, syscall, cgo, stw (stops the
world), spawn, reflect, exit, wallclock and unknown.`,
		Example: `  lagvet why Engine.Match
  lagvet why net/http.Get --effect net
  lagvet why --format json strconv.AppendInt
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
			q.Names = names
			*code, err = check.Why(cmd.Context(), o, q, check.Streams{Out: os.Stdout, Err: os.Stderr})
			return err
		},
	}
	f := cmd.Flags()
	c.register(f)
	f.StringArrayVar(&c.Patterns, "in", nil, "look only in these `packages`; may be repeated")
	f.StringVar(&q.Effect, "effect", "", "print this `kind` of effect only")
	f.StringVar(&c.Format, "format", "text", "how to print it: "+strings.Join(check.WhyFormats(), ", "))
	var kinds []string
	for _, k := range effects.Kinds() {
		kinds = append(kinds, k.String())
	}
	complete(cmd, "effect", kinds)
	complete(cmd, "format", check.WhyFormats())
	return cmd
}
