package service

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"
)

type Order struct{ Price, Size int64 }

var (
	mu   sync.Mutex
	kept *Order
)

func One(p int64) *Order { // want `likely: One can make 1 allocation in a call, and its budget is 0: .* ← &Order\{\.\.\.\} escapes to heap in every call`
	return &Order{Price: p}
}

// The dearer of two branches counts, and what stands before a return does not add to
// what stands behind it.
func Branches(n int) *Order { // want `proven: Branches makes 3 allocations in a call, and its budget is 2`
	if n == 0 {
		return &Order{}
	}
	kept = &Order{}
	switch n {
	case 1:
		kept = &Order{}
	case 2:
		kept = &Order{}
		kept = &Order{}
	}
	return kept
}

func Loop(prices []int64) { // want `proven: Loop makes 2 allocations in a call, 1 of them in every turn of a loop, and its budget is 1`
	for _, p := range prices {
		kept = &Order{Price: p}
	}
	kept = new(Order)
}

// Helpers count where they are called, as often as they are called.
func Calls() { // want `proven: Calls makes 2 allocations in a call, and its budget is 1: .* ← calls helper ← &Order\{\} escapes to heap in every call ← calls helper ← &Order`
	helper()
	helper()
}

//go:noinline
func helper() { kept = &Order{} }

func Turns(n int) { // want `proven: Turns makes 1 allocation in a call, in every turn of a loop, and its budget is 0`
	for range n {
		helper()
	}
}

func Elsewhere(s string) string { // want `likely: Elsewhere can make 1 allocation in a call, and its budget is 0: .* ← calls strings.Repeat`
	return strings.Repeat(s, 2)
}

func Large(a, b string) int { // want `suspected: Large may, by what it is given, make 1 allocation in a call, and its budget is 0`
	return strings.Index(a+b, "x")
}

func Passed() { // want `proven: Passed makes 1 allocation in a call, and its budget is 0`
	each(func() { kept = &Order{} })
}

//go:noinline
func each(f func()) { hooks = append(hooks[:0], f); f() }

var hooks = make([]func(), 0, 1)

func Defers(f *os.File, first bool) { // want `proven: Defers makes 2 defers in a call, 1 of them in every turn of a loop, and its budget is 1`
	mu.Lock()
	defer mu.Unlock()
	for range 3 {
		defer f.Close()
	}
}

func Waits() { // want `proven: Waits has the effect lock, by \(\*sync.Mutex\).Lock, and its budget permits none: .* ← \(\*sync.Mutex\).Lock waits for a lock` `likely: Waits has the effect sleep, by time.Sleep, and its budget permits none: .* ← calls pause ← time.Sleep sleeps`
	mu.Lock()
	pause()
	mu.Unlock()
}

func pause() { time.Sleep(1) }

func Silent() *Order { // want `proven: Silent makes 1 allocation in a call, and its budget permits only lock`
	mu.Lock()
	defer mu.Unlock()
	return &Order{}
}

var errSmall = errors.New("small")

func Fails(n int) (int, error) { // want `suspected: Fails has the effect reflect, .* and its budget permits only alloc`
	if n == 0 {
		return 0, fmt.Errorf("%v is too small", &Order{})
	}
	return n, nil
}

//lagvet:allow budget -- it is called once a day
func Known() *Order { // want `allowed: Known can make 1 allocation`
	return &Order{}
}

func (o *Order) Copy() *Order { // want `likely: \(\*Order\).Copy can make 1 allocation in a call, and its budget is 0`
	c := *o
	return &c
}

// Round calls itself: one turn counts.
func Round(n int) { // want `proven: Round makes 1 allocation in a call, and its budget is 0`
	kept = &Order{}
	if n > 0 {
		Round(n - 1)
	}
}

// Whichever of the two is called, one turn is what both make.
func Even(n int) { // want `proven: Even makes 2 allocations in a call, and its budget is 1`
	kept = &Order{}
	if n > 0 {
		Odd(n - 1)
	}
}

func Odd(n int) { // want `proven: Odd makes 2 allocations in a call, and its budget is 1`
	kept = &Order{}
	if n > 0 {
		Even(n - 1)
	}
}
