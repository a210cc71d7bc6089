package gounbounded

import (
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// registered reports whether the node is reached only if a method of an object
// agrees, and the goroutine calls another method of that object when it ends: a
// registry of what runs, which refuses a second one of the same. What the methods
// do is not looked at, they may be in any package.
func (f *finder) registered(fr *frame) (found bool) {
	ended := f.endCalls(fr)
	if len(ended) == 0 {
		return false
	}
	for _, c := range f.guards.Conditions(fr.fn, f.at[fr.node]) {
		ast.Inspect(c.Expr, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				on, fn := f.method(call)
				done := ended[on]
				found = found || on != nil && len(call.Args) > 0 && done != nil && done != fn
			}
			return !found
		})
	}
	return found
}

// endCalls returns the methods with arguments that the goroutine defers, by the
// field or the variable of a package that they are called on.
func (f *finder) endCalls(fr *frame) map[types.Object]*types.Func {
	ended := make(map[types.Object]*types.Func)
	body := f.body(fr.s)
	if body == nil {
		return nil
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			ast.Inspect(n, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) > 0 {
					if on, fn := f.method(call); on != nil {
						ended[on] = fn
					}
				}
				return true
			})
			return false
		}
		return true
	})
	return ended
}

// body returns what the goroutine of a go statement runs, if it is in sight.
func (f *finder) body(s *spawn) *ast.BlockStmt {
	if _, ok := s.node.(*ast.GoStmt); !ok {
		return nil
	}
	if lit, ok := ast.Unparen(s.call.Fun).(*ast.FuncLit); ok {
		return lit.Body
	}
	if c := f.Funcs.Call(s.call); c != nil && c.Callee != nil {
		return c.Callee.Body
	}
	return nil
}

// method returns the field or the variable of a package that a method is called
// on, and the method; nil if the call is another one.
func (f *finder) method(call *ast.CallExpr) (types.Object, *types.Func) {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	c := f.Funcs.Call(call)
	if !ok || c == nil || c.Func == nil || c.Func.Signature().Recv() == nil {
		return nil, nil
	}
	on := dataflow.Key(f.TypesInfo, sel.X)
	if on == nil || dataflow.LocalVar(on) != nil {
		return nil, nil
	}
	return on, c.Func
}

// spoken reports whether what is read is what a command says that the function
// has made: as much as the command makes of it, which runs for the function.
func (f *finder) spoken(fr *frame, read *ast.CallExpr) bool {
	fl := f.flows.Of(fr.fn)
	for v := range fl.From(dataflow.Mentioned(f.TypesInfo, read)) {
		for _, d := range fl.Defs[v] {
			if call, ok := ast.Unparen(d.RHS).(*ast.CallExpr); ok && f.pipes(call) {
				return true
			}
		}
	}
	return false
}

func (f *finder) pipes(call *ast.CallExpr) bool {
	switch values.Callee(f.TypesInfo, call) {
	case "(*os/exec.Cmd).StdoutPipe", "(*os/exec.Cmd).StderrPipe":
		return true
	}
	return false
}
