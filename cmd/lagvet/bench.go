package main

import "github.com/spf13/cobra"

func benchCommand(code *int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure latency, and compare what was measured",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(benchCompareCommand(code))
	return cmd
}
