package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/latency"
)

func traceCommand(code *int) *cobra.Command {
	var o latency.Options
	var color string
	cmd := &cobra.Command{
		Use:   "trace [file] | trace before after | trace --url URL",
		Short: "Say from an execution trace why the tail of latency is what it is",
		Long: `Trace reads an execution trace, of runtime/trace, a flight recorder or
/debug/pprof/trace, and says of each group of spans (user regions, tasks, calls of
HTTP handlers, or of functions that are named with --function) why its tail is what
it is: what the goroutine was in, for what it waited, and what the one that it
waited for did meanwhile. With samples of the kernel's accounts beside the trace it
says what of that was CPU throttling, and with findings of lagvet check which of
them the time went to. Of two traces it says what has changed.

The exit code is 0 if it could be told, 1 if a limit that --max sets is exceeded, 2
if the command line is wrong or a file does not exist, 3 if nothing could be read, or
something that was asked for could not be told.`,
		Example: `  lagvet trace trace.out
  lagvet trace --url http://localhost:6060/debug/pprof/trace?seconds=10
  lagvet trace trace.out --findings ./... --report html=trace.html
  lagvet trace trace.out --function 'example.com/app.(*Store).Put' --group Put
  lagvet trace trace.out --max request:p99=5ms
  lagvet trace trace.out --format pprof -o tail.pprof && go tool pprof -top tail.pprof
  lagvet trace before.out after.out`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.Color, err = colored(color, os.Stdout); err != nil {
				return err
			}
			o.Files, o.Stdin = args, os.Stdin
			*code, err = latency.Run(cmd.Context(), o, os.Stdout, os.Stderr)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.URL, "url", "", "have the service that serves net/http/pprof at this `URL` take a trace: http://host:6060, or with /debug/pprof/trace?seconds=10")
	f.StringVar(&o.Kernel, "kernel", "", "`file` of samples of the kernel's accounts (default: that of the trace with .sched behind it, if there is one)")
	f.StringArrayVar(&o.Functions, "function", nil, "measure the calls of this `function` too, named as in profiles; may be repeated")
	f.StringArrayVar(&o.Groups, "group", nil, "tell of the group with this `name` only, or of those that it matches as a regular expression; may be repeated")
	f.StringSliceVar(&o.Kinds, "kind", nil, "tell of groups of this `kind` only: "+strings.Join(latency.Kinds(), ", ")+"; may be repeated")
	f.IntVar(&o.Top, "top", 10, "the `number` of groups that text and Markdown tell of, those with the most time beyond their median first; 0 for all")
	f.StringArrayVar(&o.Findings, "findings", nil, "join the trace with findings of lagvet check: a `file` of its JSON, or packages to check; may be repeated")
	f.StringArrayVar(&o.Most, "max", nil, "exit with 1 if a percentile is longer: `group:percentile=time`, request:p99=5ms; may be repeated")
	f.StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(latency.Formats(), ", "))
	f.StringVarP(&o.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated")
	f.StringVar(&color, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	var values []string
	for _, format := range latency.Formats() {
		values = append(values, format+"=")
	}
	complete(cmd, "report", values)
	complete(cmd, "format", latency.Formats())
	complete(cmd, "kind", latency.Kinds())
	return cmd
}
