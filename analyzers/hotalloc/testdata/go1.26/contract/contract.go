// Package contract has functions that promise not to allocate.
package contract

import (
	"strings"

	"example.com/alloc/lib"
)

type Book struct {
	byVenue map[string]int
	buf     []byte
	text    string
	count   int
	sink    lib.T
	source  Source
}

type Source interface{ next() string }

type memory struct{ s string }

func (m *memory) next() string { return m.s + m.s }

//lagvet:noalloc
func (b *Book) Sized(n int, raw []byte) {
	buf := make([]byte, n)        // want `likely: make\(\[\]byte, n\) may be allocated in every call: its size is not known when it is compiled, and no more than 32 bytes fit the stack`
	s := string(raw)              // want `likely: string\(raw\) may be allocated in every call: it is a copy, and no more than 32 bytes of it fit the stack`
	t := b.text + s               // want `likely: b.text \+ s may be allocated in every call: no more than 32 bytes of it fit the stack`
	m := make(map[int]int, n)     // want `likely: make\(map\[int\]int, n\) may be allocated in every call: its size is not known`
	for _, r := range []rune(t) { // want `likely: \[\]rune\(t\) may be allocated`
		b.count += int(r) + len(buf) + m[n] + len(s) + int(s[0])
	}
}

//lagvet:noalloc
func (b *Book) Kept(venue string, n int) {
	b.byVenue[venue] = n // want `suspected: room for a new entry may be allocated in every call: a map that is full grows`
}

//lagvet:noalloc
func (b *Book) Tokens(s string) int {
	var room [32]string
	tokens := room[:0]
	for i := range len(s) {
		tokens = append(tokens, s[:i]) // want `suspected: the array that append makes may be allocated in every iteration: a slice that is full grows`
	}
	return len(tokens)
}

//lagvet:noalloc
func (b *Book) Found(n int) {
	m := b.byVenue
	if n > 0 {
		m = make(map[string]int)
	}
	m[b.text] = n // want `suspected: room for a new entry may be allocated in every call`
}

//lagvet:noalloc
func (b *Book) Far(n int) { // want `likely: \(\*Book\).Far is noalloc and calls lib.Deep, which can allocate ← calls lib.Deep ← calls lib.Queue ← make\(chan\) allocates`
	b.count = lib.Deep(n)
	b.count += lib.Deep(n + 1) // once is enough
}

//lagvet:noalloc
func (b *Book) Helped(n int) { b.help(n) } // want `likely: \(\*Book\).Helped is noalloc and calls lib.Deep, which can allocate ← calls b.help ← calls lib.Deep`

func (b *Book) help(n int) {
	b.count = lib.Deep(n)
	c := make(chan int, 1) // want `proven: make\(chan int, 1\) is allocated in every call`
	c <- n
}

//lagvet:noalloc
func (b *Book) Grows(s string) { // want `suspected: \(\*Book\).Grows is noalloc and calls lib.Add, which allocates if what it works on is large, or its buffer full`
	b.buf = lib.Add(b.buf[:0], s)
}

//lagvet:noalloc
func (b *Book) Extends(n int) { // want `suspected: \(\*Book\).Extends is noalloc and calls lib.Extend, which can allocate`
	b.buf = lib.Extend(b.buf, n)
}

//lagvet:noalloc
func (b *Book) Copies(raw []byte) { // want `likely: \(\*Book\).Copies is noalloc and calls lib.Copy, which can allocate`
	b.buf = lib.Copy(raw)
}

//lagvet:noalloc
func (b *Book) Pooled(p *lib.Pool) { // want `suspected: \(\*Book\).Pooled is noalloc and calls \(\*lib.Pool\).Get, which may allocate`
	b.buf = p.Get()
}

//lagvet:noalloc
func (b *Book) Joins(s string) { // want `likely: \(\*Book\).Joins is noalloc and calls lib.Join, which allocates if what it works on is large, or its buffer full`
	b.text = lib.Join(b.text, s)
}

//lagvet:noalloc
func (b *Book) Fails(n int) { // want `suspected: \(\*Book\).Fails is noalloc and calls lib.Checked, which allocates on its way to an error`
	b.count, _ = lib.Checked(n)
}

// What is inlined the compiler has judged: it stays on the stack.
//
//lagvet:noalloc
func (b *Book) Inlined(n int) { // want `suspected: \(\*Book\).Inlined is noalloc and calls lib.Small, which may allocate`
	b.count = lib.Small(n).Get()
}

// What an interface of the package may be is seen.
//
//lagvet:noalloc
func (b *Book) Dynamic() { // want `likely: \(\*Book\).Dynamic is noalloc and calls b.source.next, which allocates if what it works on is large`
	b.text = b.source.next()
}

//lagvet:noalloc
func (b *Book) Allowed(n int) { // want `allowed: \(\*Book\).Allowed is noalloc and calls lib.Deep`
	b.count = lib.Deep(n) //lagvet:allow hotalloc -- at start-up only
}

//lagvet:noalloc
func (b *Book) Standard(s string) { // want `likely: \(\*Book\).Standard is noalloc and calls strings.Repeat, which can allocate`
	b.text = strings.Repeat(s, 2)
	b.count = strings.Index(s, "x")
}

// A Filler fills a buffer.
//
//lagvet:noalloc
type Filler func(n int) int

// What comes under contract by a conversion is judged where that is.
var fillers = []Filler{lib.Deep, lib.Count} // want `likely: lib.Deep is bound to be noalloc here, and can allocate ← //lagvet:noalloc on type Filler at contract.go:\d+ ← calls lib.Queue`

// A Sink promises for those that implement it.
type Sink interface {
	//lagvet:noalloc
	Take(n int) int
}

type sink struct{ Sink }

func (sink) Take(n int) int { return lib.Deep(n) } // want `likely: \(sink\).Take is noalloc and calls lib.Deep, which can allocate`

var _ Sink = sink{}

func use(s Source) *Book { return &Book{source: s} }

func New() *Book { return use(&memory{"x"}) }
