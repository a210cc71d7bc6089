package main

import (
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lagvet/lagvet/cmd/internal/audit"
)

func auditCommand(code *int) *cobra.Command {
	var opts audit.Options
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Say at which level of maturity the repository stands, and refuse a release below it",
		Long: `Audit says at which of five levels the repository stands against each class of
incident, why, and what the next level takes. It reads the repository and runs
nothing of it but lagvet's own rules, unless --prove is given: then the gates of
its continuous integration are run in a clone, as they are and with faults planted
that they are there to find. --list says before which commands those are.

The exit code is 0 if the level that --level names is met, 1 if it is not, 2 for
usage and configuration, 3 if it could not be measured.`,
		Example: `  lagvet audit
  lagvet audit --level L3 --binary dist/server --report html=audit.html --report sarif=audit.sarif
  kustomize build deploy/prod > out/all.yaml && lagvet audit --manifests out`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if term.IsTerminal(int(os.Stderr.Fd())) {
				opts.Progress = progressOn(os.Stderr)
			}
			*code, err = audit.Run(cmd.Context(), opts, audit.Streams{Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr()})
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opts.Dir, "chdir", "C", "", "audit the repository of `dir`")
	f.StringVar(&opts.Config, "config", "", "read `file` instead of the nearest .lagvet.yml")
	f.StringVar(&opts.Level, "level", "", "the `level` that a release must stand at: L1 to L5")
	f.StringVar(&opts.Format, "format", "text", "text, json, html, sarif, markdown, badge or statement")
	f.StringVarP(&opts.Output, "output", "o", "", "write to `file`")
	f.StringArrayVar(&opts.Reports, "report", nil, "write another report, `FORMAT=FILE`")
	f.StringArrayVar(&opts.Manifests, "manifests", nil, "a `directory` with manifests as they are deployed")
	f.StringVar(&opts.Binary, "binary", "", "the `file` that is shipped")
	f.StringVar(&opts.Doctor, "doctor", "", "the `file` with what lagvet doctor --format json said of the process")
	f.StringVar(&opts.Modules, "module-cache", "", "the `directory` (go env GOMODCACHE) in which newer versions are looked for that retract those that go.mod requires")
	f.StringVar(&opts.Bench, "bench", "", "the `file` with what lagvet bench load --format json said of the service")
	f.BoolVar(&opts.NoCheck, "no-check", false, "do not run the rules: what hangs on them is unknown")
	f.BoolVar(&opts.Prove, "prove", false, "run the repository's own gates, as they are and with faults planted")
	f.BoolVar(&opts.List, "list", false, "with --prove: say what would be run, and run nothing")
	f.DurationVar(&opts.Timeout, "timeout", 10*time.Minute, "with --prove: how long one command may `take`")
	f.BoolVar(&opts.All, "all", false, "list what is met too")
	cmd.AddCommand(auditBudgetsCommand(code))
	return cmd
}

func auditBudgetsCommand(code *int) *cobra.Command {
	var opts audit.Options
	cmd := &cobra.Command{
		Use:   "budgets [packages]",
		Short: "List the time that each endpoint and each call under it is given, and hold it against the manifests",
		Long: `Budgets lists the endpoints of the code (routes of HTTP, methods of gRPC), the time
that each is given, and the calls out of the process that its handler comes to, with
their timeouts and attempts. It holds these against each other and against the
timeouts and retries of ingress and mesh in the manifests of the repository.

What no constant says is unknown, and never guessed. The exit code is 0 if nothing
contradicts itself, 1 if a caller has less time than its callee or code and mesh
together try more than three times, 2 for usage and configuration, 3 if not all could
be looked at.`,
		Example: `  lagvet audit budgets
  lagvet audit budgets --format markdown ./cmd/orders/...
  kustomize build deploy/prod > out/all.yaml && lagvet audit budgets --manifests out`,
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if term.IsTerminal(int(os.Stderr.Fd())) {
				opts.Progress = progressOn(os.Stderr)
			}
			opts.Patterns = args
			*code, err = audit.Budgets(cmd.Context(), opts, audit.Streams{Out: cmd.OutOrStdout(), Err: cmd.ErrOrStderr()})
			return err
		},
	}
	f := cmd.Flags()
	f.StringVarP(&opts.Dir, "chdir", "C", "", "look at the repository of `dir`")
	f.StringVar(&opts.Config, "config", "", "read `file` instead of the nearest .lagvet.yml")
	f.StringVar(&opts.Format, "format", "text", "text, json or markdown")
	f.StringVarP(&opts.Output, "output", "o", "", "write to `file`")
	f.StringArrayVar(&opts.Manifests, "manifests", nil, "a `directory` with manifests as they are deployed")
	f.BoolVar(&opts.All, "all", false, "explain what fits or is unknown too")
	return cmd
}
