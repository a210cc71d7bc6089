package gounbounded

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// lives reports whether the goroutine is the life of the object whose method starts it: it
// is given nothing else, and another method of the object ends it or waits for its end.
// Then there are as many as of these objects, sessions say, however they came to be made.
func (f *finder) lives(fr *frame) bool {
	if fr.depth > 0 || fr.s.site != nil || fr.fn.Obj == nil {
		return false
	}
	recv := fr.fn.Sig.Recv()
	for v := range fr.s.vars {
		if v != recv {
			return false
		}
	}
	if !fr.s.vars[recv] {
		return false
	}
	cancels := f.cancels(fr.fn)
	for _, fn := range f.Funcs.Funcs {
		if fn != fr.fn && fn.Obj != nil && fn.Sig.Recv() != nil && types.Identical(fn.Sig.Recv().Type(), recv.Type()) && !f.runs(fr.s, fn) && f.ends(fr.s, fn, cancels) {
			return true
		}
	}
	return false
}

// runs reports whether the goroutine itself calls fn.
func (f *finder) runs(s *spawn, fn *funcs.Func) (found bool) {
	ast.Inspect(s.node, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			k := f.Funcs.Call(call)
			found = found || k != nil && k.Callee == fn
		}
		return !found
	})
	return found
}

// ends reports whether fn ends the goroutine of s: it closes a channel that the goroutine
// receives from, calls one of cancels, or waits for what the goroutine sends.
func (f *finder) ends(s *spawn, fn *funcs.Func, cancels dataflow.Objects) bool {
	ops := f.chans.Collect(fn.Body, chanops.Scope{})
	for k := range s.all.Sends {
		if isField(k) && ops.Recvs[k] {
			return true
		}
	}
	for k := range cancels {
		if ops.Called[k] {
			return true
		}
	}
	for k := range f.closed(fn) {
		if s.all.Recvs[k] {
			return true
		}
	}
	return false
}

// closed returns the fields whose channels fn closes.
func (f *finder) closed(fn *funcs.Func) dataflow.Objects {
	found := make(dataflow.Objects)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		if values.IsBuiltin(f.TypesInfo, call, "close") {
			if k := dataflow.Key(f.TypesInfo, call.Args[0]); k != nil && isField(k) {
				found[k] = true
			}
		}
		return true
	})
	return found
}

// cancels returns the fields in which fn keeps the cancel functions of contexts that it
// derives.
func (f *finder) cancels(fn *funcs.Func) dataflow.Objects {
	found := make(dataflow.Objects)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || len(as.Lhs) != 2 || len(as.Rhs) != 1 {
			return true
		}
		call, ok := ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
		if !ok || !strings.HasPrefix(values.Callee(f.TypesInfo, call), "context.With") {
			return true
		}
		if k := dataflow.Key(f.TypesInfo, as.Lhs[1]); k != nil && isField(k) {
			found[k] = true
		}
		return true
	})
	return found
}

func isField(k types.Object) bool {
	v, ok := k.(*types.Var)
	return ok && v.IsField()
}
