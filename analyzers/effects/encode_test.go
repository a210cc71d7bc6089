package effects

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// randomSummary returns a summary whose chains share tails.
func randomSummary(r *rand.Rand, steps []*Step, depth int) *Summary {
	s := &Summary{Retained: r.Uint64()}
	if r.IntN(3) == 0 {
		s.Stated = "some reason"
	}
	step := func() *Step {
		if r.IntN(4) == 0 {
			return nil
		}
		return steps[r.IntN(len(steps))]
	}
	for _, k := range Kinds() {
		if r.IntN(3) == 0 {
			s.Effects = append(s.Effects, Effect{Kind: k, Cold: r.IntN(2) == 0, ByCaller: r.IntN(2) == 0, Certainty: Certainty(r.IntN(3)), Chain: step()})
		}
	}
	for range r.IntN(3) {
		s.Given = append(s.Given, Given{Param: r.IntN(9) - 4, Method: []string{"", "Read", "p.read"}[r.IntN(3)], Spawned: r.IntN(2) == 0, Cold: r.IntN(2) == 0, Unresolved: Set(r.IntN(1 << numKinds)), Chain: step()})
	}
	if depth > 0 && r.IntN(2) == 0 {
		s.Results = map[int]*Summary{0: randomSummary(r, steps, depth-1), 2: randomSummary(r, steps, depth-1)}
	}
	return s
}

func randomSteps(r *rand.Rand) []*Step {
	var steps []*Step
	for i := range 50 {
		s := &Step{
			Func:    strings.Repeat("f", r.IntN(5)),
			Pos:     Position{File: "/a/" + strings.Repeat("b", r.IntN(4)), Line: r.IntN(1000), Column: r.IntN(80)},
			Omitted: r.IntN(2),
		}
		if i > 0 && r.IntN(5) > 0 {
			s.Next = steps[r.IntN(i)]
		}
		s.depth = 1 + s.Omitted + chainLen(s.Next)
		steps = append(steps, s)
	}
	return steps
}

func TestEncoding(t *testing.T) {
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		steps := randomSteps(r)
		var entries []entry
		for i := range r.IntN(20) {
			entries = append(entries, entry{key{"p", strings.Repeat("x", i)}, randomSummary(r, steps, 1)})
		}
		encode := func() []byte {
			w := newWriter()
			for _, e := range entries {
				w.add(e.key, e.sum)
			}
			return w.bytes()
		}
		data := encode()
		if !bytes.Equal(data, encode()) {
			t.Fatalf("seed %d: two encodings differ", seed)
		}
		read, err := newReader(data)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, e := range entries {
			got := read.lookUp(e.key)
			if !reflect.DeepEqual(got, e.sum) {
				t.Fatalf("seed %d: %v\ngot\n%+v\nwant\n%+v", seed, e.key, got, e.sum)
			}
			if read.lookUp(e.key) != got {
				t.Fatalf("seed %d: %v is read twice", seed, e.key)
			}
		}
		if read.lookUp(key{"p", "y"}) != nil {
			t.Errorf("seed %d: something is known of nothing", seed)
		}
		for cut := range data {
			if _, err := newReader(data[:cut]); err == nil {
				t.Fatalf("seed %d: no error for %d of %d bytes", seed, cut, len(data))
			}
		}
	}
}

func TestFactOfAnotherVersion(t *testing.T) {
	for _, data := range [][]byte{nil, {codeVersion + 1}} {
		if err := new(Fact).GobDecode(data); err == nil {
			t.Errorf("no error for %v", data)
		}
	}
}

func FuzzReader(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 4 {
		w := newWriter()
		steps := randomSteps(r)
		w.add(key{"p", "F"}, randomSummary(r, steps, 1))
		w.add(key{"p", "T.M"}, randomSummary(r, steps, 1))
		f.Add(w.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := newReader(data)
		if err != nil {
			return
		}
		for _, k := range read.keys {
			s := read.lookUp(k)
			for _, e := range s.All() {
				if n := shown(e.Chain); n > len(data) {
					t.Fatalf("a chain of %d steps from %d bytes", n, len(data))
				}
				_ = e.Kind.String() + e.Certainty.String()
			}
		}
	})
}
