package allocs

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
)

// Speaks returns where d says that something is put on the heap, and whether it
// says so at all.
func (x *Index) Speaks(d *escape.Diagnostic) (token.Pos, bool) {
	if d.Kind != escape.Moved && d.Kind != escape.Escapes || d.Static {
		return token.NoPos, false
	}
	pos := x.Report.Where(d)
	return pos, pos.IsValid() && !x.namesFunc(pos)
}

// namesFunc reports whether pos is that of a declared function's name: there
// stands what the compiler's wrapper of an instantiation does, which is what
// the function does.
func (x *Index) namesFunc(pos token.Pos) bool {
	g := x.pass.Funcs.At(pos)
	if g == nil {
		return false
	}
	decl, ok := g.Node.(*ast.FuncDecl)
	return ok && (pos == decl.Name.Pos() || decl.Recv != nil && pos == decl.Recv.Pos())
}

// Escape judges what d, which speaks of the heap, says. It returns nil if nothing
// is allocated, or if that is said elsewhere: where the function that d stands in
// is inlined, or in the function that is inlined here.
func (x *Index) Escape(d *escape.Diagnostic) *Site {
	pos := x.Report.Where(d)
	s := &Site{Pos: pos, Tier: rule.Proven, Cause: d.Cause(), Flow: d.Flow}
	s.Value = x.Finder.Value(d, pos)
	if call := x.inlinedCall(d, pos, s.Value); call != nil {
		if s.Value = x.inlinee(d, call, s); s.Value == nil {
			return nil
		}
	} else if !x.inBody(d, pos, s) {
		return nil
	}
	if s.Value.Free {
		return nil
	}
	if s.Cause.Kind == escape.Panicked && s.Value.Kind != values.Variable {
		return nil // on the way to a panic, in code inlined from elsewhere
	}
	s.Tier = rule.Lower(s.Tier, s.Value.Tier)
	if d.Mixed {
		s.Tier = rule.Lower(s.Tier, rule.Likely)
	}
	if s.Value.Kind == values.Grown && s.Inline == "" {
		keeps, hasRoom := x.appended(pos)
		if hasRoom {
			return nil
		}
		s.Kept = keeps
	}
	s.Verdict = verdict(s, d.Mixed)
	x.rarely(s)
	if s.Value.Kind == values.Grown && s.Rare == seldom.Grows {
		s.Kept = true
	}
	return s
}

// verdict turns the tier of what the compiler says into a verdict: what the
// value decides depends on its size, or on how small a number it is.
func verdict(s *Site, mixed bool) Verdict {
	switch {
	case s.Value.Sized, s.Value.Tier == rule.Likely && s.Tier == rule.Likely && !mixed:
		return SizeDependent
	case s.Tier == rule.Proven:
		return Proven
	}
	return Suspected
}
