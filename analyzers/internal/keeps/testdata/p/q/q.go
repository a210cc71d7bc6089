// Package q keeps what it is given.
package q

type Box struct {
	in   chan []byte
	list [][]byte
	last []byte
	m    map[string][]byte
}

func (b *Box) Send(p []byte) { b.in <- p } // want `p: channel`

func (b *Box) Part(n int, p []byte) { b.in <- p[n:] } // want `p: channel`

func (b *Box) List(p []byte) { b.list = append(b.list, p) } // want `p: element of the receiver`

func (b *Box) Map(k string, p []byte) { b.m[k] = p } // want `p: element of the receiver`

func (b *Box) Last(p []byte) { b.last = p } // want `p: field of the receiver`

func (b *Box) Renamed(p []byte) { // want `p: channel`
	q := p[1:]
	b.in <- q
}

func (b *Box) Copies(p []byte) { b.in <- append([]byte(nil), p...) }

func (b *Box) Replaces(p []byte) {
	p = append([]byte(nil), p...)
	b.in <- p
}

func (b *Box) Local(p []byte) int {
	list := [][]byte{p}
	return len(list)
}

func (b *Box) Try(p []byte, done <-chan bool) bool { // want `p: channel`
	select {
	case b.in <- p:
		return true
	case <-done:
		return false
	}
}

func (b *Box) Ask(p []byte, answer <-chan bool) bool {
	b.in <- p
	return <-answer
}

var all [][]byte

func Global(p []byte) { all = append(all, p) } // want `p: element$`

func Fill(b *Box, p []byte) { b.list = append(b.list, p) } // want `p: element of b`

// Parse begins anew.
func (b *Box) Parse(p []byte) { // want `p: field of the receiver`
	b.list = b.list[:0]
	for len(p) > 4 {
		b.list = append(b.list, p[:4])
		p = p[4:]
	}
}

func (b *Box) First(p []byte) { b.list = append(b.list[:0], p) } // want `p: field of the receiver`
