package engine

import (
	"fmt"
	"sync"
	"time"
)

// A tracker knows how far a run has come.
type tracker struct {
	mu        sync.Mutex
	asked     packageSet // nil until it is known
	announced []string   // import paths of units, analysed or replayed
	begun     chan struct{}
	once      sync.Once
}

func newTracker() *tracker { return &tracker{begun: make(chan struct{})} }

// started is closed when the first unit is announced, or when none will be.
func (t *tracker) started() <-chan struct{} { return t.begun }

func (t *tracker) start() { t.once.Do(func() { close(t.begun) }) }

func (t *tracker) announce(path string) {
	t.start()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.announced = append(t.announced, path)
}

func (t *tracker) ask(s packageSet) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = s
}

// status says how far the run has come, given the import paths of the units that
// were analysed so far.
func (t *tracker) status(fresh map[string]bool) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	done := make(map[string]bool)
	cached := 0
	for _, unit := range t.announced {
		p, ok := t.asked.of(unit)
		if !ok || done[p.path] {
			continue
		}
		done[p.path] = true
		if !fresh[unit] {
			cached++
		}
	}
	total := t.asked.withFiles()
	switch {
	case total == 0:
		return fmt.Sprintf("%d packages analysed", len(fresh))
	case len(done) == 0:
		return fmt.Sprintf("0 of %d packages done, %d that they import analysed", total, len(fresh))
	default:
		return fmt.Sprintf("%d of %d packages done (%d cached), %d left", len(done), total, cached, max(total-len(done), 0))
	}
}

const (
	progressDelay  = time.Second // a run that is over sooner needs no progress
	progressPeriod = 200 * time.Millisecond
)

// show has tell say how far the run has come, until the function that it returns
// is called.
func (t *tracker) show(tell func(status string), progressFile string) (stop func()) {
	if tell == nil {
		return func() {}
	}
	quit := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		select {
		case <-quit:
			return
		case <-time.After(progressDelay):
		}
		tick := time.NewTicker(progressPeriod)
		defer tick.Stop()
		for {
			if fresh, err := readProgress(progressFile); err == nil {
				tell(t.status(fresh))
			}
			select {
			case <-quit:
				tell("")
				return
			case <-tick.C:
			}
		}
	})
	return func() {
		close(quit)
		wg.Wait()
	}
}
