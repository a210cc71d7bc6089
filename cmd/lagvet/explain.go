package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

func explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain rule",
		Short: "Print the page of a rule: what it finds, why that costs, how to mend it",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("explain takes the name of one rule; lagvet rules lists them")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return report.Names(report.Rules(analyzers.Catalogue())), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			rule, err := report.Find(append(report.Rules(analyzers.Catalogue()), report.DirectiveRule()), args[0])
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(cmd.OutOrStdout(), rule.Terminal(width()))
			return err
		},
	}
}

// width returns how wide text is to be: the terminal, within what reads well.
func width() int {
	const most, usual, least = 100, 80, 40
	w, _, err := term.GetSize(int(os.Stdout.Fd()))
	if err != nil {
		return usual
	}
	return max(least, min(w, most))
}
