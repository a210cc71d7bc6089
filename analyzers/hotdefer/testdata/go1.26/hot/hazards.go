package hot

import (
	"encoding/json"
	"fmt"
	"sort"
	"sync"
)

type engine struct {
	mu     sync.Mutex
	rw     sync.RWMutex
	orders map[string]int
	last   int
}

func step(string) {}

// Nine defers: open coding is off.
//
//lagvet:hot
func (e *engine) match() {
	defer step("1") // want `proven: 9 defers in a function, more than 8`
	defer step("2")
	defer step("3")
	defer step("4")
	defer step("5")
	defer step("6")
	defer step("7")
	defer step("8")
	defer step("9")
	e.last++
}

// Two defers and eight exits.
//
//lagvet:hot
func (e *engine) route(kind int) int {
	defer step("route") // want `proven: 2 defers × 8 exits is more than 15`
	defer step("count")
	switch kind {
	case 0:
		return 1
	case 1:
		return 2
	case 2:
		return 3
	case 3:
		return 5
	case 4:
		return 7
	case 5:
		return 11
	case 6:
		return 13
	}
	return 17
}

// The named result is captured by a closure that outlives the call.
//
//lagvet:hot
func (e *engine) later(keep func(func())) (n int) {
	defer step("later") // want `proven: a result of this function lives on the heap beside its defers`
	keep(func() { n++ })
	return e.last
}

// Four open-coded defers, one over the budget.
//
//lagvet:hot
func (e *engine) settle() {
	defer step("a")
	defer step("b")
	defer step("c")
	defer step("d") // want `likely: 4 defers run on this hot path, the budget is 3`
	e.last++
}

// Hot by its caller.
//
//lagvet:hot
func (e *engine) accept() { e.book() }

func (e *engine) book() {
	defer step("a")
	defer step("b")
	defer step("c")
	defer step("d") // want `likely: 4 defers run on this hot path`
	e.last++
}

// The lock is held while the copy is formatted.
//
//lagvet:hot
func (e *engine) status(id string) string {
	e.mu.Lock()
	defer e.mu.Unlock() // want `likely: the deferred e.mu.Unlock holds the lock over fmt.Sprintf, after the last use of what it guards`
	n := e.orders[id]
	return fmt.Sprintf("%s: %d", id, n)
}

// The lock is held while the copy is encoded.
//
//lagvet:hot
func (e *engine) export() ([]byte, error) {
	e.rw.RLock()
	defer e.rw.RUnlock() // want `likely: the deferred e.rw.RUnlock holds the lock over encoding/json.Marshal`
	view := struct{ Last int }{e.last}
	return json.Marshal(view)
}

// By another name, and through helpers.
//
//lagvet:hot
func (e *engine) helped(id string) string {
	e.lock()
	defer e.unlock() // want `likely: the deferred e.unlock holds the lock over fmt.Sprintf`
	n := e.orders[id]
	return fmt.Sprintf("%s: %d", id, n)
}

func (e *engine) lock()   { e.mu.Lock() }
func (e *engine) unlock() { e.mu.Unlock() }

// In a loop of hot code even what is meant costs.
//
//lagvet:hot
func (e *engine) sweep(shards []*sync.Mutex) {
	for _, mu := range shards {
		mu.Lock()
		defer mu.Unlock() // want `likely: mu.Unlock is deferred in a loop of a hot function: each iteration takes a record from the heap`
	}
	e.last++
}

// Nothing says that this is hot: it waits.
func (e *engine) idle() {
	defer step("a")
	defer step("b")
	defer step("c")
	defer step("d") // want `cold: 4 defers run on this hot path`
	e.last++
}

// The work after the last use sorts.
//
//lagvet:hot
func (e *engine) top(ids []string) string {
	e.mu.Lock()
	defer e.mu.Unlock() // want `likely: the deferred e.mu.Unlock holds the lock over sort.Strings`
	e.last++
	sort.Strings(ids)
	return ids[0]
}

// What the closure captures is moved to the heap in each iteration.
//
//lagvet:hot
func (e *engine) drain(in <-chan int) {
	for n := range in {
		seen := n
		defer func() { // want `likely: a closure is deferred in a loop of a hot function: .* ← seen moves to the heap: the deferred closure captures it`
			e.last += seen
		}()
		seen++
	}
}
