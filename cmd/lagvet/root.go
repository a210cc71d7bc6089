package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// rootCommand returns the command line. Commands leave their exit code in code.
func rootCommand(code *int) *cobra.Command {
	root := &cobra.Command{
		Use:   "lagvet",
		Short: "Find what makes Go services slow at the tail",
		Long: `lagvet finds what makes Go services slow at the tail, before release: calls
that nothing can cancel, goroutines that nothing bounds, tickers that nobody
stops, and what the hot path pays.

Start with: lagvet check ./...`,
		SilenceErrors:      true, // main prints one sentence
		SilenceUsage:       true,
		DisableSuggestions: true,
		Version:            report.ThisTool().String(),
		Args:               cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			return unknownCommand(cmd, args[0])
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		checkCommand(code),
		baselineCommand(code),
		gateCommand(code),
		rulesCommand(),
		explainCommand(),
		whyCommand(code),
		doctorCommand(code),
		benchCommand(code),
		traceCommand(code),
		testgenCommand(code),
		enforceCommand(),
		auditCommand(code),
		benchCommand(code),
		initCommand(),
		golangciCommand(code),
		goplsCommand(code),
		lspCommand(code),
		versionCommand(),
		docsCommand(),
	)
	return root
}

func unknownCommand(root *cobra.Command, name string) error {
	if strings.HasPrefix(name, ".") || strings.Contains(name, "/") {
		return fmt.Errorf("%q is no command: to check packages, run lagvet check %s", name, name)
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q%s", name, config.DidYouMean(name, names))
}

// flagError adds to an unknown flag the one that was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		names = append(names, "--"+f.Name)
	})
	return fmt.Errorf("%w%s", err, config.DidYouMean("--"+unknown.GetSpecifiedName(), names))
}

// noArgs refuses arguments.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no arguments", cmd.Name())
	}
	return nil
}
