package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/lagvet/lagvet/cmd/internal/scaffold"
)

func initCommand() *cobra.Command {
	opts := scaffold.Options{Today: time.Now()}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write the configuration, CI gates, editor settings and checklists that a repository lacks",
		Long: `Init writes what a repository lacks of the first two levels of lagvet audit:
.lagvet.yml, gates for GitHub Actions or GitLab CI, editor settings, and the
checklists in audit/, which people fill in. It overwrites nothing.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.Dir == "" {
				opts.Dir = "."
			}
			return scaffold.Run(opts, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&opts.Dir, "chdir", "C", "", "write in `dir`")
	cmd.Flags().StringVar(&opts.Owner, "owner", "", "who answers for the checklists, a `handle` of CODEOWNERS")
	cmd.Flags().BoolVarP(&opts.DryRun, "dry-run", "n", false, "say what would be written, and write nothing")
	return cmd
}
