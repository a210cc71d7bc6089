// Package jobs holds functions that burn CPU time.
package jobs

import (
	"errors"
	"iter"
)

// Rounds is how often each loop goes round: some milliseconds.
const Rounds = 4_000_000

type Table struct{ seed uint64 }

//go:noinline
func (t *Table) Lookup(x uint64) uint64 {
	for i := range uint64(Rounds) {
		x = x*31 ^ i
	}
	return x
}

func Sum[T uint32 | uint64](x T) uint64 {
	for i := T(0); i < Rounds; i++ {
		x = x*33 ^ i
	}
	return uint64(x)
}

func Adder(n uint64) func(uint64) uint64 {
	return func(x uint64) uint64 {
		for i := range uint64(Rounds) {
			x = x*n ^ i
		}
		return x
	}
}

func (t *Table) All() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := range uint64(4) {
			if !yield(i) {
				return
			}
		}
	}
}

//go:noinline
func Total(t *Table) (sum uint64) {
	for v := range t.All() {
		for i := range uint64(Rounds / 4) {
			sum = sum*v ^ i
		}
	}
	return sum
}

var Mix = func(x uint64) uint64 {
	for i := range uint64(Rounds) {
		x = x*35 ^ i
	}
	return x
}

//go:noinline
func Checked(x uint64) error {
	err := fail(x)
	if err != nil {
		for i := range uint64(Rounds) { // an error path that is at work all the time
			x = x*37 ^ i
		}
		if x == 1 {
			rare(x)
			return errors.New("one")
		}
		return err
	}
	return nil
}

//go:noinline
func fail(x uint64) error {
	if x > 0 {
		return errors.New("positive")
	}
	return nil
}

func rare(x uint64) {}

// Guarded has a literal in its error branch.
func Guarded(x uint64) error {
	if err := fail(x); err != nil {
		func() { rare(x) }()
		return err
	}
	return nil
}
