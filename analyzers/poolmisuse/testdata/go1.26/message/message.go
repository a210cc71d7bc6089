// Package message passes messages round that come from a pool.
package message

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

type message struct {
	subject string
	data    []byte
	next    *message
}

var messages = sync.Pool{New: func() any { return new(message) }}

func (m *message) reset() { *m = message{} }

// Release gives it back.
func (m *message) Release() {
	m.reset()
	messages.Put(m)
}

type conn struct {
	out  chan *message
	w    io.Writer
	last *message
}

// Read after it was given back.
func (c *conn) flush(m *message) (string, error) {
	_, err := c.w.Write(m.data)
	m.Release() // want `likely: this object is used after it was given back to its pool.* ← is used here`
	if err != nil {
		return "", err
	}
	return m.subject, nil
}

// Given back in the branch, and again at the end.
func (c *conn) send(m *message) error {
	if len(m.data) == 0 {
		messages.Put(m) // want `likely: this object may be given back to its pool twice.* ← is given back again here`
	}
	_, err := c.w.Write([]byte("x"))
	messages.Put(m)
	return err
}

// The list goes on by way of what is no longer its own.
func drop(first *message) {
	for m := first; m != nil; m = m.next {
		messages.Put(m) // want `likely: this object is used after it was given back`
	}
}

// Returned, and given back.
func copyOf(m *message) *message {
	c := messages.Get().(*message)
	defer messages.Put(c) // want `likely: this object is returned, and given back to its pool at the same time`
	c.subject = m.subject
	return c
}

// Never given back, by a helper that nobody would suspect.
func (c *conn) receive(r io.Reader) (string, error) {
	m := newMessage(r) // want `suspected: this object is taken from a pool and never given back`
	if m.subject == "" {
		return "", io.EOF
	}
	return m.subject, nil
}

func newMessage(r io.Reader) *message {
	m := messages.Get().(*message)
	if m.data == nil {
		m.data = make([]byte, 512)
	}
	n, _ := r.Read(m.data)
	m.data = m.data[:n]
	return m
}

// Only on the way to an error.
func (c *conn) parse(r io.Reader) error {
	m := messages.Get().(*message) // want `suspected: .*but only where there was an error`
	n, err := r.Read(m.data)
	if err != nil {
		return err
	}
	c.handle(n)
	m.Release()
	return nil
}

func (c *conn) handle(int) {}

// On an ordinary way.
//
//lagvet:hot
func (c *conn) skip(want string) int {
	m := messages.Get().(*message) // want `likely: this object is taken from a pool and not given back on some path`
	c.fill(m)
	if want == "" {
		return 0
	}
	n := len(want)
	messages.Put(m)
	return n
}

func (c *conn) fill(m *message) { m.subject = "filled" }

var dirty = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// What the last one left stands before what this one writes.
func encode(w io.Writer, v any) error {
	b := dirty.Get().(*bytes.Buffer)
	defer dirty.Put(b) // want `likely: what is given back to this pool is reset neither here nor when it is taken`
	if err := json.NewEncoder(b).Encode(v); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// A handler forgets what a helper took for it.
func (c *conn) post(w http.ResponseWriter, r *http.Request) {
	m := newMessage(r.Body) // want `likely: this object is taken from a pool and never given back`
	if m.subject == "" {
		http.Error(w, "no subject", http.StatusBadRequest)
		return
	}
	w.Write([]byte(m.subject))
}

// The flag that would say that it is gone says something else.
func (c *conn) replaced(pending map[string]*message, subject string, data []byte) {
	m, ok := pending[subject]
	if ok && len(m.data) > maxPending {
		m.Release() // want `likely: this object is used after it was given back to its pool`
		ok = true
	}
	if ok {
		m.data = append(m.data, data...)
	}
}
