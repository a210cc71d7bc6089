package claims

import (
	"context"
	"math"
	"slices"
	"strings"
	"time"
)

// A Claim is what is said of a technique.
type Claim struct {
	ID        string // "map.sharded": its group, a dot, its name
	Technique string // in a few words
	Says      string // what is claimed, with figure and unit, or that there is no figure
	Holds     []Condition
	Disputed  string // why experts doubt it, or what has made it out of date; empty if nothing does
	Why       string // what it is about
	Do        string // what to do about it

	// Effect is the difference in time that is looked for, or how late goroutines may be
	// that have to run at the same time. A machine on which an idle goroutine waits longer
	// than that cannot tell. 0: what is compared is the cost of calls, of which a stall
	// hits few.
	Effect time.Duration

	needs func() error  // an error of unmeasurable where this machine is not made for the bench; nil: it is, or the bench tells
	setup time.Duration // that a bench may take before it measures: building a program
	bench func(context.Context, *run) error
}

// Group returns the part of the ID before the dot.
func (c Claim) Group() string {
	group, _, _ := strings.Cut(c.ID, ".")
	return group
}

// A Condition is what the readings of an arm must show.
type Condition struct {
	Arm     string  `json:"arm"`
	Against string  `json:"against,omitempty"` // another arm: what counts is the ratio to it, round by round
	Beyond  string  `json:"beyond,omitempty"`  // another arm: what counts is the difference to it, round by round
	Unit    string  `json:"unit"`              // of the readings, as in Go benchmarks: "ns/op", "p99-ns/op"
	Claimed float64 `json:"claimed,omitempty"` // the ratio, or the value in the unit; 0: there is no figure
	Min     float64 `json:"min,omitempty"`     // 0: no bound
	Max     float64 `json:"max,omitempty"`     // 0: no bound
}

// apart is the Effect of benches that take all CPUs: an idle goroutine that waits longer
// shows that others want them too.
const apart = time.Millisecond

// half returns the bound for a ratio that is claimed: half of the effect, on a
// logarithmic scale.
func half(ratio float64) float64 { return math.Sqrt(ratio) }

// faster is the condition that a lower ratio is claimed of a cost.
func faster(arm, against, unit string, ratio float64) Condition {
	return Condition{Arm: arm, Against: against, Unit: unit, Claimed: ratio, Max: half(ratio)}
}

// more is the condition that a higher ratio is claimed.
func more(arm, against, unit string, ratio float64) Condition {
	return Condition{Arm: arm, Against: against, Unit: unit, Claimed: ratio, Min: half(ratio)}
}

// less is the condition of a claim without a figure: less than the other arm.
func less(arm, against, unit string) Condition {
	return Condition{Arm: arm, Against: against, Unit: unit, Max: 1}
}

// All returns every claim, by groups.
func All() []Claim {
	return slices.Concat(
		procsClaims(), pinningClaims(), numaClaims(),
		channelClaims(), queueClaims(), selectClaims(), mapClaims(), cachelineClaims(),
		gcClaims(), poolClaims(), deferClaims(), cgoClaims(),
		tickerClaims(), clockClaims(),
		listenerClaims(), tlsClaims(), connectionClaims(),
	)
}

// Groups returns the groups of claims, in their order.
func Groups() []string {
	var groups []string
	for _, c := range All() {
		if !slices.Contains(groups, c.Group()) {
			groups = append(groups, c.Group())
		}
	}
	return groups
}

// Named returns the claim with an ID.
func Named(id string) (Claim, bool) {
	all := All()
	i := slices.IndexFunc(all, func(c Claim) bool { return c.ID == id })
	if i < 0 {
		return Claim{}, false
	}
	return all[i], true
}
