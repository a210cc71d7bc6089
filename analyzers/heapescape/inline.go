package heapescape

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
func (c *checker) inlinedCall(d *escape.Diagnostic, pos token.Pos, v *values.Value) *ast.CallExpr {
	if !c.report.Inlined(pos) || v.Kind == values.Variadic && v.Node != nil {
		return nil
	}
	if v.Kind == values.Copied && strings.Contains(d.Subject, "(~r") {
		return nil // the result is copied here
	}
	for _, cur := range c.finder.At(pos) {
		call, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			continue
		}
		t := c.pass.TypesInfo.TypeOf(call)
		if _, tuple := t.(*types.Tuple); strings.HasPrefix(d.Subject, "~r") && !tuple && !types.IsInterface(t) {
			return nil // the result is boxed here
		}
		return call
	}
	return nil
}

// inlinee returns what the function inlined at call allocates there by d, or
// nil if that is judged elsewhere or does not happen on a warm path.
func (c *checker) inlinee(d *escape.Diagnostic, call *ast.CallExpr, f *finding) *values.Value {
	f.call, f.inline = call, types.ExprString(call.Fun)
	const deepest = 10 // functions that call each other could go on
	if f.depth++; f.depth > deepest {
		return nil
	}
	k := c.pass.Funcs.Call(call)
	if k == nil || k.Callee == nil {
		// The branches of another package are not seen. What a constructor
		// returns is made always.
		f.tier = rule.Suspected
		if c.constructs(call, d) {
			f.tier = rule.Likely
		}
		return values.Foreign(d.Subject)
	}
	if !c.gone(k.Callee) {
		return nil
	}
	known := false
	for _, in := range c.report.Diagnostics {
		if in.Subject != d.Subject || in.Kind != escape.Moved && in.Kind != escape.Escapes && in.Kind != escape.Stays {
			continue
		}
		pos := c.report.Where(in)
		if !pos.IsValid() || pos < k.Callee.Node.Pos() || k.Callee.Node.End() <= pos {
			continue
		}
		known = true
		if c.pass.Hotness.Cold(pos) {
			continue
		}
		v := c.finder.Value(in, pos)
		if inner := c.inlinedCall(in, pos, v); inner != nil && inner != call {
			if v = c.inlinee(in, inner, f); v == nil {
				continue
			}
			f.call, f.inline = call, types.ExprString(call.Fun)
		}
		f.rare = c.seldom.Why(pos)
		return v
	}
	if known {
		return nil
	}
	if v := c.localOf(k.Callee, d.Subject); v != nil && d.Kind == escape.Moved {
		return v
	}
	f.tier = rule.Likely
	v := values.Foreign(d.Subject)
	v.Node = k.Callee.Node
	if pos := sourceOf(k.Callee, d.Subject); pos.IsValid() {
		if c.pass.Hotness.Cold(pos) {
			return nil
		}
		f.rare = c.seldom.Why(pos)
	}
	if c.namesError(d.Subject) && !seldom.MakesError(call) {
		f.rare = "it makes an error" // in a branch of the callee, as a rule
	}
	return v
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
func (c *checker) namesError(subject string) bool {
	name, _, ok := strings.Cut(strings.TrimPrefix(subject, "&"), "{")
	if !ok {
		return false
	}
	obj, ok := c.pass.Pkg.Scope().Lookup(name).(*types.TypeName)
	return ok && isError(obj.Type())
}

// constructs reports whether d is the object that call returns. Of an error
// that is so only where the call does nothing else than make one.
func (c *checker) constructs(call *ast.CallExpr, d *escape.Diagnostic) bool {
	if !strings.HasPrefix(d.Subject, "&") && !strings.HasPrefix(d.Subject, "new(") {
		return false
	}
	t := c.pass.TypesInfo.TypeOf(call)
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
func (c *checker) localOf(g *funcs.Func, name string) (v *values.Value) {
	ast.Inspect(g.Node, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && id.Name == name && c.pass.TypesInfo.Defs[id] != nil && v == nil && !c.pass.Hotness.Cold(id.Pos()) {
			v = c.finder.Variable(name, id.Pos())
		}
		return v == nil
	})
	return v
}

// inBody judges d where its function is called as such. It reports whether it
// is at all, and lowers the tier of f where that depends on callers.
func (c *checker) inBody(d *escape.Diagnostic, pos token.Pos, f *finding) bool {
	g := c.pass.Funcs.At(pos)
	if g != nil && g.Obj == nil && pos < g.Body.Lbrace {
		g = g.Parent // where a closure is made
	}
	for ; g != nil; g = g.Parent {
		if c.gone(g) {
			return false
		}
		if !c.report.CanInline(g.Node) {
			continue
		}
		switch calls, inlined := c.calls(g, true); {
		case calls > 0 && calls == inlined && !c.escapesAtCall(g, d):
			f.tier = lower(f.tier, rule.Suspected) // what callers there are keep it on the stack
		case calls == 0 && f.cause.Kind == escape.Returned:
			f.tier = lower(f.tier, rule.Likely) // callers elsewhere may inline it
		}
	}
	return true
}

// gone reports whether g is hot only through calls, and each of these was inlined.
func (c *checker) gone(g *funcs.Func) bool {
	if !c.report.CanInline(g.Node) {
		return false
	}
	hot := c.pass.Hotness.Hot(g.Node)
	if hot != nil && len(hot.Via) == 0 && g.Obj != nil {
		return false
	}
	calls, inlined := c.calls(g, false)
	return calls > 0 && calls == inlined
}

// calls counts the calls of g in the package, those in cold functions only if
// all is set, and how many of them were inlined.
func (c *checker) calls(g *funcs.Func, all bool) (calls, inlined int) {
	for _, k := range g.In {
		if k.Caller == nil || !all && c.pass.Hotness.Hot(k.Caller.Node) == nil {
			continue
		}
		calls++
		if c.report.Inlined(k.Site.Lparen) {
			inlined++
		}
	}
	return calls, inlined
}

func (c *checker) escapesAtCall(g *funcs.Func, d *escape.Diagnostic) bool {
	for _, k := range g.In {
		for _, at := range c.report.At(k.Site.Lparen) {
			if at.Kind == d.Kind && at.Subject == d.Subject {
				return true
			}
		}
	}
	return false
}
