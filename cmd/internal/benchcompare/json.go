package benchcompare

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"github.com/lagvet/lagvet/cmd/internal/report"
)

// The form of JSON, as docs/bench-compare.schema.json has it. Numbers that JSON has no way
// to write (an interval without end, a change from 0) are null.
type document struct {
	Version     int          `json:"version"`
	Tool        tool         `json:"tool"`
	Old         string       `json:"old"`
	New         string       `json:"new"`
	ExitCode    int          `json:"exit_code"`
	Differences []Difference `json:"differences"`
	Machine     []Change     `json:"machine"`
	Unfit       unfitBoth    `json:"unfit"`
	Results     []result     `json:"results"`
	OnlyOld     []string     `json:"only_old"`
	OnlyNew     []string     `json:"only_new"`
	Problems    []Problem    `json:"problems"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type unfitBoth struct {
	Old Unfit `json:"old"`
	New Unfit `json:"new"`
}

type result struct {
	Package   string    `json:"package"`
	Name      string    `json:"name"`
	Unit      string    `json:"unit"`
	Better    int       `json:"better"`
	Old       sideValue `json:"old"`
	New       sideValue `json:"new"`
	Change    *float64  `json:"change"`
	P         float64   `json:"p"`
	Threshold float64   `json:"threshold"`
	Verdict   Verdict   `json:"verdict"`
	Why       string    `json:"why,omitempty"`
	Causes    []Cause   `json:"causes"`
}

type sideValue struct {
	N      int      `json:"n"`
	Center float64  `json:"center"`
	Lo     *float64 `json:"lo"`
	Hi     *float64 `json:"hi"`
}

func writeJSON(w io.Writer, r *Report) error {
	d := document{
		Version: 1, Tool: tool{"lagvet", report.ThisTool().Version}, Old: r.Old, New: r.New, ExitCode: r.ExitCode(),
		Differences: list(r.Differences), Machine: list(r.Machine),
		Unfit:   unfitBoth{r.Unfit[0], r.Unfit[1]},
		Results: []result{}, OnlyOld: list(r.OnlyOld), OnlyNew: list(r.OnlyNew), Problems: list(r.Problems),
	}
	d.Unfit.Old.Reasons, d.Unfit.New.Reasons = list(d.Unfit.Old.Reasons), list(d.Unfit.New.Reasons)
	for i := range r.Rows {
		row := &r.Rows[i]
		d.Results = append(d.Results, result{
			Package: row.Package, Name: row.Name, Unit: row.Unit, Better: row.Better,
			Old: row.Old.json(), New: row.New.json(), Change: finite(row.Change), P: row.P, Threshold: row.Threshold,
			Verdict: row.Verdict, Why: row.Why, Causes: list(row.Causes),
		})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	if err := e.Encode(d); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

func (s Side) json() sideValue { return sideValue{s.N, s.Center, finite(s.Lo), finite(s.Hi)} }

func finite(v float64) *float64 {
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return nil
	}
	return &v
}

// list writes nothing as [], not as null.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
