package engine

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// ledgerModule has a hot function with costs of each sort, one that it calls, and one
// that nothing says is hot.
const ledgerModule = `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

import (
	"fmt"
	"strings"
	"sync"
)

type Order struct{ Price, Size int64 }

var mu sync.Mutex

//lagvet:hot
func Match(prices []int64, sep string) (*Order, error) {
	mu.Lock()
	defer mu.Unlock()
	best := Order{}
	for _, p := range prices {
		o := &Order{Price: p}
		keep(o)
		best.Price = max(best.Price, p)
	}
	if best.Price == 0 {
		return nil, fmt.Errorf("no price in %v", prices)
	}
	wait(func() int64 { return best.Size })
	_ = strings.Repeat(sep, 3)
	return &best, nil
}

var kept *Order

func keep(o *Order) { kept = o }

func wait(f func() int64) {
	ch := make(chan int64, 1)
	ch <- f()
}

func Cold() *Order { return &Order{} }

//lagvet:hot
func Pair[T any](x T) [2]any {
	return [2]any{x, x}
}

func Pairs() { Pair(int32(1)); Pair("s") }

//lagvet:hot
func Start(ch chan *Order) {
	go func() {
		ch <- &Order{}
		for range 2 {
			defer wait(nil)
		}
	}()
}

//lagvet:hot
func Join(names []string) (s string) {
	for _, n := range names {
		s += n
	}
	return s
}

//lagvet:hot
type Hook func()

var hook Hook = func() { kept = new(Order) }
-- a/a_test.go --
package a

import "testing"

func TestMatch(t *testing.T) { Match(nil, "") }
-- b/b.go --
package b

func Idle() *int { return new(int) }
`

var ledgerWant = []string{
	"example.com/m/a.Join in a.go, directive, via 0, 0 defers",
	"	62: concatenation: the string that += makes in every iteration | concatenation in a loop | size-dependent",
	"example.com/m/a.Match in a.go, directive, via 0, 1 defers",
	"	17: moved to heap: best in every call | variable Order returned | proven",
	"	19: &Order{...} escapes to heap in every iteration | object Order stored in a loop | proven",
	"	lock cold=false  15: (*sync.Mutex).Lock",
	"	chan cold=false  26: example.com/m/a.wait",
	"	reflect cold=true  24: fmt.Errorf",
	"	alloc cold=false proven 27: strings.Repeat",
	"example.com/m/a.Pair in a.go, directive, via 0, 0 defers",
	"	44: x escapes to heap in every call | boxed T returned | suspected",
	"	44: x escapes to heap in every call | boxed T returned | suspected",
	"example.com/m/a.Start in a.go, directive, via 0, 0 defers", // what it starts is not hot
	"	51: func literal escapes to heap in every call | closure started | proven",
	"	spawn cold=false  51: go statement",
	"example.com/m/a.init in a.go, directive, via 0, 0 defers",
	"	70: new(Order) escapes to heap in every call | object Order stored | proven",
	"example.com/m/a.keep in a.go, directive, via 1, 0 defers",
	"example.com/m/a.wait in a.go, directive, via 1, 0 defers",
	"	36: channel: make(chan int64, 1) in every call | channel chan int64 | proven",
	"	chan cold=false  37: channel send",
	"	unknown cold=false  37: the caller's f",
}

func TestLedger(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ledgerModule)
	var fresh []finding.Ledger
	for _, tests := range []bool{false, true} {
		res := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Tests: tests})
		if len(res.Problems) > 0 {
			t.Fatalf("problems %v", res.Problems)
		}
		if got := ledgerText(res.Ledger); !slices.Equal(got, ledgerWant) {
			t.Errorf("tests %v: got\n%s\nwant\n%s", tests, strings.Join(got, "\n"), strings.Join(ledgerWant, "\n"))
		}
		fresh = res.Ledger
	}
	again := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Tests: true})
	if again.Cached != again.Packages || !reflect.DeepEqual(again.Ledger, fresh) {
		t.Errorf("%d of %d packages were replayed, with the ledger\n%s", again.Cached, again.Packages, strings.Join(ledgerText(again.Ledger), "\n"))
	}
	if one := checked(t, Options{Dir: dir, Patterns: []string{"./b"}}); len(one.Ledger) > 0 {
		t.Errorf("of a package that was not asked for: %s", strings.Join(ledgerText(one.Ledger), "\n"))
	}
	if less := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, NoCompiler: true}); len(less.Ledger) > 0 {
		t.Errorf("without the compiler: %s", strings.Join(ledgerText(less.Ledger), "\n"))
	}
}

// ledgerText is a line for each cost.
func ledgerText(ls []finding.Ledger) []string {
	var lines []string
	for _, l := range ls {
		lines = append(lines, fmt.Sprintf("%s in %s, %s, via %d, %d defers", l.Func, filepath.Base(l.Start.File), l.Hot.Source, len(l.Hot.Via), l.Defers))
		for _, a := range l.Allocs {
			lines = append(lines, fmt.Sprintf("\t%d: %s | %s | %s", a.Line, a.Text, a.Cause, a.Certainty))
		}
		for _, e := range l.Effects {
			s := fmt.Sprintf("\t%s cold=%t %s", e.Kind, e.Cold, e.Certainty)
			if len(e.Chain) > 0 { // what is behind is the standard library's
				s += fmt.Sprintf(" %d: %s", e.Chain[0].Line, e.Chain[0].Func)
			}
			lines = append(lines, s)
		}
	}
	return lines
}
