package evidence

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

const pkg = "example.com/app."

// TestJoin asserts what is said of a finding at a line of app, by what was
// measured on some stacks.
func TestJoin(t *testing.T) {
	p := newProgram(t, nil)
	work, gen, seq := pkg+"(*T).Work", pkg+"Generic[...]", pkg+"Seq-range1"
	at := func(name, start, comment string) string { return p.frame(name, start, comment) }
	const main = " example.com/app/sub.Other:5+5 runtime.main:290+149"
	alloc := "runtime.mallocgc:9+1 runtime.makeslice:5+1 "
	wait := "sync.(*Mutex).Lock:46+45< "
	heading := p.at("app.go", "Work", "Work")
	chain := []finding.Step{{Place: p.at("app.go", "call", "t.lock")}, {Place: p.at("app.go", "wait", "Lock")}, {Text: "nowhere"}}

	for _, tt := range []struct {
		name    string
		rule    string
		start   finding.Place
		chain   []finding.Step
		types   []string
		seconds float64
		stacks  []stack
		weight  float64 // 0: not observed
		line    bool
		value   float64
		unit    string
		text    string
	}{
		{
			name: "at the line, and more of it in the function, of a whole", rule: "hotcall", start: p.at("app.go", "call", "t."), types: cpuTypes, seconds: 2,
			stacks: []stack{
				{[]int64{1, 30e6}, at(work, "Work", "call") + main},
				{[]int64{1, 10e6}, at(pkg+"sink", "sink", "sink") + " " + at(work, "Work", "last") + main},
				{[]int64{6, 60e6}, at(pkg+"sink", "sink", "sink") + main},
			},
			weight: 0.3, line: true, value: 0.015, unit: "s/s", text: "30 % of CPU at this line, 40 % in the function (x.pprof)",
		},
		{
			name: "recursion counts once", rule: "hotcall", start: p.at("app.go", "call", "t."), types: cpuTypes, seconds: 1,
			stacks: []stack{
				{[]int64{1, 10e6}, at(work, "Work", "call") + " " + at(work, "Work", "call") + main},
				{[]int64{1, 30e6}, at(pkg+"sink", "sink", "sink") + main},
			},
			weight: 0.25, line: true, value: 0.01, unit: "s/s", text: "25 % of CPU at this line (x.pprof)",
		},
		{
			name: "code that has moved since", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{
				{[]int64{1, 3000, 0, 0}, alloc + work + ":1001+1000" + main},
				{[]int64{1, 1000, 0, 0}, alloc + work + ":1002+1000" + main},
			},
			weight: 0.75, line: true, value: 3000, unit: "bytes", text: "75 % of allocated bytes, 3 kB since the start, at this line, 100 % in the function (x.pprof)",
		},
		{
			name: "by the second", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes, seconds: 10,
			stacks: []stack{{[]int64{1, 30e6, 0, 0}, alloc + at(work, "Work", "alloc") + main}},
			weight: 1, line: true, value: 3e6, unit: "bytes/s", text: "100 % of allocated bytes, 3 MB/s, at this line (x.pprof)",
		},
		{
			name: "in use, and not allocated", rule: "tickerleak", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{
				{[]int64{9, 9000, 1, 500}, alloc + at(work, "Work", "alloc") + main},
				{[]int64{9, 1, 1, 1500}, alloc + at(pkg+"sink", "sink", "sink") + main},
			},
			weight: 0.25, line: true, value: 500, unit: "bytes", text: "25 % of the heap in use, 500 bytes, at this line (x.pprof)",
		},
		{
			name: "grown in use", rule: "tickerleak", start: p.at("app.go", "alloc", "make"), types: heapTypes, seconds: 10,
			stacks: []stack{
				{[]int64{9, 9000, 1, 500}, alloc + at(work, "Work", "alloc") + main},
				{[]int64{9, 9000, -1, -5000}, alloc + at(work, "Work", "call") + main},
			},
			weight: 1, line: true, value: 500, unit: "bytes", text: "100 % of the growth of the heap, 500 bytes, at this line (x.pprof)",
		},
		{
			name: "in the function and elsewhere in it", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{{[]int64{1, 3000, 0, 0}, alloc + at(work, "Work", "last") + main}},
			unit:   "bytes", text: "100 % of allocated bytes, 3 kB since the start, in the function, and none here (x.pprof)",
		},
		{
			name: "another function", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{{[]int64{1, 3000, 0, 0}, alloc + at(pkg+"sink", "sink", "sink") + main}},
			unit:   "bytes", text: "not observed in x.pprof",
		},
		{
			name: "a function of the same name in another package", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{{[]int64{1, 3000, 0, 0}, alloc + at("example.org/app.(*T).Work", "Work", "alloc") + main}},
			unit:   "bytes", text: "not observed in x.pprof",
		},
		{
			name: "the receiver counts", rule: "heapescape", start: p.at("app.go", "alloc", "make"), types: heapTypes,
			stacks: []stack{{[]int64{1, 3000, 0, 0}, alloc + at(pkg+"T.Work", "Work", "alloc") + main}},
			unit:   "bytes", text: "not observed in x.pprof",
		},
		{
			name: "inlined", rule: "hotcall", start: p.at("app.go", "call", "t."), types: cpuTypes, seconds: 1,
			stacks: []stack{{[]int64{1, 1e9}, at(pkg+"(*T).lock", "lock", "wait") + "< " + at(work, "Work", "call") + "< example.com/app/sub.Other:5+5 runtime.main:290+149"}},
			weight: 1, line: true, value: 1, unit: "s/s", text: "100 % of CPU at this line (x.pprof)",
		},
		{
			name: "a literal", rule: "hotcall", start: p.at("app.go", "spawned", "sink"), types: cpuTypes, seconds: 1,
			stacks: []stack{
				{[]int64{1, 1e9}, at(work+".func1", "spawn", "spawned")},
				{[]int64{1, 1e9}, at(work, "Work", "spawned") + main}, // no such line of Work itself
			},
			weight: 0.5, line: true, value: 1, unit: "s/s", text: "50 % of CPU at this line, 100 % in the function (x.pprof)",
		},
		{
			name: "a literal of a variable", rule: "hotcall", start: p.at("app.go", "handles", "sink"), types: cpuTypes, seconds: 1,
			stacks: []stack{{[]int64{1, 1e9}, at(pkg+"init.func1", "handler", "handles") + main}},
			weight: 1, line: true, value: 1, unit: "s/s", text: "100 % of CPU at this line (x.pprof)",
		},
		{
			name: "an instance of a generic function", rule: "heapescape", start: p.at("app.go", "generic", "[]E"), types: heapTypes,
			stacks: []stack{{[]int64{1, 3000, 0, 0}, alloc + at(gen, "Generic", "generic") + main}},
			weight: 1, line: true, value: 3000, unit: "bytes", text: "100 % of allocated bytes, 3 kB since the start, at this line (x.pprof)",
		},
		{
			name: "the body of a loop over a function", rule: "hotcall", start: p.at("app.go", "body", "sink"), types: cpuTypes, seconds: 1,
			stacks: []stack{{[]int64{1, 1e9}, at(seq, "range", "body") + main}},
			weight: 1, line: true, value: 1, unit: "s/s", text: "100 % of CPU at this line (x.pprof)",
		},
		{
			name: "along the chain, in calls of the function", rule: "hotblock", start: heading, chain: chain, types: delayTypes,
			stacks: []stack{
				{[]int64{1, 2e9}, wait + at(pkg+"(*T).lock", "lock", "wait") + " " + at(work, "Work", "call") + main},
				{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "call") + main},
				{[]int64{1, 1e9}, wait + at(pkg+"(*T).lock", "lock", "wait") + main}, // by somebody else
			},
			weight: 0.5, value: 2, unit: "s", text: "50 % of blocked time, 2 s since the start, at app.go:25, where its chain leads, 75 % in the function (x.pprof)",
		},
		{
			name: "the chain as far as it was seen", rule: "hotblock", start: heading, chain: chain, types: delayTypes,
			stacks: []stack{{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "call") + main}},
			weight: 1, value: 1, unit: "s", text: "100 % of blocked time, 1 s since the start, at app.go:13, where its chain leads (x.pprof)",
		},
		{
			name: "a chain that was not seen", rule: "hotblock", start: heading, chain: chain, types: delayTypes,
			stacks: []stack{{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "last") + main}},
			unit:   "s", text: "100 % of blocked time, 1 s since the start, in the function, and none here (x.pprof)",
		},
		{
			name: "a function that runs", rule: "hotblock", start: heading, chain: chain, types: cpuTypes, seconds: 1,
			stacks: []stack{{[]int64{1, 1e9}, at(work, "Work", "last") + main}},
			weight: 1, value: 1, unit: "s/s", text: "100 % of CPU in this function (x.pprof)",
		},
		{
			name: "the line goes before the chain", rule: "ctxless", start: p.at("app.go", "call", "t."), chain: chain, types: delayTypes,
			stacks: []stack{
				{[]int64{1, 1e9}, wait + at(pkg+"(*T).lock", "lock", "wait") + " " + at(work, "Work", "call") + main},
				{[]int64{1, 1e9}, "runtime.selectgo:2+1 " + at(work, "Work", "call") + main},
			},
			weight: 1, line: true, value: 2, unit: "s", text: "100 % of blocked time, 2 s since the start, at this line (x.pprof)",
		},
		{
			name: "a function as a whole", rule: "hotblock", start: heading, types: delayTypes,
			stacks: []stack{{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "last") + main}},
			weight: 1, value: 1, unit: "s", text: "100 % of blocked time, 1 s since the start, in this function (x.pprof)",
		},
		{
			name: "a function as a whole, on its first line and others", rule: "hotblock", start: heading, types: delayTypes,
			stacks: []stack{
				{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "Work") + main},
				{[]int64{1, 3e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "last") + main},
			},
			weight: 1, value: 4, unit: "s", text: "100 % of blocked time, 4 s since the start, in this function (x.pprof)",
		},
		{
			name: "a stack through several steps counts once", rule: "lockblock", start: p.at("app.go", "alloc", "make"), types: delayTypes, chain: chain,
			stacks: []stack{{[]int64{1, 1e9}, wait + at(pkg+"(*T).lock", "lock", "wait") + " " + at(work, "Work", "call") + main}},
			weight: 1, value: 1, unit: "s", text: "100 % of blocked time, 1 s since the start, at app.go:13, which its chain names (x.pprof)",
		},
		{
			name: "time that others wait, by who unlocks", rule: "lockblock", start: p.at("app.go", "call", "t."), types: delayTypes,
			stacks: []stack{
				{[]int64{1, 1e6}, "sync.(*Mutex).Unlock:65+64< " + at(work, "Work", "last") + main},
				{[]int64{1, 1e6}, "internal/sync.(*Mutex).Unlock:65+64< sync.(*Mutex).Unlock:5+4< " + at(pkg+"sink", "sink", "sink") + main},
				{[]int64{9, 9e9}, "runtime.unlock:9+8 runtime.findRunnable:2+1"}, // the runtime's own
			},
			weight: 0.5, value: 0.001, unit: "s", text: "50 % of the time that others wait for locks, 1 ms since the start, for what the function unlocks (x.pprof)",
		},
		{
			name: "others that wait at a step", rule: "lockblock", start: p.at("app.go", "alloc", "make"), types: delayTypes,
			chain: []finding.Step{{Place: p.at("app.go", "waits too", "t.mu")}},
			stacks: []stack{
				{[]int64{1, 3e9}, wait + pkg + "victim:2+1" + main},
				{[]int64{1, 1e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "alloc") + main},
				{[]int64{1, 4e9}, "runtime.chanrecv1:2+1 " + at(work, "Work", "last") + main},
			},
			weight: 0.5, value: 4, unit: "s", text: "50 % of blocked time, 4 s since the start, at this line and app.go:44, which its chain names, 62 % in the function (x.pprof)",
		},
		{
			name: "goroutines that begin with a literal", rule: "gounbounded", start: p.at("app.go", "spawn", "go"), types: goroutineTypes,
			stacks: []stack{
				{[]int64{30}, "runtime.gopark:2+1 " + at(work+".func1", "spawn", "spawned")},
				{[]int64{10}, "runtime.gopark:2+1 " + at(work, "Work", "last") + main},
			},
			weight: 0.75, line: true, value: 30, unit: "goroutines", text: "75 % of goroutines, 30, started at this line, 100 % in the function (x.pprof)",
		},
		{
			name: "goroutines that begin with a method", rule: "gounbounded", start: p.at("app.go", "go method", "go"), types: goroutineTypes,
			stacks: []stack{
				{[]int64{30}, "runtime.gopark:2+1 " + at(pkg+"(*T).run", "run", "run")},
				{[]int64{30}, "runtime.gopark:2+1 " + at(pkg+"(*T).run", "run", "run") + main}, // called, and not begun
			},
			weight: 0.5, line: true, value: 30, unit: "goroutines", text: "50 % of goroutines, 30, in (*T).run, which is started at this line (x.pprof)",
		},
		{
			name: "goroutines that begin with a function of another package", rule: "gounbounded", start: p.at("app.go", "go function", "go"), types: goroutineTypes,
			stacks: []stack{{[]int64{30}, "runtime.gopark:2+1 example.com/app/sub.Run:3+3"}},
			weight: 1, line: true, value: 30, unit: "goroutines", text: "100 % of goroutines, 30, in Run, which is started at this line (x.pprof)",
		},
		{
			name: "leaked goroutines", rule: "gounbounded", start: p.at("app.go", "spawn", "go"), types: []string{"goroutineleak/count"},
			stacks: []stack{{[]int64{30}, "runtime.gopark:2+1 " + at(work+".func1", "spawn", "spawned")}},
			weight: 1, line: true, value: 30, unit: "goroutines", text: "100 % of leaked goroutines, 30, started at this line (x.pprof)",
		},
		{
			name: "CPU where nothing fits better", rule: "ctxless", start: p.at("app.go", "call", "t."), types: cpuTypes, seconds: 1,
			stacks: []stack{{[]int64{1, 1e9}, at(work, "Work", "call") + main}},
			weight: 1, line: true, value: 1, unit: "s/s", text: "100 % of CPU at this line (x.pprof)",
		},
		{
			name: "a rule of tomorrow", rule: "unheard of", start: p.at("app.go", "call", "t."), types: cpuTypes,
			stacks: []stack{{[]int64{1, 1e9}, at(work, "Work", "call") + main}},
			weight: 1, line: true, value: 1, unit: "s", text: "100 % of CPU at this line (x.pprof)",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			raw := made(t, tt.types, tt.stacks...)
			raw.DurationNanos = int64(tt.seconds * 1e9)
			got, rep := p.join(finding.Finding{Rule: tt.rule, Start: tt.start, End: tt.start, Chain: tt.chain}, sourceOf(t, "x.pprof", raw))
			if got == nil || len(got.Measures) != 1 {
				t.Fatalf("evidence %+v, report %+v", got, rep)
			}
			m := got.Measures[0]
			if math.Abs(got.Weight-tt.weight) > 1e-9 || m.Share != got.Weight || math.Abs(m.Value-tt.value) > 1e-9 || m.Unit != tt.unit || m.Line != tt.line || m.Source != "x.pprof" {
				t.Errorf("weight %v, %+v", got.Weight, m)
			}
			if m.Text != tt.text {
				t.Errorf("text %q, want %q", m.Text, tt.text)
			}
			if want := map[bool]string{true: finding.Confirmed, false: finding.NotObserved}[tt.weight > 0]; got.Status != want {
				t.Errorf("status %q, want %q", got.Status, want)
			}
		})
	}
}

func TestNothingMeasuresIt(t *testing.T) {
	p := newProgram(t, nil)
	here := p.frame(pkg+"(*T).Work", "Work", "call")
	goroutines := sourceOf(t, "g.pprof", made(t, goroutineTypes, stack{[]int64{1}, here}))
	if got, _ := p.join(finding.Finding{Rule: "heapescape", Start: p.at("app.go", "call", "t.")}, goroutines); got != nil {
		t.Errorf("allocation is measured by goroutines: %+v", got)
	}
	cpu := sourceOf(t, "c.pprof", made(t, cpuTypes, stack{[]int64{1, 1}, here}))
	for _, f := range []finding.Finding{
		{Rule: finding.DirectiveRule, Start: p.at("app.go", "call", "t.")},           // by anything
		{Rule: "ctxless", Start: finding.Place{File: "/nowhere/x.go", Line: 1}},      // in no source
		{Rule: "ctxless", Start: finding.Place{File: p.dir + "/app.go", Line: 1000}}, // in no function
	} {
		if got, _ := p.join(f, cpu, goroutines); got != nil {
			t.Errorf("%s: %+v", f.Rule, got)
		}
	}
}

// Where the innermost function is not known, the name that the finding gives is.
func TestByName(t *testing.T) {
	p := newProgram(t, nil)
	s := sourceOf(t, "m.pprof", made(t, delayTypes, stack{[]int64{1, 1e9}, "sync.(*Mutex).Unlock:65+64< " + p.frame(pkg+"(*T).Work", "Work", "last")}))
	for name, want := range map[string]string{
		"(*example.com/app.T).Work":    finding.Confirmed,
		"(*example.com/app.T[E]).Work": finding.Confirmed,
		"example.com/app.sink":         finding.NotObserved,
	} {
		got, _ := p.join(finding.Finding{Rule: "lockblock", Func: name, Start: finding.Place{File: p.dir + "/app.go"}}, s)
		if got == nil || got.Status != want {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Several sources are all told, the greatest share first.
func TestSeveralSources(t *testing.T) {
	p := newProgram(t, nil)
	f := finding.Finding{Rule: "ctxless", Start: p.at("app.go", "call", "t.")}
	here, there := p.frame(pkg+"(*T).Work", "Work", "call"), p.frame(pkg+"sink", "sink", "sink")
	none := sourceOf(t, "none.pprof", made(t, goroutineTypes, stack{[]int64{1}, there}))
	some := sourceOf(t, "some.pprof", made(t, goroutineTypes, stack{[]int64{1}, here}, stack{[]int64{1}, there}))
	most := sourceOf(t, "most.pprof", made(t, delayTypes, stack{[]int64{1, 9}, "runtime.selectgo:2+1 " + here}))
	cpu := sourceOf(t, "cpu.pprof", made(t, cpuTypes, stack{[]int64{1, 9}, here}))
	got, _ := p.join(f, none, some, most, cpu)
	if want := "measured: 100 % of blocked time, 9 ns since the start, at this line (most.pprof); 50 % of goroutines, 1, at this line (some.pprof)"; got.String() != want || got.Weight != 1 {
		t.Errorf("%v %s\nwant %s", got.Weight, got, want)
	}
	var sources []string
	for _, m := range got.Measures {
		sources = append(sources, m.Source)
	}
	if want := []string{"most.pprof", "some.pprof", "none.pprof"}; !slices.Equal(sources, want) { // CPU time is for what nothing else fits
		t.Errorf("sources %q, want %q", sources, want)
	}
}

// What is spawned by a method of several types may be any of them.
func TestAmbiguousMethod(t *testing.T) {
	p := newProgram(t, map[string]string{"u.go": "package app\n\ntype U struct{}\n\nfunc (U) run(int) {}\n"})
	s := sourceOf(t, "g.pprof", made(t, goroutineTypes,
		stack{[]int64{30}, p.frame(pkg+"(*T).run", "run", "run")},
		stack{[]int64{30}, pkg + "U.run:5+5"}))
	got, _ := p.join(finding.Finding{Rule: "gounbounded", Start: p.at("app.go", "go method", "go")}, s)
	if got == nil || got.Status != finding.NotObserved {
		t.Errorf("%+v", got)
	}
}

// Every rule has kinds of its own: none is left to CPU time by oversight.
func TestRulesHaveRows(t *testing.T) {
	for _, r := range analyzers.All() {
		if len(rows[r.Name]) == 0 && r.Name != "budget" && r.Name != "policy" {
			t.Errorf("nothing is said to measure %s", r.Name)
		}
	}
}

// What rules about any effect find is measured by the effect.
func TestRulesByEffect(t *testing.T) {
	for cause, want := range map[string][]row{
		"allocs":                      spent,
		"effect alloc":                spent,
		"defers":                      nil,
		"effect disk":                 {{kernel, alongCalls}},
		"forbids net by net/http.Get": {{goroutine, alongCalls}, {blocked, alongCalls}},
		"forbids alloc: x escapes":    {{alloc, alongCalls}, {assist, alongCalls}},
		"forbids wallclock by f":      nil,
		"requires nonblocking":        nil,
		"requires alloc":              nil,
	} {
		for _, rule := range []string{"budget", "policy"} {
			if got := wanted(finding.Finding{Rule: rule, Cause: cause}); !slices.Equal(got, want) {
				t.Errorf("%s, %s: %v, want %v", rule, cause, got, want)
			}
		}
	}
	p := newProgram(t, nil)
	s := sourceOf(t, "h.pprof", made(t, heapTypes,
		stack{[]int64{1, 3, 0, 0}, p.frame(pkg+"(*T).Work", "Work", "alloc")},
		stack{[]int64{1, 1, 0, 0}, p.frame(pkg+"(*T).Work", "Work", "last")}))
	over := finding.Finding{Rule: "budget", Cause: "allocs", Start: p.at("app.go", "Work", "Work"), Chain: []finding.Step{{Place: p.at("app.go", "alloc", "make")}, {Place: p.at("app.go", "last", "sink")}}}
	if got, _ := p.join(over, s); got == nil || got.Weight != 1 || got.String() != "measured: 100 % of allocated bytes, 4 bytes since the start, in this function (h.pprof)" {
		t.Errorf("over budget: %v", got)
	}
}

// A file that stands in for one on disk is the one that was checked.
func TestOverlay(t *testing.T) {
	p := newProgram(t, nil)
	start := p.at("app.go", "alloc", "make")
	p.Overlay = map[string][]byte{start.File: []byte(strings.Replace(app, "import (", "\n\n\nimport (", 1))}
	s := sourceOf(t, "h.pprof", made(t, heapTypes, stack{[]int64{1, 9, 0, 0}, p.frame(pkg+"(*T).Work", "Work", "alloc")}))
	start.Line += 3
	if got, _ := p.join(finding.Finding{Rule: "heapescape", Start: start}, s); got == nil || got.Status != finding.Confirmed {
		t.Errorf("%+v", got)
	}
}

// Files for other platforms and tags are read behind those that are built.
func TestBuildConstraints(t *testing.T) {
	p := newProgram(t, map[string]string{
		"a_other.go": "//go:build never\n\npackage app\n\n\n\n\nfunc Both() { // other\n\tsink(nil)\n}\n\nfunc Only() { // only\n\tsink(nil)\n}\n",
		"b_here.go":  "//go:build !never\n\npackage app\n\nfunc Both() { // here\n\tsink(nil) // line\n}\n",
	})
	s := sourceOf(t, "h.pprof", made(t, heapTypes, stack{[]int64{1, 9, 0, 0}, pkg + "Both:101+100"}, stack{[]int64{1, 9, 0, 0}, pkg + "Only:101+100"}))
	got, rep := p.join(finding.Finding{Rule: "heapescape", Start: p.at("b_here.go", "line", "sink")}, s)
	if got == nil || got.Weight != 0.5 || len(rep.Notes) > 0 {
		t.Errorf("%+v, %+v", got, rep)
	}
	p.Tags = []string{"never"}
	at := finding.Place{File: p.dir + "/a_other.go", Line: 9, Column: 2}
	if got, _ := p.join(finding.Finding{Rule: "heapescape", Start: at}, s); got == nil || got.Weight != 0.5 {
		t.Errorf("with the tag: %+v", got)
	}
}

// Of a dependency, the sources are in the module cache; there the chain leads.
func TestChainIntoModuleCache(t *testing.T) {
	p := newProgram(t, map[string]string{
		"cache/github.com/!burnt!sushi/dep@v1.2.0/in/in.go": "package in\n\nfunc Wait() {\n\tselect {}\n}\n",
		"goroot/src/vendor/golang.org/x/v/v.go":             "package v\n\nfunc Wait() {\n\tselect {}\n}\n",
	})
	p.GOMODCACHE, p.GOROOT = p.dir+"/cache", p.dir+"/goroot"
	for file, name := range map[string]string{
		"/cache/github.com/!burnt!sushi/dep@v1.2.0/in/in.go": "github.com/BurntSushi/dep/in.Wait",
		"/goroot/src/vendor/golang.org/x/v/v.go":             "vendor/golang.org/x/v.Wait",
	} {
		f := finding.Finding{Rule: "ctxless", Start: p.at("app.go", "alloc", "make"), Chain: []finding.Step{{Place: finding.Place{File: p.dir + file, Line: 4, Column: 2}}}}
		s := sourceOf(t, "b.pprof", made(t, delayTypes, stack{[]int64{1, 1e9}, "runtime.selectgo:2+1 " + name + ":4+3 " + p.frame(pkg+"(*T).Work", "Work", "last")}))
		if got, _ := p.join(f, s); got == nil || got.Status != finding.Confirmed || !strings.Contains(got.String(), ":4, where its chain leads") {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Functions of a trace begin where a profile of the same program says.
func TestLentLines(t *testing.T) {
	p := newProgram(t, nil)
	work := pkg + "(*T).Work"
	heap := made(t, heapTypes, stack{[]int64{1, 9, 0, 0}, work + ":501+500"})
	without := made(t, delayTypes, stack{[]int64{1, 9}, "runtime.selectgo:2 " + work + ":501"})
	f := finding.Finding{Rule: "ctxless", Start: p.at("app.go", "alloc", "make")}
	for _, tt := range []struct {
		name string
		heap *profile.Profile
		want string
	}{{"known", heap, finding.Confirmed}, {"unknown", made(t, heapTypes, stack{[]int64{1, 9, 0, 0}, work + ":501"}), finding.NotObserved}} {
		for name, raw := range map[string]*profile.Profile{"b.pprof": without, "h.pprof": tt.heap} {
			file, err := os.Create(filepath.Join(p.dir, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(raw.Write(file), file.Close()); err != nil {
				t.Fatal(err)
			}
		}
		set, err := Open(p.dir, []string{"b.pprof", filepath.Join(p.dir, "h.pprof")}, "")
		if err != nil {
			t.Fatal(err)
		}
		fs := []finding.Finding{f}
		set.Join(t.Context(), p.Program, fs)
		if got := fs[0].Evidence; got == nil || got.Status != tt.want {
			t.Errorf("%s: %+v", tt.name, got)
		}
	}
}

// A profile knows every package main by one name: its directory or executable
// tells which it is.
func TestMainPackages(t *testing.T) {
	text := "package main\n\nfunc main() {\n\twork() // main\n}\n\nfunc work() {}\n"
	p := newProgram(t, map[string]string{"cmd/server/main.go": text, "cmd/tool/main.go": text})
	raw := made(t, cpuTypes, stack{[]int64{1, 1}, "main.main:4+3"})
	for dir, want := range map[string]string{"server": finding.Confirmed, "tool": ""} {
		s := sourceOf(t, "c.pprof", raw)
		s.mains = []string{"server", "other"}
		got, _ := p.join(finding.Finding{Rule: "hotcall", Start: p.at("cmd/"+dir+"/main.go", "main", "work")}, s)
		if got == nil && want != "" || got != nil && got.Status != want {
			t.Errorf("%s: %+v, want %q", dir, got, want)
		}
	}
}

// A module of a workspace may have a path below that of another.
func TestNestedModules(t *testing.T) {
	p := newProgram(t, map[string]string{"elsewhere/go.mod": "module example.com/app/nested\n", "elsewhere/in/in.go": "package in\n\nfunc F() {\n\tG() // call\n}\n\nfunc G() {}\n"})
	p.Modules = append(p.Modules, Module{"example.com/app/nested", filepath.Join(p.dir, "elsewhere")})
	s := sourceOf(t, "c.pprof", made(t, cpuTypes, stack{[]int64{1, 1}, "example.com/app/nested/in.F:4+3"}))
	for range 2 {
		got, rep := p.join(finding.Finding{Rule: "hotcall", Start: p.at("elsewhere/in/in.go", "call", "G")}, s)
		if got == nil || got.Status != finding.Confirmed || len(rep.Notes) > 0 {
			t.Errorf("%+v, %+v", got, rep)
		}
		slices.Reverse(p.Modules)
	}
}

// The lines of generated code are those of what it was generated from.
func TestLineComments(t *testing.T) {
	p := newProgram(t, map[string]string{"gen.go": "package app\n\n//line gram.y:100\nfunc parse() {\n\tsink(nil)\n}\n"})
	s := sourceOf(t, "c.pprof", made(t, cpuTypes, stack{[]int64{1, 1}, pkg + "parse:101+100"}))
	got, rep := p.join(finding.Finding{Rule: "hotcall", Start: finding.Place{File: filepath.Join(p.dir, "gram.y"), Line: 101, Column: 2}}, s)
	if got == nil || got.Status != finding.Confirmed || len(rep.Notes) > 0 {
		t.Errorf("%+v, %+v", got, rep)
	}
}
