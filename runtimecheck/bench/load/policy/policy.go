package policy

import (
	"fmt"
	"os"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
)

// A Policy is what a file says.
type Policy struct {
	File string `yaml:"-"`

	Target  Target   `yaml:"target"`
	Command Command  `yaml:"command"`
	Hosts   []string `yaml:"hosts"` // that may be called besides this machine

	Rate     Rate     `yaml:"rate"`
	Duration Duration `yaml:"duration"`
	Warmup   Duration `yaml:"warmup"`
	Phases   []Phase  `yaml:"phases"` // in place of rate and duration
	Burst    *Burst   `yaml:"burst"`

	Arrivals load.Arrivals `yaml:"arrivals"`
	Seed     uint64        `yaml:"seed"`
	Timeout  Duration      `yaml:"timeout"`
	InFlight int           `yaml:"in-flight"`
	Interval Duration      `yaml:"interval"`

	Recovery Recovery  `yaml:"recovery"`
	Pass     Pass      `yaml:"pass"`
	Baseline *Baseline `yaml:"baseline"`
}

// A Target is what is called. Scheme grpc or grpcs in URL is a method of a gRPC service.
type Target struct {
	URL      string            `yaml:"url"`
	Method   string            `yaml:"method"`
	Headers  map[string]string `yaml:"headers"`
	Body     string            `yaml:"body"`
	BodyFile string            `yaml:"body-file"` // relative to the policy
	Status   Statuses          `yaml:"status"`
	HTTP     string            `yaml:"http"`
	CA       string            `yaml:"ca"` // file, relative to the policy
	Insecure bool              `yaml:"insecure"`
	// Connections are those of gRPC; HTTP makes as many as there are calls.
	Connections int `yaml:"connections"`
}

// A Command is about the service that lagvet starts.
type Command struct {
	Ready  string   `yaml:"ready"`  // URL that is answered with 2xx once it is; empty: the target
	Within Duration `yaml:"within"` // in which it must become so
}

// A Phase is a part of the load.
type Phase struct {
	Name string   `yaml:"name"`
	Rate Rate     `yaml:"rate"`
	For  Duration `yaml:"for"`
	Pass Limits   `yaml:"pass"`
}

// A Burst multiplies the rate now and then.
type Burst struct {
	Times float64  `yaml:"times"`
	For   Duration `yaml:"for"`
	Every Duration `yaml:"every"` // 0: once, in the middle
	Pass  Limits   `yaml:"pass"`
}

// Recovery says when a service has recovered.
type Recovery struct {
	After  string   `yaml:"after"`  // name of the phase; empty: burst
	To     Duration `yaml:"to"`     // P95 of an interval; 0: Factor of what was normal before
	Factor float64  `yaml:"factor"` // 0: DefaultFactor
	Hold   Duration `yaml:"hold"`   // for which it must stay so; 0: DefaultHold
}

// When a service counts as recovered, if a policy does not say. They are choices: clearly
// more than normal is not recovered yet, and one good second may be chance.
const (
	DefaultFactor = 1.5
	DefaultHold   = 3 * time.Second
)

// Limits are what must hold in a phase; nil is no limit.
type Limits struct {
	P50        *Duration `yaml:"p50"`
	P90        *Duration `yaml:"p90"`
	P95        *Duration `yaml:"p95"`
	P99        *Duration `yaml:"p99"`
	P999       *Duration `yaml:"p99.9"`
	P9999      *Duration `yaml:"p99.99"`
	Max        *Duration `yaml:"max"`
	Errors     *Errors   `yaml:"errors"`
	Throughput *Percent  `yaml:"throughput"`
	CPU        *Percent  `yaml:"cpu"`
}

// Pass is what must hold in every phase that does not say otherwise, and in the run.
type Pass struct {
	Limits   `yaml:",inline"`
	Recovery *Duration `yaml:"recovery"`
	RSS      *Bytes    `yaml:"rss"`
	Stop     *Duration `yaml:"stop"`
}

// A Baseline is a report of an earlier run, and by how much percentiles may be above it.
type Baseline struct {
	File string   `yaml:"file"` // relative to the policy
	P50  *Percent `yaml:"p50"`
	P95  *Percent `yaml:"p95"`
	P99  *Percent `yaml:"p99"`
	P999 *Percent `yaml:"p99.9"`
}

// Names of the phases that a policy does not name itself.
const (
	WarmupName = "warm-up"
	SteadyName = "steady"
	BurstName  = "burst"
)

// Load reads a policy from a file.
func Load(file string) (*Policy, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	return Parse(file, data)
}

// Plan returns the load of the policy, which is valid.
func (p *Policy) Plan() load.Plan {
	plan := load.Plan{
		Arrivals: p.Arrivals, Seed: p.Seed, Timeout: time.Duration(p.Timeout),
		MaxInFlight: p.InFlight, Interval: time.Duration(p.Interval),
	}
	if p.Warmup > 0 {
		rate := p.Rate
		if len(p.Phases) > 0 {
			rate = p.Phases[0].Rate
		}
		plan.Phases = append(plan.Phases, load.Phase{Name: WarmupName, From: rate.From, To: rate.From, For: time.Duration(p.Warmup), Warmup: true})
	}
	for _, ph := range p.Phases {
		plan.Phases = append(plan.Phases, load.Phase{Name: ph.Name, From: ph.Rate.From, To: ph.Rate.To, For: time.Duration(ph.For)})
	}
	if len(p.Phases) == 0 {
		plan.Phases = append(plan.Phases, p.withBursts()...)
	}
	return plan
}

// withBursts returns the phases of a rate, with those in which it is multiplied. A burst
// begins each time that Every has passed, if it ends before the load does, so that what
// follows it can be seen.
func (p *Policy) withBursts() []load.Phase {
	steady := func(d time.Duration) load.Phase {
		return load.Phase{Name: SteadyName, From: p.Rate.From, To: p.Rate.To, For: d}
	}
	all := time.Duration(p.Duration)
	if p.Burst == nil {
		return []load.Phase{steady(all)}
	}
	rate, long := p.Rate.From*p.Burst.Times, time.Duration(p.Burst.For)
	burst := load.Phase{Name: BurstName, From: rate, To: rate, For: long}
	every := time.Duration(p.Burst.Every)
	if every == 0 {
		return []load.Phase{steady(all / 2), burst, steady(all - all/2 - long)}
	}
	phases := []load.Phase{steady(every)}
	at := every
	for ; at+long < all; at += every {
		if at > every {
			phases = append(phases, steady(every-long))
		}
		phases = append(phases, burst)
	}
	return append(phases, steady(all-(at-every)-long))
}

// limits returns what must hold in a phase.
func (p *Policy) limits(phase string) Limits {
	l := p.Pass.Limits
	if phase == BurstName && p.Burst != nil {
		return l.with(p.Burst.Pass)
	}
	for _, ph := range p.Phases {
		if ph.Name == phase {
			return l.with(ph.Pass)
		}
	}
	return l
}

// with returns the limits of l, and of more in their place.
func (l Limits) with(more Limits) Limits {
	return Limits{
		P50: either(more.P50, l.P50), P90: either(more.P90, l.P90), P95: either(more.P95, l.P95), P99: either(more.P99, l.P99),
		P999: either(more.P999, l.P999), P9999: either(more.P9999, l.P9999), Max: either(more.Max, l.Max),
		Errors: either(more.Errors, l.Errors), Throughput: either(more.Throughput, l.Throughput), CPU: either(more.CPU, l.CPU),
	}
}

func either[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}
