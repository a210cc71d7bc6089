package message

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"sync"
)

// Everything that is needed is taken out first.
func (c *conn) trapTakenOut(m *message) (string, error) {
	_, err := c.w.Write(m.data)
	subject := m.subject
	m.Release()
	return subject, err
}

// Another one is taken after the first was given back.
func (c *conn) trapTakenAgain() string {
	m := messages.Get().(*message)
	m.Release()
	m = messages.Get().(*message)
	defer messages.Put(m)
	return m.subject
}

// Each turn has its own.
func trapTurns(ms []*message) {
	for _, m := range ms {
		m.reset()
		messages.Put(m)
	}
}

// The next one is remembered before this one goes.
func trapNext(first *message) {
	for m := first; m != nil; {
		next := m.next
		m.Release()
		m = next
	}
}

// Either here or there.
func (c *conn) trapBranches(m *message, drop bool) {
	if drop {
		m.Release()
		return
	}
	c.out <- m
}

// The same question twice has the same answer.
func (c *conn) trapSameQuestion(m *message, keep bool) {
	if !keep {
		m.Release()
	}
	c.handle(1)
	if keep {
		c.out <- m
	}
}

// Who receives it gives it back.
func (c *conn) trapHandedOn() {
	m := messages.Get().(*message)
	m.subject = "ping"
	c.out <- m
}

// It belongs to the connection until that is closed.
func (c *conn) trapKept() {
	c.last = messages.Get().(*message)
}

func (c *conn) Close() error {
	c.last.Release()
	c.last = nil
	return nil
}

// Too large to be kept.
func (c *conn) trapTooLarge() int {
	m := messages.Get().(*message)
	c.fill(m)
	n := len(m.data)
	if cap(m.data) <= 1<<16 {
		m.Release()
	}
	return n
}

// Given back by a deferred closure, on the errors too.
func (c *conn) trapDeferred(r io.Reader) error {
	m := messages.Get().(*message)
	defer func() {
		m.reset()
		messages.Put(m)
	}()
	if _, err := r.Read(m.data); err != nil {
		return errors.Join(err, io.ErrUnexpectedEOF)
	}
	return nil
}

// It is nil afterwards, and compared with that.
func (c *conn) trapNil(m *message) bool {
	messages.Put(m)
	m = nil
	return m == nil
}

// The caller gives it back.
func (c *conn) trapReturned() (*message, error) {
	m := newMessage(nil)
	if m.subject == "" {
		m.Release()
		return nil, io.EOF
	}
	return m, nil
}

type page struct{ pages sync.Pool }

// What is in the block is reset by whoever gives it back.
func (p *page) trapServe(w http.ResponseWriter, r *http.Request) {
	b := p.take()
	defer p.give(b)
	if _, err := b.buf.ReadFrom(r.Body); err != nil {
		return
	}
	w.Write(b.buf.Bytes())
}

type block struct{ buf bytes.Buffer }

func (p *page) take() *block {
	if b, ok := p.pages.Get().(*block); ok {
		return b
	}
	return new(block)
}

func (p *page) give(b *block) {
	b.buf.Reset()
	p.pages.Put(b)
}

type queue[T any] struct {
	sync.Mutex
	elts []T
	pool sync.Pool
}

func (q *queue[T]) push(e T) int {
	q.Lock()
	defer q.Unlock()
	if q.elts == nil {
		q.elts = *(q.pool.Get().(*[]T))
	}
	q.elts = append(q.elts, e)
	return len(q.elts)
}

type outQueue struct{ *queue[*message] }

func (q *outQueue) send(m *message) {
	if q == nil || m == nil {
		return
	}
	q.push(m)
}

// Queued, by way of a generic queue: who takes it from there gives it back.
func (q *outQueue) trapQueued(r io.Reader) {
	q.send(newMessage(r))
}

type closer struct{ of *sync.Pool }

func (c *closer) Close() error { c.of.Put(c); return nil }

// Closed by way of an interface.
func trapClosed(p *sync.Pool, w io.Writer) error {
	c, ok := p.Get().(io.Closer)
	if !ok {
		return nil
	}
	return c.Close()
}

// The caller's variable has it.
func trapByAddress(to **message) {
	m := messages.Get().(*message)
	*to = m
}

// Whether it is stored is asked once, and the answer used twice.
func (c *conn) trapAskedTwice(w http.ResponseWriter, r *http.Request) {
	m := newMessage(r.Body)
	keep := m.subject != ""
	if keep {
		c.last = m
	}
	c.handle(1)
	if !keep {
		m.Release()
	}
}

// Two functions call each other, and the second keeps it.
func (c *conn) odd(m *message, n int) {
	if n > 0 {
		c.even(m, n-1)
	}
}

func (c *conn) even(m *message, n int) {
	c.odd(m, n-1)
	c.last = m
}

func (c *conn) trapMutual(w http.ResponseWriter, r *http.Request) {
	m := newMessage(r.Body)
	c.odd(m, 3)
}

func (c *conn) trapMutualToo(w http.ResponseWriter, r *http.Request) {
	m := newMessage(r.Body)
	c.even(m, 3)
}

// What the variable holds is given back, and it is given another.
func exchange(p **message) {
	m := *p
	messages.Put(m)
	*p = nil
	*p = messages.Get().(*message)
}

func trapExchanged(m *message) string {
	exchange(&m)
	return m.subject
}

// A flag says that there is none any more.
func (c *conn) trapForgotten(pending map[string]*message, subject string, data []byte) {
	m, ok := pending[subject]
	if ok && len(m.data) > maxPending {
		delete(pending, subject)
		m.Release()
		ok = false
	}
	if ok {
		m.data = append(m.data, data...)
	} else {
		m = messages.Get().(*message)
		m.subject, m.data = subject, append(m.data, data...)
	}
	pending[subject] = m
}

const maxPending = 64 << 10
