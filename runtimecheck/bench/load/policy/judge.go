package policy

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/load"
	"github.com/lagvet/lagvet/runtimecheck/bench/load/process"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A Limit is what one limit of a policy comes to.
type Limit struct {
	Phase    string          `json:"phase,omitempty"` // empty: of the whole run
	What     string          `json:"what"`            // the key in the policy: "p95", "errors"
	Verdict  posture.Verdict `json:"verdict"`         // PASS, FAIL, UNKNOWN, or NOT_APPLICABLE
	Required string          `json:"required"`        // "at most 15ms"
	Measured string          `json:"measured"`        // "12.1ms"; empty if nothing was
	Why      string          `json:"why,omitempty"`   // of a verdict that the two do not explain
	Mend     string          `json:"mend,omitempty"`  // what to do
}

// Evidence is what a run is judged by.
type Evidence struct {
	Result *load.Result

	Usage   *process.Usage // of the service's process, or nil
	NoUsage string         // why there is none

	Stop   *Stop  // how the command stopped when it was asked to, or nil
	NoStop string // why that is not known

	// Died says how a command ended of itself while it was loaded; empty if it did not.
	Died string

	Baseline *Earlier // nil if the policy has none
}

// A Stop is how a command ended.
type Stop struct {
	Took   time.Duration // from the signal until it had ended, or was killed
	Killed bool          // it had to be
}

// Judge says of each limit of the policy whether it was kept.
func (p *Policy) Judge(e Evidence) []Limit {
	j := &judge{Policy: p, Evidence: e}
	if e.Died != "" {
		j.all = append(j.all, Limit{
			What: "command", Verdict: posture.Fail, Required: "runs to the end", Measured: e.Died,
			Why: "a service that ends under load answers nobody", Mend: "see what it printed last",
		})
	}
	for _, m := range e.Result.Phases {
		if !m.Warmup {
			j.phase(m)
		}
	}
	j.recovery()
	j.rss()
	j.stop()
	if e.Result.Ended != nil {
		j.cut()
	}
	return j.all
}

// Verdict is what limits come to: UNKNOWN wins over FAIL, as in docs/exit-codes.md.
func Verdict(limits []Limit) posture.Verdict {
	for _, v := range []posture.Verdict{posture.Unknown, posture.Fail, posture.Pass} {
		if slices.ContainsFunc(limits, func(l Limit) bool { return l.Verdict == v }) {
			return v
		}
	}
	return posture.Unknown // nothing was judged
}

type judge struct {
	*Policy
	Evidence
	all []Limit
}

func (j *judge) add(l Limit) { j.all = append(j.all, l) }

// phase judges what must hold in a phase.
func (j *judge) phase(m *load.Measured) {
	limits := j.limits(m.Name)
	for _, q := range []struct {
		key   string
		p     float64
		limit *Duration
	}{
		{"p50", 50, limits.P50}, {"p90", 90, limits.P90}, {"p95", 95, limits.P95}, {"p99", 99, limits.P99},
		{"p99.9", 99.9, limits.P999}, {"p99.99", 99.99, limits.P9999},
	} {
		if q.limit != nil {
			j.add(j.percentile(m, q.key, q.p, *q.limit))
		}
	}
	if limits.Max != nil {
		j.add(j.max(m, *limits.Max))
	}
	if limits.Errors != nil {
		j.add(j.errors(m, *limits.Errors))
	}
	if limits.Throughput != nil {
		j.add(j.throughput(m, *limits.Throughput))
	}
	if limits.CPU != nil {
		j.add(j.cpu(m, *limits.CPU))
	}
	if j.Evidence.Baseline != nil {
		j.baseline(m)
	}
}

const (
	keepUp = "run lagvet on a machine of its own or with more CPUs, raise in-flight: and the limit on open files, or lower the rate"
	longer = "let the phase last longer"
)

// percentile judges a percentile. Its figure holds the generator's own delay, so one that
// is low enough is so without it too; one that is too high may be the generator's.
func (j *judge) percentile(m *load.Measured, key string, q float64, limit Duration) Limit {
	l := Limit{Phase: m.Name, What: key, Required: "at most " + limit.String()}
	d, err := m.Latency.Percentile(q)
	if err != nil {
		return l.unknown(err.Error(), longer)
	}
	l.Measured = Text(d)
	if why := m.Doubt(); why != "" {
		return l.unknown(why, keepUp)
	}
	l = l.judged(d <= time.Duration(limit))
	if why := m.Late(q); l.Verdict == posture.Fail && why != "" {
		return l.unknown(why, keepUp)
	}
	if d == load.Never {
		l.Why = fmt.Sprintf("%d of %d calls failed, and count as slower than any other", m.Latency.Failed(), m.Latency.Count())
	}
	return l
}

func (j *judge) max(m *load.Measured, limit Duration) Limit {
	l := Limit{Phase: m.Name, What: "max", Required: "at most " + limit.String(), Measured: Text(m.Latency.Max())}
	switch {
	case m.Doubt() != "":
		return l.unknown(m.Doubt(), keepUp)
	case m.Latency.Count() == 0:
		l.Measured = ""
		return l.unknown("there was no call", longer)
	case m.Errors() > 0:
		l.Measured = Text(load.Never)
		l.Why = fmt.Sprintf("%d calls failed", m.Errors())
	}
	l = l.judged(m.Errors() == 0 && m.Latency.Max() <= time.Duration(limit))
	if late := m.Lag.Max(); l.Verdict == posture.Fail && m.Errors() == 0 && m.Latency.Max()-late <= time.Duration(limit) {
		return l.unknown(fmt.Sprintf("the generator sent a call %v late", Text(late)), keepUp)
	}
	return l
}

func (j *judge) errors(m *load.Measured, limit Errors) Limit {
	n := m.Latency.Count()
	l := Limit{Phase: m.Name, What: "errors", Required: "at most " + limit.String(), Measured: fmt.Sprintf("%d of %d calls", m.Errors(), n)}
	if why := m.Doubt(); why != "" {
		return l.unknown(why, keepUp)
	}
	if n == 0 {
		return l.unknown("there was no call", longer)
	}
	share := float64(m.Errors()) / float64(n)
	if limit.Percent {
		l.Measured += " (" + Percent(share).String() + ")"
		return l.judged(share <= limit.Share)
	}
	return l.judged(m.Errors() <= limit.Count)
}

func (j *judge) throughput(m *load.Measured, limit Percent) Limit {
	l := Limit{Phase: m.Name, What: "throughput", Required: "at least " + limit.String() + " of the rate"}
	if m.Due == 0 {
		return l.unknown("there was no call", longer)
	}
	share := Percent(float64(m.InTime) / float64(m.Due))
	l.Measured = fmt.Sprintf("%v (%.1f/s of %.1f/s)", share, m.Throughput(), m.Rate())
	if why := m.Doubt(); why != "" {
		return l.unknown(why, keepUp)
	}
	l = l.judged(share >= limit)
	// What was sent late is answered late: after the end of a phase it counts no more.
	late := Percent(m.Lag.Max().Seconds() / shortest(m).Seconds())
	if l.Verdict == posture.Fail && share+late >= limit {
		return l.unknown(fmt.Sprintf("the generator sent calls up to %v late, and what is answered after the phase does not count", Text(m.Lag.Max())), keepUp+", or "+longer)
	}
	return l
}

// shortest is the length of the shortest phase of the name.
func shortest(m *load.Measured) time.Duration {
	least := m.For()
	for _, s := range m.Spans {
		least = min(least, s.For())
	}
	return least
}

func (j *judge) cpu(m *load.Measured, limit Percent) Limit {
	l := Limit{Phase: m.Name, What: "cpu", Required: "at most " + limit.String()}
	if j.Usage == nil {
		return l.unknown(j.NoUsage, "let lagvet start the service, or name its process with --pid")
	}
	part, err := cpuShare(j.Evidence, m)
	if err != nil {
		return l.unknown("the CPU time of the service is not known: "+err.Error(), "")
	}
	share := Percent(part)
	l.Measured = fmt.Sprintf("%v of %.4g CPUs", share, j.Usage.CPUs)
	l = l.judged(share <= limit)
	if l.Verdict == posture.Pass && j.Usage.Hidden != "" {
		return l.unknown("it may have fewer CPUs: "+j.Usage.Hidden, "run lagvet where the groups can be seen")
	}
	return l
}

// cpuShare is the part of its CPUs that the service used in the phases of a name.
func cpuShare(e Evidence, m *load.Measured) (float64, error) {
	var used, long float64
	for _, s := range m.Spans {
		share, err := e.Usage.CPUShare(e.Result.Begin.Add(s.Start), e.Result.Begin.Add(s.End))
		if err != nil {
			return 0, err
		}
		used += share * s.For().Seconds()
		long += s.For().Seconds()
	}
	if long == 0 {
		return 0, errors.New("the phase was not reached")
	}
	return used / long, nil
}

// unknown returns the limit, of which nothing can be said.
func (l Limit) unknown(why, mend string) Limit {
	l.Verdict, l.Why, l.Mend = posture.Unknown, why, mend
	return l
}

func (l Limit) judged(kept bool) Limit {
	l.Verdict = posture.Fail
	if kept {
		l.Verdict = posture.Pass
	}
	return l
}

// recovery judges the time until latency was normal again after a burst: the longest.
func (j *judge) recovery() {
	if j.Pass.Recovery == nil {
		return
	}
	limit := time.Duration(*j.Pass.Recovery)
	l := Limit{What: "recovery", Required: "at most " + limit.String()}
	c, why := j.criterion()
	if why != "" {
		j.add(l.unknown(why, "say with recovery: {to: 15ms} what is normal"))
		return
	}
	all := j.Result.Recoveries(j.burstName(), c)
	if len(all) == 0 {
		j.add(l.unknown("no burst was followed by anything", ""))
		return
	}
	if few := j.fewCalls(); few != "" {
		j.add(l.unknown(few, "raise the rate, or the interval"))
		return
	}
	var longest time.Duration
	for _, r := range all {
		if r.Recovered {
			longest = max(longest, r.Took)
			continue
		}
		l.Measured = fmt.Sprintf("not within %v", r.Watched)
		l.Why = fmt.Sprintf("P95 did not come down to %v after the burst that ended %v after the beginning", Text(c.Within), r.Burst.End)
		if r.Watched < limit {
			l = l.unknown(l.Why+", and was not watched for long enough", "let more time pass after each burst")
		} else {
			l.Verdict = posture.Fail
		}
		j.add(l)
		return
	}
	l.Measured = fmt.Sprintf("%v until P95 was at most %v", longest, Text(c.Within))
	j.add(l.judged(longest <= limit))
}

// criterion returns what counts as recovered, or why that is not known.
func (j *judge) criterion() (c load.Criterion, why string) {
	c = load.Criterion{Within: time.Duration(j.Recovery.To), Hold: j.hold()}
	if c.Within > 0 {
		return c, ""
	}
	normal, ok := j.Result.Before(j.burstName())
	switch {
	case !ok:
		return c, "there are fewer than three intervals before the burst to tell what is normal"
	case normal == load.Never:
		return c, "before the burst too many calls failed to tell what is normal"
	}
	factor := j.Recovery.Factor
	if factor == 0 {
		factor = DefaultFactor
	}
	c.Within = time.Duration(float64(normal) * factor)
	return c, ""
}

// fewCalls says that the intervals have too few calls for a P95, or "".
func (j *judge) fewCalls() string {
	const p = 95
	for _, in := range j.Result.Series {
		whole := in.For() == j.Result.Plan.Interval || j.Result.Plan.Interval == 0 && in.For() == load.DefaultInterval
		if whole && in.Due < load.Needed(p) {
			return fmt.Sprintf("in %v there are %d calls, and P%d takes %d", in.For(), in.Due, p, load.Needed(p))
		}
	}
	return ""
}

func (j *judge) rss() {
	if j.Pass.RSS == nil {
		return
	}
	l := Limit{What: "rss", Required: "at most " + j.Pass.RSS.String()}
	if j.Usage == nil {
		j.add(l.unknown(j.NoUsage, "let lagvet start the service, or name its process with --pid"))
		return
	}
	most, err := j.Usage.MaxRSS()
	if err != nil {
		j.add(l.unknown("the memory of the service is not known: "+err.Error(), ""))
		return
	}
	l.Measured = Bytes(most).String()
	j.add(l.judged(most <= int64(*j.Pass.RSS)))
}

func (j *judge) stop() {
	if j.Pass.Stop == nil {
		return
	}
	l := Limit{What: "stop", Required: "at most " + j.Pass.Stop.String()}
	switch {
	case j.Died != "":
		l.Verdict, l.Why = posture.NotApplicable, "the command had ended"
	case j.Stop == nil:
		l = l.unknown(j.NoStop, "let lagvet start the service: lagvet bench load --policy FILE -- ./server")
	case j.Stop.Killed:
		l.Verdict, l.Measured = posture.Fail, fmt.Sprintf("still running after %v, and killed", Text(j.Stop.Took))
		l.Mend = "end on SIGTERM: http.Server.Shutdown with a context that has a time limit"
	default:
		l.Measured = Text(j.Stop.Took)
		l = l.judged(j.Stop.Took <= time.Duration(*j.Pass.Stop))
	}
	j.add(l)
}

// cut takes back what an unfinished run cannot say: limits that were kept so far, and
// percentiles that the rest might have mended. Errors stay.
func (j *judge) cut() {
	for i, l := range j.all {
		switch {
		case l.What == "command", l.What == "stop", l.Verdict == posture.NotApplicable:
		case l.Verdict == posture.Fail && l.What == "errors" && !j.limits(l.Phase).Errors.Percent:
		case j.Died != "":
			j.all[i].Verdict, j.all[i].Why, j.all[i].Mend = posture.NotApplicable, "not judged: the command ended before the run did", ""
		default:
			j.all[i] = l.unknown("the run ended before its plan did: "+errText(j.Result.Ended), "let it run to its end")
		}
	}
}

func errText(err error) string {
	if err == nil {
		return "it is not known why"
	}
	return err.Error()
}

// baseline judges percentiles by those of an earlier run.
func (j *judge) baseline(m *load.Measured) {
	b := j.Policy.Baseline
	for _, q := range []struct {
		key   string
		p     float64
		limit *Percent
	}{{"p50", 50, b.P50}, {"p95", 95, b.P95}, {"p99", 99, b.P99}, {"p99.9", 99.9, b.P999}} {
		if q.limit == nil {
			continue
		}
		key := q.key + " against the baseline"
		before, err := j.Evidence.Baseline.percentile(m, q.key)
		if err != nil {
			j.add(Limit{Phase: m.Name, What: key, Required: fmt.Sprintf("at most %v above it", *q.limit)}.unknown(err.Error(), "make a baseline with this policy: lagvet bench load --format json -o FILE"))
			continue
		}
		limit := Duration(float64(before) * (1 + float64(*q.limit)))
		l := j.percentile(m, key, q.p, limit)
		l.Required = fmt.Sprintf("at most %v, %v above %v", Text(time.Duration(limit)), *q.limit, Text(before))
		j.add(l)
	}
}

// errNotThere is the error of a baseline that does not hold a figure.
var errNotThere = errors.New("the baseline does not have it")
