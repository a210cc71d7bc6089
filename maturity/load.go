package maturity

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/documents"
	"github.com/lagvet/lagvet/maturity/verdict"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/policy"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Load is what lagvet bench load --format json said of a service.
type Load struct {
	File   string
	Report policy.Report
}

// loadVersion is that of the report that is read here; see docs/load.schema.json.
const loadVersion = 1

// ReadLoad reads a report of lagvet bench load. file is what it is called.
func ReadLoad(file string, data []byte) (*Load, error) {
	l := &Load{File: file}
	if err := json.Unmarshal(data, &l.Report); err != nil {
		return nil, fmt.Errorf("reading %s as a report of lagvet bench load: %w", file, err)
	}
	if l.Report.Version != loadVersion || len(l.Report.Phases) == 0 {
		return nil, fmt.Errorf("%s is no report of lagvet bench load --format json of version %d", file, loadVersion)
	}
	return l, nil
}

// loaded says what the run under load comes to.
func (e *evidence) loaded(Track, With) verdict.Result {
	if e.Load == nil {
		return verdict.Unseen("no report of lagvet bench load was given (--bench)")
	}
	r := &e.Load.Report
	at := verdict.Place{File: e.Load.File, Text: r.Target + " by " + r.Policy}
	var broken []verdict.Place
	kept := 0
	for _, l := range r.Limits {
		switch l.Verdict {
		case posture.Fail:
			broken = append(broken, verdict.Place{File: e.Load.File, Text: named(l) + " is " + l.Measured + ", required " + l.Required})
		case posture.Pass:
			kept++
		}
	}
	switch {
	case len(broken) > 0:
		return verdict.Failed("under load "+verdict.Count(len(broken), "limit was", "limits were")+" not kept", broken...)
	case r.Verdict != posture.Pass || r.Ended != "" || kept == 0:
		return verdict.Unseen("the run under load could not measure all that its policy asks for", at)
	case e.Repository.Time.Sub(r.Time) > documents.MaxAge: // as a review
		return verdict.Failed(fmt.Sprintf("the run under load is of %s, more than %d days before the commit", r.Time.Format(time.DateOnly), int(documents.MaxAge.Hours()/24)), at)
	}
	v := verdict.Passed("under load "+verdict.Count(kept, "limit was", "limits were")+" kept", at)
	v.Grade, v.Run = verdict.Proven, "lagvet bench load"
	return v
}

func named(l policy.Limit) string {
	if l.Phase == "" {
		return l.What
	}
	return l.What + " of " + l.Phase
}
