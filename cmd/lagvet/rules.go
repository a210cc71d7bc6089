package main

import (
	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

func rulesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "rules",
		Short: "List the rules",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return report.Table(cmd.OutOrStdout(), report.Rules(analyzers.Catalogue()))
		},
	}
}
