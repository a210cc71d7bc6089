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

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/tracereport"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// tracePage writes the page of a report of lagvet trace, and returns its path.
func tracePage(t *testing.T, r *tracereport.Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "größer #3 50%.html")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tracereport.HTML(f, r), f.Close()); err != nil {
		t.Fatal(err)
	}
	return file
}

// components are all that a span can be in.
var components = []trace.Component{
	trace.Running, trace.Syscall, trace.Assist, trace.Sweep, trace.GCWait, trace.StopTheWorld, trace.Scheduler, trace.Lock,
	trace.Channel, trace.Select, trace.Sync, trace.Network, trace.Sleep, trace.Blocked, trace.Undetermined,
}

// traceReport returns a report of so many groups, of every kind, with every component.
func traceReport(groups int) *tracereport.Report {
	const ms = time.Millisecond
	stack := func(i int) []trace.Frame {
		return []trace.Frame{
			{Function: "sync.(*Mutex).Lock", File: "/go/src/sync/mutex.go", Line: 46},
			{Function: fmt.Sprintf("example.com/app/store.(*Store).Put%d", i), File: "/src/app/store/store.go", Line: 100 + i},
		}
	}
	r := &tracereport.Report{
		Report: &trace.Report{
			Trace:    trace.Info{Go: "go1.26", Start: time.Second, End: 11 * time.Second, Events: 1234567, Goroutines: 312, Procs: 4},
			Kernel:   &trace.Kernel{Samples: 1000, Interval: 10 * ms, Throttled: time.Second, RunQueue: 300 * ms, Covered: 10 * time.Second},
			Problems: []trace.Problem{{Code: "open-at-start", Text: "spans began before the trace", N: 4}},
		},
		Source: "trace.out", Tool: report.Tool{Version: "v1.2.3", Go: "go1.26.8"}, Dir: "/src/app", Shown: map[string][]int{tracereport.PlaceOf(trace.Lock, stack(0)): {0}},
		Findings:  []tracereport.Finding{{Finding: finding.Finding{Rule: "lockblock", Message: "Store.mu is held " + hostile, Start: finding.Place{File: "/src/app/store/flush.go", Line: 44}}}},
		Throttles: []tracereport.Throttle{{Start: 2*time.Second + 20*ms, End: 2*time.Second + 30*ms, Throttled: 10 * ms}, {Start: 2*time.Second + 30*ms, End: 2*time.Second + 40*ms, Throttled: 3 * ms}},
		Notes:     []string{"of 12 findings of lagvet check, 1 stands where the time went"},
	}
	kinds := []trace.Kind{trace.Region, trace.Task, trace.Handler, trace.Function}
	for i := range groups {
		g := trace.Group{Kind: kinds[i%len(kinds)], Name: fmt.Sprintf("request %d", i), Count: 1234, OpenEnd: int64(i % 3)}
		if i == 1 {
			g.Name = hostile + strings.Repeat(" a name that is long", 12) + strings.Repeat("x", 200)
		}
		for _, s := range []struct {
			name       string
			percentile float64
			latency    time.Duration
		}{{"P50", 50, ms}, {"P99", 99, 60 * ms}, {"max", 100, 120 * ms}} {
			slice := trace.Slice{Name: s.name, Percentile: s.percentile, Latency: s.latency, Count: 12, Time: 12 * s.latency, Kernel: []trace.Part{{Component: trace.Throttled, Time: s.latency}}}
			for n := range components {
				c := components[(i+n)%len(components)]
				t := slice.Time * time.Duration(1+len(components)-n) / 135
				slice.Parts = append(slice.Parts, trace.Part{Component: c, Time: t})
				cause := trace.Cause{Component: c, Time: t, Count: 12, Stack: stack(n)}
				if n < 2 {
					cause.Behind = []trace.Cause{{Component: trace.Syscall, Time: t / 2, Count: 1, Stack: stack(n + 1), Role: "main.worker", Behind: []trace.Cause{{Component: trace.Running, Time: t / 3, Stack: stack(3)}}}}
				}
				slice.Causes = append(slice.Causes, cause)
			}
			g.Slices = append(g.Slices, slice)
		}
		for n := range 3 {
			s := trace.Span{Start: 2 * time.Second, End: 2*time.Second + time.Duration(120-n)*ms, Goroutine: int64(17 + n), Parts: g.Slices[2].Parts, Kernel: []trace.Part{{Component: trace.Throttled, Time: 10 * ms}}}
			for at, step := s.Start, 0; at < s.End; step++ {
				next := min(s.End, at+time.Duration(1+step*7%13)*ms/2)
				s.Timeline = append(s.Timeline, trace.Interval{Start: at, End: next, Component: components[step%len(components)], By: int64(step % 9), Stack: stack(step % 5)})
				at = next
			}
			g.Slowest = append(g.Slowest, s)
		}
		r.Groups = append(r.Groups, g)
	}
	// The first group is of a lock, at which a finding stands.
	if groups > 0 {
		r.Groups[0].Slices[1].Causes[0].Component, r.Groups[0].Slices[1].Parts[0].Component = trace.Lock, trace.Lock
	}
	return r
}

func TestTraceHTML(t *testing.T) {
	ctx := chromium(t)
	r := traceReport(4)
	r.Failures = []finding.Problem{{Message: "no group is called login " + hostile, Remedy: "name one"}}
	file := tracePage(t, r)
	tests := []struct {
		name string
		test func(*browser)
	}{
		{"says all", (*browser).saysTrace},
		{"filters", (*browser).filtersTrace},
		{"keyboard", (*browser).keysOfTrace},
		{"timeline", (*browser).drawsTimeline},
		{"schemes", (*browser).schemesOfTrace},
		{"names", func(b *browser) { b.assistive(20) }},
		{"narrow", (*browser).narrowTrace},
		{"print", (*browser).printsTrace},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(browse(t, ctx, file)) })
	}
	t.Run("without script", func(t *testing.T) {
		withoutScript(t, ctx, file, "request 0", "request 3", "waiting for a lock in store.(*Store).Put0", "lockblock reports at store/flush.go:44")
	})
}

func (b *browser) saysTrace() {
	b.shoot("trace-light-1280")
	is(b, checkCount, 4)
	is(b, `document.querySelector('h1').textContent`, "P99 of request 0 is 60 ms; 12 % of it waiting for a lock.")
	is(b, `document.querySelector('h1').className`, "verdict unchecked")
	is(b, `document.querySelectorAll('img, iframe, object, embed, link[rel=stylesheet]').length`, 0)
	is(b, `document.querySelector('main > section').className`, "problems") // at the top
	text := eval[string](b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), document.body.innerText`)
	for _, want := range []string{
		"no group is called login " + hostile, "mend: name one", "4 spans began before the trace", "of 12 findings", "throttled for 1 s at most",
		"request 0", hostile + " a name that is long", "12 % waiting for a lock in store.(*Store).Put0 (sync.(*Mutex).Lock) store/store.go:100",
		"its holder, store.(*Store).Put1, was in a system call (sync.(*Mutex).Lock), started as main.worker", "lockblock reports at store/flush.go:44: Store.mu is held " + hostile,
		"12 % of P99 is where lockblock", "120 ms at +1 s, goroutine 17", "ended by goroutine", "3 more goroutines ended waits of it", "Up to 10 ms of it overlaps CPU throttling.",
	} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(want), " ")) {
			b.t.Errorf("the page does not say %q", want)
		}
	}
	b.shoot("trace-open-1280")
}

func (b *browser) filtersTrace() {
	for _, tt := range []struct {
		id, value string
		want      int
	}{
		{"kind", "task", 1}, {"mostly", "lock", 1}, {"text", "LONG a name", 1}, {"text", "nowhere", 0},
	} {
		b.choose(tt.id, tt.value)
		is(b, checkCount, tt.want)
		b.run(chromedp.Click(chromedp.CSS(`#reset`)))
		b.soon(checkCount + ` === 4`)
	}
	is(b, `document.getElementById('count').textContent`, "4 groups.")
}

func (b *browser) keysOfTrace() {
	const on = `document.activeElement.querySelector('code').textContent`
	b.hit("j")
	is(b, on, "request 0")
	is(b, `getComputedStyle(document.activeElement).outlineStyle`, "solid")
	b.press(kb.Escape) // the first is open
	is(b, `document.activeElement.parentElement.open`, false)
	b.press(kb.Enter)
	is(b, `document.activeElement.parentElement.open`, true)
	// What is folded within a group is closed by itself.
	is(b, `document.querySelector('.causes summary').focus(), document.activeElement.parentElement.open`, true)
	b.press(kb.Escape)
	is(b, `document.activeElement.matches('.causes summary') && !document.activeElement.parentElement.open`, true)
	b.hit("j")
	b.hit("j")
	is(b, on, "request 2")
	b.hit("/")
	is(b, `document.activeElement.id`, "text")
	is(b, `document.querySelector('.skip').click(), document.activeElement.id`, "spans")
}

// Intervals lie beside each other from end to end, and each has its colour.
func (b *browser) drawsTimeline() {
	const lane = `[...document.querySelector('.lanes .strip').querySelectorAll('rect')]`
	is(b, lane+`.every((r, i, all) => i === 0 || Math.abs(r.x.baseVal.value - all[i-1].x.baseVal.value - all[i-1].width.baseVal.value) < 0.1)`, true)
	is(b, lane+`.reduce((sum, r) => sum + r.width.baseVal.value, 0) > 999`, true)
	is(b, `new Set([...document.querySelectorAll('.lanes dd:first-of-type rect')].map((r) => getComputedStyle(r).fill)).size`, len(components))
	is(b, `[...document.querySelectorAll('rect')].every((r) => getComputedStyle(r).fill !== 'rgb(0, 0, 0)' || r.classList.contains('c-throttled'))`, true)
	is(b, lane+`[1].querySelector('title').textContent.includes('store.(*Store).Put1 store.go:101, ended by goroutine 1')`, true)
	is(b, `document.querySelector('.lanes .strip').getBoundingClientRect().width > 500`, true)
}

func (b *browser) schemesOfTrace() {
	is(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), 1`, 1)
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		b.soon(fmt.Sprintf(`document.getElementById('theme').getAttribute('aria-pressed') === '%v'`, scheme == "dark"))
		for _, fault := range eval[[]string](b, contrasts) {
			b.t.Errorf("%s: %s", scheme, fault)
		}
	}
	b.shoot("trace-dark-1280")
}

func (b *browser) narrowTrace() {
	is(b, `document.querySelectorAll('details').forEach((d) => { d.open = true; }), 1`, 1)
	for _, width := range []int64{400, 320} {
		b.run(chromedp.EmulateViewport(width, 800))
		is(b, `document.scrollingElement.scrollWidth <= innerWidth`, true)
		b.shoot(fmt.Sprintf("trace-light-%d", width))
	}
}

func (b *browser) printsTrace() {
	b.scheme("dark")
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	is(b, `dispatchEvent(new Event('beforeprint'))`, true)
	is(b, `document.querySelectorAll('details:not([open])').length`, 0)
	is(b, `['#filters', '#theme', '.keys', '#reset'].every((s) => getComputedStyle(document.querySelector(s)).display === 'none')`, true)
	b.shoot("trace-print")
}

// Pages of no group, of one, and of very many.
func TestTraceHTMLOfSizes(t *testing.T) {
	ctx := chromium(t)
	for _, n := range []int{0, 1, 200} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			file := tracePage(t, traceReport(n))
			if fi, err := os.Stat(file); err != nil || fi.Size() > 16<<20 {
				t.Errorf("the page has %d bytes (%v)", fi.Size(), err)
			}
			b := browse(t, ctx, file)
			is(b, checkCount, n)
			is(b, `document.getElementById('filters').checkVisibility()`, n > 0)
			b.hit("j")
			b.hit("/")
			b.press(kb.Escape)
			b.shoot(fmt.Sprintf("trace-%d-groups", n))
		})
	}
}
