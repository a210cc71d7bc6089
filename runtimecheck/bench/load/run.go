package load

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/lagvet/lagvet/runtimecheck/bench/internal/sleeper"
)

// grace is how long calls may take to come back after their time is over.
const grace = 2 * time.Second

// nap is the longest that the generator sleeps before it looks whether it is to stop.
const nap = 20 * time.Millisecond

// Run calls target as the plan says, and waits until all calls are over. The error is one
// of the plan; a run that ctx ended says so in Ended, with what was measured until then.
func Run(ctx context.Context, target Target, p Plan) (*Result, error) {
	if err := p.Valid(); err != nil {
		return nil, fmt.Errorf("the plan of the load: %w", err)
	}
	g := &generator{
		target: target, plan: p, recorder: newRecorder(p), most: p.InFlight(), work: make(chan *call),
	}
	before := readPauses()
	g.begin = time.Now()
	until := g.dispatch(ctx)
	close(g.work)
	g.wait()
	stuck := g.recorder.close()

	r := g.recorder.result(until)
	r.Begin, r.Took = g.begin, time.Since(g.begin)
	abandoned := slices.ContainsFunc(r.Phases, func(m *Measured) bool { return m.Abandoned > 0 })
	if until < p.Duration() || abandoned {
		r.Ended = context.Cause(ctx)
	}
	r.Generator = Generator{Lag: g.recorder.lag, Wake: g.wake, Workers: g.workers, Stuck: stuck}
	for _, m := range r.Phases {
		r.Generator.Unsent += m.Unsent
	}
	r.Generator.GCPauses, r.Generator.GCPauseMax = readPauses().since(before)
	return r, g.recorder.err
}

// A generator sends calls when they are due.
type generator struct {
	target   Target
	plan     Plan
	recorder *recorder
	begin    time.Time

	work    chan *call // to workers that wait
	workers int
	most    int // of them
	all     sync.WaitGroup
	wake    Latencies
}

// dispatch sends calls until the plan is at its end or ctx is done, and returns when that
// was.
func (g *generator) dispatch(ctx context.Context) time.Duration {
	s := sleeper.New()
	defer s.Close()
	calls := newSchedule(g.plan)
	for {
		due, in, ok := calls.call()
		if !ok {
			due = g.plan.Duration() // the last phase ends with its time, not with its last call
		}
		if g.sleep(ctx, s, due, ok) != nil {
			return min(time.Since(g.begin), g.plan.Duration())
		}
		if !ok {
			return due
		}
		g.send(ctx, g.recorder.due(due, in))
	}
}

// sleep waits until a time of the run. It notes by how much it overslept if a call was
// due then.
func (g *generator) sleep(ctx context.Context, s sleeper.Sleeper, until time.Duration, call bool) error {
	slept := false
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		left := until - time.Since(g.begin)
		if left <= 0 {
			if slept && call {
				g.wake.record(-left)
			}
			return nil
		}
		s.Sleep(min(left, nap))
		slept = true
	}
}

// send gives a call to a worker that waits, or to a new one.
func (g *generator) send(ctx context.Context, c *call) {
	select {
	case g.work <- c:
		return
	default:
	}
	if g.workers == g.most {
		g.recorder.unsent(c)
		return
	}
	g.workers++
	g.all.Add(1)
	go g.worker(ctx, c)
}

// worker makes a call, and those that it is given after it.
func (g *generator) worker(ctx context.Context, c *call) {
	defer g.all.Done()
	g.do(ctx, c)
	for c := range g.work {
		g.do(ctx, c)
	}
}

// do makes a call.
func (g *generator) do(ctx context.Context, c *call) {
	sent := time.Since(g.begin)
	limited, cancel := context.WithTimeout(ctx, g.plan.timeout())
	err := g.target.Do(limited)
	done := time.Since(g.begin)
	cancel()
	if err != nil && ctx.Err() != nil {
		g.recorder.abandoned(c)
		return
	}
	g.recorder.answered(c, sent, done, err)
}

// wait waits for the calls under way, and gives up those that do not come back.
func (g *generator) wait() {
	over := make(chan struct{})
	go func() {
		g.all.Wait()
		close(over)
	}()
	select {
	case <-over:
	case <-time.After(g.plan.timeout() + grace):
	}
}
