// Package lib is another package: what is inlined from it is known by the
// compiler's words only.
package lib

type Frame struct {
	Kind int
	Body [40]byte
}

// NewFrame is inlined into its callers.
func NewFrame(kind int) *Frame { return &Frame{Kind: kind} }

// Grow makes a buffer where there is none.
type Buffer struct{ b []byte }

func (b *Buffer) Grow() {
	if b.b == nil {
		b.b = make([]byte, 512)
	}
}

// Check is inlined; it makes an error if it must.
func Check(ok bool) error {
	if !ok {
		return &Failure{"check"}
	}
	return nil
}

type Failure struct{ Op string }

func (f *Failure) Error() string { return f.Op }

//go:noinline
func Observe(args ...any) { last = args }

var last []any
