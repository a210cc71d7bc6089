package doctor

import (
	"cmp"
	"fmt"
	"io"
	"text/tabwriter"

	"go.yaml.in/yaml/v3"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// listed is a check in the JSON of --list.
type listed struct {
	ID    string `json:"id"`
	What  string `json:"what"`
	Unit  string `json:"unit"`
	Of    string `json:"of"` // "program" or "machine"
	Where string `json:"where"`
	Needs string `json:"needs"`
	Why   string `json:"why"`
	Mend  string `json:"mend"`
}

// list prints every check there is.
func list(w io.Writer, format string) error {
	var all []listed
	for _, s := range runtimecheck.Specs() {
		of := "machine"
		if s.Go {
			of = "program"
		}
		all = append(all, listed{s.ID, s.What, s.Unit, of, s.Where, s.Needs, s.Why, s.Mend})
	}
	switch format {
	case "json":
		return output.JSON(w, all)
	case "text":
		return table(w, all)
	}
	return fmt.Errorf("--list prints text or json, not %s", format)
}

func table(w io.Writer, all []listed) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tw, "CHECK\tOF\tUNIT\tNEEDS\tWHAT IT IS")
	for _, l := range all {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", l.ID, l.Of, cmp.Or(l.Unit, "-"), cmp.Or(l.Needs, "-"), l.What)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("printing the checks: %w", err)
	}
	return nil
}

// printProfile prints a profile with all that it takes from the one it extends, as a
// file that can be loaded.
func printProfile(w io.Writer, p *posture.Profile) error {
	whole := *p
	whole.Extends = ""
	e := yaml.NewEncoder(w)
	e.SetIndent(2)
	if err := e.Encode(whole); err != nil {
		return fmt.Errorf("printing the profile: %w", err)
	}
	return e.Close()
}
