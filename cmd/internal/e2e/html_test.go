//go:build e2e

package e2e

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

var shots = flag.String("shots", "", "write pictures of the HTML report to this directory, to look at it")

// A browser is a tab of a headless Chromium with the HTML report in it. It fails
// the test if the page asks for anything but itself, or complains.
type browser struct {
	context.Context
	t *testing.T

	mu         sync.Mutex
	requests   []string
	complaints []string
}

// chromium returns a context in which a Chromium runs that has never seen a page.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("%v: make e2e-tools installs it", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WSURLReadTimeout(time.Minute))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // root has none
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("starting %s: %v", path, err)
	}
	return ctx
}

// browse opens a page, as a file, in a tab of its own.
func browse(t *testing.T, ctx context.Context, file string, before ...chromedp.Action[chromedp.Void]) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := &browser{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, b.hear); err != nil {
		t.Fatal(err)
	}
	target := (&url.URL{Scheme: "file", Path: file}).String()
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	b.run(chromedp.EmulateViewport(1280, 900))
	b.scheme("light")
	b.run(before...)
	b.run(chromedp.Navigate(target))
	t.Cleanup(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, r := range b.requests {
			if r != target && r != "data:," {
				t.Errorf("the page asks for %s", r)
			}
		}
		for _, c := range b.complaints {
			t.Errorf("the browser says: %s", c)
		}
	})
	return b
}

func (b *browser) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *network.EventWebSocketCreated:
		b.requests = append(b.requests, e.URL)
	case *runtime.EventConsoleAPICalled:
		b.complaints = append(b.complaints, fmt.Sprintf("console.%s", e.Type))
	case *runtime.EventExceptionThrown:
		b.complaints = append(b.complaints, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case *log.EventEntryAdded:
		b.complaints = append(b.complaints, e.Entry.Text)
	case *page.EventJavascriptDialogOpening:
		b.complaints = append(b.complaints, "a dialog opens: "+e.Message)
	}
}

func (b *browser) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// get returns what an action does.
func get[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	out, err := chromedp.Run(b, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// call runs a command of the browser's protocol.
func call[P, R any](b *browser, command cdp.Command[P, R], params P) R {
	b.t.Helper()
	out, err := chromedp.Call(b, command, params)
	if err != nil {
		b.t.Fatalf("%s: %v", command.Method, err)
	}
	return out
}

// eval returns what an expression is in the page.
func eval[T any](b *browser, expression string) T {
	b.t.Helper()
	return get(b, chromedp.Evaluate[T](expression))
}

// is fails unless an expression is what it should be.
func is[T comparable](b *browser, expression string, want T) {
	b.t.Helper()
	if got := eval[T](b, expression); got != want {
		b.t.Errorf("%s is %v, want %v", expression, got, want)
	}
}

// soon waits until an expression is true.
func (b *browser) soon(expression string) {
	b.t.Helper()
	if _, err := chromedp.Run(b, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.t.Fatalf("%s does not come true: %v", expression, err)
	}
}

// press presses a key that has a name, or types text.
func (b *browser) press(keys string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(keys))
}

// hit presses the key of a character. Unlike [browser.press] it leaves it to the
// browser whether the character is typed too, which a page may prevent.
func (b *browser) hit(character string) {
	b.t.Helper()
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: character, Text: character})
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyUp, Key: character})
}

func (b *browser) scheme(name string) {
	b.t.Helper()
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name},
		{Name: "prefers-reduced-motion", Value: "reduce"}, // a click must not miss what scrolls
	}})
}

// shoot writes a picture of the page if pictures are asked for.
func (b *browser) shoot(name string) {
	b.t.Helper()
	if *shots == "" {
		return
	}
	png := get(b, chromedp.FullScreenshot(100))
	if err := errors.Join(os.MkdirAll(*shots, 0o777), os.WriteFile(filepath.Join(*shots, name+".png"), png, 0o666)); err != nil {
		b.t.Fatal(err)
	}
}

// htmlPage writes the HTML report of r and returns its path, which has in it what
// a URL must escape.
func htmlPage(t *testing.T, r *report.Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "größer #1 50%.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(report.HTML(f, r), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

// hostile is text that a page must show as it is.
const hostile = `</script><script>alert(1)</script><img src=x onerror=alert(2)> <!-- {{.}} ${x} "q" 'q' & &amp; größer 𝛼 \u003c`

// source is a file of source with line ends of Windows and text that is not ASCII.
const source = "package match\r\n\r\n// Match: größer 𝛼 </script>\r\nfunc Match() { /* 𝛼 größer */ wait() }\r\n\r\nfunc wait() {\r\n\tmu.Lock() // " + hostile + "\r\n}\r\n"

// htmlReport returns a report with all that the page has a place for.
func htmlReport(t *testing.T) *report.Report {
	t.Helper()
	root := t.TempDir()
	file := filepath.Join(root, "match", "größer <engine>.go")
	if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o777), os.WriteFile(file, []byte(source), 0o666)); err != nil {
		t.Fatal(err)
	}
	at := func(line, column int) finding.Place { return finding.Place{File: file, Line: line, Column: column} }
	before := len("func Match() { /* 𝛼 größer */ ")
	r := &report.Report{
		Tool: report.Tool{Version: "v1.2.3", Go: "go1.26.8"}, Dir: root, Root: root, HotKnown: true, Packages: 12,
		Rules: []report.Rule{{Name: "hotblock", Title: "reports waiting under a contract", URL: "https://example.com/hotblock.md"}},
		Findings: []finding.Finding{
			{
				Rule: "hotblock", Severity: "high", Tier: "proven", Package: "example.com/app/match", Func: "example.com/app/match.Match",
				Message: "Match can wait for a lock " + hostile, Start: at(4, before+1), End: at(4, before+len("wait()")+1),
				Hot: &finding.Hot{Source: "profile", Detail: "31 % of CPU in default.pgo", Share: 0.31},
				Chain: []finding.Step{
					{Place: at(4, before+1), Text: "calls wait"},
					{Place: at(7, 2), Text: "(*sync.Mutex).Lock waits " + hostile},
					{Place: finding.Place{File: filepath.Join(root, "gone.go"), Line: 3}, Text: "is gone"},
					{Place: at(99, 1), Text: "is a line that was cut off"},
					{Text: "is in the runtime"},
				},
				Mend: "read a snapshot", Fingerprint: "v1:0000000000000001",
				Evidence: &finding.Evidence{Status: finding.Confirmed, Weight: 0.12, Measures: []finding.Measure{{Value: 0.4, Text: "12 % of the waiting for locks (mutex.pprof)"}}},
			},
		},
		Silenced: []finding.Finding{{
			Rule: "tickerleak", Severity: "low", Tier: "likely", Package: "example.com/app/store", Message: "a ticker", Start: at(1, 1), Fingerprint: "v1:0000000000000002",
			Allowed: &finding.Allowed{Place: at(1, 1), Reason: "lives as long as the process"},
		}},
		Problems: []finding.Problem{{Place: at(1, 1), Message: "package broken does not type-check " + hostile, Remedy: "mend it"}},
		Notes:    []report.Note{{Place: at(2, 1), Message: "a note " + hostile}},
		Assumed:  []finding.Assumption{{Place: at(2, 1), Func: "f", Reason: hostile}},
	}
	for i := range 40 {
		f := finding.Finding{
			Rule: []string{"ctxless", "hotalloc", "tickerleak"}[i%3], Severity: []string{"high", "medium", "low"}[i%11%3], Tier: []string{"likely", "suspected"}[i%2],
			Package: fmt.Sprintf("example.com/app/internal/p%d", i%11), Message: fmt.Sprintf("hazard number %d of the rest", i),
			Start: at(1+i%7, 1), Fingerprint: fmt.Sprintf("v1:%016d", 100+i),
		}
		if i%4 == 0 {
			f.Hot = &finding.Hot{Source: "profile", Detail: "is hot", Share: float64(i%10) / 30}
		}
		if i%5 == 0 {
			f.Evidence = &finding.Evidence{Status: finding.NotObserved, Measures: []finding.Measure{{Source: "cpu.pprof", Text: finding.Unseen("cpu.pprof")}}}
		}
		r.Findings = append(r.Findings, f)
	}
	minor := r.Findings[3]
	minor.Message, minor.Fingerprint = "a minor one", "v1:0000000000000003"
	hot := r.Findings[0].Hot
	r.Gate = &report.Gate{
		Against: "origin/main at 1a2b3c4", Minor: []finding.Finding{minor}, Prune: true,
		Fixed: []report.Gone{{Rule: "ctxless", Message: "was mended " + hostile, File: file}},
		Stale: []report.Gone{{Rule: "ctxless", Message: "is stale", File: file}},
		Changes: []finding.Change{
			{Func: "example.com/app/match.Match", Start: at(4, 1), Hot: hot, Gained: true, Kind: "lock", Text: "waits for a lock", Chain: r.Findings[0].Chain[:2], By: finding.ByCode},
			{Func: "example.com/app/match.Match", Start: at(4, 1), Hot: hot, Kind: "alloc", Text: "x escapes to heap", By: finding.ByToolchain},
		},
	}
	return r
}

// weights returns what the map is to show: for each package the sum of the shares
// of its findings, at least 1 % each.
func weights(r *report.Report) map[string]float64 {
	sums := make(map[string]float64)
	for _, f := range r.Findings {
		w := 0.01
		if f.Hot != nil {
			w = max(w, f.Hot.Share)
		}
		if f.Evidence != nil {
			w = max(w, f.Evidence.Weight)
		}
		sums[f.Package] += w
	}
	return sums
}

const rowCount = `document.querySelectorAll('#list > li').length`

func TestHTML(t *testing.T) {
	ctx := chromium(t)
	r := htmlReport(t)
	file := htmlPage(t, r)
	tests := []struct {
		name string
		test func(*browser, *report.Report)
	}{
		{"says all", (*browser).saysAll},
		{"source", (*browser).showsSource},
		{"filters", (*browser).filters},
		{"keyboard", (*browser).keyboard},
		{"map", (*browser).drawsMap},
		{"schemes", (*browser).schemes},
		{"names", (*browser).accessible},
		{"narrow", (*browser).narrow},
		{"print", (*browser).prints},
		{"links", (*browser).links},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(browse(t, ctx, file), r) })
	}
	t.Run("without script", func(t *testing.T) {
		withoutScript(t, ctx, file, "41 new findings", "could not check: package broken", "made by a script, which this browser does not run", "gained lock")
	})
}

// What there is to say is on the page, whatever characters it has.
func (b *browser) saysAll(r *report.Report) {
	b.shoot("light-1280")
	text := eval[string](b, `document.body.innerText`)
	for _, want := range []string{
		"1 thing was not checked; 41 new findings against origin/main at 1a2b3c4 in 12 of 12 packages; 1 entry of the baseline no longer occurs.",
		"What hot functions cost, against origin/main at 1a2b3c4: 1 more, 0 less.", "What another compiler changed, against origin/main",
		"could not check: " + r.Problems[0].Message, "mend: mend it",
		r.Findings[0].Message, "a note " + hostile, hostile,
		"was mended " + hostile, "is stale", "gained lock", "lost alloc", "x escapes to heap",
		"1 new and let pass", "1 fixed", "1 allowed",
	} {
		if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
			b.t.Errorf("the page does not say %q", want)
		}
	}
	is(b, `document.querySelectorAll('img, iframe, object, embed, link[rel=stylesheet]').length`, 0)
	is(b, `document.querySelector('main > section').className`, "problems") // at the top
	is(b, rowCount, len(r.Findings))
	is(b, `document.querySelector('#list .message').textContent`, r.Findings[0].Message)
}

// Below a finding stand the lines of source of it and of each step, and where there
// are none, the reason.
func (b *browser) showsSource(r *report.Report) {
	b.run(chromedp.Click(chromedp.CSS(`#list .row`)))
	b.shoot("open-1280")
	is(b, `document.querySelectorAll('.panel .chain > li').length`, 1+len(r.Findings[0].Chain))
	is(b, `document.querySelector('.panel mark').textContent`, "wait()")
	is(b, `[...document.querySelectorAll('.panel .source')[0].children].map((l) => l.textContent.replace(/\n$/, '')).join('|')`,
		"1package match|2|3// Match: größer 𝛼 </script>|4func Match() { /* 𝛼 größer */ wait() }|5|6func wait() {|7\tmu.Lock() // "+hostile)
	is(b, `document.querySelectorAll('.panel .source')[2].querySelector('.here').textContent`, "7\tmu.Lock() // "+hostile+"\n")
	is(b, `document.querySelectorAll('.panel .unread')[0].textContent`, "The source is not shown, for the file cannot be read: "+syscall.ENOENT.Error()+".")
	is(b, `document.querySelectorAll('.panel .unread')[1].textContent`, "The file has no line 99 any more: it was changed after the check.")
	is(b, `document.querySelector('.panel').innerText.includes('12 % of the waiting for locks (mutex.pprof)')`, true)
	is(b, `document.querySelector('.panel a').href`, "https://example.com/hotblock.md")
	b.choose("evidence", "not observed")
	b.run(chromedp.Click(chromedp.CSS(`#list .row`)))
	is(b, `document.querySelector('.panel').innerText.includes('not observed in cpu.pprof. That clears nobody')`, true)
}

// choose sets a filter as a user does.
func (b *browser) choose(id, value string) {
	b.t.Helper()
	is(b, fmt.Sprintf(`(() => { const s = document.getElementById(%q); s.value = %q; s.dispatchEvent(new Event('input', { bubbles: true })); return s.value; })()`, id, value), value)
}

func (b *browser) filters(r *report.Report) {
	tests := []struct {
		id, value string
		passes    func(finding.Finding) bool
	}{
		{"severity", "medium", func(f finding.Finding) bool { return f.Severity == "medium" }},
		{"rule", "tickerleak", func(f finding.Finding) bool { return f.Rule == "tickerleak" }},
		{"package", "example.com/app/internal/p3", func(f finding.Finding) bool { return f.Package == "example.com/app/internal/p3" }},
		{"tier", "suspected", func(f finding.Finding) bool { return f.Tier == "suspected" }},
		{"heat", "hot", func(f finding.Finding) bool { return f.Hot != nil }},
		{"heat", "5 % of CPU or more", func(f finding.Finding) bool { return f.Hot != nil && f.Hot.Share >= 0.05 }},
		{"heat", "not known to be hot", func(f finding.Finding) bool { return f.Hot == nil }},
		{"evidence", "confirmed", func(f finding.Finding) bool { return f.Evidence != nil && f.Evidence.Status == finding.Confirmed }},
		{"text", "REST number 17", func(f finding.Finding) bool { return strings.Contains(f.Message, "number 17 ") }},
		{"text", "größer 𝛼 </script>", func(f finding.Finding) bool { return strings.Contains(f.Message, "</script>") }},
	}
	for _, tt := range tests {
		b.choose(tt.id, tt.value)
		want := 0
		for _, f := range r.Findings {
			if tt.passes(f) {
				want++
			}
		}
		if want == 0 || want == len(r.Findings) {
			b.t.Fatalf("%s: %q tells nothing: %d pass", tt.id, tt.value, want)
		}
		b.soon(fmt.Sprintf(`%s === %d`, rowCount, want))
		b.soon(fmt.Sprintf(`document.getElementById('count').textContent.startsWith('%d of 43 finding')`, want))
		is(b, `[...document.querySelectorAll('#treemap button')].reduce((n, c) => n + parseInt(c.getAttribute('aria-label').split(': ')[1]), 0)`, want)
		b.run(chromedp.Click(chromedp.CSS(`#reset`)))
		b.soon(fmt.Sprintf(`%s === %d`, rowCount, len(r.Findings)))
	}
	b.choose("status", "let pass")
	is(b, `document.querySelector('#list .message').textContent`, "a minor one")
	b.choose("status", "silenced")
	is(b, `document.querySelector('#list .message').textContent`, "a ticker")
	b.choose("status", "")
	is(b, rowCount, len(r.Findings)+2)
	b.choose("order", "by hotness")
	is(b, `document.querySelector('#list .message').textContent`, r.Findings[0].Message)
	b.choose("rule", "hotblock")
	b.choose("severity", "medium")
	is(b, `document.getElementById('count').textContent`, "No finding passes the filters, out of 43.")
}

// focused is the message of the finding that has the focus, or what else has it.
const focused = `(document.activeElement.matches('.row') ? document.activeElement.querySelector('.message').textContent : document.activeElement.outerHTML.slice(0, 60))`

func (b *browser) keyboard(r *report.Report) {
	messages := eval[[]string](b, `[...document.querySelectorAll('#list .message')].map((m) => m.textContent)`)
	b.hit("j")
	is(b, focused, messages[0])
	b.hit("j")
	b.press(kb.ArrowDown)
	is(b, focused, messages[2])
	b.hit("k")
	b.press(kb.ArrowUp)
	is(b, focused, messages[0])
	b.hit("k")
	is(b, focused, messages[0]) // the first has none before it
	is(b, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	is(b, `parseFloat(getComputedStyle(document.activeElement).outlineWidth) >= 2`, true)

	b.press(kb.Enter)
	is(b, `document.activeElement.getAttribute('aria-expanded')`, "true")
	is(b, `document.getElementById(document.activeElement.getAttribute('aria-controls')).getAttribute('role')`, "region")
	b.press(kb.Tab) // into the source
	is(b, `!!document.activeElement.closest('.panel')`, true)
	b.press(kb.Escape)
	is(b, `document.querySelectorAll('.panel').length`, 0)
	is(b, focused, messages[0])

	b.hit("/")
	is(b, `document.activeElement.id`, "text")
	is(b, `document.activeElement.value`, "")
	b.press("number 1 j/k")
	is(b, `document.activeElement.value`, "number 1 j/k") // typed, and nothing else
	b.press(kb.Escape)
	is(b, `document.getElementById('text').value`, "")
	b.hit("/")
	b.press("number 12")
	b.press(kb.Enter)
	is(b, focused, "hazard number 12 of the rest")
	b.run(chromedp.Click(chromedp.CSS(`#reset`)))

	// From the start of the page, Tab goes through every control once, in order.
	is(b, `history.replaceState(null, '', location.pathname), 1`, 1)
	b.run(chromedp.Reload())
	var order []string
	for range 24 {
		b.press(kb.Tab)
		order = append(order, eval[string](b, `document.activeElement.id || document.activeElement.className || document.activeElement.tagName`))
	}
	const want = "skip theme A A A A A A A A view high text status severity rule package tier heat evidence order reset finding-"
	if got := strings.Join(order, " "); !strings.HasPrefix(got, want) {
		b.t.Errorf("Tab goes to %s", got)
	}
	// The skip link leads past all that.
	is(b, `document.querySelector('.skip').click(), document.activeElement.id`, "findings")
}

// cells are the areas of the map, with their packages.
type cell struct {
	Package    string
	X, Y, W, H float64
}

func (b *browser) drawsMap(r *report.Report) {
	b.run(chromedp.ScrollIntoView(chromedp.CSS(`#treemap`)))
	cells := eval[[]cell](b, `[...document.querySelectorAll('#treemap button')].map((c) => { const r = c.getBoundingClientRect(); return { Package: c.getAttribute('aria-label').split(': ')[0], X: r.x, Y: r.y, W: r.width, H: r.height }; })`)
	sums := weights(r)
	if len(cells) != len(sums) {
		b.t.Fatalf("%d areas for %d packages", len(cells), len(sums))
	}
	all := eval[cell](b, `(() => { const r = document.getElementById('treemap').getBoundingClientRect(); return { X: r.x, Y: r.y, W: r.width, H: r.height }; })()`)
	total, covered := 0.0, 0.0
	for _, w := range sums {
		total += w
	}
	for _, c := range cells {
		area, want := c.W*c.H, sums[c.Package]/total*all.W*all.H
		covered += area
		if math.Abs(area-want) > want/100 {
			b.t.Errorf("%s has %.0f square pixels, want %.0f", c.Package, area, want)
		}
		if c.X < all.X-.5 || c.Y < all.Y-.5 || c.X+c.W > all.X+all.W+.5 || c.Y+c.H > all.Y+all.H+.5 {
			b.t.Errorf("%s is outside of the map: %+v", c.Package, c)
		}
		if ratio := max(c.W/c.H, c.H/c.W); ratio > 4 {
			b.t.Errorf("%s is %.1f times as long as wide", c.Package, ratio)
		}
	}
	for i, a := range cells {
		for _, c := range cells[i+1:] {
			if min(a.X+a.W, c.X+c.W)-max(a.X, c.X) > .5 && min(a.Y+a.H, c.Y+c.H)-max(a.Y, c.Y) > .5 {
				b.t.Errorf("%s and %s overlap", a.Package, c.Package)
			}
		}
	}
	if math.Abs(covered-all.W*all.H) > covered/1000 {
		b.t.Errorf("the areas cover %.0f of %.0f square pixels", covered, all.W*all.H)
	}
	is(b, `document.querySelector('#treemap button').className.split(' ')[0]`, "high") // hotblock's

	// It is one stop of Tab, and arrows move within.
	is(b, `document.querySelectorAll('#treemap [tabindex="0"]').length`, 1)
	is(b, `document.querySelector('#treemap button').focus(), document.activeElement === document.querySelector('#treemap button')`, true)
	b.press(kb.ArrowRight)
	second := eval[string](b, `document.activeElement.getAttribute('aria-label').split(': ')[0]`)
	if second != cells[1].Package {
		b.t.Errorf("the arrow leads to %s, not to %s", second, cells[1].Package)
	}
	b.press(kb.Enter)
	is(b, `document.getElementById('package').value`, second)
	is(b, `document.activeElement.id`, "findings")
	b.run(chromedp.Click(chromedp.CSS(`#reset`)))
	b.soon(fmt.Sprintf(`%s === %d`, rowCount, len(r.Findings)))

	// The table says the same.
	b.run(chromedp.Click(chromedp.CSS(`#view`)))
	is(b, `getComputedStyle(document.getElementById('treemap')).display`, "none")
	rows := eval[[][]string](b, `[...document.querySelectorAll('#packages tbody tr')].map((r) => [...r.children].map((c) => c.textContent))`)
	if len(rows) != len(sums) || rows[0][0] != cells[0].Package {
		b.t.Fatalf("the table holds %v", rows)
	}
	for _, row := range rows {
		var share float64
		if _, err := fmt.Sscanf(row[2], "%f", &share); err != nil || math.Abs(share-100*sums[row[0]]/total) > .51 {
			b.t.Errorf("%s has %s of the weight, want %.1f %%: %v", row[0], row[2], 100*sums[row[0]]/total, err)
		}
	}
}

// contrasts finds text, edges of controls and the mark of the focus whose contrast
// with what is behind them is below WCAG 2.2's level AA: 4.5, or 3 for large text
// (1.4.3) and for what is not text (1.4.11).
const contrasts = `(() => {
  const parse = (c) => { const m = c.match(/[\d.]+/g).map(Number); if (c.startsWith('color(srgb')) for (let i = 0; i < 3; i++) m[i] *= 255; return { r: m[0], g: m[1], b: m[2], a: m.length > 3 ? m[3] : 1 }; };
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = (c) => 0.2126 * channel(c.r) + 0.7152 * channel(c.g) + 0.0722 * channel(c.b);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const behind = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c.a === 1) return c; if (c.a > 0) throw new Error('half transparent: ' + e.className); } return parse('rgb(255, 255, 255)'); };
  const out = [];
  const judge = (what, e, fore, back, least) => { const r = ratio(parse(fore), back); if (r < least) out.push(what + ' of ' + (e.id || e.className || e.tagName) + ' ' + r.toFixed(2) + ': ' + e.textContent.slice(0, 40)); };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let texts = 0;
  for (let n = walker.nextNode(); n; n = walker.nextNode()) {
    const e = n.parentElement;
    if (!n.data.trim() || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'OPTION'].includes(e.tagName) || !e.checkVisibility()) continue;
    const s = getComputedStyle(e);
    const large = parseFloat(s.fontSize) >= 24 || parseFloat(s.fontSize) >= 18.66 && s.fontWeight >= 700;
    judge('text', e, s.color, behind(e), large ? 3 : 4.5);
    texts++;
  }
  for (const e of document.querySelectorAll('input, select, #theme, #view, #reset')) {
    if (!e.checkVisibility()) continue;
    judge('edge', e, getComputedStyle(e).borderTopColor, behind(e.parentElement), 3);
    if (e.placeholder) judge('placeholder', e, getComputedStyle(e, '::placeholder').color, behind(e), 4.5);
    if (e.matches('select')) judge('choice', e, getComputedStyle(e).color, behind(e), 4.5);
    e.blur();
    e.focus({ focusVisible: true });
    judge('focus', e, getComputedStyle(e).outlineColor, behind(e.parentElement), 3);
  }
  for (const e of document.querySelectorAll('#treemap button')) judge('edge', e, getComputedStyle(e).boxShadow.match(/^\w+\([^)]*\)/)[0], behind(document.body), 3);
  if (texts < 100) out.push('only ' + texts + ' texts were looked at');
  return out;
})()`

const ground = `getComputedStyle(document.body).backgroundColor`

func (b *browser) schemes(r *report.Report) {
	check := func(name string) {
		b.t.Helper()
		for _, fault := range eval[[]string](b, contrasts) {
			b.t.Errorf("%s: %s", name, fault)
		}
	}
	b.scheme("light")
	b.run(chromedp.Click(chromedp.CSS(`#list .row`)))
	is(b, `document.getElementById('theme').getAttribute('aria-pressed')`, "false")
	light := eval[string](b, ground)
	check("light")
	b.scheme("dark")
	b.soon(`document.getElementById('theme').getAttribute('aria-pressed') === 'true'`)
	dark := eval[string](b, ground)
	check("dark")
	b.shoot("dark-1280")
	if light == dark {
		b.t.Errorf("both schemes are on %s", light)
	}
	// The button goes against the system, and is remembered.
	b.run(chromedp.Click(chromedp.CSS(`#theme`)))
	is(b, ground, light)
	check("light by choice")
	b.run(chromedp.Reload())
	is(b, ground, light)
	is(b, `document.getElementById('theme').getAttribute('aria-pressed')`, "false")
	b.scheme("light")
	b.run(chromedp.Click(chromedp.CSS(`#theme`)))
	is(b, ground, dark)
	check("dark by choice")
	is(b, `localStorage.clear(), 1`, 1)
}

// roles are those of what must have a name for who does not see it.
var roles = []string{"button", "link", "searchbox", "textbox", "combobox", "table", "region", "form", "search", "navigation", "DisclosureTriangle"}

// accessible does what checkers of accessibility do without a person.
func (b *browser) accessible(r *report.Report) {
	b.run(chromedp.Click(chromedp.CSS(`#list .row`)), chromedp.Click(chromedp.CSS(`#view`)))
	b.assistive(60)
}

// assistive looks at a page as assistive technology does, which is to know that many
// controls of it.
func (b *browser) assistive(least int) {
	b.t.Helper()
	controls := 0
	for _, n := range call(b, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{}).Nodes {
		if n.Ignored || n.Role == nil || !slices.Contains(roles, strings.Trim(string(n.Role.Value), `"`)) {
			continue
		}
		controls++
		if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
			b.t.Errorf("a %s has no name", n.Role.Value)
		}
	}
	if controls < least {
		b.t.Errorf("only %d controls are known to assistive technology", controls)
	}
	for _, fault := range eval[[]string](b, `(() => {
  const out = [];
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((i) => i === id).length > 1) out.push('two elements are ' + id);
  for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby'])
    for (const e of document.querySelectorAll('[' + name + ']')) for (const id of e.getAttribute(name).split(' ')) if (!document.getElementById(id)) out.push(name + ' names nothing: ' + id);
  for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) out.push('tabindex of ' + e.id);
  for (const e of document.querySelectorAll('label')) if (!e.control) out.push('a label of nothing: ' + e.textContent);
  for (const e of document.querySelectorAll('[role=group], nav')) if (!e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')) out.push('a group without a name: ' + (e.id || e.className));
  let level = 0;
  for (const h of document.querySelectorAll('h1, h2, h3, h4')) { const l = +h.tagName[1]; if (l > level + 1) out.push('a heading is skipped before ' + h.textContent); level = l; }
  if (document.querySelectorAll('h1').length !== 1) out.push('not one h1');
  for (const tag of ['header', 'main', 'footer']) if (document.querySelectorAll(tag).length !== 1) out.push('not one ' + tag);
  if (document.documentElement.lang !== 'en') out.push('no language');
  for (const e of document.querySelectorAll('button, select, input, summary')) {
    if (!e.checkVisibility() || e.closest('td, th')) continue; // in a line of text size is free: WCAG 2.2, 2.5.8
    const r = e.getBoundingClientRect();
    if (r.width < 24 || r.height < 24) out.push('too small to hit: ' + (e.id || e.className) + ' ' + r.width + ' by ' + r.height);
  }
  for (const e of document.querySelectorAll('.source, .scroll')) if (e.scrollWidth > e.clientWidth && e.tabIndex < 0) out.push('scrolls, and not by keyboard: ' + e.className);
  for (const e of document.querySelectorAll('ul, ol')) if ([...e.children].some((c) => c.tagName !== 'LI')) out.push('a list of something else: ' + e.className);
  return out;
})()`) {
		b.t.Error(fault)
	}
	is(b, `document.getElementById('count').getAttribute('role')`, "status")
}

func (b *browser) narrow(r *report.Report) {
	for _, width := range []int64{400, 320} { // 320 is WCAG 2.2's 1.4.10
		b.run(chromedp.EmulateViewport(width, 800), chromedp.Reload(), chromedp.Click(chromedp.CSS(`#list .row`)))
		is(b, `document.scrollingElement.scrollWidth <= innerWidth`, true)
		is(b, `[...document.querySelectorAll('#treemap button')].every((c) => c.getBoundingClientRect().right <= innerWidth)`, true)
		b.scheme("light")
		b.shoot(fmt.Sprintf("light-%d", width))
		b.scheme("dark")
		b.shoot(fmt.Sprintf("dark-%d", width))
	}
}

func (b *browser) prints(r *report.Report) {
	b.scheme("dark")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	is(b, `['#filters', '#theme', '#view', '.keys'].every((s) => getComputedStyle(document.querySelector(s)).display === 'none')`, true)
	is(b, `getComputedStyle(document.body).color`, "rgb(29, 28, 26)") // the light scheme's, on paper
	b.shoot("print")
	pdf := get(b, chromedp.PrintToPDF())
	if !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		b.t.Error("it cannot be printed")
	}
	if *shots != "" {
		write(b.t, *shots, "print.pdf", string(pdf))
	}
}

// A link to a finding opens it, also where the filters hide it.
func (b *browser) links(r *report.Report) {
	b.choose("rule", "ctxless")
	is(b, `location.hash = '#v1:0000000000000003', 1`, 1)
	b.soon(`!!document.querySelector('.panel')`)
	is(b, focused, "a minor one")
	is(b, `document.querySelectorAll('.panel').length`, 1)
}

// withoutScript opens a page in a browser that runs no script: it says what it has to,
// and shows no filters, which would do nothing.
func withoutScript(t *testing.T, ctx context.Context, file string, wants ...string) {
	t.Helper()
	b := browse(t, ctx, file, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
	text := get(b, chromedp.Text(chromedp.CSS(`body`)))
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("without its script the page does not say %q", want)
		}
	}
	if strings.Contains(text, "words in any order") {
		t.Error("without its script the page has filters that do nothing")
	}
}

// Where nothing counts, the page says so, and shows the rest on request only.
func TestHTMLOfNothingNew(t *testing.T) {
	ctx := chromium(t)
	r := htmlReport(t)
	r.Gate.Known, r.Findings, r.Problems = r.Findings, nil, nil
	b := browse(t, ctx, htmlPage(t, r))
	is(b, rowCount, 0)
	is(b, `document.getElementById('count').textContent`, "None is new. 43 others can be seen: choose everything under Show.")
	is(b, `document.getElementById('overview').checkVisibility()`, false)
	is(b, `document.querySelector('nav').innerText.includes('Map')`, false)
	b.choose("status", "")
	is(b, rowCount, 43)
	is(b, `document.getElementById('overview').checkVisibility()`, true)

	b = browse(t, ctx, htmlPage(t, &report.Report{Dir: "/", Root: "/", Packages: 3, HotKnown: true}))
	is(b, `document.getElementById('count').textContent`, "There are none.")
	is(b, `document.querySelector('h1').textContent`, "no findings in 3 packages.")
	is(b, `document.getElementById('filters').checkVisibility() || document.getElementById('reset').checkVisibility() || document.getElementById('overview').checkVisibility()`, false)
	b.hit("j")
	b.hit("/")
	b.press(kb.Escape)
}

// Ten thousand findings in three hundred packages are as usable as ten.
func TestHTMLOfManyFindings(t *testing.T) {
	root := t.TempDir()
	r := &report.Report{Dir: root, Root: root, Packages: 300, HotKnown: true}
	for p := range 300 {
		file := filepath.Join(root, fmt.Sprintf("p%d.go", p))
		if err := os.WriteFile(file, []byte(strings.Repeat("\tif err := something(ctx, argument); err != nil { return err }\n", 400)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 10_000 {
		at := func(p, line int) finding.Place {
			return finding.Place{File: filepath.Join(root, fmt.Sprintf("p%d.go", p%300)), Line: 1 + line%400, Column: 2}
		}
		r.Findings = append(r.Findings, finding.Finding{
			Rule: []string{"ctxless", "hotalloc", "lockblock"}[i%3], Severity: []string{"high", "medium", "low"}[i%3], Tier: "likely",
			Package: fmt.Sprintf("example.com/app/internal/p%d", i%300), Func: fmt.Sprintf("(*example.com/app/internal/p%d.T).Method%d", i%300, i),
			Message: fmt.Sprintf("Method%d can wait for a lock: whoever holds it decides how long it takes", i), Start: at(i, i), End: at(i, i),
			Hot:   &finding.Hot{Source: "profile", Detail: "a share of CPU in default.pgo", Share: float64(i%50) / 1000},
			Chain: []finding.Step{{Place: at(i+1, i+7), Text: "calls something"}, {Place: at(i+2, i+9), Text: "calls another"}, {Place: at(i+3, i+11), Text: "waits"}},
			Mend:  "read a snapshot", Fingerprint: fmt.Sprintf("v1:%016x", i),
		})
	}
	start := time.Now()
	file := htmlPage(t, r)
	made := time.Since(start)
	fi, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	b := browse(t, chromium(t), file)
	is(b, rowCount, 100)
	is(b, `document.getElementById('count').textContent`, "10,000 findings, of which 100 are listed here.")
	is(b, `document.querySelectorAll('#treemap button').length`, 300)
	b.shoot("many-1280")
	loaded := eval[float64](b, `performance.getEntriesByType('navigation')[0].domComplete`)
	typed := eval[float64](b, `(() => { const t = performance.now(); const s = document.getElementById('rule'); s.value = 'hotalloc'; s.dispatchEvent(new Event('input', { bubbles: true })); document.body.offsetHeight; return performance.now() - t; })()`)
	is(b, `document.getElementById('count').textContent`, "3,333 of 10,000 findings, of which 100 are listed here.")
	t.Logf("10,000 findings: %.1f MB, made in %v, loaded in %.0f ms, filtered in %.0f ms", float64(fi.Size())/1e6, made.Round(time.Millisecond), loaded, typed)
	b.choose("text", "Method7777 ")
	b.soon(rowCount + ` === 1`)
	b.run(chromedp.Click(chromedp.CSS(`#reset`)))
	b.soon(rowCount + ` === 100`)
	// Beyond what is listed, j goes on, and so does the button.
	is(b, `[...document.querySelectorAll('.row')].at(-1).focus(), document.querySelectorAll('.row').length >= 100`, true)
	n := eval[int](b, rowCount)
	is(b, `[...document.querySelectorAll('.row')].indexOf(document.activeElement) > 98`, true)
	b.hit("j")
	b.soon(fmt.Sprintf(`%s > %d || [...document.querySelectorAll('.row')].indexOf(document.activeElement) >= 100`, rowCount, n))
	is(b, `document.activeElement.className`, "row")
	is(b, `dispatchEvent(new Event('beforeprint'))`, true)
	is(b, rowCount, 10_000)
}

// The command makes the page that these tests look at.
func TestHTMLOfCommand(t *testing.T) {
	dir := module(t)
	file := filepath.Join(dir, "report.html")
	out, errs, code := process{dir: dir}.run(t, lagvet, "check", "--format", "json", "--report", "html="+file)
	if code != 1 {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	var r struct {
		Findings []struct{ Message, File string }
	}
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatal(err)
	}
	b := browse(t, chromium(t), file)
	is(b, rowCount, len(r.Findings))
	got := eval[[]string](b, `[...document.querySelectorAll('#list .message')].map((m) => m.textContent)`)
	var want []string
	for _, f := range r.Findings {
		want = append(want, f.Message)
	}
	slices.Sort(got)
	slices.SortFunc(want, cmp.Compare[string])
	if !slices.Equal(got, want) {
		t.Errorf("the page lists %q\nwant %q", got, want)
	}
	for range got {
		b.hit("j")
		b.press(kb.Enter)
	}
	is(b, `document.querySelectorAll('.panel').length`, len(got))
	is(b, `document.querySelectorAll('.panel .unread').length`, 0)
	is(b, `[...document.querySelectorAll('.panel .chain > li:first-child')].every((l) => l.querySelector('.here'))`, true)
}
