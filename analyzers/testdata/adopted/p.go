// Package p has faults that two rules could speak of.
package p

import (
	"regexp"
	"sync"
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
