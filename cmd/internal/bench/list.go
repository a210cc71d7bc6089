package bench

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// about is what there is to say of a claim without measuring it.
type about struct {
	ID        string             `json:"id"`
	Technique string             `json:"technique"`
	Claimed   string             `json:"claimed"`
	Disputed  string             `json:"disputed,omitempty"`
	Why       string             `json:"why"`
	Do        string             `json:"do"`
	Holds     []claims.Condition `json:"holds_if"`
}

func newAbout(c claims.Claim) about {
	return about{c.ID, c.Technique, c.Says, c.Disputed, c.Why, c.Do, c.Holds}
}

// list prints claims without measuring them.
func list(w io.Writer, format string, all []claims.Claim) error {
	if format == "json" {
		var rows []about
		for _, c := range all {
			rows = append(rows, newAbout(c))
		}
		return output.JSON(w, rows)
	}
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "CLAIM\tTECHNIQUE\tCLAIMED")
	for _, c := range all {
		fmt.Fprintf(tw, "%s\t%s%s\t%s\n", c.ID, disputed(c), c.Technique, c.Says)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the claims: %w", err)
	}
	return nil
}

// disputed marks a claim that experts doubt.
func disputed(c claims.Claim) string {
	if c.Disputed == "" {
		return ""
	}
	return "⚠ "
}
