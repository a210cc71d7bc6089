package policy

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/process"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const ms = time.Millisecond

var begin = time.Unix(1_700_000_000, 0)

// measured is a phase of n calls that took as long each, and of failed ones, in the first
// ten seconds.
func measured(n int, each time.Duration, failed int64) *load.Measured {
	m := &load.Measured{
		Name: SteadyName, Spans: []load.Span{{End: 10 * time.Second}}, Due: int64(n) + failed, InTime: int64(n),
		Latency: load.LatenciesOf(slices.Repeat([]time.Duration{each}, n), failed),
		Lag:     load.LatenciesOf(slices.Repeat([]time.Duration{1000}, n+int(failed)), 0),
		Failed:  map[load.Kind]int64{}, Example: map[load.Kind]string{},
	}
	if failed > 0 {
		m.Failed[load.Status], m.Example[load.Status] = failed, "it answered 503"
	}
	return m
}

func evidence(ms ...*load.Measured) Evidence {
	return Evidence{Result: &load.Result{Begin: begin, Phases: ms}, NoUsage: "nobody looked", NoStop: "nobody stopped it"}
}

// used is half of two CPUs for ten seconds.
func used(hidden string) *process.Usage {
	return &process.Usage{PID: 12, CPUs: 2, Hidden: hidden, Samples: []process.Sample{
		{At: begin, RSS: 100 << 20}, {At: begin.Add(10 * time.Second), CPU: 10 * time.Second, RSS: 50 << 20},
	}}
}

func TestJudge(t *testing.T) {
	late := measured(1000, 20*ms, 0)
	late.Lag = load.LatenciesOf(slices.Repeat([]time.Duration{15 * ms}, 1000), 0)
	lagging, laggingMore := measured(980, 5*ms, 20), measured(900, 5*ms, 100)
	lagging.Lag = load.LatenciesOf([]time.Duration{ms, 300 * ms}, 0)
	laggingMore.Lag = lagging.Lag
	unsent := measured(1000, 5*ms, 0)
	unsent.Unsent = 7
	usage := func(e Evidence, u *process.Usage) Evidence { e.Usage = u; return e }
	stopped := func(s *Stop) Evidence { e := evidence(measured(1000, 5*ms, 0)); e.Stop = s; return e }
	plain := evidence(measured(1000, 5*ms, 0))
	ended := usage(plain, used(""))
	ended.Usage.Ended = errors.New("process 12 has ended")
	ended.Usage.Samples = ended.Usage.Samples[:1]
	tests := []struct {
		name, pass string
		e          Evidence
		want       posture.Verdict
		says       string
	}{
		{"kept", "p99: 10ms", plain, posture.Pass, "5ms"},
		{"exactly", "p99: 5ms", plain, posture.Pass, "5ms"},
		{"not kept", "p99: 4ms", plain, posture.Fail, "5ms"},
		{"too few calls", "p99.99: 10ms", plain, posture.Unknown, "1000, and it takes 10000"},
		{"among failed calls", "p99: 10ms", evidence(measured(980, 5*ms, 20)), posture.Fail, "no answer"},
		{"below failed calls", "p95: 10ms", evidence(measured(980, 5*ms, 20)), posture.Pass, "5ms"},
		{"kept though the generator was late", "p99: 30ms", evidence(late), posture.Pass, "20ms"},
		{"not kept, and the generator was late", "p99: 10ms", evidence(late), posture.Unknown, "the generator sent calls late"},
		{"calls were not sent", "p99: 10ms", evidence(unsent), posture.Unknown, "could not keep up"},
		{"calls were not sent, and errors", "errors: 0", evidence(unsent), posture.Unknown, "could not keep up"},
		{"calls were not sent, and throughput", "throughput: 9%", evidence(unsent), posture.Unknown, "could not keep up"},
		{"the longest", "max: 10ms", plain, posture.Pass, "5ms"},
		{"the longest is too long", "max: 4ms", plain, posture.Fail, "5ms"},
		{"the longest with a failed call", "max: 10ms", evidence(measured(980, 5*ms, 20)), posture.Fail, "20 calls failed"},
		{"the longest was sent late", "max: 10ms", evidence(late), posture.Unknown, "15ms late"},
		{"no errors", "errors: 0", plain, posture.Pass, "0 of 1000"},
		{"errors", "errors: 19", evidence(measured(980, 5*ms, 20)), posture.Fail, "20 of 1000"},
		{"a share of errors", "errors: 2%", evidence(measured(980, 5*ms, 20)), posture.Pass, "(2 %)"},
		{"too large a share of errors", "errors: 1.9%", evidence(measured(980, 5*ms, 20)), posture.Fail, "(2 %)"},
		{"no call", "errors: 0", evidence(measured(0, 0, 0)), posture.Unknown, "no call"},
		{"throughput", "throughput: 98%", evidence(measured(980, 5*ms, 20)), posture.Pass, "98 % (98.0/s of 100.0/s)"},
		{"too little throughput", "throughput: 99%", evidence(measured(980, 5*ms, 20)), posture.Fail, "98 %"},
		{"too little throughput, and the generator was late", "throughput: 99%", evidence(lagging), posture.Unknown, "up to 300ms late"},
		{"far too little throughput, and the generator was late", "throughput: 99%", evidence(laggingMore), posture.Fail, "90 %"},
		{"CPU", "cpu: 50%", usage(plain, used("")), posture.Pass, "50 % of 2 CPUs"},
		{"too much CPU", "cpu: 49%", usage(plain, used("")), posture.Fail, "50 %"},
		{"too much CPU of what may be fewer", "cpu: 49%", usage(plain, used("a group is hidden")), posture.Fail, "50 %"},
		{"CPUs that may be fewer", "cpu: 50%", usage(plain, used("a group is hidden")), posture.Unknown, "a group is hidden"},
		{"CPU of nobody", "cpu: 50%", plain, posture.Unknown, "nobody looked"},
		{"CPU of what has ended", "cpu: 50%", ended, posture.Unknown, "process 12 has ended"},
		{"memory", "rss: 100MiB", usage(plain, used("")), posture.Pass, "100.0 MiB"},
		{"too much memory", "rss: 99MiB", usage(plain, used("")), posture.Fail, "100.0 MiB"},
		{"memory of nobody", "rss: 99MiB", plain, posture.Unknown, "nobody looked"},
		{"stop", "stop: 1s", stopped(&Stop{Took: 400 * ms}), posture.Pass, "400ms"},
		{"too slow a stop", "stop: 1s", stopped(&Stop{Took: 1100 * ms}), posture.Fail, "1.1s"},
		{"killed", "stop: 1s", stopped(&Stop{Took: 1 * time.Second, Killed: true}), posture.Fail, "still running after 1s"},
		{"nobody stopped it", "stop: 1s", plain, posture.Unknown, "nobody stopped it"},
	}
	for _, tt := range tests {
		got := parse(t, "rate: 100/s\nduration: 10s\npass: {"+tt.pass+"}\n").Judge(tt.e)
		if len(got) != 1 || got[0].Verdict != tt.want || !strings.Contains(got[0].Measured+"|"+got[0].Why, tt.says) {
			t.Errorf("%s: %+v, want %s, %s", tt.name, got, tt.want, tt.says)
		}
		if len(got) == 1 && got[0].Verdict == posture.Unknown && got[0].Why == "" {
			t.Errorf("%s: it is not said why", tt.name)
		}
	}
}

func TestJudgeWarmup(t *testing.T) {
	warm := measured(10, time.Second, 5)
	warm.Name, warm.Warmup = WarmupName, true
	got := parse(t, least).Judge(evidence(warm, measured(1000, ms, 0)))
	if len(got) != 1 || got[0].Verdict != posture.Pass || got[0].Phase != SteadyName {
		t.Errorf("%+v", got)
	}
}

// recovering is a run at 100 calls a second whose bursts end after 4 s and 10 s.
func recovering(p *Policy, p95s ...time.Duration) Evidence {
	const s = time.Second
	plan := p.Plan()
	e := evidence(measured(1000, ms, 0))
	e.Result.Plan = plan
	burst := measured(100, ms, 0)
	burst.Name, burst.Spans = BurstName, []load.Span{{Start: 3 * s, End: 4 * s}, {Start: 9 * s, End: 10 * s}}
	e.Result.Phases[0].Spans = []load.Span{{End: 3 * s}, {Start: 4 * s, End: 9 * s}, {Start: 10 * s, End: 15 * s}}
	e.Result.Phases = append(e.Result.Phases, burst)
	for i, d := range p95s {
		e.Result.Series = append(e.Result.Series, load.Interval{Span: load.Span{Start: time.Duration(i) * s, End: time.Duration(i+1) * s}, Due: 100, P95: d})
	}
	return e
}

func TestJudgeRecovery(t *testing.T) {
	const head = "phases: [{name: steady, rate: 100/s, for: 3s}, {name: burst, rate: 300/s, for: 1s}, {name: steady, rate: 100/s, for: 5s}, {name: burst, rate: 300/s, for: 1s}, {name: steady, rate: 100/s, for: 5s}]\n"
	series := func(after1, after2 [5]time.Duration) []time.Duration {
		all := []time.Duration{2 * ms, 2 * ms, 3 * ms, 90 * ms}
		return append(append(append(all, after1[:]...), 90*ms), after2[:]...)
	}
	fast, slow := [5]time.Duration{2 * ms, 2 * ms, 2 * ms, 2 * ms, 2 * ms}, [5]time.Duration{50 * ms, 50 * ms, 2 * ms, 2 * ms, 2 * ms}
	never := [5]time.Duration{50 * ms, 50 * ms, 50 * ms, 50 * ms, 50 * ms}
	early := recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(fast, slow)...)
	early.Result.Series[7].Due = 19
	tests := []struct {
		name, pass string
		e          Evidence
		want       posture.Verdict
		says       string
	}{
		{"the slower one counts", "pass: {recovery: 2s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(fast, slow)...), posture.Pass, "2s until P95 was at most 3ms"},
		{"too slow", "pass: {recovery: 1s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(slow, fast)...), posture.Fail, "2s until"},
		{"never", "pass: {recovery: 5s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(fast, never)...), posture.Fail, "not within 5s"},
		{"not watched for long enough", "pass: {recovery: 6s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(fast, never)...), posture.Unknown, "not watched for long enough"},
		{"said what is normal", "pass: {recovery: 1s}\nrecovery: {to: 60ms}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(slow, fast)...), posture.Pass, "0s until P95 was at most 60ms"},
		{"said by which factor", "pass: {recovery: 1s}\nrecovery: {factor: 30}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(slow, fast)...), posture.Pass, "0s until"},
		{"held for longer", "pass: {recovery: 2s}\nrecovery: {hold: 4s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), series(fast, slow)...), posture.Fail, "not within 5s"},
		{"too few calls", "pass: {recovery: 2s}\n", early, posture.Unknown, "there are 19 calls, and P95 takes 20"},
		{"failed before too", "pass: {recovery: 2s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), load.Never, load.Never, 2*ms, ms), posture.Unknown, "before the burst"},
		{"nothing before", "pass: {recovery: 2s}\n", recovering(parse(t, head+"pass: {recovery: 3s}\n"), ms, ms), posture.Unknown, "fewer than three intervals"},
	}
	for _, tt := range tests {
		got := parse(t, head+tt.pass).Judge(tt.e)
		if len(got) != 1 || got[0].Verdict != tt.want || !strings.Contains(got[0].Measured+"|"+got[0].Why, tt.says) {
			t.Errorf("%s: %+v, want %s, %s", tt.name, got, tt.want, tt.says)
		}
	}
}

// What was cut short passes nothing, and what it has shown for good stays.
func TestJudgeCut(t *testing.T) {
	p := parse(t, "rate: 100/s\nduration: 10s\npass: {p99: 10ms, p50: 1ms, errors: 3, stop: 1s}\n")
	e := evidence(measured(980, 5*ms, 20))
	e.Stop = &Stop{Took: ms}
	verdicts := func() string {
		var all []string
		for _, l := range p.Judge(e) {
			all = append(all, l.What+" "+string(l.Verdict))
		}
		return strings.Join(all, ", ")
	}
	if got := verdicts(); got != "p50 FAIL, p99 FAIL, errors FAIL, stop PASS" {
		t.Errorf("to its end: %s", got)
	}
	e.Result.Ended = errors.New("it was interrupted")
	if got := verdicts(); got != "p50 UNKNOWN, p99 UNKNOWN, errors FAIL, stop PASS" {
		t.Errorf("interrupted: %s", got)
	}
	if v := Verdict(p.Judge(e)); v != posture.Unknown {
		t.Errorf("interrupted: %s", v)
	}
	e.Died = "exit status 1"
	if got := verdicts(); got != "command FAIL, p50 NOT_APPLICABLE, p99 NOT_APPLICABLE, errors FAIL, stop NOT_APPLICABLE" {
		t.Errorf("died: %s", got)
	}
	if v := Verdict(p.Judge(e)); v != posture.Fail {
		t.Errorf("died: %s", v)
	}
}

func TestVerdict(t *testing.T) {
	const pass, fail, unknown, na = posture.Pass, posture.Fail, posture.Unknown, posture.NotApplicable
	tests := []struct {
		all  []posture.Verdict
		want posture.Verdict
	}{
		{nil, unknown},
		{[]posture.Verdict{pass}, pass},
		{[]posture.Verdict{pass, pass}, pass},
		{[]posture.Verdict{pass, fail, pass}, fail},
		{[]posture.Verdict{fail, unknown, pass}, unknown},
		{[]posture.Verdict{fail, na}, fail},
		{[]posture.Verdict{na, na}, unknown},
		{[]posture.Verdict{na, pass}, pass},
	}
	for _, tt := range tests {
		var limits []Limit
		for _, v := range tt.all {
			limits = append(limits, Limit{Verdict: v})
		}
		if got := Verdict(limits); got != tt.want {
			t.Errorf("%v: %s, want %s", tt.all, got, tt.want)
		}
	}
}

// A report is the baseline of a later one.
func TestBaseline(t *testing.T) {
	file := filepath.Join(t.TempDir(), "baseline.json")
	data, err := parse(t, least).Report(evidence(measured(1000, 5*ms, 0))).JSON()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	other := measured(1000, 5*ms, 0)
	other.Due = 1100
	renamed := measured(1000, 5*ms, 0)
	renamed.Name = "x"
	tests := []struct {
		name, limits string
		m            *load.Measured
		want         posture.Verdict
		says         string
	}{
		{"as before", "p99: +15%", measured(1000, 5*ms, 0), posture.Pass, "5ms"},
		{"a little slower", "p99: +15%", measured(1000, 5740*time.Microsecond, 0), posture.Pass, "5.74ms"},
		{"too much slower", "p99: +15%", measured(1000, 5770*time.Microsecond, 0), posture.Fail, "5.77ms"},
		{"nobody answers", "p99: +15%", measured(900, 5*ms, 100), posture.Fail, "no answer"},
		{"another rate", "p99: +15%", other, posture.Unknown, "of another rate"},
		{"another phase", "p99: +15%", renamed, posture.Unknown, `no phase "x"`},
		{"too few calls", "p50: +1%", measured(1, 5*ms, 999), posture.Fail, "no answer"},
	}
	for _, tt := range tests {
		p := parse(t, "rate: 100/s\nduration: 10s\nbaseline: {file: "+file+", "+tt.limits+"}\n")
		e := evidence(tt.m)
		if e.Baseline, err = p.Earlier(); err != nil {
			t.Fatal(err)
		}
		got := p.Judge(e)
		if len(got) != 1 || got[0].Verdict != tt.want || !strings.Contains(got[0].Measured+"|"+got[0].Why, tt.says) {
			t.Errorf("%s: %+v, want %s, %s", tt.name, got, tt.want, tt.says)
		}
	}
	for name, text := range map[string]string{"no JSON": "x", "another report": `{"version": 1}`, "a later version": strings.Replace(string(data), `"version": 1`, `"version": 2`, 1)} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := parse(t, least+"baseline: {file: "+file+", p99: 1%}\n").Earlier(); err == nil {
			t.Errorf("%s is taken for a baseline", name)
		}
	}
	if _, err := parse(t, least+"baseline: {file: no/such, p99: 1%}\n").Earlier(); err == nil {
		t.Error("no baseline is taken for one")
	}
}

func TestText(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "0s", 999: "999ns", 12_345: "12.3µs", 1_234_567: "1.23ms", 15 * ms: "15ms", 61_234 * ms: "1m1.2s", load.Never: "no answer"} {
		if got := Text(d); got != want {
			t.Errorf("%d: %s, want %s", d, got, want)
		}
	}
}
