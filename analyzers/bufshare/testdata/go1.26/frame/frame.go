// Package frame takes messages in.
package frame

import "sync"

// A Message is what a client sent.
type Message struct {
	From string
	Data []byte
}

// A Queue holds messages until a worker comes.
type Queue struct {
	in      chan Message
	mu      sync.Mutex
	pending [][]byte
	last    []byte
	index   map[string][]byte
}

// Push sends a message to a worker.
func (q *Queue) Push(from string, data []byte) {
	q.in <- Message{From: from, Data: data}
}

// Defer puts data off.
func (q *Queue) Defer(data []byte) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pending = append(q.pending, data)
}

// Later hands data on to Push.
func Later(q *Queue, data []byte) { q.Push("", data[4:]) }

// Copy keeps a copy.
func (q *Queue) Copy(data []byte) {
	q.pending = append(q.pending, append([]byte(nil), data...))
}

// Fresh keeps what it has made of data.
func (q *Queue) Fresh(data []byte) {
	data = append([]byte(nil), data...)
	q.in <- Message{Data: data}
}

// Len looks at data.
func (q *Queue) Len(data []byte) int { return len(data) + len(q.pending) }

// Submit runs f in a worker.
func Submit(f func()) { jobs <- f }

var jobs = make(chan func())

// A Packet is what a datagram says. It refers to the bytes that it was read from.
type Packet struct {
	Extensions [][]byte
	Payload    []byte
}

// Unmarshal reads a packet.
func (p *Packet) Unmarshal(data []byte) error {
	for len(data) > 0 && data[0] > 0 {
		ext := data[1 : 1+data[0]]
		p.Extensions = append(p.Extensions, ext)
		data = data[1+data[0]:]
	}
	p.Payload = data
	return nil
}

// A List is of datagrams.
type List struct{ all [][]byte }

// Add adds one.
func (l *List) Add(data []byte) { l.all = append(l.all, data) }
