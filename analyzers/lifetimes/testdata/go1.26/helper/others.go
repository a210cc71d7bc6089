package helper

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

// Fetch returns a response that is open.
func Fetch(c *http.Client, r *http.Request) (*http.Response, error) {
	resp, err := c.Do(r) // want `Client..Do: release return:0$`
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return nil, io.EOF
	}
	return resp, nil
}

// Stream returns the body alone.
func Stream(url string) (io.ReadCloser, error) {
	resp, err := http.Get(url) // want `http.Get: return:0$`
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// Closed returns what has been closed.
func Closed(url string) (*http.Response, error) {
	resp, err := http.Get(url) // want `http.Get: release return:0$`
	if err != nil {
		return nil, err
	}
	resp.Body.Close()
	return resp, nil
}

// Drain closes what it is given, Peek does not.
func Drain(r io.ReadCloser) {
	defer r.Close()
	io.Copy(io.Discard, r)
}

func Peek(r io.ReadCloser) { io.Copy(io.Discard, r) }

func CloseAll(cs io.Closer) { cs.Close() }

type wrapper struct{ io.ReadCloser }

func Wrap(r io.ReadCloser) io.ReadCloser { return &wrapper{r} }

var pool = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func GetBuffer() *bytes.Buffer { return pool.Get().(*bytes.Buffer) } // want `sync.Pool..Get: return:0$`

func PutBuffer(b *bytes.Buffer) {
	b.Reset()
	pool.Put(b)
}

// A Block has a pool of its own.
type Block struct{ data []byte }

var blocks sync.Pool

func NewBlock() *Block {
	if b, ok := blocks.Get().(*Block); ok { // want `sync.Pool..Get: return:0$`
		return b
	}
	return &Block{}
}

func (b *Block) Free() { b.release() }

func (b *Block) release() { blocks.Put(b) }

// A Slices is a pool of slices.
type Slices[T any] struct{ pool sync.Pool }

func (p *Slices[T]) Get() []T {
	if s := p.pool.Get(); s != nil { // want `sync.Pool..Get: return:0$`
		return s.([]T)
	}
	return nil
}

func (p *Slices[T]) Put(s []T) { p.pool.Put(s[:0]) }
