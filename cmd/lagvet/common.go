package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// common holds the flags of the commands that have the engine run.
type common struct {
	check.Options
	color string
}

// The build flags that are passed on to the go command: those with a value, and
// those without.
var (
	valued = []string{"tags", "mod", "modfile", "overlay"}
	plain  = []string{"race", "msan", "asan"}
)

func (c *common) register(f *pflag.FlagSet) {
	f.StringVarP(&c.Dir, "chdir", "C", "", "run in `dir`; other paths on the command line are relative to it")
	f.BoolVar(&c.Tests, "tests", false, "look at the directives of test files too, and say if they do not compile; rules are silent there")
	f.StringArrayVar(&c.Profiles, "profile", nil, "CPU `profile` (pprof) that tells what is hot; may be repeated")
	f.StringVar(&c.Config, "config", "", "configuration `file` (default: the nearest .lagvet.yml)")
	f.StringVar(&c.color, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	for _, name := range valued {
		f.String(name, "", "as for go build")
	}
	for _, name := range plain {
		f.Bool(name, false, "as for go build")
	}
}

// registerReport registers what decides which findings a command reports, and how.
func (c *common) registerReport(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Format, "format", "text", "how to print findings: "+strings.Join(check.Formats(), ", "))
	f.StringVarP(&c.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&c.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated; besides the formats of --format, summary adds Markdown to a file")
	f.StringSliceVar(&c.Evidence, "evidence", nil, "profiles (pprof: CPU, heap, mutex, block, goroutine) and execution traces, `files` that findings are joined with and ranked by; may be repeated")
	f.StringVar(&c.Binary, "binary", "", "executable `file` that the evidence was taken from, to make sure of it")
	f.StringVar(&c.Tier, "tier", "", "lowest `tier` to show: proven, likely or suspected (default likely)")
	f.StringSliceVar(&c.Rules, "rule", nil, "check by this `rule` only; may be repeated")
	f.StringSliceVar(&c.Disable, "disable", nil, "do not check by this `rule`; may be repeated")
	f.BoolVar(&c.Strict, "strict", false, "under a contract, take what cannot be told, and what happens on the way to an error, for a violation")
	f.BoolVar(&c.NoCanary, "no-canary", false, "do not prove first that planted hazards are found")
	rules := report.Names(report.Rules(analyzers.Catalogue()))
	var values []string
	for _, format := range check.ReportFormats() {
		values = append(values, format+"=")
	}
	complete(cmd, "format", check.Formats())
	complete(cmd, "report", values)
	complete(cmd, "tier", config.Tiers())
	complete(cmd, "rule", rules)
	complete(cmd, "disable", rules)
}

// complete has the shell offer words as values of a flag.
func complete(cmd *cobra.Command, flag string, words []string) {
	// The only error is that there is no such flag, which a test would show.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// options returns what the command line says.
func (c *common) options(cmd *cobra.Command) (check.Options, error) {
	o := c.Options
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if isBuildFlag(f.Name) {
			o.BuildFlags = append(o.BuildFlags, "-"+f.Name+"="+f.Value.String())
		}
	})
	if term.IsTerminal(int(os.Stderr.Fd())) {
		o.Progress = progressOn(os.Stderr)
	}
	var err error
	o.Color, err = colored(c.color, os.Stdout)
	return o, err
}

// progressOn returns what keeps a line on the terminal w that says how far a run
// has come.
func progressOn(w io.Writer) func(status string) {
	const clear = "\r\x1b[K"
	return func(status string) {
		if status != "" {
			status = "lagvet: " + status
		}
		fmt.Fprint(w, clear+status)
	}
}

// colored reports whether text on f is to be coloured.
func colored(when string, f *os.File) (bool, error) {
	if err := config.OneOf("--color", when, []string{"auto", "always", "never"}); err != nil {
		return false, err
	}
	if when != "auto" {
		return when == "always", nil
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd())), nil
}

func isBuildFlag(name string) bool {
	return slices.Contains(valued, name) || slices.Contains(plain, name)
}

// longBuildFlags returns args with build flags that are written as the go
// command has them, -tags=x, written as long options.
func longBuildFlags(args []string) []string {
	out := slices.Clone(args)
	for i, arg := range out {
		if arg == "--" {
			break
		}
		name, short := strings.CutPrefix(arg, "-")
		name, _, _ = strings.Cut(name, "=")
		if short && isBuildFlag(name) {
			out[i] = "-" + arg
		}
	}
	return out
}
