package benchcompare

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A figure is planted: values around a center, evenly spread.
type figure struct {
	unit   string
	center float64
	spread float64 // relative to the center, to either side
}

// planted writes the results of a benchmark that was run n times.
func planted(seed uint64, name string, n int, figures ...figure) string {
	rng := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "%s\t1000", name)
		for _, f := range figures {
			fmt.Fprintf(&b, "\t%g %s", f.center*(1+f.spread*(2*rng.Float64()-1)), f.unit)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// bimodal writes results that are now low, now high.
func bimodal(seed uint64, low, high float64) string {
	rng := rand.New(rand.NewPCG(seed, 2))
	var b strings.Builder
	for range 10 {
		v := low
		if rng.IntN(2) == 0 {
			v = high
		}
		fmt.Fprintf(&b, "BenchmarkA-2\t1000\t%g ns/op\n", v*(1+0.01*rng.Float64()))
	}
	return b.String()
}

const (
	units = "Unit p99-ns/op better=lower\n"
	here  = "go: go1.26.8\nkernel: 6.1\nquota: none\nposture: as the profile latency requires\npkg: example.org/match\n"
)

// files writes texts to files old.txt and new.txt.
func files(t *testing.T, old, new string) (oldFile, newFile string) {
	t.Helper()
	dir := t.TempDir()
	oldFile, newFile = filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt")
	for file, text := range map[string]string{oldFile: old, newFile: new} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return oldFile, newFile
}

// compare runs the command on two texts.
func compare(t *testing.T, o Options, old, new string) (code int, text string) {
	t.Helper()
	oldFile, newFile := files(t, old, new)
	o.Files = []string{oldFile, newFile}
	return execute(t, o)
}

func execute(t *testing.T, o Options) (code int, text string) {
	t.Helper()
	if o.Format == "" {
		o.Format = "text"
	}
	if o.Filter == "" {
		o.Filter = "*"
	}
	var out, errs bytes.Buffer
	code, err := Run(o, strings.NewReader(""), &out, &errs)
	if err != nil {
		return code, "lagvet: " + err.Error()
	}
	return code, out.String() + errs.String()
}

func TestCompare(t *testing.T) {
	a := func(seed uint64, figures ...figure) string {
		return here + planted(seed, "BenchmarkA-2", 10, figures...)
	}
	one := func(seed uint64, unit string, center, spread float64) string {
		return a(seed, figure{unit, center, spread})
	}
	// A latency that is twice what it was, beside other figures.
	twice := func(seed uint64, factor float64, more ...figure) string {
		return a(seed, append([]figure{{"p99-ns/op", 4100 * factor, 0.02}}, more...)...)
	}
	for name, tt := range map[string]struct {
		old, new string
		o        Options
		code     int
		want     []string // in the text
		not      []string
	}{
		"a shift":                {one(1, "ns/op", 100, 0.01), one(2, "ns/op", 120, 0.01), Options{}, 1, []string{"regression: example.org/match.A-2 sec/op 100.6 ns → 119.5 ns, +18.8 % (more than 5 % counts; p=0.000 n=10)", "1 regression."}, []string{"unclear"}},
		"a shift the other way":  {one(1, "ns/op", 120, 0.01), one(2, "ns/op", 100, 0.01), Options{}, 0, []string{"gain", "1 gain."}, nil},
		"below the threshold":    {one(1, "ns/op", 100, 0.005), one(2, "ns/op", 103, 0.005), Options{}, 0, []string{"1 the same."}, []string{"~"}},
		"a lower threshold":      {one(1, "ns/op", 100, 0.005), one(2, "ns/op", 103, 0.005), Options{Thresholds: []string{"2%"}}, 1, []string{"more than 2 % counts"}, nil},
		"one figure's":           {one(1, "ns/op", 100, 0.005), one(2, "ns/op", 110, 0.005), Options{Thresholds: []string{"ns/op=20%"}}, 0, nil, []string{"regression"}},
		"noise":                  {one(1, "ns/op", 100, 0.2), one(2, "ns/op", 101, 0.2), Options{}, 0, []string{"~", "1 differ from one run to the next by more than what counts"}, []string{"regression"}},
		"two modes":              {bimodal(1, 100, 200), bimodal(2, 100, 200), Options{}, 0, []string{"~"}, []string{"regression"}},
		"both modes moved":       {bimodal(1, 100, 110), bimodal(2, 200, 220), Options{}, 1, []string{"regression"}, nil},
		"less throughput":        {one(1, "MB/s", 500, 0.01), one(2, "MB/s", 400, 0.01), Options{}, 1, []string{"regression", "B/s 479.6 MiB/s → 379.8 MiB/s, -20.8 %"}, nil},
		"more throughput":        {one(1, "MB/s", 400, 0.01), one(2, "MB/s", 500, 0.01), Options{}, 0, []string{"1 gain"}, nil},
		"from none":              {one(1, "allocs/op", 0, 0), one(2, "allocs/op", 1, 0), Options{}, 1, []string{"allocs/op 0 → 1", "from 0"}, nil},
		"nobody says which way":  {one(1, "widgets", 10, 0.01), one(2, "widgets", 20, 0.01), Options{}, 0, []string{"nothing was compared"}, []string{"widgets"}},
		"shown on request":       {one(1, "widgets", 10, 0.01), one(2, "widgets", 20, 0.01), Options{All: true}, 0, []string{"widgets"}, nil},
		"the file says which":    {"Unit widgets better=higher\n" + one(1, "widgets", 20, 0.01), one(2, "widgets", 10, 0.01), Options{}, 1, []string{"match.A-2 widgets 20."}, nil},
		"without unit lines":     {one(1, "p99-ns/op", 100, 0.01), one(2, "p99-ns/op", 120, 0.01), Options{}, 1, []string{"p99-sec/op"}, nil},
		"the slowest alone":      {one(1, "max-ns/op", 100, 0.01), one(2, "max-ns/op", 300, 0.01), Options{}, 0, nil, []string{"regression"}},
		"the slowest, asked for": {one(1, "max-ns/op", 100, 0.01), one(2, "max-ns/op", 300, 0.01), Options{Thresholds: []string{"max=50%"}}, 1, []string{"max-sec/op", "more than 50 %"}, nil},

		"its causes": {
			twice(1, 1, figure{"assist-%", 1, 0.1}, figure{"throttled-ns", 0, 0}, figure{"sched-p99-ns", 1000, 0.02}, figure{"allocs/op", 1, 0}, figure{"migrations/s", 10, 0.1}, figure{"gc-pause-max-ns", 9e4, 0.1}),
			twice(2, 2, figure{"assist-%", 13, 0.1}, figure{"throttled-ns", 34e6, 0.01}, figure{"sched-p99-ns", 4000, 0.02}, figure{"allocs/op", 3, 0}, figure{"migrations/s", 11, 0.1}, figure{"gc-pause-max-ns", 2e4, 0.1}),
			Options{}, 1,
			[]string{"with it: assist share ", "(+12 points)", "with it: throttled 0 s → 33.92 ms\n", "with it: scheduler P99 999.2 ns → 4.005 µs ", "(×4.0)", "with it: allocations 1.000 → 3.000 (×3.0)"},
			[]string{"with it: migrations", "GC pause"},
		},
		"code that is the same was slower": {
			twice(1, 1, figure{"overhead-ns/op", 80, 0.02}), twice(2, 1.2, figure{"overhead-ns/op", 98, 0.02}), Options{}, 3,
			[]string{"unclear: ", "code that is the same in both runs took 2", "mend: run both again"}, []string{"1 regression"},
		},
		"slower by more than that": {
			twice(1, 1, figure{"overhead-ns/op", 80, 0.02}), twice(2, 2, figure{"overhead-ns/op", 88, 0.02}), Options{}, 1, []string{"1 regression"}, []string{"unclear"},
		},
		"a busier machine": {
			twice(1, 1, figure{"foreign-%", 1, 0.1}, figure{"runqueue-%", 1, 0.1}), twice(2, 2, figure{"foreign-%", 8, 0.1}, figure{"runqueue-%", 6, 0.1}), Options{}, 3,
			[]string{"unclear: ", "other programs took 7 points more of the machine"}, []string{"1 regression"},
		},
		"its own threads": {
			twice(1, 1, figure{"foreign-%", 1, 0.1}, figure{"runqueue-%", 1, 0.1}), twice(2, 2, figure{"foreign-%", 1, 0.1}, figure{"runqueue-%", 6, 0.1}), Options{}, 1,
			[]string{"1 regression", "with it: run queue share"}, nil,
		},
		"a busier machine, and nobody waited": {
			twice(1, 1, figure{"foreign-%", 1, 0.1}, figure{"runqueue-%", 1, 0.1}), twice(2, 2, figure{"foreign-%", 8, 0.1}, figure{"runqueue-%", 1, 0.1}), Options{}, 1,
			[]string{"1 regression"}, []string{"unclear"},
		},
		"a mean that rose by more than the machine accounts for": {
			a(1, figure{"ns/op", 100, 0.01}, figure{"steal-%", 1, 0.1}, figure{"runqueue-%", 1, 0.1}), a(2, figure{"ns/op", 150, 0.01}, figure{"steal-%", 9, 0.1}, figure{"runqueue-%", 11, 0.1}), Options{}, 1,
			[]string{"1 regression"}, []string{"unclear"},
		},
		"a mean that rose by as much": {
			a(1, figure{"ns/op", 100, 0.01}, figure{"steal-%", 1, 0.1}, figure{"runqueue-%", 1, 0.1}), a(2, figure{"ns/op", 115, 0.01}, figure{"steal-%", 9, 0.1}, figure{"runqueue-%", 11, 0.1}), Options{}, 3,
			[]string{"unclear: ", "its threads waited 10 points more for a CPU"}, nil,
		},
		"the machine became faster": {
			a(1, figure{"ns/op", 120, 0.01}, figure{"overhead-ns/op", 98, 0.01}), a(2, figure{"ns/op", 100, 0.01}, figure{"overhead-ns/op", 80, 0.01}), Options{}, 0,
			[]string{"1 unclear.", "took 19 % less"}, []string{"1 gain"},
		},
		"slower by chance": {
			twice(1, 1, figure{"overhead-ns/op", 80, 0.9}), twice(2, 1.2, figure{"overhead-ns/op", 110, 0.9}), Options{}, 1, []string{"1 regression"}, []string{"unclear"},
		},
		"an unfit machine":                    {twice(1, 1, figure{"unfit", 0, 0}), twice(2, 2, figure{"unfit", 1, 0}), Options{}, 3, []string{"unclear: ", "the machine was unfit in the new run", "unfit: 10 of 10 results"}, nil},
		"unfit where it was not known before": {twice(1, 1), twice(2, 2, figure{"unfit", 1, 0}), Options{}, 3, []string{"the machine was unfit in the new run (--allow-unfit"}, nil},
		"unfit now and then": {
			twice(1, 1), here + planted(2, "BenchmarkA-2", 6, figure{"p99-ns/op", 8200, 0.01}) + planted(3, "BenchmarkA-2", 4, figure{"p99-ns/op", 8200, 0.01}, figure{"unfit", 1, 0}),
			Options{}, 1, []string{"1 regression", "unfit: 4 of 4 results"}, nil,
		},
		"several thresholds":      {twice(1, 1), twice(2, 2), Options{Thresholds: []string{"p99=5%", "p99-ns/op=200%", "1%"}}, 0, []string{"1 the same"}, nil},
		"an unfit machine, taken": {twice(1, 1, figure{"unfit", 0, 0}), twice(2, 2, figure{"unfit", 1, 0}), Options{AllowUnfit: true}, 1, []string{"1 regression"}, nil},
		"unfit, and not a time":   {a(1, figure{"allocs/op", 1, 0}, figure{"unfit", 1, 0}), a(2, figure{"allocs/op", 2, 0}, figure{"unfit", 1, 0}), Options{}, 1, []string{"1 regression"}, nil},
		"unfit, and a gain":       {twice(1, 2, figure{"unfit", 1, 0}), twice(2, 1, figure{"unfit", 1, 0}), Options{}, 0, []string{"1 unclear", "the machine was unfit in both runs"}, nil},

		"too few":          {here + planted(1, "BenchmarkA-2", 3, figure{"ns/op", 100, 0.01}), one(2, "ns/op", 200, 0.01), Options{}, 3, []string{"measured 3 and 10 times (sec/op)", "takes 6 of each", "-count=10"}, nil},
		"gone":             {one(1, "ns/op", 1, 0) + planted(1, "BenchmarkB-2", 10, figure{"ns/op", 1, 0}), one(2, "ns/op", 1, 0), Options{}, 3, []string{"example.org/match.B-2 is not in it"}, nil},
		"new":              {one(1, "ns/op", 1, 0), one(2, "ns/op", 1, 0) + planted(1, "BenchmarkB-2", 10, figure{"ns/op", 1, 0}), Options{}, 0, []string{"example.org/match.B-2 is only in "}, nil},
		"a figure gone":    {twice(1, 1, figure{"ns/op", 100, 0.01}), one(2, "ns/op", 100, 0.01), Options{}, 3, []string{"no longer reports p99-sec/op"}, nil},
		"another package":  {one(1, "ns/op", 100, 0), strings.Replace(one(2, "ns/op", 100, 0), "match\n", "other\n", 1), Options{}, 3, []string{"example.org/match.A-2 is not in it", "example.org/other.A-2 is only in"}, nil},
		"other CPUs":       {one(1, "ns/op", 100, 0.01), strings.ReplaceAll(one(2, "ns/op", 200, 0.01), "A-2", "A-4"), Options{}, 1, []string{"not alike: GOMAXPROCS: 2 → 4", "example.org/match.A sec/op"}, nil},
		"another machine":  {one(1, "ns/op", 100, 0.01), strings.Replace(one(2, "ns/op", 100, 0.01), "6.1", "6.9", 1), Options{}, 0, []string{"not alike: kernel: 6.1 → 6.9"}, []string{"not alike: go"}},
		"not described":    {"pkg: example.org/match\n" + planted(1, "BenchmarkA", 10, figure{"ns/op", 1, 0}), one(2, "ns/op", 1, 0), Options{}, 0, []string{"old.txt says nothing of its machine", "not alike: GOMAXPROCS: 1 → 2"}, []string{"new.txt says"}},
		"filtered":         {twice(1, 1, figure{"ns/op", 100, 0.01}, figure{"sched-p99-ns", 10, 0}), twice(2, 2, figure{"ns/op", 300, 0.01}, figure{"sched-p99-ns", 90, 0}), Options{Filter: ".unit:(p99-ns/op)"}, 1, []string{"1 regression.", "with it: scheduler P99"}, nil},
		"a dead threshold": {one(1, "ns/op", 1, 0), one(2, "ns/op", 1, 0), Options{Thresholds: []string{"p98=3%"}}, 3, []string{"--threshold p98=… is of no figure"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			code, text := compare(t, tt.o, units+tt.old, units+tt.new)
			if code != tt.code {
				t.Errorf("the exit code is %d, want %d", code, tt.code)
			}
			for _, want := range tt.want {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q", want)
				}
			}
			for _, not := range tt.not {
				if strings.Contains(text, not) {
					t.Errorf("it says %q", not)
				}
			}
			if t.Failed() {
				t.Log("\n" + text)
			}
		})
	}
}

// What is wrong with a file is told with its line, and the rest is compared.
func TestBroken(t *testing.T) {
	good := here + planted(1, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.01})
	lines := strings.Count(good, "\n")
	for name, tt := range map[string]struct {
		text string
		want string // %d is the line behind the good ones
	}{
		"a line in two": {good + "BenchmarkB-2 \thello\n", "new.txt:%d: this is no line of a benchmark: parsing iteration count"},
		"no figure":     {good + "BenchmarkB-2 \t100\n", "new.txt:%d: this is no line of a benchmark: missing measurements"},
		"not a number":  {good + "BenchmarkB-2\t100\tNaN ns/op\n", "new.txt:%d: NaN sec/op is no measurement"},
		"a failure":     {good + "--- FAIL: BenchmarkB-2\n", "new.txt:%d: the run failed: --- FAIL: BenchmarkB-2"},
		"a package":     {good + "FAIL\texample.org/match\t0.1s\n", "new.txt:%d: the run failed: FAIL example.org/match 0.1s"},
		"a panic":       {good + "panic: boom [recovered]\n\ngoroutine 1 [running]:\n", "new.txt:%d: the run failed: panic: boom"},
		"a fatal error": {good + "fatal error: all goroutines are asleep - deadlock!\n", "new.txt:%d: the run failed: fatal error"},
		"killed":        {good + "signal: killed\n", "new.txt:%d: the run failed: signal: killed"},
		"empty":         {"", "new.txt: there is no benchmark in it"},
		"no benchmarks": {"PASS\nok  \texample.org/match\t0.1s\n", "there is no benchmark in it"},
		"JSON":          {`{"Time":"2026-01-01T00:00:00Z","Action":"start"}` + "\n", "it looks like the output of go test -json"},
		"a long line":   {good + "x" + strings.Repeat("y", 1<<20) + "\n", "token too long"},
	} {
		t.Run(name, func(t *testing.T) {
			want := tt.want
			if strings.Contains(want, "%d") {
				want = fmt.Sprintf(want, lines+1)
			}
			code, text := compare(t, Options{}, good, tt.text)
			if (code != report.Unchecked && name != "a long line") || !strings.Contains(text, want) {
				t.Errorf("%d, it does not say %q:\n%s", code, want, text)
			}
			if strings.HasPrefix(tt.text, good) && name != "a long line" && !strings.Contains(text, "1 the same") {
				t.Errorf("what is good is not compared:\n%s", text)
			}
		})
	}
}

// The reasons why a machine was unfit stand below the lines of benchmarks.
func TestUnfitReasons(t *testing.T) {
	text := here
	for i := range 10 {
		text += fmt.Sprintf("BenchmarkA-2\t100\t%d ns/op\t1 unfit\n--- BENCH: BenchmarkA-2\n    a_test.go:9: unfit: the CPU quota of the cgroup held it back for %dms; other programs used %d %% of the machine's CPU time\n", 100+i, i, 20+i)
	}
	_, got := compare(t, Options{}, text, text)
	want := "the CPU quota of the cgroup held it back; other programs used … of the machine's CPU time\n"
	if strings.Count(got, want) != 2 {
		t.Errorf("it does not say %q once for each run:\n%s", want, got)
	}
}

// Runs that differ by chance alone are told apart by chance alone: of those planted here,
// in which every run differs by up to 10 % from the next, by none.
func TestFalseAlarms(t *testing.T) {
	const pairs = 200
	alarms := 0
	for i := range uint64(pairs) {
		old := planted(2*i+10, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.1})
		new := planted(2*i+11, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.1})
		if code, _ := compare(t, Options{}, old, new); code != 0 {
			alarms++
		}
	}
	if alarms > 2 {
		t.Errorf("%d alarms in %d comparisons of the same with the same", alarms, pairs)
	}
}

// measured writes the results of a benchmark.
func measured(name string, values ...float64) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%s\t1000\t%g ns/op\t%g B/op\n", name, v, v)
	}
	return b.String()
}

// What chance brings about in one of twenty figures, it brings about in one of many.
func TestAmongMany(t *testing.T) {
	old := measured("BenchmarkA-2", 100, 101, 102, 103, 104, 105, 106, 107, 108, 200)
	new := measured("BenchmarkA-2", 90, 131, 132, 133, 134, 135, 136, 137, 138, 139)
	far := measured("BenchmarkA-2", 231, 232, 233, 234, 235, 236, 237, 238, 239, 240)
	others := ""
	for i := range 9 {
		others += planted(1, fmt.Sprintf("BenchmarkB%d-2", i), 10, figure{"ns/op", 100, 0.01})
	}
	for name, tt := range map[string]struct {
		old, new string
		o        Options
		code     int
		want     string
	}{
		"alone":       {old, new, Options{}, 1, "2 regressions"},
		"among many":  {old + others, new + others, Options{Filter: ".unit:ns/op"}, 3, "of 10 times that are compared one may differ so by chance (p=0.0185, less than 0.0050 counts)"},
		"far apart":   {old + others, far + others, Options{Filter: ".unit:ns/op"}, 1, "1 regression,"},
		"a gain":      {new + others, old + others, Options{Filter: ".unit:ns/op"}, 0, "1 unclear"},
		"not a time":  {old + others, new + others, Options{Filter: ".unit:B/op"}, 1, "1 regression"},
		"not counted": {old + strings.ReplaceAll(others, "ns/op", "widgets"), new + strings.ReplaceAll(others, "ns/op", "widgets"), Options{}, 1, "2 regressions"},
	} {
		t.Run(name, func(t *testing.T) {
			if code, text := compare(t, tt.o, tt.old, tt.new); code != tt.code || !strings.Contains(text, tt.want) {
				t.Errorf("the exit code is %d, want %d, with %q in\n%s", code, tt.code, tt.want, text)
			}
		})
	}
}

func TestUsage(t *testing.T) {
	old, new := files(t, "", "")
	for name, tt := range map[string]struct {
		o    Options
		want string
	}{
		"no files":            {Options{}, "name two files"},
		"one file":            {Options{Files: []string{old}}, "name two files"},
		"three files":         {Options{Files: []string{old, new, new}}, "name two files"},
		"baseline and two":    {Options{Files: []string{old, new}, Baseline: old}, "name two files"},
		"update of nothing":   {Options{Files: []string{old, new}, Update: true}, "name that file"},
		"update of a part":    {Options{Files: []string{new}, Baseline: old, Update: true, Filter: ".name:A"}, "leave --filter out"},
		"no such file":        {Options{Files: []string{old, new + "x"}}, "reading benchmarks: open"},
		"no baseline":         {Options{Files: []string{new}, Baseline: old + "x"}, "there is no baseline yet: --update"},
		"both from a pipe":    {Options{Files: []string{"-", "-"}}, "only one of the runs"},
		"a format":            {Options{Files: []string{old, new}, Format: "xml"}, "--format"},
		"a threshold":         {Options{Files: []string{old, new}, Thresholds: []string{"p99=much%"}}, "--threshold p99=much%"},
		"one without percent": {Options{Files: []string{old, new}, Thresholds: []string{"0.1"}}, "--threshold 0.1: write it as 5%"},
		"one of nothing":      {Options{Files: []string{old, new}, Thresholds: []string{"=5%"}}, "--threshold =5%"},
		"one below 0":         {Options{Files: []string{old, new}, Thresholds: []string{"-5%"}}, "--threshold -5%"},
		"a filter":            {Options{Files: []string{old, new}, Filter: "(("}, "--filter"},
		"a report":            {Options{Files: []string{old, new}, Reports: []string{"json"}}, "FORMAT=FILE"},
		"two to one place":    {Options{Files: []string{old, new}, Reports: []string{"json=-"}}, "must be alone"},
	} {
		if code, text := execute(t, tt.o); code != report.Usage || !strings.Contains(text, tt.want) {
			t.Errorf("%s: %d, %s; want %q", name, code, text, tt.want)
		}
	}
}

func TestStandardInput(t *testing.T) {
	text := planted(1, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.01})
	old, _ := files(t, text, "")
	var out bytes.Buffer
	code, err := Run(Options{Files: []string{old, "-"}, Format: "text", Filter: "*"}, strings.NewReader(text), &out, &out)
	if code != 0 || err != nil || !strings.Contains(out.String(), "1 the same") {
		t.Errorf("%d, %v: %s", code, err, &out)
	}
}

func TestBaseline(t *testing.T) {
	slow := here + planted(1, "BenchmarkA-2", 10, figure{"ns/op", 120, 0.01})
	fast := here + planted(2, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.01})
	unfit := here + planted(2, "BenchmarkA-2", 10, figure{"ns/op", 100, 0.01}, figure{"unfit", 1, 0})
	few := here + planted(2, "BenchmarkA-2", 2, figure{"ns/op", 100, 0.01})
	baseline := filepath.Join(t.TempDir(), "bench.txt")
	for i, step := range []struct {
		run    string
		update bool
		allow  bool
		code   int
		want   string
		stored string // what is in the baseline afterwards
	}{
		{fast + "--- FAIL: BenchmarkB\n", true, false, 3, "not made the baseline: ", ""},
		{few, true, false, 3, "not made the baseline: example.org/match.A-2 was measured 2 and 2 times", ""},
		{fast, true, false, 0, "is the baseline now: 1 benchmarks", fast},
		{slow, false, false, 1, "1 regression", fast},
		{unfit, true, false, 3, "the machine was unfit for 10 of 10 results", fast},
		{unfit, true, true, 0, "is the baseline now", unfit},
		{slow, true, false, 0, "is the baseline now", slow},
		{fast, false, false, 0, "1 gain", slow},
	} {
		_, run := files(t, "", step.run)
		code, text := execute(t, Options{Files: []string{run}, Baseline: baseline, Update: step.update, AllowUnfit: step.allow})
		stored, _ := os.ReadFile(baseline) // there may be none yet
		if code != step.code || !strings.Contains(text, step.want) || string(stored) != step.stored {
			t.Errorf("step %d: %d, want %d and %q; stored as wanted: %t\n%s", i, code, step.code, step.want, string(stored) == step.stored, text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(here + planted(1, "BenchmarkA-2", 2, figure{"ns/op", 100, 0.01}))
	f.Add("BenchmarkA 1 1 ns/op\n--- FAIL: x\n\t a.go:1: unfit: y; z\nUnit x better=up\n")
	f.Add("posture:\npkg: \x1b[31m\nBenchmark 1 1e999 ns/op\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := newLoader("*")
		if err != nil {
			t.Fatal(err)
		}
		r, err := l.load("f", []byte(text))
		if err != nil {
			return
		}
		limits, err := parseThresholds(nil)
		if err != nil {
			t.Fatal(err)
		}
		j := &judge{units: l.metadata, threshold: limits, needed: 6}
		rep := j.report(r, r)
		if n := rep.count(Regression) + rep.count(Gain) + rep.count(Unclear); n > 0 {
			t.Errorf("it differs from itself: %+v", rep.Rows)
		}
		if len(r.benchmarks) == 0 && len(rep.Problems) == 0 {
			t.Error("nothing was compared, and that is no problem")
		}
		for _, write := range []func() error{
			func() error { return writeText(new(bytes.Buffer), rep, true) },
			func() error { return writeJSON(new(bytes.Buffer), rep) },
			func() error { return writeMarkdown(new(bytes.Buffer), rep, true) },
		} {
			if err := write(); err != nil {
				t.Error(err)
			}
		}
	})
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
