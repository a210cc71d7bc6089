package main

import (
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/doctor"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func doctorCommand(code *int) *cobra.Command {
	var o doctor.Options
	var color string
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check that this machine, or a running Go service, is set up for low latency",
		Long: `Doctor looks at this machine or, with --pid, at a Go service that runs on it, from
outside and without a restart; with --url it asks the service's own endpoints. It looks
at which CPUs threads may run on, what the cgroup allows, the garbage collector, the
kernel, the clock, the build. Each line says what is, what the profile requires, where
that was read, why it matters, and what mends it.

The exit code is 0 if nothing fails, 1 if something does (--fail-on says what counts),
2 if the command line or the profile is wrong, 3 if nothing could be looked at.`,
		Example: `  lagvet doctor
  lagvet doctor --pid 4711 --profile container
  lagvet doctor --pid 4711 --url http://localhost:6060/debug/pprof
  lagvet doctor --pid 4711 --only gc,cgroup --window 10s
  lagvet doctor --pid 4711 --watch 30s --report prometheus=/var/lib/node_exporter/lagvet.prom
  lagvet doctor --fail-on warn,unknown --format json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			o.PIDGiven = cmd.Flags().Changed("pid")
			if o.Color, err = colored(color, os.Stdout); err != nil {
				return err
			}
			*code, err = doctor.Run(cmd.Context(), o, os.Stdout, os.Stderr)
			return err
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.PID, "pid", 0, "look at the Go process with this `number`")
	f.StringVar(&o.URL, "url", "", "look at the Go service that serves net/http/pprof at this `URL`, http://host:6060/debug/pprof; with --pid too if it runs here")
	f.StringVar(&o.Metrics, "metrics", "", "`URL` of the metrics of that service (default: /metrics beside /debug/pprof)")
	f.DurationVar(&o.Snapshots, "snapshots", 0, "compare two snapshots of all goroutines of that service, this `time` apart, and look for leaked ones; each stops it for a moment")
	f.StringVar(&o.Profile, "profile", "latency", "what is required: "+strings.Join(posture.Names(), ", ")+", or a `file`")
	f.StringSliceVar(&o.Only, "only", nil, "look only at this `group` (gc) or check (gc.gogc); may be repeated")
	f.StringSliceVar(&o.FailOn, "fail-on", []string{"fail"}, "the `verdict` from which the exit code is not 0: "+strings.Join(doctor.FailOns(), ", ")+"; may be repeated")
	f.DurationVar(&o.Window, "window", 0, "look twice, this `time` apart: counters are then those of that time")
	f.DurationVar(&o.Watch, "watch", 0, "look again after each such `time`, and print what has changed, until interrupted")
	f.IntVar(&o.Count, "count", 0, "end --watch after this `number` of looks")
	f.DurationVar(&o.Timeout, "timeout", 30*time.Second, "the `time` that a look may take")
	f.StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(doctor.Formats(), ", "))
	f.StringVarP(&o.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated")
	f.BoolVarP(&o.Verbose, "verbose", "v", false, "print all that is known of each check")
	f.StringVar(&color, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	f.BoolVar(&o.List, "list", false, "print the checks there are, and look at nothing")
	f.BoolVar(&o.PrintProfile, "print-profile", false, "print the profile, with all that it extends, and look at nothing")
	var values []string
	for _, format := range doctor.Formats() {
		values = append(values, format+"=")
	}
	complete(cmd, "report", values)
	complete(cmd, "format", doctor.Formats())
	complete(cmd, "fail-on", doctor.FailOns())
	complete(cmd, "only", doctor.Groups())
	return cmd
}
