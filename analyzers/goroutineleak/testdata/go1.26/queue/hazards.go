// Package queue has work done by goroutines that are waited for.
package queue

import (
	"context"
	"errors"
	"sync"
	"time"
)

type job struct{ run func() error }

var errEmpty = errors.New("empty")

// Done is missed on the way to an error.
func process(ctx context.Context, jobs []job) {
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() { // want `likely: this goroutine may return without calling Done on wg: whoever waits for the group waits for ever`
			if err := j.run(); err != nil {
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

// It waits in the loop for what the next turns start.
func (q *Queue) initAll(jobs []job) {
	var group sync.WaitGroup
	group.Add(len(jobs))
	for _, j := range jobs {
		go func() {
			defer group.Done()
			j.run()
		}()
		group.Wait() // want `likely: whoever comes here .* waits for the wait group group, and it waits in each turn of the loop`
	}
}

// Nothing counts down.
type Queue struct {
	running sync.WaitGroup
	in      chan job
	stop    chan struct{}
	stopped chan struct{}
}

func (q *Queue) begin() { q.running.Add(1) }

func (q *Queue) drainThen(f func()) {
	go func() { // want `likely: .* waits for the wait group running, and nothing calls Done on it`
		q.running.Wait()
		f()
	}()
}

// Each call starts a worker for a channel that it forgets to close.
func squares(in []int) (sum int) {
	numbers := make(chan int)
	results := make(chan int)
	go func() { // want `likely: .* ranges over numbers, and nothing closes it; each call of squares leaves one behind`
		for n := range numbers {
			results <- n * n
		}
	}()
	for _, n := range in {
		numbers <- n
		sum += <-results
	}
	return sum
}

// Nobody asks any more, for the field is never sent to.
type poller struct {
	kick chan struct{}
	now  chan chan int
}

func newPoller() *poller {
	p := &poller{kick: make(chan struct{}), now: make(chan chan int)}
	go p.once() // want `likely: .* receives from kick, and nothing sends to it or closes it`
	return p
}

func (p *poller) once() {
	<-p.kick
	time.Sleep(time.Second)
}

// The done channel is closed by the loop that waits for it.
type dispatcher struct {
	stop    chan struct{}
	stopped chan struct{}
	handle  func()
}

func newDispatcher() *dispatcher {
	d := &dispatcher{stop: make(chan struct{}), stopped: make(chan struct{})}
	go d.loop() // want `likely: .* receives from stopped, and only what the same goroutine does, or starts, after that would end the wait`
	return d
}

func (d *dispatcher) loop() {
	defer close(d.stopped)
	for {
		select {
		case <-d.stop:
			return
		default:
			if d.handle == nil {
				d.shut()
			}
		}
	}
}

func (d *dispatcher) shut() {
	close(d.stop)
	<-d.stopped
}

// Nothing receives what is sent.
type reporter struct {
	results chan error
}

func newReporter() *reporter {
	r := &reporter{results: make(chan error)}
	go r.run() // want `likely: .* sends to results, and nothing receives from it`
	return r
}

func (r *reporter) run() { r.results <- errEmpty }

// A buffer that nothing empties is full one day.
type recorder struct{ log chan string }

func newRecorder() *recorder { return &recorder{log: make(chan string, 16)} }

func (r *recorder) record(lines []string) {
	go func() { // want `suspected: .* sends to log, and nothing receives from it`
		for _, l := range lines {
			r.log <- l
		}
	}()
}

// The first job is queued before there is anybody who takes it.
type scheduler struct {
	jobs chan job
	wg   sync.WaitGroup
}

func newScheduler(first job) *scheduler {
	s := &scheduler{jobs: make(chan job)}
	go s.start(first) // want `likely: .* sends to jobs, and only what the same goroutine does, or starts, after that would end the wait`
	return s
}

func (s *scheduler) start(first job) {
	s.jobs <- first
	s.wg.Go(func() {
		for j := range s.jobs {
			j.run()
		}
	})
}

func (s *scheduler) Close() { close(s.jobs) }

// The results are received only when all have been sent.
func gather(jobs []job) (errs []error) {
	results := make(chan error)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Add(1)
		go func() {
			defer wg.Done()
			results <- j.run()
		}()
	}
	wg.Wait() // want `likely: whoever comes here .* waits for the wait group wg, and those that it waits for send what is received only after that`
	close(results)
	for err := range results {
		errs = append(errs, err)
	}
	return errs
}

func gatherModern(jobs []job) (errs []error) {
	results := make(chan error)
	var wg sync.WaitGroup
	for _, j := range jobs {
		wg.Go(func() { results <- j.run() })
	}
	wg.Wait() // want `likely: whoever comes here .* waits for the wait group wg, and those that it waits for`
	close(results)
	for err := range results {
		errs = append(errs, err)
	}
	return errs
}

// More is sent than there is a place for.
type crowd struct{ free chan struct{} }

func newCrowd(n, m int) *crowd {
	p := &crowd{free: make(chan struct{}, n)}
	for i := 0; i < m; i++ {
		p.free <- struct{}{} // want `suspected: whoever comes here .* sends to free, and nothing receives from it`
	}
	return p
}

func Crowd(n, m int) int { return cap(newCrowd(n, m).free) }
