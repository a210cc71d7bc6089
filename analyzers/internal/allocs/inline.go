package allocs

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
)

// What an inlined function allocates stands at the call. Its own body is
// compiled besides, and what is said there is true only where it is called as
// such: so a function that every hot caller has inlined is judged at the
// calls, and any other in its body.

// inlinedCall returns the call whose inlined body d speaks of, or nil if d
// speaks of the source at pos.
func (x *Index) inlinedCall(d *escape.Diagnostic, pos token.Pos, v *values.Value) *ast.CallExpr {
	if !x.Report.Inlined(pos) || v.Kind == values.Variadic && v.Node != nil {
		return nil
	}
	if v.Kind == values.Copied && strings.Contains(d.Subject, "(~r") {
		return nil // the result is copied here
	}
	for _, cur := range x.Finder.At(pos) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		t := x.pass.TypesInfo.TypeOf(call)
		if _, tuple := t.(*types.Tuple); strings.HasPrefix(d.Subject, "~r") && !tuple && !types.IsInterface(t) {
			return nil // the result is boxed here
		}
		return call
	}
	return nil
}

// inlinee returns what the function inlined at call allocates there by d, or
// nil if that is judged elsewhere or does not happen on a warm path.
func (x *Index) inlinee(d *escape.Diagnostic, call *ast.CallExpr, s *Site) *values.Value {
	s.Call, s.Inline = call, types.ExprString(call.Fun)
	const deepest = 10 // functions that call each other could go on
	if s.depth++; s.depth > deepest {
		return nil
	}
	k := x.pass.Funcs.Call(call)
	if k == nil || k.Callee == nil {
		// The branches of another package are not seen. What a constructor
		// returns is made always.
		s.Tier = rule.Suspected
		if x.constructs(call, d) {
			s.Tier = rule.Likely
		}
		return values.Foreign(d.Subject)
	}
	if !x.gone(k.Callee) {
		return nil
	}
	known := false
	for _, in := range x.Report.Diagnostics {
		if in.Subject != d.Subject || in.Kind != escape.Moved && in.Kind != escape.Escapes && in.Kind != escape.Stays {
			continue
		}
		pos := x.Report.Where(in)
		if !pos.IsValid() || pos < k.Callee.Node.Pos() || k.Callee.Node.End() <= pos {
			continue
		}
		known = true
		if x.pass.Hotness.Cold(pos) {
			continue
		}
		v := x.Finder.Value(in, pos)
		if inner := x.inlinedCall(in, pos, v); inner != nil && inner != call {
			if v = x.inlinee(in, inner, s); v == nil {
				continue
			}
			s.Call, s.Inline = call, types.ExprString(call.Fun)
		}
		s.Rare = x.Seldom.Why(pos)
		if keeps, hasRoom := x.appended(pos); keeps && !x.givesNil(call) {
			s.Kept = true
		} else if hasRoom {
			continue
		}
		return v
	}
	if known {
		return nil
	}
	if v := x.localOf(k.Callee, d.Subject); v != nil && d.Kind == escape.Moved {
		return v
	}
	s.Tier = rule.Likely
	v := values.Foreign(d.Subject)
	v.Node = k.Callee.Node
	if pos := sourceOf(k.Callee, d.Subject); pos.IsValid() {
		if x.pass.Hotness.Cold(pos) {
			return nil
		}
		s.Rare = x.Seldom.Why(pos)
	}
	if x.namesError(d.Subject) && !seldom.MakesError(call) {
		s.Rare = "it makes an error" // in a branch of the callee, as a rule
	}
	return v
}

// givesNil reports whether nil is an argument of call: an append to it finds no room.
func (x *Index) givesNil(call *ast.CallExpr) bool {
	return slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return x.pass.TypesInfo.Types[a].IsNil() })
}

// sourceOf returns the place in g of an expression that the compiler words like
// that. Of a literal that is inlined wherever it is called it says nothing else.
func sourceOf(g *funcs.Func, subject string) (pos token.Pos) {
	ast.Inspect(g.Body, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !pos.IsValid() && types.ExprString(e) == subject {
			pos = e.Pos()
		}
		return !pos.IsValid()
	})
	return pos
}

// namesError reports whether the compiler's words for a value are those for an
// error of this package.
func (x *Index) namesError(subject string) bool {
	name, _, ok := strings.Cut(strings.TrimPrefix(subject, "&"), "{")
	if !ok {
		return false
	}
	obj, ok := x.pass.Pkg.Scope().Lookup(name).(*types.TypeName)
	return ok && isError(obj.Type())
}

// constructs reports whether d is the object that call returns. Of an error
// that is so only where the call does nothing else than make one.
func (x *Index) constructs(call *ast.CallExpr, d *escape.Diagnostic) bool {
	if !strings.HasPrefix(d.Subject, "&") && !strings.HasPrefix(d.Subject, "new(") {
		return false
	}
	t := x.pass.TypesInfo.TypeOf(call)
	if tuple, ok := t.(*types.Tuple); ok && tuple.Len() == 0 {
		return false
	}
	if seldom.Fetches(call) {
		return false // from a pool, maybe
	}
	fails := types.Identical(t, types.Universe.Lookup("error").Type()) || strings.Contains(d.Subject, "rror")
	if fails && !seldom.MakesError(call) {
		return false
	}
	return slices.ContainsFunc(d.Flow, func(e escape.Edge) bool { return strings.HasPrefix(e.To, "~r") })
}

// localOf returns the variable of that name in g. It escapes at a call only,
// so the compiler says nothing of it in the body.
func (x *Index) localOf(g *funcs.Func, name string) (v *values.Value) {
	ast.Inspect(g.Node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && id.Name == name && x.pass.TypesInfo.Defs[id] != nil && v == nil && !x.pass.Hotness.Cold(id.Pos()) {
			v = x.Finder.Variable(name, id.Pos())
		}
		return v == nil
	})
	return v
}

// inBody judges d where its function is called as such. It reports whether it
// is at all, and lowers the tier of f where that depends on callers.
func (x *Index) inBody(d *escape.Diagnostic, pos token.Pos, s *Site) bool {
	g := x.pass.Funcs.At(pos)
	if g != nil && g.Obj == nil && pos < g.Body.Lbrace {
		g = g.Parent // where a closure is made
	}
	for ; g != nil; g = g.Parent {
		if x.gone(g) {
			return false
		}
		if !x.Report.CanInline(g.Node) {
			continue
		}
		switch calls, inlined := x.calls(g, true); {
		case calls > 0 && calls == inlined && !x.escapesAtCall(g, d):
			s.Tier = rule.Lower(s.Tier, rule.Suspected) // what callers there are keep it on the stack
		case calls == 0 && s.Cause.Kind == escape.Returned:
			s.Tier = rule.Lower(s.Tier, rule.Likely) // callers elsewhere may inline it
		}
	}
	return true
}

// gone reports whether g is hot only through calls, and each of these was inlined.
func (x *Index) gone(g *funcs.Func) bool {
	if !x.Report.CanInline(g.Node) {
		return false
	}
	hot := x.pass.Hotness.Hot(g.Node)
	if hot != nil && len(hot.Via) == 0 && g.Obj != nil {
		return false
	}
	calls, inlined := x.calls(g, false)
	return calls > 0 && calls == inlined
}

// calls counts the calls of g in the package, those in cold functions only if
// all is set, and how many of them were inlined.
func (x *Index) calls(g *funcs.Func, all bool) (calls, inlined int) {
	for _, k := range g.In {
		if k.Caller == nil || !all && x.pass.Hotness.Hot(k.Caller.Node) == nil {
			continue
		}
		calls++
		if x.Report.Inlined(k.Site.Lparen) {
			inlined++
		}
	}
	return calls, inlined
}

func (x *Index) escapesAtCall(g *funcs.Func, d *escape.Diagnostic) bool {
	for _, k := range g.In {
		for _, at := range x.Report.At(k.Site.Lparen) {
			if at.Kind == d.Kind && at.Subject == d.Subject {
				return true
			}
		}
	}
	return false
}
