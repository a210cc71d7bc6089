// Package traps has hot functions that look as if they allocated, or allocate what
// is not hotalloc's to say.
package traps

import (
	"errors"
	"fmt"
	"regexp"
	"unicode/utf8"

	"example.com/alloc/lib"
)

type key struct {
	venue string
	n     int
}

type book struct {
	byVenue map[string]int
	byKey   map[key]int
	buf     []byte
	text    string
	orders  []string
	count   int
	done    chan struct{}
}

// Lookups need no copy.
//
//lagvet:hot
func (b *book) lookup(raw []byte) int {
	n, ok := b.byVenue[string(raw)]
	if !ok {
		n = b.byKey[key{string(raw), 1}]
	}
	return n
}

// Comparisons, switches and lengths need none either.
//
//lagvet:hot
func (b *book) compare(raw []byte) {
	if string(raw) == b.text || string(raw) < "m" {
		b.count++
	}
	switch string(raw) {
	case "buy", "sell":
		b.count += len(string(raw))
	}
	for _, c := range []byte(b.text) {
		b.count += int(c)
	}
	b.count += utf8.RuneCount(raw) + len([]rune(b.text))
}

// A loop over a few elements fits the stack, or nearly.
//
//lagvet:hot
func (b *book) few() int {
	seen := make(map[int]bool)
	for i := range 4 {
		seen[i] = true
	}
	for _, n := range [...]int{1, 2, 3} {
		seen[n] = true
	}
	for i := 0; i < 8; i++ {
		seen[i] = true
	}
	var list []int
	for _, n := range []int{1, 2, 3} {
		list = append(list, n)
	}
	return len(seen) + len(list)
}

// A map of a few entries is on the stack.
//
//lagvet:hot
func (b *book) small(venue string) int {
	m := make(map[string]int, 8)
	m[venue] = 1
	m[b.text] = 2
	return m["x"] + map[string]int{"a": 1}[venue]
}

// The size was given. That the slice is returned is heapescape's to say.
//
//lagvet:hot
func (b *book) presized() []int {
	list := make([]int, 0, len(b.orders))
	seen := make(map[string]int, len(b.orders))
	for i, o := range b.orders {
		list = append(list, len(o))
		seen[o] = i
	}
	b.count = len(seen)
	return list
}

// A kept buffer grows to what is needed, once.
//
//lagvet:hot
func (b *book) kept(parts []string) {
	b.buf = b.buf[:0]
	for _, p := range parts {
		b.buf = append(b.buf, p...)
	}
}

// So does one that is emptied in each turn.
//
//lagvet:hot
func (b *book) emptied() {
	var buf []byte
	for _, o := range b.orders {
		buf = append(buf[:0], o...)
		b.count += len(buf)
	}
}

// And one that is cut to nothing before an inner loop.
//
//lagvet:hot
func (b *book) cut(parts [][]string) {
	var args []string
	for _, list := range parts {
		args = args[:0]
		for _, s := range list {
			args = append(args, s)
		}
		b.count += len(args)
	}
}

// The size was given, if there is anything to give one for.
//
//lagvet:hot
func (b *book) presizedIfAny() []string {
	var list []string
	if n := len(b.orders); n > 0 {
		list = make([]string, 0, n)
	}
	for _, o := range b.orders {
		list = append(list, o)
	}
	return list
}

// An array on the stack has room for the usual case.
//
//lagvet:hot
func (b *book) tokens(s string) int {
	var room [32]string
	tokens := room[:0]
	for i := range len(s) {
		tokens = append(tokens, s[:i])
	}
	return len(tokens)
}

// A buffer that the caller gives is the caller's to size.
//
//lagvet:hot
func (b *book) given(to []byte) []byte {
	for _, o := range b.orders {
		to = append(to, o...)
	}
	return to
}

// A map that is kept is filled once.
//
//lagvet:hot
func (b *book) fill() {
	clear(b.byVenue)
	for i, o := range b.orders {
		b.byVenue[o] = i
	}
}

// Whether these are larger than what fits the stack, no profile says.
//
//lagvet:hot
func (b *book) sized(n int, raw []byte) int {
	buf := make([]byte, n)
	s := string(raw)
	t := b.text + "!"
	m := make(map[int]int, n)
	return len(buf) + len(s) + int(s[0]) + int(t[0]) + m[n]
}

// The string begins anew in each turn.
//
//lagvet:hot
func (b *book) restart() {
	for _, o := range b.orders {
		s := b.text
		s += o
		b.count += len(s)
	}
}

// On the way to an error nothing counts.
//
//lagvet:hot
func (b *book) fails(names []string) error {
	if len(names) == 0 {
		b.done = make(chan struct{})
		return errors.New("none")
	}
	return nil
}

// Cold code may allocate.
func (b *book) cold() chan int { return make(chan int) }

// fmt is hotcall's, what escapes heapescape's, defers are hotdefer's.
//
//lagvet:hot
func (b *book) others(n int) {
	b.text = fmt.Sprintf("%d", n)
	for range n {
		defer nothing()
	}
	b.byVenue = make(map[string]int)
	b.byVenue[b.text] = n
}

// A goroutine without arguments needs no closure.
//
//lagvet:hot
func (b *book) spawn() { go nothing() }

func nothing() {}

// Sum allocates nothing, and what Add may is not each time.
//
//lagvet:hot
func (b *book) calls(ns []int) {
	b.count = lib.Sum(ns)
	b.buf = lib.Add(b.buf[:0], b.text)
}

// An append that finds its room seen allocates nothing.
//
//lagvet:noalloc
func (b *book) room(x, y int) int {
	list := make([]int, 0, 4)
	list = append(list, x)
	list = append(list, y, x)
	return len(list)
}

// The first array of a slice is on the stack if it is small.
//
//lagvet:noalloc
func (b *book) first(x int) int {
	var list []int
	list = append(list, x, 1)
	return list[0]
}

// What is known to be costly is hotcall's, under contract too.
//
//lagvet:noalloc
func (b *book) costly(pattern string, n int) {
	b.text = fmt.Sprint(n)
	b.count += len(regexp.MustCompile(pattern).String())
}

// Under contract, too, what the compiler reads in place is no copy.
//
//lagvet:noalloc
func (b *book) bytes(raw []byte, id [16]byte) int {
	n := b.byVenue[string(raw)]
	if string(raw) == "x" {
		n++
	}
	return n + length(string(id[:])) + length(string(raw[2:8]))
}

//go:noinline
func length(s string) int { return len(s) }

// A stated function is taken at its word.
//
//lagvet:noalloc
//lagvet:assume none -- the channel is made in tests only
func (b *book) stated() { b.done = make(chan struct{}) }
