package hot

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sort"
)

// One open-coded defer on a hot path.
//
//lagvet:hot
func (e *engine) get(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.orders[id]
}

// Three are within the budget.
//
//lagvet:hot
func (e *engine) three() {
	defer step("a")
	defer step("b")
	defer step("c")
	e.last++
}

// Defers on the way to an error do not count.
//
//lagvet:hot
func (e *engine) check(n int) error {
	defer step("a")
	defer step("b")
	defer step("c")
	if n < 0 {
		defer step("d")
		return errors.New("negative")
	}
	return nil
}

// What is encoded is what the lock guards.
//
//lagvet:hot
func (e *engine) snapshot() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return json.Marshal(e.orders)
}

// The same through a variable that shares it.
//
//lagvet:hot
func (e *engine) shared() ([]byte, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.orders
	return json.Marshal(m)
}

// The lock is given back by hand before the work.
//
//lagvet:hot
func (e *engine) byHand(id string) string {
	e.mu.Lock()
	n := e.orders[id]
	e.mu.Unlock()
	return fmt.Sprintf("%s: %d", id, n)
}

// The result of the work goes into the guarded state.
//
//lagvet:hot
func (e *engine) install(ids []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	sort.Strings(ids)
	e.orders[ids[0]]++
}

// A goroutine of its own does not hold the lock.
//
//lagvet:hot
func (e *engine) async(id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.orders[id]
	go func() { fmt.Println(id, n) }()
}

// Formatting on the way to an error is no work of the hot path.
//
//lagvet:hot
func (e *engine) must(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.orders[id]
	if n == 0 {
		return fmt.Errorf("no order %s", id)
	}
	return nil
}

// Cold, and few: nothing to say.
func (e *engine) coldGet(id string) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.orders[id]
}

// What waits under the lock is the business of another rule.
//
//lagvet:hot
func (e *engine) tell(id string, w *os.File) {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.orders[id]
	fmt.Fprintln(w, n)
}

// The lock is given back for the work, and taken again for the defer.
//
//lagvet:hot
func (e *engine) gap(id string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.orders[id]
	e.mu.Unlock()
	text := fmt.Sprintf("%s: %d", id, n)
	e.mu.Lock()
	return text
}

// Nothing is unlocked here, whatever its name says.
//
//lagvet:hot
func (e *engine) gate(g valve, id string) string {
	g.Lock(1)
	defer g.Unlock(1)
	return fmt.Sprint(id)
}

type valve struct{}

func (valve) Lock(int)   {}
func (valve) Unlock(int) {}
