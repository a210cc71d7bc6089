// Package contract has functions that promise not to allocate.
package contract

type Book struct {
	buf  []byte
	last string
}

//lagvet:noalloc
func (b *Book) Sized(n int) []byte {
	return make([]byte, n) // want `likely: make\(\[\]byte, n\) is allocated in every call: it is returned`
}

//lagvet:noalloc
func (b *Book) Presized(in []int64) []int64 {
	out := make([]int64, 0, len(in)) // want `likely: make\(\[\]int64, 0, len\(in\)\) is allocated in every call: it is returned`
	for _, x := range in {
		out = append(out, 2*x) // it has the room that was made
	}
	return out
}

//lagvet:noalloc
func (b *Book) Joined(s string) {
	b.last = s + "!" // want `likely: a string joined of others is allocated in every call: it is stored in b.last`
}

// Even what is made once breaks the promise.
//
//lagvet:noalloc
func (b *Book) Lazy() []byte {
	if b.buf == nil {
		b.buf = make([]byte, 64) // want `proven: make\(\[\]byte, 64\) \(64 bytes\) is allocated each time this branch is taken: it is stored in b.buf; it is made only while there is none`
	}
	return b.buf
}

// A literal inside is under the promise too. It is inlined: the finding stands
// at the first call.
//
//lagvet:noalloc
func (b *Book) Inner(n int) {
	fill := func() { b.buf = make([]byte, n) }
	fill() // want `likely: fill, inlined here, allocates make\(\[\]byte, n\) in every call: it is stored in b.buf`
	fill()
}

// What a function under contract calls is under it too.
//
//lagvet:noalloc
func (b *Book) Outer(n int) { b.buf = inner(n) }

//go:noinline
func inner(n int) []byte { return make([]byte, n) } // want `likely: make\(\[\]byte, n\) is allocated in every call: it is returned`

// A buffer that is the caller's, or that is kept, grows to what is needed once.
//
//lagvet:noalloc
func (b *Book) Kept(to []byte, s string) []byte {
	b.buf = append(b.buf[:0], s...) // want `suspected: the array that append makes is allocated in every call`
	return append(to, s...)         // want `suspected: the array that append makes is allocated in every call`
}

// A copy finds no room.
//
//lagvet:noalloc
func (b *Book) Clone(s []byte) {
	b.buf = append([]byte(nil), s...) // want `likely: the array that append makes is allocated in every call`
}
