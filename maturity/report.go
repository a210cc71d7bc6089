package maturity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// ReportVersion is the version of [Report]'s JSON. Fields are added without a new one.
const ReportVersion = 1

// A Report is what an audit found. It holds nothing that differs between two audits of
// one commit.
type Report struct {
	Version      int          `json:"version"`
	Tool         string       `json:"tool"`  // lagvet's version
	Model        int          `json:"model"` // the model's version
	Repository   Repository   `json:"repository"`
	Level        int          `json:"level"` // of the lowest track that applies, 0 to 5
	Required     int          `json:"required,omitempty"`
	Tracks       []TrackState `json:"tracks"`
	Incidents    int          `json:"incidents"`
	Unclassified int          `json:"unclassified"` // incidents that no track is about
	Coverage     []Coverage   `json:"coverage"`
	Waivers      []Waiver     `json:"waivers,omitempty"`
	Problems     []Problem    `json:"problems,omitempty"`
}

// A Repository is what was audited.
type Repository struct {
	Module  string    `json:"module,omitempty"` // of the go.mod at its root, or of the first below it
	Commit  string    `json:"commit,omitempty"` // empty outside of git
	Time    time.Time `json:"time,omitzero"`    // the commit's
	Dirty   bool      `json:"dirty,omitempty"`  // there are changes that are not committed
	Shallow bool      `json:"shallow,omitempty"`
}

// A TrackState is where a repository stands in a track.
type TrackState struct {
	ID        string         `json:"id"`
	Title     string         `json:"title"`
	Incidents int            `json:"incidents"`
	Missing   string         `json:"missing"`
	Applies   bool           `json:"applies"`
	Reason    string         `json:"reason,omitempty"` // why it does not apply
	Level     int            `json:"level"`            // 0 to 5
	Controls  []ControlState `json:"controls"`
}

// A ControlState is what a control came to.
type ControlState struct {
	Control
	verdict.Result
	Waiver *Waiver `json:"waiver,omitempty"` // under which its failure is let pass
}

// Met reports whether no level waits for the control.
func (c ControlState) Met() bool {
	return c.Optional || c.Waiver != nil || c.Status == verdict.Pass || c.Status == verdict.NotApplicable
}

// Coverage is how many of the incidents are of classes whose track stands at a level.
type Coverage struct {
	Level     int `json:"level"`
	Incidents int `json:"incidents"`
}

// A Problem is what the audit could not read.
type Problem struct {
	verdict.Place     // Text is why
	Column        int `json:"column,omitempty"`
}

func (p Problem) String() string {
	switch {
	case p.File == "":
		return p.Text
	case p.Column > 0:
		return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Text)
	}
	return p.Place.String() + ": " + p.Text
}

// Next returns the controls that the next level of the track waits for.
func (t TrackState) Next() []ControlState { return t.open(t.Level + 1) }

// open returns the controls at a level that are not met.
func (t TrackState) open(level int) []ControlState {
	var open []ControlState
	for _, c := range t.Controls {
		if c.Level == level && !c.Met() {
			open = append(open, c)
		}
	}
	return open
}

// stand returns the highest level at which and below which all controls are met.
func (t TrackState) stand() int {
	for level := 1; level <= Levels; level++ {
		if len(t.open(level)) > 0 {
			return level - 1
		}
	}
	return Levels
}

// An Outcome is what an audit means for a release.
type Outcome int

// The outcomes of an audit against a level.
const (
	Meets        Outcome = iota
	Below                // a control at the level or below it fails
	Unmeasurable         // none fails, but some could not be looked at
)

// Against returns what the report means for a release that must stand at a level.
func (r *Report) Against(level int) Outcome {
	outcome := Meets
	for _, t := range r.Tracks {
		if !t.Applies {
			continue
		}
		for _, c := range t.Controls {
			switch {
			case c.Level > level || c.Met():
			case c.Status == verdict.Fail:
				return Below
			default:
				outcome = Unmeasurable
			}
		}
	}
	return outcome
}

// settle fills in what follows from the controls' results.
func (r *Report) settle() {
	r.Level = Levels
	applies := false
	for i := range r.Tracks {
		t := &r.Tracks[i]
		t.Level = t.stand()
		if t.Applies {
			applies = true
			r.Level = min(r.Level, t.Level)
		}
	}
	if !applies {
		r.Level = 0
	}
	r.Coverage = nil
	for level := 1; level <= Levels; level++ {
		c := Coverage{Level: level}
		for _, t := range r.Tracks {
			if t.Applies && t.Level >= level {
				c.Incidents += t.Incidents
			}
		}
		r.Coverage = append(r.Coverage, c)
	}
	slices.SortFunc(r.Problems, func(a, b Problem) int { return strings.Compare(a.String(), b.String()) })
	r.Problems = slices.Compact(r.Problems)
}
