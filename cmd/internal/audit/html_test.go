package audit

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// pageOf returns the page of a report.
func pageOf(t *testing.T, r *maturity.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// tags are what is not text in a page.
var tags = regexp.MustCompile(`<[^>]*>`)

// textOf returns what a page says, in one line.
func textOf(page string) string {
	_, body, _ := strings.Cut(page, "<body>")
	body, _, _ = strings.Cut(body, "<script>")
	return strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(body, " "))), " ")
}

func TestHTML(t *testing.T) {
	r, _ := planted(t)
	page := pageOf(t, r)
	text := textOf(page)
	for _, want := range []string{
		"example.com/orders at 0123456789ab with changes stands at level 0 of 5, below level 3, which is required.",
		"commit 0123456789abcdef0123456789abcdef01234567, with changes that are not committed committed 2026-06-15 00:00:00 UTC history cut off: it is a shallow clone required level 3: not met model version 2, derived from 37 incidents tool lagvet devel",
		"observability does not apply it is a library " + hostile,
		"What level 3 takes", "Level 1 takes: There is a timeout budget for each endpoint",
		"in use context-owned platform " + hostile + " 2026-08-15",
		"expired context-budgets @orders 2026-03-15 too late all go.mod:3",
		"lets nothing pass modules-bot @orders 2026-08-15 needless sim",
		"Not read What rests on these is unknown: neither passed nor failed. .vscode/settings.json:3:1",
		"waived by platform " + hostile + " until 2026-08-15: a review is due " + hostile,
		"its waiver by @orders expired on 2026-03-15",
		".github/workflows/ci.yml:14 go test -race ./...",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			at := strings.Index(page, `<li id="`+c.ID+`"`)
			if got := at >= 0; got != tr.Applies {
				t.Errorf("%s is listed: %t, want %t", c.ID, got, tr.Applies)
				continue
			}
			if !tr.Applies {
				continue
			}
			item := page[at : at+strings.Index(page[at:], "</details>")]
			says := textOf("<body>" + item)
			for _, p := range c.Proofs {
				if !strings.Contains(says, p.String()) {
					t.Errorf("%s does not show %s", c.ID, p)
				}
			}
			if !strings.Contains(says, c.Reason) || strings.Contains(says, "mend:") == (c.Status == verdict.Pass || c.Status == verdict.NotApplicable) {
				t.Errorf("%s, %s: %s", c.ID, c.Status, says)
			}
			state := strings.ReplaceAll(c.State(), " ", "-")
			if !strings.Contains(item, `data-result="`+state+`"`) {
				t.Errorf("%s is not found as %s", c.ID, state)
			}
		}
	}
}

// What a user writes stays text, and the page can load nothing.
func TestHTMLLoadsNothing(t *testing.T) {
	r, _ := planted(t)
	c := stateOf(t, r, "concurrency-race")
	c.Reason, c.Run, c.Proofs = hostile, hostile, []verdict.Place{{File: hostile, Line: 1, Text: hostile}}
	r.Problems = append(r.Problems, maturity.Problem{Place: verdict.Place{File: hostile, Text: hostile}})
	r.Repository.Module, r.Tool = hostile, hostile
	page := pageOf(t, r)
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d scripts in the page", n)
	}
	if strings.Contains(page, "<img") || !strings.Contains(page, "default-src &#39;none&#39;") || strings.Contains(page, "unsafe-") || strings.Contains(page, "style=") {
		t.Error("the page loads something, or lets something unsafe run")
	}
	if first := pageOf(t, r); first != page {
		t.Error("the page differs from one time to the next")
	}
}

// The worst of a level is what its cell says, with how many there are of it.
func TestCells(t *testing.T) {
	pass, fail, unknown, none := verdict.Passed("r"), verdict.Failed("r"), verdict.Unseen("r"), verdict.Needless("r")
	proven := pass
	proven.Grade = verdict.Proven
	for name, c := range map[string]struct {
		results []verdict.Result
		waived  bool
		worst   string
		number  int
		rest    string
	}{
		"nothing":        {},
		"fails":          {[]verdict.Result{pass, fail, unknown, fail}, false, "fail", 2, "1 unknown, 1 configured"},
		"waived":         {[]verdict.Result{proven, fail}, true, "waived", 1, "1 proven"},
		"unknown":        {[]verdict.Result{unknown}, false, "unknown", 1, ""},
		"configured":     {[]verdict.Result{proven, pass, none}, false, "configured", 1, "1 proven, 1 not applicable"},
		"proven":         {[]verdict.Result{proven, proven}, false, "proven", 2, ""},
		"not applicable": {[]verdict.Result{none}, false, "not applicable", 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			tr := maturity.TrackState{ID: "a", Level: 1, Applies: true}
			for _, res := range c.results {
				state := maturity.ControlState{Control: maturity.Control{Level: 2}, Result: res}
				if c.waived && res.Status == verdict.Fail {
					state.Waiver = new(maturity.Waiver)
				}
				tr.Controls = append(tr.Controls, state)
			}
			tr.Controls = append(tr.Controls,
				maturity.ControlState{Control: maturity.Control{Level: 1}, Result: fail},
				maturity.ControlState{Control: maturity.Control{Level: 2, Optional: true}, Result: fail})
			got := newPageLevel(tr, maturity.Level{Level: 2}, 2)
			worst := ""
			if got.Worst != nil {
				worst = got.Worst.Word
			}
			if worst != c.worst || got.Number != c.number || got.Rest != c.rest || got.Reached {
				t.Errorf("%q, %d, %q, reached: %t", worst, got.Number, got.Rest, got.Reached)
			}
			if len(got.Controls) != len(c.results)+1 {
				t.Errorf("%d controls are listed, of %d", len(got.Controls), len(c.results)+1)
			}
		})
	}
}

func TestTarget(t *testing.T) {
	for _, c := range []struct{ level, required, want int }{{0, 0, 1}, {2, 0, 3}, {2, 2, 3}, {2, 4, 4}, {3, 1, 4}, {5, 0, 0}, {5, 5, 0}} {
		if got := target(&maturity.Report{Level: c.level, Required: c.required}); got != c.want {
			t.Errorf("at %d, with %d required: %d, want %d", c.level, c.required, got, c.want)
		}
	}
}
