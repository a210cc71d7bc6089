package main

import "github.com/spf13/cobra"

// benchCommand is the parent of what measures.
func benchCommand(code *int) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure latency, and compare what was measured",
		Args:  noArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(benchCompareCommand(code), benchLoadCommand(code))
	return cmd
}
