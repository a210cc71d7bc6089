package effects

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/directive"
)

// A Contradiction is a statement of effects that the code belies: it does
// something else, too, that depends on nobody else.
type Contradiction struct {
	Directive *directive.Directive // that states it; nil: the configuration does
	Func      *types.Func          // whose effects are stated, or that the statement stands in; nil in a literal
	Pos       token.Pos            // where the code does it
	Effect    Effect
	// Certain is set if it happens in every call, right there.
	Certain bool
}

// belying are the kinds that a statement cannot leave out with good reason: the
// code does them or does not. Whether a lock or a channel is waited for depends
// on others, which is what assumptions are for.
const belying Set = 1<<Alloc | 1<<Net | 1<<Disk | 1<<Sleep | 1<<Cgo | 1<<STW | 1<<Spawn | 1<<Exit

// Contradictions returns where the code of the package belies what a directive
// or the configuration states of it, at most one for each statement, in the
// order of the functions.
func (i *Info) Contradictions() []Contradiction {
	i.mu.Lock()
	defer i.mu.Unlock()
	var found []Contradiction
	for _, f := range i.x.funcs {
		if f.ssa == nil || f.general != nil || f.ssa.Syntax() == nil {
			continue
		}
		if own := i.x.statementOf(f); own != nil || i.x.excuses(f.ssa.Syntax()) {
			found = append(found, i.x.belied(f, own)...)
		}
	}
	return found
}

// A statement is what a user says of a function or of the code that an
// assumption covers.
type statement struct {
	dir *directive.Directive // nil: the configuration
	set Set
}

// statementOf returns what a user states of f as a whole, or nil: what tables
// state is not held against the code.
func (x *inference) statementOf(f *function) *statement {
	if f.obj == nil {
		return nil
	}
	if set, ok := x.assumed[tableName(f.obj.FullName())]; ok {
		return &statement{nil, set}
	}
	if d := x.saying[f.obj]; d != nil {
		return &statement{d, x.directed[f.obj].Kinds()}
	}
	return nil
}

// excuses reports whether an assumption about a statement lies in n.
func (x *inference) excuses(n ast.Node) bool {
	return slices.ContainsFunc(x.excused, func(e excuse) bool { return n.Pos() <= e.dir.From && e.dir.To <= n.End() })
}

// belied looks at the code of f as if nothing were stated of it.
func (x *inference) belied(f *function, own *statement) []Contradiction {
	bare := &function{ssa: f.ssa, obj: f.obj, name: f.name, given: make(map[givenKey]*givenCall), bare: true}
	x.scan(bare)
	bare.collect()
	best := make(map[*directive.Directive]Contradiction)
	var order []*directive.Directive
	for i := range bare.edges {
		e := &bare.edges[i]
		st := own
		if ex := x.excuseAt(e.pos); ex != nil {
			st = &statement{ex.dir, ex.sum.Kinds()}
		}
		if st == nil || e.cold {
			continue
		}
		for _, eff := range x.site(e).Effects {
			if !belying.Has(eff.Kind) || st.set.Has(eff.Kind) || eff.Cold || eff.Kind == Alloc && eff.Certainty != Proven {
				continue
			}
			c := Contradiction{Directive: st.dir, Func: f.obj, Pos: e.pos, Effect: eff, Certain: eff.Kind != Alloc && eff.Chain.Next == nil && always(e.instr)}
			old, ok := best[st.dir]
			if !ok {
				order = append(order, st.dir)
			}
			if !ok || c.graver(old) {
				best[st.dir] = c
			}
		}
	}
	found := make([]Contradiction, 0, len(order))
	for _, d := range order {
		found = append(found, best[d])
	}
	return found
}

// graver reports whether c says more than o: what is certain goes first, and
// what is allocated last.
func (c Contradiction) graver(o Contradiction) bool {
	if c.Certain != o.Certain {
		return c.Certain
	}
	return o.Effect.Kind == Alloc && c.Effect.Kind != Alloc
}

// always reports whether a function does not return without having come by instr.
func always(instr ssa.Instruction) bool {
	if instr == nil || instr.Parent() == nil {
		return false
	}
	for _, b := range instr.Parent().Blocks {
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && b != instr.Parent().Recover && !instr.Block().Dominates(b) {
			return false
		}
	}
	return true
}
