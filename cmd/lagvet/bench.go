package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/bench"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// benchChild is the subcommand that a bench runs in.
const benchChild = "measure-one-claim"

// benchCommand is also the parent of what else measures.
func benchCommand(code *int) *cobra.Command {
	var o bench.Options
	cmd := &cobra.Command{
		Use:   "bench [claim...]",
		Short: "Measure on this machine what is said of techniques against tail latency",
		Long: `Bench measures what is said of techniques against tail latency (pinned threads,
GOGC, sync.Pool, sharded maps, SO_REUSEPORT, …) on this machine, and says of each claim
whether it holds here, with the interval that the figure lies in. Where the machine is too
noisy to tell, or cannot measure it at all, that is what it says. Each bench runs in a
process of its own; let nothing else run beside it.

The exit code is 0 if anything was measured, whatever came of it, 2 if the command line
is wrong, 3 if nothing could be measured or it was interrupted.`,
		Example: `  lagvet bench --list
  lagvet bench --quick
  lagvet bench map.sharded pool.reuse
  lagvet bench --only gc --time 20s
  lagvet bench --format json -o here.json --report benchfmt=here.txt`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Claims = args
			*code, err = bench.Run(cmd.Context(), o, []string{cmd.Name(), benchChild}, os.Stdout, os.Stderr)
			return err
		},
		Args:              cobra.ArbitraryArgs, // which claims there are, bench.Run knows
		ValidArgsFunction: cobra.FixedCompletions(claimIDs(), cobra.ShellCompDirectiveNoFileComp),
	}
	f := cmd.Flags()
	f.BoolVar(&o.List, "list", false, "print the claims there are, and measure nothing")
	f.BoolVar(&o.Quick, "quick", false, "measure less: fewer rounds, a quarter of the time")
	f.DurationVar(&o.Time, "time", 0, "the `time` to measure each claim for (default 6s, with --quick 1.5s)")
	f.StringSliceVar(&o.Only, "only", nil, "measure this `group` of claims (gc); may be repeated")
	f.BoolVar(&o.Anyway, "anyway", false, "show figures also where the noise of this machine is larger than the effect")
	f.StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(bench.Formats(), ", "))
	f.StringVarP(&o.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated")
	var values []string
	for _, format := range bench.Formats() {
		values = append(values, format+"=")
	}
	complete(cmd, "report", values)
	complete(cmd, "format", bench.Formats())
	complete(cmd, "only", claims.Groups())
	cmd.AddCommand(
		benchCompareCommand(code),
		benchLoadCommand(code),
		benchChildCommand(),
	)
	return cmd
}

func claimIDs() []string {
	var ids []string
	for _, c := range claims.All() {
		ids = append(ids, c.ID)
	}
	return ids
}

// benchChildCommand is what lagvet bench starts for each claim. It reads what to measure
// from standard input.
func benchChildCommand() *cobra.Command {
	return &cobra.Command{
		Use:    benchChild,
		Hidden: true,
		Args:   noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return claims.Child(cmd.Context(), os.Stdin, os.Stdout)
		},
	}
}
