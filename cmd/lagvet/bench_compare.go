package main

import (
	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/benchcompare"
)

func benchCompareCommand(code *int) *cobra.Command {
	var o benchcompare.Options
	cmd := &cobra.Command{
		Use:   "compare OLD NEW",
		Short: "Compare two runs of Go benchmarks, and fail if something has become slower",
		Long: `Compare reads what go test -bench printed before a change and after it, ten times
each (-count=10), and says which figures differ beyond chance, beyond what the machine
did, and by more than a threshold. Benchmarks that use package runtimecheck/bench have
percentiles to compare, and figures that say what moved with a regression.

With --baseline the old run is a file that is kept in the repository, and --update
makes the new run that file.

The exit code is 0 if nothing is worse, 1 if something is, 2 for a wrong command line or
a file that cannot be read, 3 if something could not be told: too few runs, benchmarks
that are missing, lines that cannot be read, a machine that was unfit.`,
		Example: `  go test -run='^$' -bench=. -count=10 ./... > new.txt
  lagvet bench compare old.txt new.txt
  lagvet bench compare --baseline testdata/bench.txt new.txt
  lagvet bench compare --baseline testdata/bench.txt --update new.txt
  lagvet bench compare --threshold 3% --threshold p99=10% --filter '.name:Match' old.txt new.txt`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			o.Files = args
			*code, err = benchcompare.Run(o, cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Baseline, "baseline", "", "the `file` that holds the old run")
	f.BoolVar(&o.Update, "update", false, "make the new run the baseline, after the comparison; the exit code is then 0 unless it is not fit to be one")
	f.StringArrayVar(&o.Thresholds, "threshold", nil, "the `change` that counts, 5% by default, or that of one figure, p99=10%; may be repeated")
	f.StringVar(&o.Filter, "filter", "*", "compare only what this `expression` selects, as benchstat has it: '.name:Match .unit:(p99-ns/op)'")
	f.BoolVar(&o.AllowUnfit, "allow-unfit", false, "judge runs all the same whose machine was unfit")
	f.BoolVar(&o.All, "all", false, "show figures too that are not judged")
	f.StringVar(&o.Format, "format", "text", "text, json or markdown")
	f.StringVarP(&o.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated")
	complete(cmd, "format", benchcompare.Formats())
	return cmd
}
