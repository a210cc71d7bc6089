package baseline

import (
	slashpath "path"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Result says what has become of entries.
type Result struct {
	Fresh []finding.Finding // that no entry answers for
	Known []finding.Finding
	Gone  []Entry // that no finding is left of

	// Now are the findings' entries, and Pairs holds for each of them the index
	// of the old entry that answers for it, or -1.
	Now   []Entry
	Pairs []int
}

// Match pairs old entries with the findings of today, whose code is in src. One
// entry answers for one finding. Each list keeps the order of what it is made of.
func Match(old []Entry, now []finding.Finding, src Source) Result {
	r := newReader(src)
	res := Result{Now: r.entries(now)}
	res.Pairs = r.pair(old, res.Now)
	answered := make([]bool, len(old))
	for i, j := range res.Pairs {
		if j < 0 {
			res.Fresh = append(res.Fresh, now[i])
			continue
		}
		answered[j] = true
		res.Known = append(res.Known, now[i])
	}
	for j, e := range old {
		if !answered[j] {
			res.Gone = append(res.Gone, e)
		}
	}
	return res
}

// A part is something that two entries of a pair have in common. It is not ok if
// e has it not.
type part func(e *Entry) (value string, ok bool)

// A stage pairs entries that have all its parts in common.
type stage struct {
	parts []part
	// since is what must have become of the code that the old entry was about.
	// As long as it stands where it stood, the same code elsewhere is a copy:
	// what is mended here and added there is new there.
	since fate
}

// A fate is what has become of the declaration of an entry, from the least to the
// most.
type fate int

const (
	departed fate = iota + 1 // the statements around the entry's are no longer in it
	left                     // its file no longer has it
)

// The parts. What may be empty on both sides without saying anything is not ok
// where it is.
var (
	key part = func(e *Entry) (string, bool) {
		return join(e.Rule, e.fn(), e.Cause, e.Primitive), true
	}
	// where tells callers of one fault apart.
	where part = func(e *Entry) (string, bool) { return e.Func, true }
	// elsewhere is key where the import path may be another.
	elsewhere part = func(e *Entry) (string, bool) {
		return join(e.Rule, unqualified(e.fn(), e.Package), unqualified(e.Cause, e.Package), unqualified(e.Primitive, e.Package)), true
	}
	// hazard is key without the function.
	hazard part = func(e *Entry) (string, bool) {
		return join(e.Rule, unqualified(e.Cause, e.Package), unqualified(e.Primitive, e.Package)), true
	}
	rule  part = func(e *Entry) (string, bool) { return e.Rule, true }
	cause part = func(e *Entry) (string, bool) { return unqualified(e.Cause, e.Package), true }
	// function is that of a folder, whatever the path of its module.
	function part = func(e *Entry) (string, bool) {
		return join(unqualified(e.fn(), e.Package), slashpath.Dir(e.File)), true
	}
	name   part = func(e *Entry) (string, bool) { return bare(e.fn()), true }
	pkg    part = func(e *Entry) (string, bool) { return e.Package, true }
	path   part = func(e *Entry) (string, bool) { return e.File, true }
	text   part = func(e *Entry) (string, bool) { return e.Code.Text, e.Code.Text != "" }
	shape  part = func(e *Entry) (string, bool) { return e.Code.Shape, e.Code.Shape != "" }
	frame  part = func(e *Entry) (string, bool) { return e.Code.Frame, e.Code.Frame != "" }
	near   part = func(e *Entry) (string, bool) { return e.Code.Near, e.Code.Near != "" }
	around part = func(e *Entry) (string, bool) { return join(e.Code.Prev, e.Code.Next), true }
	before part = func(e *Entry) (string, bool) { return e.Code.Prev, e.Code.Prev != "" }
	after  part = func(e *Entry) (string, bool) { return e.Code.Next, e.Code.Next != "" }
)

// stages are in the order of certainty.
var stages = []stage{
	// The function is the same, and so is the code: among equals, what is
	// around it decides.
	{parts: []part{key, where, text, near}},
	{parts: []part{key, where, text, around}},
	{parts: []part{key, where, text, before}},
	{parts: []part{key, where, text, after}},
	{parts: []part{key, where, text}},
	// Local names are others.
	{parts: []part{key, where, shape, around}},
	{parts: []part{key, where, shape}},
	{parts: []part{key, shape}},
	// The code was rewritten.
	{parts: []part{key, where}},
	{parts: []part{key}},
	// The module has another path, or one that it uses has: a major version.
	{parts: []part{elsewhere, path, shape, around}},
	{parts: []part{elsewhere, path, shape}},
	{parts: []part{elsewhere, path}},
	// The statement does what it did, and ends in something else: what it calls
	// has changed.
	{parts: []part{rule, cause, function, shape, around}},
	{parts: []part{rule, cause, function, shape}},
	// The function moved to another package, or its folder has another name.
	{parts: []part{elsewhere, shape, around}, since: left},
	{parts: []part{elsewhere, shape}, since: left},
	// The code moved to another function of the file or the package.
	{parts: []part{hazard, path, shape, before, after}, since: departed},
	{parts: []part{hazard, pkg, shape, before, after}, since: departed},
	{parts: []part{hazard, path, text, before}, since: departed},
	{parts: []part{hazard, path, text, after}, since: departed},
	// The function or its type has another name.
	{parts: []part{hazard, path, shape, around}, since: left},
	{parts: []part{hazard, pkg, shape, around}, since: left},
	{parts: []part{hazard, pkg, shape, before}, since: left},
	{parts: []part{hazard, pkg, shape, after}, since: left},
	{parts: []part{hazard, shape, before, after}, since: left},
	// Names that the hazard is told by are others: those of variables, of
	// what is called, of types.
	{parts: []part{rule, function, frame, around}},
	{parts: []part{rule, function, frame}},
	{parts: []part{rule, pkg, name, frame}, since: left},
}

// pair returns for each entry of now the index of the old one that answers for
// it, or -1.
func (r *reader) pair(old, now []Entry) []int {
	pairs := make([]int, len(now))
	for i := range pairs {
		pairs[i] = -1
	}
	var fates []fate
	vanished, appeared := indices(len(old)), indices(len(now))
	for _, s := range stages {
		if len(vanished) == 0 || len(appeared) == 0 {
			break
		}
		candidates := vanished
		if s.since > 0 {
			if fates == nil {
				fates = r.fates(old, vanished)
			}
			candidates = keep(vanished, func(j int) bool { return fates[j] >= s.since })
		}
		vanished, appeared = s.pair(old, now, candidates, vanished, appeared, pairs)
	}
	return pairs
}

// pair pairs candidates with what appeared, and returns what remains.
func (s stage) pair(old, now []Entry, candidates, vanished, appeared, pairs []int) (remain, fresh []int) {
	buckets := make(map[string][]int)
	for _, j := range candidates {
		if b, ok := s.bucket(&old[j]); ok {
			buckets[b] = append(buckets[b], j)
		}
	}
	taken := make(map[int]bool)
	for _, i := range appeared {
		b, ok := s.bucket(&now[i])
		if js := buckets[b]; ok && len(js) > 0 {
			pairs[i], buckets[b] = js[0], js[1:]
			taken[js[0]] = true
		}
	}
	remain = keep(vanished, func(j int) bool { return !taken[j] })
	return remain, keep(appeared, func(i int) bool { return pairs[i] < 0 })
}

// bucket joins what e has of the parts.
func (s stage) bucket(e *Entry) (string, bool) {
	values := make([]string, 0, len(s.parts))
	for _, p := range s.parts {
		v, ok := p(e)
		if !ok {
			return "", false
		}
		values = append(values, v)
	}
	return join(values...), true
}

// fates tells what has become of the declarations of the entries with these
// indices.
func (r *reader) fates(old []Entry, of []int) []fate {
	fates := make([]fate, len(old))
	for _, j := range of {
		e, f := &old[j], r.file(r.abs(old[j].File))
		switch shapes := f.shapes(e.Decl); {
		case !f.declares(e.Decl):
			fates[j] = left
		case len(shapes) > 0 && !shapes[e.Code.Prev] && !shapes[e.Code.Next]:
			fates[j] = departed
		}
	}
	return fates
}

// join separates by what no name and no path holds.
func join(parts ...string) string { return strings.Join(parts, "\x00") }

func indices(n int) []int {
	is := make([]int, n)
	for i := range is {
		is[i] = i
	}
	return is
}

func keep(is []int, ok func(int) bool) []int {
	var kept []int
	for _, i := range is {
		if ok(i) {
			kept = append(kept, i)
		}
	}
	return kept
}
