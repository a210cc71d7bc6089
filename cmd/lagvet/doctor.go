package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/doctor"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func doctorCommand(code *int) *cobra.Command {
	var o doctor.Options
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check that this machine, or a running Go service, is set up for low latency",
		Long: `Doctor looks at this machine or, with --pid, at a Go service that runs on it, from
outside and without a restart: which CPUs its threads may run on, what the cgroup
allows, the garbage collector, the kernel, the clock, the build. Each line says what
is, what the profile requires, where that was read, why it matters, and what mends it.`,
		Example: `  lagvet doctor
  lagvet doctor --pid 4711 --profile container
  lagvet doctor --fail-on warn --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			*code, err = doctor.Run(cmd.Context(), o, os.Stdout)
			return err
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.PID, "pid", 0, "look at the Go process with this `number`")
	f.StringVar(&o.Profile, "profile", "latency", "what is required: "+strings.Join(posture.Names(), ", ")+", or a `file`")
	f.StringVar(&o.Format, "format", "text", "how to print it: "+strings.Join(doctor.Formats(), ", "))
	f.StringVar(&o.FailOn, "fail-on", "fail", "the `verdict` from which the exit code is not 0: "+strings.Join(doctor.FailOns(), ", "))
	return cmd
}
