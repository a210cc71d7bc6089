// Package pools puts buffers back.
package pools

import (
	"bytes"
	"encoding/json"
	"sync"

	"example.com/wire/frame"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var blocks = sync.Pool{New: func() any { b := make([]byte, 4096); return &b }}

func getBuffer() *bytes.Buffer { return buffers.Get().(*bytes.Buffer) }

func putBuffer(b *bytes.Buffer) {
	b.Reset()
	buffers.Put(b)
}

// Returned, and put back by a defer.
func encode(v any) ([]byte, error) {
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	if err := json.NewEncoder(b).Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil // want `^likely: the buffer is returned, and goes back to its pool: whoever looks at it then sees other bytes, .* ← the buffer is returned ← and goes back to its pool$`
}

// Through helpers, and put back before.
func join(parts []string) []byte {
	b := getBuffer()
	for _, p := range parts {
		b.WriteString(p)
	}
	out := b.Bytes()
	putBuffer(b)
	return out // want `^likely: the buffer is returned, and goes back to its pool`
}

// Sent, or handed to a goroutine.
func publish(out chan<- []byte, v string) {
	b := getBuffer()
	defer putBuffer(b)
	b.WriteString(v)
	out <- b.Bytes() // want `^likely: the buffer is sent to a channel, and goes back to its pool`
}

func notify(v string, send func([]byte)) {
	p := blocks.Get().(*[]byte)
	b := append((*p)[:0], v...)
	go send(b) // want `^likely: the buffer is handed to a goroutine, and goes back to its pool`
	blocks.Put(p)
}

func announce(v string, send func([]byte)) {
	p := blocks.Get().(*[]byte)
	n := copy(*p, v)
	go send((*p)[:n]) // want `^likely: the buffer is handed to a goroutine, and goes back to its pool`
	blocks.Put(p)
}

// Traps.

func text(v any) string {
	b := getBuffer()
	defer putBuffer(b)
	json.NewEncoder(b).Encode(v)
	return b.String()
}

func cloned(v any) []byte {
	b := getBuffer()
	defer putBuffer(b)
	json.NewEncoder(b).Encode(v)
	return bytes.Clone(b.Bytes())
}

func released(v any) (data []byte, release func()) {
	b := getBuffer()
	json.NewEncoder(b).Encode(v)
	return b.Bytes(), func() { putBuffer(b) }
}

// Put back on the way to an error only.
func guarded(v any) ([]byte, error) {
	b := getBuffer()
	if err := json.NewEncoder(b).Encode(v); err != nil {
		putBuffer(b)
		return nil, err
	}
	return b.Bytes(), nil
}

// The goroutine puts it back.
func handed(v string, send func([]byte)) {
	b := getBuffer()
	b.WriteString(v)
	go func() {
		defer putBuffer(b)
		send(b.Bytes())
	}()
}

// A new one in each turn.
func each(vs []string, send func([]byte)) {
	for _, v := range vs {
		b := getBuffer()
		b.WriteString(v)
		if v == "" {
			putBuffer(b)
			continue
		}
		go send(b.Bytes())
	}
}

// The length is not a view.
func size(v any) int {
	b := getBuffer()
	defer putBuffer(b)
	json.NewEncoder(b).Encode(v)
	return b.Len() + len(b.Bytes())
}

// Written before it goes back.
func write(w interface{ Write([]byte) (int, error) }, v any) error {
	b := getBuffer()
	defer putBuffer(b)
	json.NewEncoder(b).Encode(v)
	_, err := w.Write(b.Bytes())
	return err
}

// What holds it is the function's own.
func retransmit(read func([]byte) (int, error), send func([]byte)) error {
	src := blocks.Get().(*[]byte)
	defer blocks.Put(src)
	n, err := read(*src)
	if err != nil {
		return err
	}
	return resend((*src)[:n], send)
}

func resend(data []byte, send func([]byte)) error {
	var pkt frame.Packet
	if err := pkt.Unmarshal(data); err != nil {
		return err
	}
	send(append([]byte(nil), pkt.Payload...))
	return nil
}
