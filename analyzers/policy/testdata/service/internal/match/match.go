package match

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"
)

type Engine struct {
	mu   sync.Mutex
	name string
	out  bytes.Buffer
}

//lagvet:nonblocking
func (e *Engine) Match(n int) int { return n + 1 }

func (e *Engine) Cancel(n int) int { // want `proven: \(\*Engine\).Cancel carries no //lagvet:nonblocking, and the policy for internal/match/\*\* requires it of each exported function \(the matching loop\)`
	return e.undo(n)
}

func (e *Engine) undo(n int) int {
	e.mu.Lock() // want `proven: \(\*Engine\).undo waits for a lock here, by \(\*sync.Mutex\).Lock, and the policy for internal/match/\*\* forbids it \(the matching loop\) ← \(\*sync.Mutex\).Lock waits for a lock`
	defer e.mu.Unlock()
	load(e.name)
	return n - 1
}

// What calls it has no finding of its own.
func load(name string) []byte {
	data, err := os.ReadFile(name) // want `likely: load waits for a file system .*here, by os.ReadFile, and the policy for internal/match/\*\* forbids it .* ← calls os.ReadFile`
	if err != nil {
		return nil
	}
	return data
}

type hidden struct{}

// It cannot be found from outside.
func (hidden) Exported() {}

type Matcher interface {
	//lagvet:nonblocking
	Take(n int) int
}

type taker struct{}

func (taker) Take(n int) int { return n }

var _ Matcher = taker{}

func init() {
	load("matches")
	time.Sleep(1)
}

//lagvet:nonblocking
func Work(done chan int) {
	go func() {
		done <- 1 // want `proven: this func literal waits for a channel here, by channel send, and the policy`
	}()
}

//lagvet:nonblocking
func Fail(n int) error {
	if n < 0 {
		return fmt.Errorf("negative: %v", time.Now())
	}
	return nil
}

//lagvet:nonblocking
func Known(e *Engine) {
	//lagvet:allow policy -- nobody else takes it
	e.mu.Lock() // want `allowed: Known waits for a lock here`
	e.mu.Unlock()
}

// What is only on the way to an error is suspected, wherever it stands.
//
//lagvet:nonblocking
func Twice(e *Engine, n int) error {
	if n < 0 {
		e.mu.Lock() // want `suspected: Twice waits for a lock here`
		return fmt.Errorf("negative")
	}
	e.mu.Lock() // want `proven: Twice waits for a lock here`
	e.mu.Unlock()
	return nil
}

// What the caller gave it is the caller's.
//
//lagvet:nonblocking
func Given(f func()) { f() }
