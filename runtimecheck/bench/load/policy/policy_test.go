package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
)

// least is a policy with as little as there can be.
const least = "rate: 100/s\nduration: 10s\npass: {p99: 10ms}\n"

func parse(t *testing.T, text string) *Policy {
	t.Helper()
	p, err := Parse("dir/p.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParse(t *testing.T) {
	p := parse(t, `
target: {url: "http://127.0.0.1/", status: [200, 404], headers: {A: b}, body-file: body.json, http: h2c}
hosts: [example.com]
rate: 30/m
duration: 1m30s
warmup: 5s
arrivals: poisson
seed: 3
timeout: 2s
in-flight: 7
interval: 500ms
pass: {p99.9: 20ms, max: 1s, errors: 0.5%, throughput: 99%, cpu: 65%, rss: 1.5GiB, stop: 5s}
baseline: {file: /b.json, p99: +15%}
`)
	if p.Rate.From != 0.5 || p.Duration != Duration(90*time.Second) || *p.Pass.P999 != Duration(20*time.Millisecond) || !p.Pass.Errors.Percent ||
		p.Pass.Errors.Share != 0.005 || *p.Pass.CPU != 0.65 || *p.Pass.RSS != 3<<29 || *p.Baseline.P99 != 0.15 || len(p.Target.Status) != 2 {
		t.Errorf("%+v", p)
	}
	if p.Path(p.Target.BodyFile) != "dir/body.json" || p.Path("/b") != "/b" || p.Path("") != "" {
		t.Errorf("%s", p.Path(p.Target.BodyFile))
	}
	plan := p.Plan()
	if plan.Arrivals != load.Poisson || plan.Seed != 3 || plan.Timeout != 2*time.Second || plan.MaxInFlight != 7 || plan.Interval != 500*time.Millisecond {
		t.Errorf("%+v", plan)
	}
	if err := plan.Valid(); err != nil {
		t.Error(err)
	}
}

func TestPlan(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"constant", least, "steady 100-100 10s"},
		{"a warm-up", least + "warmup: 2s\n", "(warm-up 100-100 2s) steady 100-100 10s"},
		{"a ramp", "rate: 0/s to 50/s\nduration: 4s\npass: {p99: 1s}\n", "steady 0-50 4s"},
		{"one burst", least + "burst: {times: 3, for: 2s}\n", "steady 100-100 5s, burst 300-300 2s, steady 100-100 3s"},
		{"bursts", least + "burst: {times: 2, for: 1s, every: 3s}\n",
			"steady 100-100 3s, burst 200-200 1s, steady 100-100 2s, burst 200-200 1s, steady 100-100 3s"}, // one at 9 s would end with the load
		{"phases", "phases: [{name: a, rate: 1/s, for: 2s}, {name: b, rate: 1/s to 9/s, for: 3s, pass: {p50: 1s}}]\nwarmup: 1s\n",
			"(warm-up 1-1 1s) a 1-1 2s, b 1-9 3s"},
	}
	for _, tt := range tests {
		var all []string
		warm := ""
		plan := parse(t, tt.text).Plan()
		for _, ph := range plan.Phases {
			text := fmt.Sprintf("%s %g-%g %v", ph.Name, ph.From, ph.To, ph.For)
			if ph.Warmup {
				warm = "(" + text + ") "
				continue
			}
			all = append(all, text)
		}
		if got := warm + strings.Join(all, ", "); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.name, got, tt.want)
		}
	}
	long := parse(t, "rate: 1/s\nduration: 60m\nburst: {times: 3, for: 10s, every: 60s}\npass: {p99: 1s}\n").Plan()
	if n := len(long.Phases); n != 119 || long.Duration() != time.Hour {
		t.Errorf("an hour of bursts each minute is %d phases, %v long", n, long.Duration())
	}
}

func TestLimits(t *testing.T) {
	p := parse(t, least+"burst: {times: 2, for: 1s, pass: {p99: 20ms, errors: 3}}\n")
	if l := p.limits(SteadyName); *l.P99 != Duration(10*time.Millisecond) || l.Errors != nil {
		t.Errorf("steady: %+v", l)
	}
	if l := p.limits(BurstName); *l.P99 != Duration(20*time.Millisecond) || l.Errors.Count != 3 {
		t.Errorf("burst: %+v", l)
	}
	p = parse(t, "phases: [{name: a, rate: 1/s, for: 2s}, {name: b, rate: 1/s, for: 3s, pass: {p50: 1s}}]\npass: {p50: 2s}\n")
	if *p.limits("a").P50 != Duration(2*time.Second) || *p.limits("b").P50 != Duration(time.Second) {
		t.Errorf("%+v", p)
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "it has no rate"},
		{"no YAML", "rate: [\n", "p.yml: yaml: line"},
		{"a second document", least + "---\na: b\n", "something behind the policy"},
		{"an unknown key", least + "durration: 5s\n", `p.yml:4: there is no key "durration" here`},
		{"an unknown key within", "rate: 1/s\nduration: 1s\npass:\n  p98: 5ms\n", `p.yml:4: there is no key "p98" here`},
		{"a key twice", least + "rate: 5/s\n", `already defined at line 1`},
		{"two faults", "rate: x\nduration: 5\npass: {p99: 1s}\n", "p.yml:1: \"x\" is no rate: write 500/s, 30/m, or 100/s to 500/s for one that grows\np.yml:2: \"5\" is no duration"},
		{"a rate without a unit", "rate: 500\nduration: 5s\npass: {p99: 1s}\n", `"500" is no rate`},
		{"a rate that is no number", "rate: NaN/s\nduration: 5s\npass: {p99: 1s}\n", "is no rate"},
		{"too high a rate", "rate: 1e9/s\nduration: 5s\npass: {p99: 1s}\n", "its rate goes from"},
		{"no duration", "rate: 5/s\npass: {p99: 1s}\n", "it has no duration"},
		{"a negative duration", "rate: 5/s\nduration: -5s\npass: {p99: 1s}\n", "is no duration"},
		{"nothing where a value belongs", "rate: 5/s\nduration: 5s\npass: {p99: [1s]}\n", "a value is missing"},
		{"nothing to pass by", "rate: 5/s\nduration: 5s\n", "nothing to pass by"},
		{"a share without a sign", "rate: 5/s\nduration: 5s\npass: {cpu: 65}\n", `"65" is no percentage`},
		{"errors", "rate: 5/s\nduration: 5s\npass: {errors: few}\n", `"few" is no number of errors`},
		{"a size", "rate: 5/s\nduration: 5s\npass: {rss: 5MB}\n", `"5MB" is no size`},
		{"a status", least + "target: {status: ok}\n", "a status is a number"},
		{"two bodies", least + "target: {body: a, body-file: b}\n", "body and body-file"},
		{"a protocol", least + "target: {http: h3}\n", `http is "h3"`},
		{"arrivals", least + "arrivals: bursty\n", `arrivals are "bursty"`},
		{"phases and a rate", least + "phases: [{name: a, rate: 1/s, for: 1s}]\n", "in place of rate"},
		{"a phase without a name", "phases: [{rate: 1/s, for: 1s}]\npass: {p99: 1s}\n", "no name"},
		{"a phase of a name that is taken", "phases: [{name: warm-up, rate: 1/s, for: 1s}]\npass: {p99: 1s}\n", "bears the name"},
		{"two limits for one name", "phases: [{name: a, rate: 1/s, for: 1s}, {name: a, rate: 1/s, for: 1s, pass: {p50: 1s}}]\n", "judged as one"},
		{"a burst of a ramp", "rate: 1/s to 5/s\nduration: 9s\nburst: {times: 3, for: 1s}\npass: {p99: 1s}\n", "multiplies a rate that is constant"},
		{"a burst without a factor", least + "burst: {for: 1s}\n", "times is 0"},
		{"a burst without a time", least + "burst: {times: 2}\n", "has no for"},
		{"a burst to the end", least + "burst: {times: 2, for: 5s}\n", "leaves nothing after it"},
		{"a burst all the time", least + "burst: {times: 2, for: 5s, every: 4s}\n", "is no burst"},
		{"a burst too late", least + "burst: {times: 2, for: 5s, every: 6s}\n", "does not end within 10s"},
		{"too many bursts", "rate: 5/s\nduration: 700h\nburst: {times: 2, for: 1ms, every: 2ms}\npass: {p99: 1s}\n", "more than 10000"},
		{"recovery from nothing", "rate: 5/s\nduration: 5s\npass: {recovery: 1s}\n", `no phase "burst"`},
		{"recovery from the last phase", "phases: [{name: a, rate: 1/s, for: 1s}, {name: b, rate: 1/s, for: 1s}]\npass: {recovery: 1s}\nrecovery: {after: b}\n", `no phase "b" with another behind it`},
		{"a recovery that nothing requires", least + "recovery: {factor: 2}\n", "nothing requires it"},
		{"a recovery to less than normal", least + "burst: {times: 2, for: 1s}\nrecovery: {factor: 0.5}\n", "must be 1 or more"},
		{"a baseline of no file", least + "baseline: {p99: 5%}\n", "names no file"},
		{"a baseline of nothing", least + "baseline: {file: a}\n", "limits nothing"},
		{"connections", least + "target: {connections: -1}\n", "connections is -1"},
	}
	for _, tt := range tests {
		_, err := Parse("p.yml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
	}
	if _, err := Load("no/such/file"); err == nil {
		t.Error("a policy that is not there is read")
	}
}

// Whatever is read without a fault is a plan that can run, and of a bounded size.
func FuzzParse(f *testing.F) {
	f.Add([]byte(least))
	f.Add([]byte(least + "burst: {times: 3, for: 1s, every: 2s, pass: {p95: 1ms}}\nwarmup: 1s\n"))
	f.Add([]byte("phases: [{name: a, rate: 1/s to 5/s, for: 1s, pass: {errors: 1%}}]\n"))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("rate: 1/s\nduration: 1s\npass: {rss: 1GiB, cpu: 1e300%}\nbaseline: {file: a, p99: +5%}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("p.yml", data)
		if err != nil {
			return
		}
		plan := p.Plan()
		if err := plan.Valid(); err != nil {
			t.Errorf("%v", err)
		}
		if len(plan.Phases) > 3*mostBursts && len(p.Phases) == 0 {
			t.Errorf("%d phases", len(plan.Phases))
		}
		for _, ph := range plan.Phases {
			p.limits(ph.Name)
		}
		if p.hold() < 0 {
			t.Error("hold is negative")
		}
	})
}
