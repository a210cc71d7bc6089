package pools

import (
	"bytes"
	"io"
	"sync"

	"example.com/life/helper"
)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func deferred(w io.Writer) {
	b := buffers.Get().(*bytes.Buffer) // want `Pool..Get: touch:Reset release touch:WriteTo$`
	b.Reset()
	defer buffers.Put(b)
	b.WriteTo(w)
}

func onePath(r io.Reader) error {
	b := buffers.Get().(*bytes.Buffer) // want `Pool..Get: touch:ReadFrom release unreleased:return$`
	if _, err := b.ReadFrom(r); err != nil {
		return err
	}
	buffers.Put(b)
	return nil
}

func wrapped() string {
	b := helper.GetBuffer() // want `Pool..Get: release touch:String$`
	defer helper.PutBuffer(b)
	return b.String()
}

func method() {
	b := helper.NewBlock() // want `Pool..Get: release$`
	b.Free()
	helper.NewBlock() // want `Pool..Get: unreleased:return$`
}

func generic(p *helper.Slices[int]) int {
	s := p.Get() // want `Pool..Get: touch:len release$`
	s = append(s, 1)
	n := len(s)
	p.Put(s)
	return n
}

func kept(all map[int]*bytes.Buffer) {
	all[0] = helper.GetBuffer() // want `Pool..Get: store$`
}

type writer struct{ b *bytes.Buffer }

func newWriter() *writer {
	return &writer{b: helper.GetBuffer()} // want `Pool..Get: own:b release$`
}

func (w *writer) Close() { helper.PutBuffer(w.b) }
