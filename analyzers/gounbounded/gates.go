package gounbounded

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
)

// gated reports whether something lets only so many through to the frame's
// node at a time: a slot taken before and given back by the goroutine, or a
// condition that the function itself changes.
func (f *finder) gated(fr *frame) bool {
	return f.slotted(fr) || f.guards.Flagged(fr.fn, f.at[fr.node])
}

// slotted reports whether a slot is taken before the node that the goroutine gives back.
func (f *finder) slotted(fr *frame) bool {
	if fr.slots.Empty() {
		return false
	}
	before := f.chans.Collect(fr.fn.Body, chanops.Scope{Depth: 2, Brief: true, Skip: func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		return n.Pos() >= fr.node.Pos() || ok && lit.End() <= fr.node.Pos()
	}})
	for k := range before.Sends {
		if fr.slots.Recvs[k] {
			return true
		}
	}
	for k := range before.Recvs {
		if fr.slots.Sends[k] {
			return true
		}
	}
	return f.chans.Paired(before, fr.slots) || f.released(fr)
}

// released reports whether the goroutine calls a function that a call before
// returned: release, err := limiter.Acquire(ctx). A context's cancel is not one.
func (f *finder) released(fr *frame) bool {
	fl := f.flows.Of(fr.fn)
	for k := range fr.slots.Called {
		v, ok := k.(*types.Var)
		if !ok || dataflow.LocalVar(v) == nil || isCancel(v.Type()) {
			continue
		}
		for _, d := range fl.Defs[v] {
			if call, ok := ast.Unparen(d.RHS).(*ast.CallExpr); ok && d.Kind == dataflow.Whole && d.Pos < fr.node.Pos() && !f.isLit(call.Fun) {
				return true
			}
		}
	}
	return false
}

func (f *finder) isLit(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

func isCancel(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}
