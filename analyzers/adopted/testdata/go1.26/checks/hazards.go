// Package checks has a hazard, and a trap, for each adopted check.
package checks

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type server struct {
	mu    sync.Mutex
	state sync.RWMutex
	pool  sync.Pool
	n     uint64
	names map[string]int
	file  *os.File
}

func (s *server) lost(ctx context.Context, quick bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second) // want `^lostcancel likely: the cancel function is not used on all paths .* ← this return statement may be reached without using the cancel var`
	if quick {
		return ctx.Err()
	}
	defer cancel()
	return s.work(ctx)
}

func (s *server) work(ctx context.Context) error { return ctx.Err() }

func (s server) copied() int { // want `^copylocks likely: copied passes lock by value`
	return len(s.names)
}

func (s *server) snapshot() *server {
	t := *s // want `^copylocks likely: assignment copies lock value to t`
	return &t
}

func (s *server) adds(jobs []func()) {
	var wg sync.WaitGroup
	for _, job := range jobs {
		go func() {
			wg.Add(1) // want `^waitgroup likely: WaitGroup.Add called from inside new goroutine`
			defer wg.Done()
			job()
		}()
	}
	wg.Wait()
}

func (s *server) counts() {
	s.n = atomic.AddUint64(&s.n, 1) // want `^atomic proven: direct assignment to atomic value`
}

func (s *server) empty() {
	s.mu.Lock()
	s.mu.Unlock() // want `^SA2001 likely: empty critical section`
	s.n++
}

func (s *server) relocks() {
	mu := &s.mu
	mu.Lock()
	defer mu.Lock() // want `^SA2003 likely: deferring Lock right after having locked already`
	s.n++
}

func (s *server) spins(ready *bool) {
	for !*ready { // want `^SA5002 likely: loop condition never changes or has a race condition`
	}
}

func finalized(f *os.File) {
	var s *server
	closing := func(*server) { s.file.Close() }
	s = &server{file: f}
	runtime.SetFinalizer(s, closing) // want `^SA5005 likely: the finalizer closes over the object`
	s.n++
}

func (s *server) looksUp(key []byte) int {
	k := string(key) // want `^SA6001 likely: m\[string\(key\)\] would be more efficient`
	return s.names[k] + s.names[k]
}

func (s *server) puts(buf []byte) {
	s.pool.Put(buf[:0]) // want `^SA6002 likely: argument should be pointer-like to avoid allocations`
}

func (s *server) matches(lines []string) (n int) {
	for _, line := range lines {
		if ok, _ := regexp.MatchString(`^\d+$`, line); ok { // want `^SA6000 likely: calling regexp.MatchString in a loop has poor performance`
			n++
		}
	}
	return n
}

func (s *server) forgets(id int) {
	fmt.Errorf("no %d", id) // want `^unusedresult proven: result of fmt.Errorf call not used`
}

func (s *server) fetches(url string) error {
	resp, err := http.Get(url)
	defer resp.Body.Close() // want `^httpresponse likely: using resp before checking for errors`
	if err != nil {
		return err
	}
	return nil
}

func (s *server) watches() {
	c := make(chan os.Signal)
	signal.Notify(c, os.Interrupt) // want `^sigchanyzer likely: misuse of unbuffered os.Signal channel`
	<-c
}

func (s *server) observes(f func(time.Duration)) {
	start := time.Now()
	defer f(time.Since(start)) // want `^defers proven: call to time.Since is not deferred`
	s.n++
}

func (s *server) allowed() {
	s.mu.Lock()
	//lagvet:allow SA2001 -- waits for those who hold it
	s.mu.Unlock() // want `^SA2001 allowed: empty critical section`
	s.mu.Lock()
	//lint:ignore SA2001 waits for those who hold it
	s.mu.Unlock() // want `^SA2001 allowed: empty critical section`
	s.mu.Lock()
	s.mu.Unlock() //nolint:gocritic,staticcheck // SA2001: waits for those who hold it // want `^SA2001 allowed: empty critical section`
	s.mu.Lock()
	s.mu.Unlock() //nolint // want `^SA2001 allowed: empty critical section`
	s.mu.Lock()
	s.mu.Unlock() //nolint:errcheck // another's // want `^SA2001 likely: empty critical section`
}
