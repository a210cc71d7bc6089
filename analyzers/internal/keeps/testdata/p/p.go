// Package p hands on what it is given.
package p

import (
	"sync"

	"example.com/p/q"
)

type message struct{ data []byte }

var out = make(chan message)

func through(b *q.Box, p []byte) { b.Send(p) } // want `p: channel`

func twice(b *q.Box, p []byte) { through(b, p[2:]) } // want `p: channel`

func wrapped(p []byte) { // want `p: channel`
	m := message{data: p}
	out <- m
}

func spawned(p []byte) { go use(p) } // want `p: goroutine`

func run(f func()) { go f() } // want `f: goroutine`

func captured(p []byte) { // want `p: goroutine`
	go func() { use(p) }()
}

func joined(p []byte) {
	var wg sync.WaitGroup
	wg.Add(1)
	go func() {
		defer wg.Done()
		use(p)
	}()
	wg.Wait()
}

func inLiteral(p []byte) func() {
	return func() { out <- message{p} }
}

func use(p []byte) int { return len(p) }

// A local variable holds it.
func local(p []byte) int {
	var b q.Box
	b.List(p)
	c := &q.Box{}
	q.Fill(c, p)
	d := new(q.Box)
	d.Last(p)
	return 0
}

func localSent(boxes chan<- q.Box, p []byte) { // want `p: channel`
	var b q.Box
	b.List(p)
	boxes <- b
}

// A local variable stands for something that stays.
func alias(all []*q.Box, p []byte) { // want `p: element`
	b := all[0]
	b.List(p)
}

type owner struct{ box q.Box }

func (o *owner) within(p []byte) { o.box.List(p) } // want `p: element of the receiver`

func (o owner) copied(p []byte) { o.box.List(p) }

var box q.Box

func global(p []byte) { box.List(p) } // want `p: element$`

func other(o *owner, p []byte) { q.Fill(&o.box, p) } // want `p: element of o`
