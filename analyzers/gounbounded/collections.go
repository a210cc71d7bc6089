package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// A collection is what a loop ranges over.
type collection struct {
	kind  sizes.Length
	asked bool // it is part of the request that a handler was given
	expr  ast.Expr
	whole bool // the parameter itself is ranged over, not something inside it
}

// source returns what one goroutine per element comes to.
func (c *collection) source(pos token.Pos) *source {
	src := &source{"element", rule.Suspected, pos, "once per element of " + short(c.expr)}
	switch {
	case c.asked:
		src.kind, src.tier = "payload", rule.Likely
		src.text += ", whose length the sender of the request chooses"
	case c.kind == sizes.Fixed:
		return nil
	case c.kind == sizes.Growing:
		src.kind, src.tier = "session", rule.Likely
		src.text += ", which grows with every connection or session that is added to it"
	case c.kind == sizes.Files:
		src.kind = "file"
	}
	return src
}

// over returns what a loop over x multiplies the spawn by.
func (f *finder) over(fr *frame, at ast.Node, x ast.Expr) (*source, *collection) {
	if x == nil || f.capped(fr, x) {
		return nil, nil
	}
	c := f.provenance(fr, x, true)
	switch {
	case c.asked, c.kind > sizes.Param:
	case c.kind == sizes.Param:
		return nil, &c
	case fr.maybe:
		return nil, nil
	}
	return c.source(at.Pos()), nil
}

// provenance finds what decides the length of x, or of something inside x if
// it is not whole.
func (f *finder) provenance(fr *frame, x ast.Expr, whole bool) collection {
	k := f.sizes.Of(fr.fn, x)
	asked := (k == sizes.Unknown || k == sizes.Param) && f.asked(fr, x)
	if !whole && k == sizes.Fixed {
		k = sizes.Unknown
	}
	_, name := ast.Unparen(x).(*ast.Ident)
	return collection{kind: k, asked: asked, expr: x, whole: whole && name && k == sizes.Param && !asked}
}

// capped reports whether a condition on the way to the node compares the
// length of x with something.
func (f *finder) capped(fr *frame, x ast.Expr) bool {
	k := dataflow.Key(f.TypesInfo, x)
	if k == nil {
		return false
	}
	for _, cond := range f.guards.Conditions(fr.fn, f.at[fr.node]) {
		found := false
		ast.Inspect(cond.Expr, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok || b.Op != token.GTR && b.Op != token.GEQ && b.Op != token.LSS && b.Op != token.LEQ {
				return true
			}
			for _, pair := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
				if l := f.sizes.LengthOf(fr.fn, pair[0]); l != nil && dataflow.Key(f.TypesInfo, l) == k && !f.small(pair[1]) {
					found = true
				}
			}
			return true
		})
		if found {
			return true
		}
	}
	return false
}

// small reports whether e is the constant 0 or 1, which tells empty from full.
func (f *finder) small(e ast.Expr) bool {
	v := f.TypesInfo.Types[e].Value
	return v != nil && (v.String() == "0" || v.String() == "1")
}

// asked reports whether x is part of the request that a handler was given:
// read from it, decoded from it, or a field of what was.
func (f *finder) asked(fr *frame, x ast.Expr) bool {
	top := fr.fn
	for top != nil && !f.serves(top) {
		top = top.Parent
	}
	if top == nil {
		return false
	}
	fl := f.flows.Of(fr.fn)
	from := make(dataflow.Vars)
	fl.Parts(x, from)
	from = fl.Directly(from)
	for p := range top.Sig.Params().Variables() {
		if from[p] && !isContext(p.Type()) {
			return true
		}
	}
	return false
}

// serves reports whether fn is called with a request: it is a handler, or a
// method of a service by its parameters and results, registered where this
// package cannot see it.
func (f *finder) serves(fn *funcs.Func) bool {
	if r := f.Hotness.Root(fn.Node); r != nil && len(r.Via) == 0 {
		return true
	}
	in, out := fn.Sig.Params(), fn.Sig.Results()
	return fn.Sig.Recv() != nil && in.Len() == 2 && out.Len() == 2 &&
		isContext(in.At(0).Type()) && isProto(in.At(1).Type()) && isProto(out.At(0).Type()) && isError(out.At(1).Type())
}

// isProto reports whether t is a message of Protocol Buffers.
func isProto(t types.Type) bool { return hasMethods(t, "ProtoMessage") }
