package scaffold

import (
	"fmt"
	"io"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// target is the level whose controls lagvet init begins with.
const target = 2

// left says what the first levels still wait for: what only people know.
func left(o Options, out io.Writer) error {
	r, err := examine(o)
	if err != nil {
		return err
	}
	n := 0
	for _, t := range r.Tracks {
		for _, c := range t.Controls {
			if c.Level > target || c.Met() || c.Status == verdict.Unknown {
				continue
			}
			if n++; n == 1 {
				fmt.Fprintf(out, "\nLevel %d still waits for what only people can say or write:\n", target)
			}
			fmt.Fprintf(out, "  L%d %-26s %s\n", c.Level, c.ID, c.Mend)
		}
	}
	if n == 0 {
		fmt.Fprintf(out, "\nNothing that files can show is missing for level %d.\n", target)
	}
	fmt.Fprintln(out, "\nFill in what stands in <angle brackets> in audit/, commit all of it, and see lagvet audit.")
	return nil
}

// examine audits the directory as it is, without the rules.
func examine(o Options) (*maturity.Report, error) {
	r, err := maturity.Audit(maturity.Default(), maturity.Input{Dir: o.Dir, Repository: maturity.Repository{Time: o.Today}})
	if err != nil {
		return nil, fmt.Errorf("looking at what is missing: %w", err)
	}
	return r, nil
}
