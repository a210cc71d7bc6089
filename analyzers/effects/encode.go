package effects

import (
	"encoding/binary"
	"maps"
	"slices"
)

// The encoding of summaries: a version, then three sections, each a count and
// that many records of unsigned varints.
//
//	strings  length, bytes
//	steps    function, file, line, column, omitted, distance back to the next step or 0
//	entries  package, name, summary
//
// Functions, files and names are indices of strings. Steps stand behind those
// that they lead to, so that chains share their tails, and a step's next is a
// distance of one or more. A summary is
//
//	why it is stated, or 0 (index + 1)
//	retained parameters
//	number of effects, each: kind and flags, step + 1 or 0
//	number of given calls, each: parameter (zigzag), method + 1 or 0, flags, unresolved, step + 1 or 0
//	number of results, each: index, summary
const codeVersion = 1

// The flags of effects, above the four bits of the kind, and of given calls.
const (
	flagCold      = 1 << 4
	flagByCaller  = 1 << 5
	flagCertainty = 6 // how far the certainty is shifted

	givenCold    = 1
	givenSpawned = 2
)

// A writer encodes summaries. The same summaries in the same order give the same
// bytes.
type writer struct {
	strings map[string]uint64
	text    []byte
	steps   map[*Step]uint64 // numbers from 1
	same    map[stepID]uint64
	chain   []byte
	entries []byte
	count   uint64
}

// A stepID is what makes two steps the same.
type stepID struct {
	fn, file, line, column, omitted, next uint64
}

func newWriter() *writer {
	return &writer{
		strings: make(map[string]uint64),
		steps:   make(map[*Step]uint64),
		same:    make(map[stepID]uint64),
	}
}

// add appends the summary of a function.
func (w *writer) add(k key, s *Summary) {
	w.count++
	w.entries = binary.AppendUvarint(w.entries, w.str(k.pkg))
	w.entries = binary.AppendUvarint(w.entries, w.str(k.name))
	w.summary(s)
}

// bytes returns the encoding.
func (w *writer) bytes() []byte {
	out := []byte{codeVersion}
	out = binary.AppendUvarint(out, uint64(len(w.strings)))
	out = append(out, w.text...)
	out = binary.AppendUvarint(out, uint64(len(w.same)))
	out = append(out, w.chain...)
	out = binary.AppendUvarint(out, w.count)
	return append(out, w.entries...)
}

func (w *writer) str(s string) uint64 {
	if i, ok := w.strings[s]; ok {
		return i
	}
	i := uint64(len(w.strings))
	w.strings[s] = i
	w.text = binary.AppendUvarint(w.text, uint64(len(s)))
	w.text = append(w.text, s...)
	return i
}

// step returns the number of a step, 0 for none.
func (w *writer) step(s *Step) uint64 {
	if s == nil {
		return 0
	}
	if n, ok := w.steps[s]; ok {
		return n
	}
	next := w.step(s.Next)
	id := stepID{w.str(s.Func), w.str(s.Pos.File), uint64(s.Pos.Line), uint64(s.Pos.Column), uint64(s.Omitted), next}
	n, ok := w.same[id]
	if !ok {
		n = uint64(len(w.same)) + 1
		w.same[id] = n
		back := uint64(0)
		if next > 0 {
			back = n - next
		}
		for _, v := range []uint64{id.fn, id.file, id.line, id.column, id.omitted, back} {
			w.chain = binary.AppendUvarint(w.chain, v)
		}
	}
	w.steps[s] = n
	return n
}

func (w *writer) num(v uint64) { w.entries = binary.AppendUvarint(w.entries, v) }

func (w *writer) summary(s *Summary) {
	stated := uint64(0)
	if s.Stated != "" {
		stated = w.str(s.Stated) + 1
	}
	w.num(stated)
	w.num(s.Retained)
	w.num(uint64(len(s.Effects)))
	for _, e := range s.Effects {
		flags := uint64(e.Kind) | uint64(e.Certainty)<<flagCertainty
		if e.Cold {
			flags |= flagCold
		}
		if e.ByCaller {
			flags |= flagByCaller
		}
		w.num(flags)
		w.num(w.step(e.Chain))
	}
	w.num(uint64(len(s.Given)))
	for _, g := range s.Given {
		w.entries = binary.AppendVarint(w.entries, int64(g.Param))
		method := uint64(0)
		if g.Method != "" {
			method = w.str(g.Method) + 1
		}
		w.num(method)
		flags := uint64(0)
		if g.Cold {
			flags |= givenCold
		}
		if g.Spawned {
			flags |= givenSpawned
		}
		w.num(flags)
		w.num(uint64(g.Unresolved))
		w.num(w.step(g.Chain))
	}
	w.num(uint64(len(s.Results)))
	for _, i := range slices.Sorted(maps.Keys(s.Results)) {
		w.num(uint64(i))
		w.summary(s.Results[i])
	}
}
