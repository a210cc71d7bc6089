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
.lagvet.yml, gates for GitHub Actions or GitLab CI, editor settings, a test that fails
for goroutines left over, and the checklists in audit/, which people fill in. It
overwrites nothing, and ends with what level 2 still waits for.

With --reviewed the checklists bear today's date: it is the word of their owner that
they are gone through.`,
		Example: `  lagvet init --owner @payments --reviewed && git add -A && git commit -m "Gates and checklists"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opts.Dir == "" {
				opts.Dir = "."
			}
			return scaffold.Run(opts, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVarP(&opts.Dir, "chdir", "C", "", "write in `dir`")
	cmd.Flags().StringVar(&opts.Owner, "owner", "", "who answers for the checklists, a `handle` of CODEOWNERS")
	cmd.Flags().BoolVar(&opts.Reviewed, "reviewed", false, "the owner's word that the checklists are gone through today")
	cmd.Flags().BoolVarP(&opts.DryRun, "dry-run", "n", false, "say what would be written, and write nothing")
	return cmd
}
