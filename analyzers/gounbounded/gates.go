package gounbounded

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
)

// gated reports whether something lets only so many through to the frame's
// node at a time: a slot taken before and given back by the goroutine, or a
// condition that the function itself changes.
func (f *finder) gated(fr *frame) bool {
	return f.slotted(fr) || f.flagged(fr)
}

// slotted reports whether a slot is taken before the node that the goroutine gives back.
func (f *finder) slotted(fr *frame) bool {
	if fr.slots.empty() {
		return false
	}
	before := newOps()
	c := &collector{f: f, ops: before, depth: 2, brief: true, skip: func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		return n.Pos() >= fr.node.Pos() || ok && lit.End() <= fr.node.Pos()
	}}
	c.walk(fr.fn.Body)
	for k := range before.sends {
		if fr.slots.recvs[k] {
			return true
		}
	}
	for k := range before.recvs {
		if fr.slots.sends[k] {
			return true
		}
	}
	return f.acquired(before, fr.slots) || f.released(fr)
}

// acquired reports whether a method called before and one that the goroutine
// calls on the same object work on one channel from both ends.
func (f *finder) acquired(before, after *ops) bool {
	for k, takes := range before.calls {
		if after.has(k, "Unlock") && !after.has(k, "Lock") && before.has(k, "Lock") && !before.has(k, "Unlock") {
			return true // the goroutine releases the lock that its starter took
		}
		for _, take := range takes {
			for _, give := range after.calls[k] {
				if f.pair(take, give) {
					return true
				}
			}
		}
	}
	return false
}

func (f *finder) pair(take, give *types.Func) bool {
	if strings.Contains(take.Name(), "Acquire") && strings.Contains(give.Name(), "Release") {
		return true
	}
	t, g := f.slots(take), f.slots(give)
	return t != nil && g != nil && (meet(t.Sends, g.Frees) || meet(t.Recvs, g.Fills))
}

func meet(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// released reports whether the goroutine calls a function that a call before
// returned: release, err := limiter.Acquire(ctx). A context's cancel is not one.
func (f *finder) released(fr *frame) bool {
	fl := f.flows.Of(fr.fn)
	for k := range fr.slots.called {
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
