package doctor

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

func writeJSON(w io.Writer, r *posture.Report) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

func writeText(w io.Writer, r *posture.Report) error {
	for _, c := range r.Checks {
		if _, err := fmt.Fprintf(w, "%-14s %-26s %s\n", c.Verdict, c.ID, c.Current); err != nil {
			return err
		}
		for _, line := range [][2]string{{"required", c.Required}, {"source", c.Source + " (" + string(c.Grade) + ")"}, {"why", c.Why}, {"mend", c.Mend}} {
			if line[1] == "" {
				continue
			}
			if _, err := fmt.Fprintf(w, "    %s: %s\n", line[0], line[1]); err != nil {
				return err
			}
		}
	}
	return nil
}
