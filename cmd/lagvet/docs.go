package main

import (
	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

func docsCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "docs dir",
		Short:  "Write the pages of the rules as Markdown",
		Hidden: true,
		Args:   cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return report.WritePages(args[0], report.Rules(analyzers.Catalogue()))
		},
	}
}
