package effects

import (
	"go/token"
	"go/types"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// solve finds for each function and kind the best witness, and builds the
// summaries.
func (x *inference) solve() {
	for _, f := range x.funcs {
		f.collect()
	}
	for _, group := range components(x.funcs) {
		for changed := true; changed; {
			changed = false
			for _, f := range group {
				changed = x.relax(f) || changed
			}
		}
	}
	for _, f := range x.funcs {
		f.summary = x.summarise(f)
	}
	for _, f := range x.funcs {
		for i, r := range f.results {
			if r.summary.Stated == opUnknown.Stated {
				continue
			}
			if f.summary.Results == nil {
				f.summary.Results = make(map[int]*Summary)
			}
			shallow := *r.summary // it may return itself
			shallow.Results = nil
			f.summary.Results[i] = &shallow
		}
	}
}

// collect lists all that f does in one go.
func (f *function) collect() {
	for k := range f.best {
		f.best[k] = noWeight
	}
	if f.fixed != nil {
		return
	}
	f.edges = f.ops
	for _, s := range f.sites {
		for _, t := range s.targets {
			if t.given != nil || s.spawned || t.spawned {
				continue
			}
			f.edges = append(f.edges, edge{instr: s.instr, pos: s.pos, cold: s.cold || t.cold, to: t.fn, sum: t.sum, label: t.label, only: t.only, tail: t.tail})
		}
	}
	for _, a := range f.allocs {
		f.edges = append(f.edges, edge{instr: a.Instr, pos: a.Pos, cold: a.Cold, sum: opAlloc[a.Certainty], label: a.What})
	}
}

// relax improves what is known of f by what is known of its callees.
func (x *inference) relax(f *function) (changed bool) {
	improve := func(k Kind, w weight) {
		if w < f.best[k] {
			f.best[k] = w
			changed = true
		}
	}
	for k := range numKinds {
		if f.own.Has(k) {
			improve(k, newWeight(false, Proven, 0))
		}
	}
	if f.fixed != nil {
		for _, e := range f.fixed.Effects {
			improve(e.Kind, newWeight(false, Proven, 0))
		}
		return changed
	}
	for i := range f.edges {
		e := &f.edges[i]
		if e.to != nil {
			for k, w := range e.to.best {
				if w != noWeight && !e.drops(Kind(k)) {
					improve(e.kind(Kind(k)), x.step(e, w))
				}
			}
			continue
		}
		for _, eff := range e.sum.Effects {
			if !e.drops(eff.Kind) {
				improve(e.kind(eff.Kind), x.step(e, eff.weight()))
			}
		}
	}
	return changed
}

func (e Effect) weight() weight { return newWeight(e.Cold, e.Certainty, chainLen(e.Chain)) }

// kind returns what an effect of the callee is to the caller.
func (e *edge) kind(k Kind) Kind {
	if e.only != nil && e.only.set.Has(k) {
		return e.only.as
	}
	return k
}

// drops reports whether an effect of the callee is none of the caller.
func (e *edge) drops(k Kind) bool { return e.only != nil && e.only.drop.Has(k) }

// step returns the weight that an effect of the callee has for the caller.
func (x *inference) step(e *edge, w weight) weight {
	if x.isEnd(e) {
		w = newWeight(w.cold(), w.certainty(), 0)
	}
	if e.tail != nil {
		return w.extend(e.cold, e.tail.weight.length())
	}
	return w.extend(e.cold, 1)
}

// isEnd reports whether chains end with the call e.
func (x *inference) isEnd(e *edge) bool {
	return x.tables.ends[e.name()]
}

func (e *edge) name() string {
	if e.to != nil {
		return tableName(e.to.name)
	}
	return tableName(e.label)
}

// chain returns the chain of f's effect of kind k, which it has.
func (x *inference) chain(f *function, k Kind) *Step {
	if f.built.Has(k) {
		return f.chains[k]
	}
	f.built |= 1 << k
	if f.best[k].length() == 0 {
		return nil
	}
	for i := range f.edges {
		e := &f.edges[i]
		next, ok := x.leads(e, k, f.best[k])
		if !ok {
			continue
		}
		label := e.label
		if label == "" {
			label = e.to.name
		}
		f.chains[k] = link(Step{Func: label, Pos: x.position(e.pos)}, next)
		break
	}
	return f.chains[k]
}

// leads reports whether e is an edge by which a function has its effect of kind
// k with weight w, and returns the chain behind it.
func (x *inference) leads(e *edge, k Kind, w weight) (next *Step, ok bool) {
	if e.to != nil {
		for ck, cw := range e.to.best {
			if cw != noWeight && !e.drops(Kind(ck)) && e.kind(Kind(ck)) == k && x.step(e, cw) == w {
				if x.isEnd(e) {
					return nil, true
				}
				return x.chain(e.to, Kind(ck)), true
			}
		}
		return nil, false
	}
	for _, eff := range e.sum.Effects {
		if !e.drops(eff.Kind) && e.kind(eff.Kind) == k && x.step(e, eff.weight()) == w {
			switch {
			case x.isEnd(e):
				return nil, true
			case e.tail != nil:
				return x.tailChain(e.tail), true
			}
			return eff.Chain, true
		}
	}
	return nil, false
}

func (x *inference) position(pos token.Pos) Position {
	p := x.pass.Fset.Position(pos)
	if base := filepath.Base(p.Filename); strings.HasPrefix(base, "_cgo_") {
		p.Filename = base // it is in a directory that is new in each build
	}
	return Position{p.Filename, p.Line, p.Column}
}

// summarise builds the summary of f.
func (x *inference) summarise(f *function) *Summary {
	s := &Summary{Retained: f.retained}
	if f.fixed != nil {
		s.Stated = f.fixed.Stated
	}
	for k := range numKinds {
		if w := f.best[k]; w != noWeight {
			s.Effects = append(s.Effects, Effect{Kind: k, Cold: w.cold(), Certainty: w.certainty(), Chain: x.chain(f, k)})
		}
	}
	for _, k := range f.givens {
		g := f.given[k]
		switch {
		case k.param.Parent() == f.ssa:
			s.Given = append(s.Given, Given{
				Param:      indexOf(f.ssa.Params, k.param),
				Method:     k.method,
				Spawned:    k.spawned,
				Cold:       g.weight.cold(),
				Unresolved: x.openOf(k, g.open),
				Chain:      x.givenChain(f, k),
			})
		case k.spawned, f.knows(k):
		default: // of a function around, or one that set a field: f's callers cannot tell
			s.Effects = withOpen(s.Effects, x.openOf(k, g.open), g.weight.cold(), x.givenChain(f, k))
		}
	}
	s.Given = inOrder(s.Given)
	return s
}

// openOf returns what to assume of a call of a parameter if its type says what
// can be passed: what any of that does.
func (x *inference) openOf(k givenKey, open Set) Set {
	ts := x.passable(k)
	if len(ts) == 0 {
		return open
	}
	var kinds Set
	for _, t := range ts {
		if t.fn == nil {
			kinds |= t.sum.Kinds()
			continue
		}
		for c, w := range t.fn.best {
			if w != noWeight {
				kinds |= 1 << c
			}
		}
		for _, other := range t.fn.givens {
			if len(x.passable(other)) == 0 && !other.spawned {
				kinds |= t.fn.given[other].open
			}
		}
	}
	return kinds
}

// A passedKey is what decides what a call of a parameter may be: its type, and which
// method of it is called, if any.
type passedKey struct {
	typ    types.Type
	method string
}

// passable is byType, remembered: while functions are solved it is asked of the same
// few types over and over, and an interface of generated code has hundreds of methods.
func (x *inference) passable(k givenKey) []*target {
	if k.param == nil {
		return nil
	}
	key := passedKey{k.param.Type(), k.method}
	ts, known := x.byParam[key]
	if !known {
		ts = x.byType(k.param, k.method)
		x.byParam[key] = ts
	}
	return ts
}

// withOpen adds the kinds in open to effects, where there is no better one.
func withOpen(effects []Effect, open Set, cold bool, step *Step) []Effect {
	s := Summary{Effects: effects, Given: []Given{{Cold: cold, Unresolved: open, Chain: step}}}
	all := s.All()
	for i := range all {
		all[i].ByCaller = false
	}
	return all
}

// givenChain returns the chain by which f calls what it was given.
func (x *inference) givenChain(f *function, k givenKey) *Step {
	g := f.given[k]
	if g.step == nil {
		g.step = link(Step{Func: g.label, Pos: x.position(g.pos)}, x.tailChain(g))
	}
	return g.step
}

// tailChain returns the chain behind the first step of g.
func (x *inference) tailChain(g *givenCall) *Step {
	if g.via != nil {
		return x.givenChain(g.via, g.viaKey)
	}
	return g.viaStep
}

// components returns the strongly connected components of the call graph,
// callees before callers.
func components(funcs []*function) [][]*function {
	t := &tarjan{index: make(map[*function]int), low: make(map[*function]int), on: make(map[*function]bool)}
	for _, f := range funcs {
		if t.index[f] == 0 {
			t.visit(f)
		}
	}
	return t.found
}

type tarjan struct {
	index, low map[*function]int // from 1
	on         map[*function]bool
	stack      []*function
	found      [][]*function
}

func (t *tarjan) visit(f *function) {
	t.index[f] = len(t.index) + 1
	t.low[f] = t.index[f]
	t.stack = append(t.stack, f)
	t.on[f] = true
	for i := range f.edges {
		g := f.edges[i].to
		if g == nil {
			continue
		}
		if t.index[g] == 0 {
			t.visit(g)
			t.low[f] = min(t.low[f], t.low[g])
		} else if t.on[g] {
			t.low[f] = min(t.low[f], t.index[g])
		}
	}
	if t.low[f] != t.index[f] {
		return
	}
	for i := len(t.stack) - 1; ; i-- {
		g := t.stack[i]
		t.on[g] = false
		if g == f {
			t.found = append(t.found, append([]*function(nil), t.stack[i:]...))
			t.stack = t.stack[:i]
			return
		}
	}
}

// resultFunctions finds what the functions that a declared function returns may
// do, for those who call them from another package.
func (x *inference) resultFunctions() {
	for _, f := range x.funcs {
		if f.obj == nil || f.fixed != nil || f.general != nil {
			continue
		}
		results := f.ssa.Signature.Results()
		for i := range results.Len() {
			if _, ok := results.At(i).Type().Underlying().(*types.Signature); ok {
				x.resultFunction(f, i)
			}
		}
	}
}

func (x *inference) resultFunction(f *function, i int) {
	t := x.newTracer()
	for _, b := range f.ssa.Blocks {
		if ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && i < len(ret.Results) {
			t.follow(ret.Results[i], 0)
		}
	}
	if t.found.open || len(t.found.list) == 0 {
		return
	}
	r := &function{name: "the result of " + f.name, given: make(map[givenKey]*givenCall)}
	s := &site{pos: f.ssa.Pos()}
	for _, o := range t.found.list {
		if o.param != nil || o.typ != nil {
			return
		}
	}
	s.targets = x.functionTargets(f, &t.found, nil, nil)
	if len(s.targets) == 1 && s.targets[0].fn != nil {
		r = s.targets[0].fn // its own parameters are those of the result
	} else {
		r.sites = []*site{s}
		x.funcs = append(x.funcs, r)
	}
	if f.results == nil {
		f.results = make(map[int]*function)
	}
	f.results[i] = r
}
