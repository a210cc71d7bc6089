package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/report"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of lagvet, its commit and the Go that built it",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), report.ThisTool())
			return err
		},
	}
}
