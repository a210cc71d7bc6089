package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lagvet/lagvet/cmd/internal/benchload"
)

func benchLoadCommand(code *int) *cobra.Command {
	var o benchload.Options
	var color string
	cmd := &cobra.Command{
		Use:   "load --policy FILE [URL | -- COMMAND [ARGUMENT]...]",
		Short: "Load a service at a rate, and say whether it passes its policy",
		Long: `Load calls a service at a rate that does not depend on its answers, and measures
latency from when each call was due: what a user waits while the service stands still is
in the figures. The policy says how much load there is, with bursts and phases, and what
must hold: percentiles, errors, throughput, CPU share, memory, recovery after bursts, the
time to stop.

The service is the one at URL (http, https; grpc://HOST:PORT/package.Service/Method), or
at the URL of the policy; with a command behind --, lagvet starts it, waits until it is
ready, loads it, and stops it. Only this machine is called unless --allow-host, or hosts:
in the policy, permits another.

The exit code is 0 if all limits were kept, 1 if one was not, 2 if the command line or the
policy is wrong, 3 if something that a limit needs could not be measured, or the generator
could not keep up.`,
		Example: `  lagvet bench load --example > load.yml
  lagvet bench load --policy load.yml http://127.0.0.1:8080/price
  lagvet bench load --policy load.yml -- ./server --listen 127.0.0.1:8080
  lagvet bench load --policy load.yml --pid 4711 --report json=load.json
  lagvet bench load --policy load.yml --allow-host staging.example.com https://staging.example.com/price`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if o.URL, o.Command, err = loaded(args, cmd.ArgsLenAtDash()); err != nil {
				return err
			}
			if o.Color, err = colored(color, os.Stdout); err != nil {
				return err
			}
			if term.IsTerminal(int(os.Stderr.Fd())) {
				o.Progress = progressOn(os.Stderr)
			}
			*code, err = benchload.Run(cmd.Context(), o, os.Stdout, os.Stderr)
			return err
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Policy, "policy", "", "`file` that says what to send and what must hold")
	f.IntVar(&o.PID, "pid", 0, "`number` of the service's process on this machine, for its CPU share and memory")
	f.StringSliceVar(&o.Hosts, "allow-host", nil, "call this `host` though it is not this machine; may be repeated")
	f.StringVar(&o.CA, "ca", "", "`file` of certificates, in PEM, that are trusted instead of the system's")
	f.BoolVar(&o.Insecure, "insecure", false, "trust any certificate")
	f.StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(benchload.Formats(), ", "))
	f.StringVarP(&o.Output, "output", "o", "", "write the report to `file`")
	f.StringArrayVar(&o.Reports, "report", nil, "write a report more, as `format=file` (- is standard output); may be repeated")
	f.StringVar(&color, "color", "auto", "colour text: auto (on a terminal, unless NO_COLOR is set), always, never")
	f.BoolVar(&o.Example, "example", false, "print a policy with all that there is to say, and load nothing")
	var values []string
	for _, format := range benchload.Formats() {
		values = append(values, format+"=")
	}
	complete(cmd, "report", values)
	complete(cmd, "format", benchload.Formats())
	return cmd
}

// loaded returns what the arguments name: a URL, or a command behind the dash, which
// stands after so many arguments; -1: there is none.
func loaded(args []string, dash int) (url string, command []string, err error) {
	before := args
	if dash >= 0 {
		before, command = args[:dash], args[dash:]
		if len(command) == 0 {
			return "", nil, errors.New("there is no command behind --")
		}
	}
	switch {
	case len(before) > 1:
		return "", nil, errors.New("load takes one URL; a command that starts the service stands behind --")
	case len(before) == 1:
		url = before[0]
	}
	return url, command, nil
}
