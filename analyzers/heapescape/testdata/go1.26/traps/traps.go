// Package traps holds hot code that does not allocate where it looks as if, or
// not in every call.
package traps

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"

	fmt "example.com/fixture/format"
	slog "example.com/fixture/journal"
	"example.com/fixture/lib"
)

type Order struct{ ID, Price int64 }

type Engine struct {
	buf     []byte
	scratch []int64
	orders  map[string]*Order
	free    []*Order
	pool    sync.Pool
	once    sync.Once
	table   map[string]int
	current atomic.Pointer[Order]
	debug   bool
	log     *slog.Logger
	failure error
	handler func(any)
	state   state
	cb      func()
	lib     lib.Buffer
	total   int64
	levels  sync.Map
}

type state int

const (
	idle state = iota
	busy
)

var sink any

//go:noinline
func look(args ...any) { counter += len(args) }

var counter int

// The address goes to a callee that keeps it on the stack.
//
//lagvet:hot
func (e *Engine) Stays(id int64) int64 {
	o := Order{ID: id}
	read(&o)
	p := &Order{ID: id}
	read(p)
	return o.Price + p.Price
}

//go:noinline
func read(o *Order) { o.Price = o.ID }

// Boxing for a callee that does not keep its arguments uses the stack.
//
//lagvet:hot
func (e *Engine) BoxStays(id int64, name string) { look(id, name) }

// Constants, single bytes, empty structs and pointers need no allocation in an interface.
//
//lagvet:hot
func (e *Engine) Boxes(b []byte, o *Order) {
	sink = 7
	sink = 100000
	sink = "constant"
	sink = b[0]
	sink = len(b) > 3
	sink = struct{}{}
	sink = o
	sink = Order{}
}

// A function literal that captures nothing is static.
//
//lagvet:hot
func (e *Engine) Static() { e.cb = func() { counter++ } }

// A small enumeration is boxed from a table.
//
//lagvet:hot
func (e *Engine) Enum() {
	sink = e.state // want `suspected: e.state \(state, 8 bytes\) is boxed on the heap in every call`
}

// The boxed arguments stand on an error path.
//
//lagvet:hot
func (e *Engine) ErrorPath(id int64, n int) error {
	if n < 0 {
		return fmt.Errorf("order %d: %d lots", id, n)
	}
	if n == 0 {
		err := fmt.Errorf("order %d is empty", id) // want `suspected: .* for fmt.Errorf .*; it (makes an error|reports an event)`
		return err
	}
	return nil
}

// The boxed argument stands on the way to a panic.
//
//lagvet:hot
func (e *Engine) Panics(n int) int {
	if n < 0 {
		panic(fmt.Sprintf("%d lots", n))
	}
	return n
}

// The error is kept instead of returned.
//
//lagvet:hot
func (e *Engine) KeepsError(b []byte) bool {
	if len(b) < 4 {
		e.failure = errors.New("short") // want `suspected: errors.New, inlined here, .*; it makes an error`
		return false
	}
	if len(b) > 4096 {
		e.failure = fmt.Errorf("%d bytes are too long", len(b)) // want `suspected: len\(b\) .* for fmt.Errorf .*; it (makes an error|reports an event)`
		return false
	}
	return true
}

// Errors that a logger is told of are not what a call costs.
//
//lagvet:hot
func (e *Engine) Reports(id int64, name string) {
	if id == 0 {
		e.log.Warn("order without id", "name", name) // want `suspected: .* e.log.Warn .*; it reports an event`
		return
	}
	e.total += id
}

// The buffer is made once and kept.
//
//lagvet:hot
func (e *Engine) Lazy() []byte {
	if e.buf == nil {
		e.buf = make([]byte, 4096) // want `suspected: .*; it is made only while there is none`
	}
	return e.buf
}

// The buffer grows when it must.
//
//lagvet:hot
func (e *Engine) Grows(n int) []int64 {
	if cap(e.scratch) < n {
		e.scratch = make([]int64, 1024) // want `suspected: .*; it is made only to grow`
	}
	return e.scratch[:n]
}

// The caller's buffer is used if there is one.
//
//lagvet:hot
func (e *Engine) Buffer(dst []byte) []byte {
	if len(dst) == 0 {
		dst = make([]byte, 1024) // want `suspected: .*; it is made only to grow`
	}
	return dst
}

// A map is filled as keys come up.
//
//lagvet:hot
func (e *Engine) Intern(name string) *Order {
	o, ok := e.orders[name]
	if !ok {
		o = &Order{} // want `suspected: .*; it is made only if there is none to reuse`
		e.orders[name] = o
	}
	return o
}

// A pool's miss.
//
//lagvet:hot
func (e *Engine) Get() *Order {
	if v := e.pool.Get(); v != nil {
		return v.(*Order)
	}
	return new(Order) // want `suspected: .*; it is made only if there is none to reuse`
}

// A free list that is empty.
//
//lagvet:hot
func (e *Engine) Take() *Order {
	if n := len(e.free); n > 0 {
		o := e.free[n-1]
		e.free = e.free[:n-1]
		return o
	}
	return &Order{} // want `suspected: .*; it is made only if there is none to reuse`
}

// An atomic pointer that is still empty.
//
//lagvet:hot
func (e *Engine) Current() *Order {
	o := e.current.Load()
	if o == nil {
		o = &Order{} // want `suspected: .*; it is made only while there is none`
		e.current.Store(o)
	}
	return o
}

// A value of a concurrent map that was not there.
//
//lagvet:hot
func (e *Engine) Level(key *Order) *Order {
	v, ok := e.levels.Load(key)
	if !ok {
		o := &Order{} // want `suspected: .*; it is made only if there is none to reuse`
		e.levels.Store(key, o)
		return o
	}
	return v.(*Order)
}

// A worker that is started only if none is idle.
//
//lagvet:hot
func (e *Engine) Worker(idle []chan int, n int) {
	var c chan int
	if len(idle) > 0 {
		c = idle[0]
	}
	if c == nil {
		c = make(chan int)
		go func() { // want `suspected: .*; it is made only while there is none`
			counter += <-c
		}()
	}
	c <- n
}

// What runs once costs nothing a call.
//
//lagvet:hot
func (e *Engine) Once() {
	e.once.Do(func() {
		e.buf = make([]byte, 64) // want `suspected: .*; it runs once`
	})
}

// Diagnostics are off.
//
//lagvet:hot
func (e *Engine) Debugs(id int64, name string) {
	if e.debug {
		sink = name // want `suspected: .*; it serves diagnostics`
	}
	e.total += id
}

// Set-up before a worker's loop.
//
//lagvet:hot
func (e *Engine) Loop(in <-chan []byte) {
	keep := make([]byte, 512) // want `suspected: .*; it is made once, before the loop`
	sinkBytes = keep
	for {
		b, ok := <-in
		if !ok {
			return
		}
		copy(keep, b)
	}
}

var sinkBytes []byte

// After a panic nothing is hot.
//
//lagvet:hot
func (e *Engine) Recovers(f func()) {
	defer func() {
		if r := recover(); r != nil {
			sink = &Order{ID: int64(counter)} // want `suspected: .*; it is made after a panic`
		}
	}()
	f()
}

// The conversions that the compiler makes without a copy.
//
//lagvet:hot
func (e *Engine) Conversions(b []byte, s string) int {
	if string(b) == s {
		return e.table[string(b)]
	}
	n := 0
	for _, c := range []byte(s) {
		n += int(c)
	}
	switch string(b) {
	case "a", "b":
		n++
	}
	return n
}

// A closure that is called here stays on the stack.
//
//lagvet:hot
func (e *Engine) Closure(xs []int64) int64 {
	var sum int64
	add := func(x int64) { sum += x }
	for _, x := range xs {
		add(x)
	}
	return sum
}

func newOrder(id int64) *Order { return &Order{ID: id} }

// The inliner took the escape away.
//
//lagvet:hot
func (e *Engine) Inlined(id int64) int64 {
	o := newOrder(id)
	return o.ID
}

// Itself hot, and wherever it is called in the package the inliner takes the
// escape away.
//
//lagvet:hot
func total(id int64) *Order {
	return &Order{ID: id, Price: 1} // want `suspected: &Order{…} \(16 bytes\) is allocated in every call: it is returned`
}

func (e *Engine) useTotal(id int64) int64 { return total(id).Price }

// What grows in another package is its matter.
//
//lagvet:hot
func (e *Engine) Foreign() {
	e.lib.Grow() // want `suspected: e.lib.Grow, inlined here, allocates make\(\[\]byte, 512\) in every call`
}

// The error path of what is inlined.
//
//lagvet:hot
func (e *Engine) ForeignError(ok bool) error {
	if err := lib.Check(ok); err != nil { // want `suspected: lib.Check, inlined here, allocates &lib.Failure{...} in every call`
		return err
	}
	return nil
}

// The cold line of what is inlined from this package.
//
//lagvet:hot
func (e *Engine) InlinedError(n int64) error {
	if err := positive(n); err != nil {
		return err
	}
	e.total += n
	return nil
}

func positive(n int64) error {
	if n < 0 {
		return &negative{n}
	}
	return nil
}

// A method that makes the error is inlined, in a branch and behind those that left.
//
//lagvet:hot
func (e *Engine) Step(b byte) int {
	switch {
	case b == ' ':
		return 0
	case b > 0x7f:
		return e.fail(int64(b)) // want `suspected: e.fail, inlined here, .*; it makes an error`
	case b == '}':
		return 1
	}
	return 2
}

//lagvet:hot
func (e *Engine) EndStep(b byte) int {
	if b == ' ' {
		return 0
	}
	return e.fail(-1) // want `suspected: e.fail, inlined here, .*; it makes an error`
}

func (e *Engine) fail(n int64) int {
	e.failure = &negative{n}
	return -1
}

// A free list, and what it lacks in the other branch.
//
//lagvet:hot
func (e *Engine) Listed() (o *Order) {
	if n := len(e.free); n > 0 {
		o = e.free[n-1]
		e.free = e.free[:n-1]
	} else {
		o = new(Order) // want `suspected: new\(Order\) .*; it is made only if there is none to reuse`
	}
	return o
}

// A literal fills what it captures when it is first needed.
//
//lagvet:hot
func (e *Engine) Exclude(names []string, gone map[string]bool) map[string]bool {
	var out map[string]bool
	drop := func(name string) {
		if !gone[name] {
			return
		}
		if out == nil {
			out = make(map[string]bool)
		}
		out[name] = true
	}
	for _, name := range names {
		drop(name) // want `suspected: drop, inlined here, .*; it is made only while there is none`
	}
	return out
}

type negative struct{ n int64 }

func (e *negative) Error() string { return "negative" }

// A slice of a size that the caller knows, and what append and + make, are
// judged under the contract noalloc.
//
//lagvet:hot
func (e *Engine) Sized(n int, s string, b []byte) ([]byte, string, []byte) {
	return make([]byte, n), s + "!", append(b, s...)
}

// Deferred closures are another rule's.
//
//lagvet:hot
func (e *Engine) Deferred(ids []int64) {
	for _, id := range ids {
		n := id
		defer func() { n++; e.total += n }()
	}
}

// Empty slices and slices of nothing take no memory.
//
//lagvet:hot
func (e *Engine) Empty() {
	sink = new(struct{})
	sinkBytes = []byte{}
	sinkBytes = make([]byte, 0)
}

// Not hot: nothing is said.
func (e *Engine) Cold(id int64) { sink = &Order{ID: id} }

// A package's variable is made once.
var table = map[string]*Order{"a": {ID: 1}}

// A dump for whoever debugs, line by line.
//
//lagvet:hot
func (e *Engine) dump(prices []int) {
	if e.handler != nil {
		for _, p := range prices {
			fmt.Printf(" %d", p) // want `suspected: .* for fmt\.Printf .*; it makes a message`
		}
		var page strings.Builder // want `suspected: page .*; it makes a message`
		fmt.Fprintf(&page, "%d prices", 3)
		e.failure = errors.New(page.String()) // want `suspected: .*; it makes an error`
	}
}

// What no case knows is somebody's mistake.
//
//lagvet:hot
func (e *Engine) width(op int) (n int) {
	switch op {
	case 1:
		n = 8
	default:
		e.diag("unknown operation %d", op) // want `suspected: .* for e\.diag .*; it makes a message`
	}
	return n
}

//go:noinline
func (e *Engine) diag(format string, args ...any) { complaint = args }

var complaint []any

// Whoever comes this far has made a mistake.
//
//lagvet:hot
func (e *Engine) check(op int) {
	if op < 8 {
		return
	}
	e.diag("no operation %d", op) // want `suspected: .* for e\.diag .*; it makes a message`
}
