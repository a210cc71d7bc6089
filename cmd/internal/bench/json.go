package bench

import (
	"io"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// jsonVersion is the version of the format. Fields may be added without a new one; a
// field that goes or changes its meaning makes a new one.
const jsonVersion = 1

// document is a report in JSON, as docs/bench.schema.json has it.
type document struct {
	Version int                    `json:"version"`
	Tool    posture.Tool           `json:"tool"`
	Time    time.Time              `json:"time"`
	Machine Machine                `json:"machine"`
	Size    claims.Size            `json:"size"`
	Counts  map[claims.Verdict]int `json:"counts"`
	Claims  []measured             `json:"claims"`
}

// measured is a claim with its result.
type measured struct {
	about
	Result claims.Result `json:"result"`
}

func (r *Report) json(w io.Writer) error {
	d := document{
		Version: jsonVersion, Tool: posture.Tool{Name: "lagvet", Version: r.Tool.Version, Commit: r.Tool.Commit, Go: r.Tool.Go}, Time: r.Time.UTC().Truncate(time.Second), Machine: r.Machine, Size: r.Size,
		Counts: make(map[claims.Verdict]int), Claims: []measured{},
	}
	for _, v := range claims.Verdicts() {
		d.Counts[v] = r.count(v)
	}
	for _, e := range r.Results {
		d.Claims = append(d.Claims, measured{newAbout(e.Claim), e.Result})
	}
	return output.JSON(w, d)
}
