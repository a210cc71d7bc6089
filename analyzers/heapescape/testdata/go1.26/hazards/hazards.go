package hazards

import (
	"encoding/json"
	"io"
	"net"
	"sort"
	"strconv"
	"sync"
	"time"

	fmt "example.com/fixture/format"
	"example.com/fixture/lib"
)

type Order struct {
	ID, Price int64
	Symbol    [64]byte
}

type Matcher interface{ Match(*Order) bool }

type Book struct {
	mu      sync.Mutex
	last    *Order
	byID    map[int64]*Order
	subs    []*subscription
	onFill  func()
	queue   chan *Order
	matcher Matcher
	filter  func(*Order) bool
	cache   sync.Map
	volumes []int64
}

type subscription struct {
	topic string
	done  func()
}

// The address goes to an error path only, yet the variable is on the heap in
// every call.
//
//lagvet:hot
func (b *Book) Decode(data []byte) (int64, error) {
	var o Order // want `proven: o \(Order, 80 bytes\) is moved to the heap in every call: a rare path passes it to fmt.Errorf, which lets it escape ← takes the address: &o ← converts &o to an interface ← goes into the variadic arguments ← passes it on`
	if len(data) < 16 {
		return 0, fmt.Errorf("short order %v: %d bytes", &o, len(data))
	}
	o.ID = int64(data[0])
	return o.ID + o.Price, nil
}

//lagvet:hot
func (b *Book) Add(id int64) {
	o := &Order{ID: id} // want `proven: &Order{…} \(80 bytes\) is allocated in every call: it is stored in b.last ← assigns it: o := &Order{...} ← assigns it: b.last = o`
	b.last = o
}

//lagvet:hot
func (b *Book) Store(id int64) {
	b.byID[id] = &Order{ID: id} // want `proven: &Order{…} \(80 bytes\) is allocated in every call: it is stored in b.byID\[id\]`
}

// What an interface method does with its argument is not known.
//
//lagvet:hot
func (b *Book) Matches(id int64) bool {
	o := Order{ID: id} // want `proven: o \(Order, 80 bytes\) is moved to the heap in every call: it is passed to b.matcher.Match, into which the compiler cannot see`
	return b.matcher.Match(&o)
}

//lagvet:hot
func (b *Book) Passes(id int64) bool {
	o := Order{ID: id} // want `proven: o \(Order, 80 bytes\) is moved to the heap in every call: it is passed to b.filter, into which the compiler cannot see`
	return b.filter(&o)
}

//lagvet:hot
func (b *Book) Enqueue(id int64) {
	b.queue <- &Order{ID: id} // want `proven: &Order{…} \(80 bytes\) is allocated in every call: it is sent on a channel`
}

//lagvet:hot
func (b *Book) Subscribe(topics []string) {
	for _, t := range topics {
		b.subs = append(b.subs, &subscription{topic: t}) // want `proven: &subscription{…} \(24 bytes\) is allocated in every iteration: it is appended to a slice on the heap`
	}
}

// A closure that outlives the call, and what it captures by reference.
//
//lagvet:hot
func (b *Book) Watch(n int) {
	left := n
	b.onFill = func() { // want `proven: a closure \(16 bytes\) is allocated with left \(int, 8 bytes\), which it captures, in every call: it is stored in b.onFill`
		left--
	}
	left++
}

//lagvet:hot
func (b *Book) Arm(d time.Duration, s *subscription) {
	time.AfterFunc(d, func() { s.done() }) // want `proven: a closure \(16 bytes\) is allocated in every call: it is passed to time.AfterFunc, which lets it escape`
}

//lagvet:hot
func (b *Book) Fill() {
	b.onFill = b.mu.Lock // want `proven: b.mu.Lock \(16 bytes\) is allocated in every call: it is stored in b.onFill`
}

// Three things are allocated for one call, and it is one finding.
//
//lagvet:hot
func (b *Book) Trace(id int64, name string) {
	lib.Observe("order", id, name) // want `proven: the slice of its variadic arguments \(48 bytes\), id \(int64, 8 bytes\) and name \(string, 16 bytes\) are allocated for lib.Observe in every call`
}

//lagvet:hot
func (b *Book) Key(id int64, venue string) string {
	return fmt.Sprintf("%s/%d", venue, id) // want `likely: venue \(string, 16 bytes\) and id \(int64, 8 bytes\) are boxed on the heap for fmt.Sprintf in every call`
}

//lagvet:hot
func (b *Book) Remember(name string) {
	b.cache.Store(name, b) // want `likely: name \(string, 16 bytes\) is boxed on the heap for b.cache.Store in every call`
}

type byPrice []int64

func (p byPrice) Len() int           { return len(p) }
func (p byPrice) Less(i, j int) bool { return p[i] < p[j] }
func (p byPrice) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }

//lagvet:hot
func (b *Book) Best() int64 {
	sort.Sort(byPrice(b.volumes)) // want `likely: byPrice\(b.volumes\) \(byPrice, 24 bytes\) is boxed on the heap for sort.Sort in every call`
	return b.volumes[0]
}

// A small number would not be allocated: not proven.
//
//lagvet:hot
func (b *Book) Mark(id int64) {
	b.cache.Store(id, b) // want `likely: id \(int64, 8 bytes\) is boxed on the heap for b.cache.Store in every call`
}

//lagvet:hot
func (b *Book) Peek(c net.Conn) (byte, error) {
	var one [1]byte // want `proven: one \(\[1\]byte, 1 byte\) is moved to the heap in every call: it is passed to c.Read, into which the compiler cannot see`
	_, err := c.Read(one[:])
	return one[0], err
}

//lagvet:hot
func (b *Book) Parse(data []byte) (int64, error) {
	var o Order // want `proven: o \(Order, 80 bytes\) is moved to the heap in every call: it is passed to json.Unmarshal, which lets it escape`
	err := json.Unmarshal(data, &o)
	return o.ID, err
}

// A caller that inlines this could keep the map on its stack: not proven.
//
//lagvet:hot
func (b *Book) Names(data []byte) map[string]int {
	m := make(map[string]int) // want `likely: make\(map\[string\]int\) is allocated in every call: it is returned`
	m[string(data)]++         // want `likely: string\(data\) is allocated in every call: it goes into a map`
	return m
}

//lagvet:hot
func (b *Book) Header(w io.Writer, n int) error {
	buf := make([]byte, 8) // want `proven: make\(\[\]byte, 8\) \(8 bytes\) is allocated in every call: it is passed to w.Write, into which the compiler cannot see`
	buf[0] = byte(n)
	_, err := w.Write(buf)
	return err
}

//lagvet:hot
func (b *Book) Scratch(n int) int {
	var page [1 << 24]byte // want `proven: page \(\[16777216\]byte, 16777216 bytes\) is moved to the heap in every call: it is too large for the stack`
	page[n] = 1
	return int(page[n/2])
}

// The object lives as long as the variable outside the loop.
//
//lagvet:hot
func (b *Book) Latest(ids []int64) int64 {
	var latest *Order
	for _, id := range ids {
		if o := (&Order{ID: id}); latest == nil || o.ID > latest.ID { // want `proven: &Order{…} \(80 bytes\) is allocated in every iteration: latest keeps it, which lives longer`
			latest = o
		}
	}
	return latest.ID
}

// From Go 1.22 the variable of a loop is a new one in each iteration.
//
//lagvet:hot
func (b *Book) Each(ids []int64, out []*int64) {
	for i, id := range ids { // want `proven: id \(int64, 8 bytes\) is moved to the heap in every iteration: it is stored in out\[i\]`
		out[i] = &id
	}
}

//lagvet:hot
func (b *Book) Serve(conns <-chan net.Conn) {
	for c := range conns {
		go func() { // want `proven: a closure \(32 bytes\) is allocated in every iteration: it is what a go statement runs`
			b.handle(c)
			c.Close()
		}()
	}
}

//go:noinline
func (b *Book) handle(net.Conn) {}

// A constructor of another package, inlined.
//
//lagvet:hot
func (b *Book) Frame(kind int, out []*lib.Frame) {
	out[0] = lib.NewFrame(kind) // want `likely: lib.NewFrame, inlined here, allocates &lib.Frame{...} in every call: it is stored in out\[0\]`
}

func newOrder(id int64) *Order { return &Order{ID: id} }

// A constructor of this package, inlined: one finding, at the call.
//
//lagvet:hot
func (b *Book) Place(id int64) {
	b.last = newOrder(id) // want `proven: newOrder, inlined here, allocates &Order{…} \(80 bytes\) in every call: it is stored in b.last`
}

//go:noinline
func parsed(id int64) *Order {
	return &Order{ID: id} // want `proven: &Order{…} \(80 bytes\) is allocated in every call: it is returned`
}

// A constructor that is not inlined: the finding stands in it.
//
//lagvet:hot
func (b *Book) Replace(id int64) { b.last = parsed(id) }

// The error is looked at, and the path that hands the address on is not rare.
//
//lagvet:hot
func (b *Book) Checked(data []byte, strict bool) error {
	if strict {
		var o Order // want `proven: o \(Order, 80 bytes\) is moved to the heap each time this branch is taken: it is passed to json.Unmarshal, which lets it escape`
		if err := json.Unmarshal(data, &o); err != nil {
			return err
		}
	}
	return nil
}

// What passed the guards is the main path, and it logs each time.
//
//lagvet:hot
func (b *Book) Logs(id int64, venue string) {
	if id == 0 {
		return
	}
	fmt.Println("order", venue) // want `likely: venue \(string, 16 bytes\) is boxed on the heap for fmt.Println in every call`
}

type limit struct{ max, step int }

// The default is a parameter whose address is returned.
func orDefault(n *int, def int) *int {
	if n == nil {
		return &def
	}
	return n
}

//lagvet:hot
func (l *limit) Set(n *int, out []*int) {
	out[0] = orDefault(n, l.max) // want `proven: orDefault, inlined here, allocates def \(int, 8 bytes\) in every call: it is stored in out\[0\]`
}

type Set[K comparable] struct{ m map[K]*Order }

// One finding for all instantiations.
//
//lagvet:hot
func (s *Set[K]) Add(k K, id int64) {
	s.m[k] = &Order{ID: id} // want `proven: &Order{…} \(80 bytes\) is allocated in every call: it is stored in s.m\[k\]`
}

func use(a *Set[int], b *Set[string]) {
	a.Add(1, 1)
	b.Add("1", 1)
}

//lagvet:hot
func (b *Book) Publish(v any) {
	switch x := v.(type) {
	case Order: // want `proven: x \(Order, 80 bytes\) is moved to the heap each time this branch is taken: it is stored in b.last`
		b.last = &x
	case int64:
		b.last.ID = x
	}
}

//lagvet:hot
func (b *Book) Text(id int64) []byte {
	return []byte("order " + strconv.FormatInt(id, 10)) // want `likely: \[\]byte\("order " \+ strconv.FormatInt\(id, 10\)\) is allocated in every call: it is returned`
}

// Two objects, one inside the other: two things to mend.
//
//lagvet:hot
func (b *Book) Nested(id int64) {
	b.subs[0] = &subscription{ // want `proven: &subscription{…} \(24 bytes\) is allocated in every call: it is stored in b.subs\[0\]`
		done: func() { b.last.ID = id }, // want `proven: a closure \(24 bytes\) is allocated in every call: it is part of &subscription{...}, which escapes`
	}
}

//lagvet:allow heapescape -- the order book keeps every order that rests
//lagvet:hot
func (b *Book) Rest(id int64) {
	b.byID[id] = &Order{ID: id} // want `allowed: &Order{…} \(80 bytes\) is allocated`
}

// What the same function makes is one thing to mend, wherever it is inlined.
//
//lagvet:hot
func inlinedTwice(kind int, out []*lib.Frame) {
	if kind > 1 {
		out[0] = lib.NewFrame(kind) // want `likely: lib.NewFrame, inlined here, allocates &lib.Frame{...} each time this branch is taken`
		return
	}
	out[1] = lib.NewFrame(1)
}

// An error that is made each time is no failure of the call.
//
//lagvet:hot
func marks(errs []error, n int) {
	errs[0] = &mark{n} // want `proven: &mark{…} \(8 bytes\) is allocated in every call`
}

type mark struct{ n int }

func (*mark) Error() string { return "mark" }

// Formatted each time, or in the branch that one of the usual cases is.
//
//lagvet:hot
func label(kind, n int) string {
	s := fmt.Sprintf("order %d", n) // want `likely: n .* for fmt\.Sprintf in every call`
	switch kind {
	case 1:
		s += fmt.Sprintf(" of %d", n+1) // want `likely: .* for fmt\.Sprintf each time this branch is taken`
	}
	return s
}

// Printed in every call.
//
//lagvet:hot
func say(n int) {
	fmt.Printf("%d\n", n) // want `likely: n .* for fmt\.Printf in every call`
}
