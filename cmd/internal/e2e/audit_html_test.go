//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/cmd/internal/audit"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// auditedRepository writes the repository of package maturity's tests, which has what
// each level asks for.
func auditedRepository(t *testing.T) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join(root, "maturity", "testdata", "level5.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	return dir
}

// auditReport returns a report with controls of every result and all that the page has
// a place for.
func auditReport(t *testing.T) *maturity.Report {
	t.Helper()
	code := &maturity.Code{Packages: 12, Problems: []maturity.Problem{{Place: verdict.Place{File: "broken.go", Line: 3, Text: "does not type-check " + hostile}, Column: 7}}}
	for _, tr := range maturity.Default().Tracks {
		code.Rules = append(code.Rules, tr.Rules...)
	}
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	at := verdict.Place{File: ".lagvet.yml", Line: 9}
	r, err := maturity.Audit(maturity.Default(), maturity.Input{
		Dir: auditedRepository(t), Tool: "lagvet v1.2.3", Tags: []string{"v1.2.0", "v1.1.0", "v1.0.0"}, Code: code,
		Repository: maturity.Repository{Commit: "0123456789abcdef0123456789abcdef01234567", Time: now, Dirty: true},
		Waivers: []maturity.Waiver{
			{Control: "modules-shipped", Owner: "@orders", Reason: "no binary yet", Expires: now.AddDate(0, -1, 0), Place: at},
			{Control: "context-enforced", Owner: "platform team", Reason: "after the move " + hostile, Expires: now.AddDate(0, 3, 0), Place: at},
		},
		NotApplicable: map[string]string{"dependency": "it calls no other service " + hostile},
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Required = 3
	for i := range r.Tracks {
		for j := range r.Tracks[i].Controls {
			switch c := &r.Tracks[i].Controls[j]; c.ID {
			case "concurrency-race":
				c.Status, c.Grade, c.Run = verdict.Pass, verdict.Proven, "go test -race ./... "+hostile
			case "concurrency-profile":
				c.Result = verdict.Failed("nothing collects profiles "+hostile, verdict.Place{File: "deploy/" + strings.Repeat("overlays/", 12) + "größer.yml", Line: 4, Text: "annotations: {} # " + hostile + strings.Repeat("x", 200)})
			case "concurrency-same":
				c.Result = verdict.Failed("continuous integration runs golangci-lint, which no editor setting names")
			case "concurrency-quota":
				c.Result = verdict.Needless("there is no manifest")
			}
		}
	}
	return r
}

// auditPage writes the page of an audit, and returns its path.
func auditPage(t *testing.T, r *maturity.Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "größer #3 50%.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(audit.HTML(f, r), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

// applying returns the controls of tracks that apply, in order.
func applying(r *maturity.Report, of func(maturity.ControlState) bool) []maturity.ControlState {
	var all []maturity.ControlState
	for _, t := range r.Tracks {
		for _, c := range t.Controls {
			if t.Applies && of(c) {
				all = append(all, c)
			}
		}
	}
	return all
}

func anyControl(maturity.ControlState) bool { return true }

func TestAuditHTML(t *testing.T) {
	ctx := chromium(t)
	r := auditReport(t)
	file := auditPage(t, r)
	tests := []struct {
		name string
		test func(*browser, *maturity.Report)
	}{
		{"says all", (*browser).saysAudit},
		{"matrix", (*browser).matrixOfAudit},
		{"filters", (*browser).filtersAudit},
		{"links", (*browser).linksOfAudit},
		{"keyboard", (*browser).keysOfAudit},
		{"schemes", (*browser).schemesOfAudit},
		{"names", func(b *browser, _ *maturity.Report) { b.assistive(100) }},
		{"narrow", (*browser).narrowAudit},
		{"print", (*browser).printsAudit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(browse(t, ctx, file), r) })
	}
	var titles []string
	for _, c := range applying(r, anyControl) {
		titles = append(titles, c.Title)
	}
	t.Run("without script", func(t *testing.T) { withoutScript(t, ctx, file, titles...) })
}

func (b *browser) saysAudit(r *maturity.Report) {
	b.shoot("audit-light-1280")
	is(b, checkCount, len(applying(r, anyControl)))
	is(b, `document.querySelectorAll('.track').length`, len(r.Tracks))
	is(b, `document.querySelectorAll('.checks').length`, (len(r.Tracks)-1)*maturity.Levels)
	is(b, `document.querySelector('h1').className`, "verdict found")
	is(b, `document.querySelectorAll('img, iframe, object, embed, link[rel=stylesheet]').length`, 0)
	text := eval[string](b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.body.innerText`)
	for _, want := range []string{
		"example.com/orders at 0123456789ab with changes stands at level", "below level 3, which is required", "required level 3: not met", "2026-06-01 12:00:00 UTC",
		"What level 3 takes", "Level 4 takes: ", "after the move " + hostile, "by platform team until 2026-09-01", "broken.go:3:7: does not type-check " + hostile,
		"does not apply: it calls no other service " + hostile, "go test -race ./... " + hostile, "größer.yml:4", "annotations: {} # " + hostile, "6 are of no class",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
			b.t.Errorf("the page does not say %q", want)
		}
	}
	b.shoot("audit-open-1280")
}

// Each cell says the state of a level, and whether it is reached.
func (b *browser) matrixOfAudit(r *maturity.Report) {
	reached := 0
	for i, t := range r.Tracks {
		row := fmt.Sprintf(`document.querySelectorAll('.matrix tbody tr')[%d]`, i)
		if !t.Applies {
			is(b, row+`.cells.length`, 2)
			continue
		}
		is(b, row+`.cells.length`, 1+maturity.Levels)
		is(b, row+`.cells[0].innerText.includes('level `+fmt.Sprint(t.Level)+`')`, true)
		is(b, row+`.querySelectorAll('.reached').length`, t.Level)
		reached += t.Level
	}
	if reached == 0 {
		b.t.Error("no level is reached")
	}
	is(b, `[...document.querySelectorAll('.matrix tbody .says')].every((a) => /^[✗?≈✓–]\d (fail|unknown|waived|configured|proven|not applicable)$/.test(a.textContent))`, true)
	is(b, `document.querySelector('.matrix a[href="#concurrency-L4"]').textContent`, "✗1 fail")
	for i, c := range r.Coverage {
		is(b, fmt.Sprintf(`document.querySelectorAll('.matrix tfoot td strong')[%d].textContent`, i), fmt.Sprint(c.Incidents))
	}
}

func (b *browser) filtersAudit(r *maturity.Report) {
	all := eval[string](b, `document.getElementById('count').textContent`)
	total := len(applying(r, anyControl))
	state := func(states ...string) func(maturity.ControlState) bool {
		return func(c maturity.ControlState) bool { return strings.Contains(strings.Join(states, "|"), c.State()) }
	}
	tests := []struct {
		id, value string
		of        func(maturity.ControlState) bool
	}{
		{"result", "fail", state("fail")},
		{"result", "unknown", state("unknown")},
		{"result", "fail unknown", state("fail", "unknown")},
		{"result", "proven", state("proven")},
		{"result", "not-applicable", state("not applicable")},
		{"track", "modules", func(c maturity.ControlState) bool { return strings.HasPrefix(c.ID, "modules-") }},
		{"level", "4", func(c maturity.ControlState) bool { return c.Level == 4 }},
		{"text", "größer.YML nothing", func(c maturity.ControlState) bool { return c.ID == "concurrency-profile" }},
		{"text", "nowhere", func(maturity.ControlState) bool { return false }},
	}
	for _, tt := range tests {
		want := len(applying(r, tt.of))
		b.choose(tt.id, tt.value)
		is(b, checkCount, want)
		says := fmt.Sprintf("%d of %d controls.", want, total)
		if want == 0 {
			says = fmt.Sprintf("No control passes the filters, out of %d.", total)
		} else if want == total {
			b.t.Errorf("%s %s leaves nothing out", tt.id, tt.value)
		}
		is(b, `document.getElementById('count').textContent`, says)
		b.run(chromedp.Click(chromedp.CSS(`#reset`)))
		b.soon(fmt.Sprintf(checkCount+` === %d`, total))
		is(b, `document.getElementById('count').textContent`, all)
	}
	b.choose("track", "concurrency")
	b.choose("level", "4")
	is(b, checkCount, len(applying(r, func(c maturity.ControlState) bool {
		return c.Level == 4 && strings.HasPrefix(c.ID, "concurrency-")
	})))
	is(b, `[...document.querySelectorAll('.track .group')].filter((g) => g.checkVisibility()).length`, 1)
	b.shoot("audit-filtered-1280")
}

// A link to a control opens it, also where the filters hide it.
func (b *browser) linksOfAudit(r *maturity.Report) {
	b.choose("track", "modules")
	is(b, `document.querySelector('#next a[href^="#concurrency-"], .matrix a[href="#concurrency-L1"]').click(), 1`, 1)
	is(b, checkCount, len(applying(r, anyControl)))
	b.choose("track", "modules")
	is(b, `location.hash = '#concurrency-owned', 1`, 1)
	b.soon(`document.getElementById('concurrency-owned').checkVisibility() && document.querySelector('#concurrency-owned details').open`)
	is(b, `[...document.querySelectorAll('a[href^="#"]')].every((a) => document.getElementById(a.hash.slice(1)))`, true)
}

func (b *browser) keysOfAudit(r *maturity.Report) {
	focus := `document.activeElement.closest('li')?.id`
	all := applying(r, anyControl)
	b.hit("j")
	is(b, focus, all[0].ID)
	is(b, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	b.press(kb.Enter)
	is(b, `document.activeElement.parentElement.open`, true)
	b.press(kb.Escape)
	is(b, `document.activeElement.parentElement.open`, false)
	b.hit("j")
	b.press(kb.ArrowDown)
	is(b, focus, all[2].ID)
	b.hit("k")
	is(b, focus, all[1].ID)
	b.hit("/")
	b.press("modules-bot")
	b.press(kb.Enter)
	is(b, focus, "modules-bot")
	is(b, `document.querySelector('.skip').click(), document.activeElement.id`, "controls")
}

func (b *browser) schemesOfAudit(r *maturity.Report) {
	is(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.querySelectorAll('details[open]').length`, len(applying(r, anyControl)))
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.soon(fmt.Sprintf(`document.getElementById('theme').getAttribute('aria-pressed') === '%v'`, scheme == "dark"))
		for _, fault := range eval[[]string](b, contrasts) {
			b.t.Errorf("%s: %s", scheme, fault)
		}
	}
	b.shoot("audit-dark-1280")
}

func (b *browser) narrowAudit(r *maturity.Report) {
	for _, width := range []int64{400, 320} {
		b.run(chromedp.EmulateViewport(width, 800), chromedp.Reload())
		is(b, `document.scrollingElement.scrollWidth <= innerWidth`, true)
		is(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.scrollingElement.scrollWidth <= innerWidth`, true)
		b.scheme("light")
		b.shoot(fmt.Sprintf("audit-light-%d", width))
	}
}

// On paper every control is open, in the light scheme, without what is to be clicked.
func (b *browser) printsAudit(r *maturity.Report) {
	b.scheme("dark")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	is(b, `dispatchEvent(new Event('beforeprint'))`, true)
	is(b, `document.querySelectorAll('details[open]').length`, len(applying(r, anyControl)))
	is(b, `['#filters', '#theme', '.keys', '#reset', '.contents'].every((s) => getComputedStyle(document.querySelector(s)).display === 'none')`, true)
	is(b, `getComputedStyle(document.body).color`, "rgb(29, 28, 26)")
	b.run(chromedp.EmulateViewport(720, 1000)) // A4 less its margins
	is(b, `(() => { const m = document.querySelector('.matrix'); return m.scrollWidth <= m.parentElement.clientWidth; })()`, true)
	b.shoot("audit-print")
}

// A repository in which nothing can be said, or nothing is left to do, is a page too.
func TestAuditHTMLOfNothing(t *testing.T) {
	ctx := chromium(t)
	b := browse(t, ctx, auditPage(t, &maturity.Report{Tool: "lagvet devel"}))
	is(b, `document.querySelector('h1').textContent`, "the repository stands at level 0 of 5.")
	is(b, `document.getElementById('filters').checkVisibility() || !!document.getElementById('next')`, false)
	b.hit("j")
	b.hit("/")
	b.press(kb.Escape)

	r := auditReport(t)
	r.Level, r.Waivers, r.Problems = maturity.Levels, nil, nil
	for i := range r.Tracks {
		r.Tracks[i].Level = maturity.Levels
		for j := range r.Tracks[i].Controls {
			r.Tracks[i].Controls[j].Result = verdict.Passed("it is there")
		}
	}
	b = browse(t, ctx, auditPage(t, r))
	is(b, `document.querySelector('h1').className`, "verdict clean")
	is(b, `['next', 'waivers', 'problems'].some((id) => document.getElementById(id))`, false)
	is(b, `document.querySelectorAll('details[open]').length`, 0)
	b.shoot("audit-level5-1280")
}

// The command makes the page that these tests look at.
func TestAuditHTMLOfCommand(t *testing.T) {
	dir := auditedRepository(t)
	file := filepath.Join(t.TempDir(), "audit.html")
	out, errs, code := process{dir: dir}.run(t, lagvet, "audit", "--no-check", "--all", "--level", "L1", "--report", "html="+file)
	if code != 1 && code != 3 {
		t.Fatalf("exit code %d\n%s%s", code, out, errs)
	}
	b := browse(t, chromium(t), file)
	ids := eval[[]string](b, `[...document.querySelectorAll('.checks > li')].map((l) => l.id)`)
	if want := strings.Count(out, "\n  L"); len(ids) != want {
		t.Errorf("the page has %d controls, the text %d", len(ids), want)
	}
	for _, id := range ids {
		if !strings.Contains(out, " "+id+": ") {
			t.Errorf("the text does not have %s", id)
		}
	}
}
