// Package p has faults that two rules could speak of.
package p

import (
	"context"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"syscall"
	"time"
)

type queue struct {
	mu   sync.Mutex
	jobs chan string
}

// The defer is one rule's, and that it never runs is said there.
func (q *queue) drain() {
	for {
		q.mu.Lock()
		defer q.mu.Unlock()
		<-q.jobs
	}
}

func digits(lines []string) (n int) {
	for _, line := range lines {
		if ok, _ := regexp.MatchString(`^\d+$`, line); ok {
			n++
		}
	}
	return n
}

func relock(qs []*queue) {
	for _, q := range qs {
		mu := &q.mu
		mu.Lock()
		defer mu.Lock()
	}
}

func copied(q queue) time.Duration {
	return time.Duration(len(q.jobs))
}

func empty(q *queue) {
	q.mu.Lock()
	q.mu.Unlock() //lagvet:allow SA2001 -- waits for those who hold it
}

//lagvet:allow copylocks -- nothing is copied here
func none() {}

func lost(ctx context.Context, quick bool) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	if quick {
		return ctx.Err()
	}
	cancel()
	return nil
}

func lostInLoop(ctx context.Context, names []string) {
	for range names {
		ctx, _ = context.WithTimeout(ctx, time.Second)
	}
}

func dropped(ctx context.Context) {
	context.WithCancel(ctx)
}

func adds(jobs []func()) {
	var wg sync.WaitGroup
	for _, job := range jobs[:4] {
		go func() {
			wg.Add(1)
			defer wg.Done()
			job()
		}()
	}
	wg.Wait()
}

func deferredLock(mu *sync.Mutex) {
	mu.Lock()
	defer mu.Lock()
}

func spins(ready *bool) {
	for !*ready {
	}
}

func spinsForEver() {
	for {
	}
}

func unchecked(url string) error {
	resp, err := http.Get(url)
	defer resp.Body.Close()
	if err != nil {
		return err
	}
	return nil
}

var pool = sync.Pool{New: func() any { return []byte{} }}

func puts(n int) {
	b := pool.Get().([]byte)
	b = append(b, make([]byte, n)...)
	pool.Put(b)
}

//lagvet:hot
func putsHot(b []byte) {
	pool.Put(b)
}

//lagvet:hot
func looksUp(m map[string]int, b []byte) int {
	k := string(b)
	return m[k]
}

func watches() {
	c := make(chan os.Signal)
	signal.Notify(c, syscall.SIGHUP, syscall.SIGTERM)
	for range c {
		time.Sleep(time.Second)
	}
}

func observes(f func(time.Duration)) {
	start := time.Now()
	defer f(time.Since(start))
	f(0)
}

func ticks(f func()) {
	for range time.Tick(time.Second) {
		f()
	}
}
