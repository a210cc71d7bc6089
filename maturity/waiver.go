package maturity

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Waiver lets a control's failure pass for a time.
type Waiver struct {
	Control string    `json:"control"`
	Owner   string    `json:"owner"`
	Reason  string    `json:"reason"`
	Path    string    `json:"path,omitempty"` // the directory or file that it is for; empty for all
	Expires time.Time `json:"expires"`        // the day after which it no longer counts
	Used    bool      `json:"used"`
	verdict.Place
}

// Validate returns what is missing.
func (w Waiver) Validate(m *Model) error {
	_, _, known := m.Control(w.Control)
	switch {
	case !known:
		return fmt.Errorf("a waiver is for the control %q, which the model does not have", w.Control)
	case strings.TrimSpace(w.Owner) == "":
		return fmt.Errorf("the waiver of %s has no owner", w.Control)
	case strings.TrimSpace(w.Reason) == "":
		return fmt.Errorf("the waiver of %s has no reason", w.Control)
	case w.Expires.IsZero():
		return fmt.Errorf("the waiver of %s does not expire", w.Control)
	}
	return nil
}

// Expired reports whether the waiver no longer counts at a time.
func (w Waiver) Expired(now time.Time) bool { return now.After(w.Expires.AddDate(0, 0, 1)) }

// covers reports whether the waiver is for all that a failure rests on. What has no
// place is covered by a waiver of the whole control alone.
func (w Waiver) covers(res verdict.Result) bool {
	if w.Path == "" {
		return true
	}
	dir := path.Clean(w.Path)
	for _, p := range res.Proofs {
		if p.File != dir && !strings.HasPrefix(p.File, dir+"/") {
			return false
		}
	}
	return len(res.Proofs) > 0
}

// waive applies the waivers to a failure: one that has expired is told with it.
func waive(c *ControlState, waivers []Waiver, now time.Time) {
	if c.Status != verdict.Fail {
		return
	}
	for i := range waivers {
		w := &waivers[i]
		if w.Control != c.ID || !w.covers(c.Result) {
			continue
		}
		if w.Expired(now) {
			c.Reason += fmt.Sprintf("; its waiver by %s expired on %s", w.Owner, w.Expires.Format(time.DateOnly))
			continue
		}
		w.Used = true
		c.Waiver = w
		return
	}
}
