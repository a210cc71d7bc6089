package logsplit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/telemetry"
)

// dropped reports the errors in f that are logged and nothing else: the request goes
// on as if nothing had happened, and no number says how often.
func (c *checker) dropped(f *funcs.Func, root *hotpath.Root) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			c.droppedIn(f, n, root)
		}
		return true
	})
}

// droppedIn reports the error that n asks for, if its branch only logs it.
func (c *checker) droppedIn(f *funcs.Func, n *ast.IfStmt, root *hotpath.Root) {
	cond, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || !c.TypesInfo.Types[cond.Y].IsNil() || !isError(c.TypesInfo.TypeOf(cond.X)) {
		return
	}
	id, ok := ast.Unparen(cond.X).(*ast.Ident)
	if !ok {
		return
	}
	err := c.TypesInfo.Uses[id]
	var logged *ast.CallExpr
	for _, s := range n.Body.List {
		call := c.logCall(s)
		switch {
		case call != nil && c.names(call, err):
			logged = call
		case call != nil:
		case leavesQuietly(s):
		default:
			return // something is done about it
		}
	}
	if logged == nil || n.Else != nil || c.named(f, err) || c.asksLater(f, n, err) {
		return
	}
	c.Report(rule.Finding{
		Pos: logged.Pos(), End: logged.End(),
		Tier:      rule.Suspected,
		Cause:     "error only logged",
		Primitive: "log",
		Message:   fmt.Sprintf("an error on the way of a request (%s) is logged and neither counted nor returned: no number says how often it happens, and who is paged by numbers learns of it from users", root.Detail),
		Mend:      "count it where it is logged, or return it to who answers the request",
	})
}

// logCall returns the call by which the statement logs, the outermost one of a chain
// of them, or nil.
func (c *checker) logCall(s ast.Stmt) *ast.CallExpr {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return nil
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return nil
	}
	if k := c.Funcs.Call(call); k == nil || !telemetry.Logs(k.Func) {
		return nil
	}
	return call
}

// leavesQuietly reports whether s goes on, or returns, with nothing.
func leavesQuietly(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.BranchStmt:
		return s.Tok == token.CONTINUE || s.Tok == token.BREAK
	case *ast.ReturnStmt:
		return len(s.Results) == 0
	}
	return false
}

// named reports whether err is a result of f: a bare return hands it back.
func (c *checker) named(f *funcs.Func, err types.Object) bool {
	for r := range f.Sig.Results().Variables() {
		if r == err {
			return true
		}
	}
	return false
}

func (c *checker) names(n ast.Node, o types.Object) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.TypesInfo.Uses[id] == o {
			found = true
		}
		return !found
	})
	return found
}

// asksLater reports whether something after n, before err is set again, reads it, or
// a deferred function does.
func (c *checker) asksLater(f *funcs.Func, n *ast.IfStmt, err types.Object) (found bool) {
	set := token.Pos(0)
	ast.Inspect(f.Body, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.AssignStmt:
			for _, l := range m.Lhs {
				if id, ok := l.(*ast.Ident); ok && m.Pos() > n.End() && set == 0 && c.TypesInfo.ObjectOf(id) == err {
					set = m.Pos()
				}
			}
		case *ast.DeferStmt:
			found = found || c.names(m, err)
		case *ast.Ident:
			found = found || c.TypesInfo.Uses[m] == err && m.Pos() > n.End() && set == 0
		}
		return !found
	})
	return found
}
