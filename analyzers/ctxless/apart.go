package ctxless

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// apart says why the work at call is not part of what owner is waited for, or
// returns the empty string if it is. v, if given, is a context of owner: code
// that uses it by itself shows that it lives no longer than the context.
func (c *checker) apart(call *funcs.Call, owner *funcs.Func, v *types.Var) string {
	switch call.Mode {
	case funcs.Go:
		if !c.joins(call.Caller, call.Site) {
			return "a goroutine that nobody waits for"
		}
	case funcs.Defer:
		return "deferred"
	}
	cur, ok := c.inspect.Root().FindNode(call.Site)
	if !ok {
		return "unknown"
	}
	for child := cur; ; child = child.Parent() {
		parent := child.Parent()
		if !parent.Valid() || child.Node() == owner.Node {
			return ""
		}
		if why := c.afterDone(parent.Node(), child.Node()); why != "" {
			return why
		}
		lit := c.pass.Funcs.Of(child.Node())
		if lit == nil || lit.Parent == nil || v != nil && c.heeds(lit.Body, v) {
			continue
		}
		if why := c.literal(lit); why != "" {
			return why
		}
	}
}

// literal says why lit does not run as part of the function that it stands in.
func (c *checker) literal(lit *funcs.Func) string {
	const callback = "a callback that may run later"
	switch lit.Use {
	case funcs.Called:
		return ""
	case funcs.Deferred:
		return "deferred"
	case funcs.Spawned:
		if c.joins(lit.Parent, lit.Node) {
			return ""
		}
		return "a goroutine that nobody waits for"
	case funcs.Assigned:
		for _, in := range lit.In {
			if in.Mode == funcs.Plain && in.Caller != lit {
				return ""
			}
		}
		return callback
	case funcs.Passed:
		if c.runsNow(lit) {
			return ""
		}
	}
	return callback
}

// runsNow reports whether the function that is given lit runs it before it
// returns, or has it waited for.
func (c *checker) runsNow(lit *funcs.Func) bool {
	site := lit.UseCall
	call := c.pass.Funcs.Call(site)
	if call == nil {
		return false
	}
	for i, a := range site.Args {
		if ast.Unparen(a) == lit.Node {
			return c.runsArg(call, i, lit.Sig)
		}
	}
	return false
}

// runsArg reports whether call runs the function of signature sig that is its
// argument i before it returns, or has it waited for.
func (c *checker) runsArg(call *funcs.Call, i int, sig *types.Signature) bool {
	if call.Mode != funcs.Plain {
		return false
	}
	if call.Callee != nil {
		return c.callsParam(call.Callee, i)
	}
	if call.Func == nil {
		return false
	}
	switch call.Func.FullName() {
	case "(*sync.Once).Do": // what is made once belongs to no caller
		return false
	case "(*sync.WaitGroup).Go", "(*golang.org/x/sync/errgroup.Group).Go", "(*golang.org/x/sync/errgroup.Group).TryGo":
		return c.joins(call.Caller, call.Site)
	case "(*golang.org/x/sync/singleflight.Group).Do", "(*golang.org/x/sync/singleflight.Group).DoChan":
		return false // the work is shared with other callers
	}
	// A function that can hand back the error of the function it is given has run it.
	return sig != nil && lastIsError(sig) && lastIsError(call.Func.Signature())
}

func lastIsError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && types.Identical(sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type())
}

// callsParam reports whether f calls its parameter i while it runs.
func (c *checker) callsParam(f *funcs.Func, i int) bool {
	if f.Sig == nil || f.Sig.Params().Len() == 0 {
		return false
	}
	p := f.Sig.Params().At(min(i, f.Sig.Params().Len()-1))
	for _, out := range f.Out {
		if out.Mode == funcs.Plain && c.variable(out.Site.Fun) == p {
			return true
		}
	}
	return false
}

// joins reports whether f, after the statement at n starts a goroutine, waits
// for it: on a wait group, or on a channel that the goroutine uses.
func (c *checker) joins(f *funcs.Func, n ast.Node) (found bool) {
	ast.Inspect(f.Body, func(m ast.Node) bool {
		if m == n || found {
			return false
		}
		switch m := m.(type) {
		case *ast.FuncLit:
			// A goroutine that closes a channel after Wait is waited for by who reads the channel.
			return m.Pos() > n.Pos()
		case *ast.CallExpr:
			sel, ok := ast.Unparen(m.Fun).(*ast.SelectorExpr)
			found = found || ok && sel.Sel.Name == "Wait" && m.Pos() > n.Pos() && isGroup(c.pass.TypesInfo.TypeOf(sel.X))
		case *ast.UnaryExpr:
			if m.Op == token.ARROW && m.Pos() > n.Pos() {
				ch := c.variable(m.X)
				found = found || ch != nil && c.mentions(n, ch)
			}
		case *ast.RangeStmt:
			if _, ok := c.pass.TypesInfo.TypeOf(m.X).Underlying().(*types.Chan); ok && m.Pos() > n.Pos() {
				ch := c.variable(m.X)
				found = found || ch != nil && c.mentions(n, ch)
			}
		}
		return !found
	})
	return found
}

// isGroup reports whether t is a wait group or an error group: what has Wait
// and Add, or Wait and Go.
func isGroup(t types.Type) bool {
	for _, name := range []string{"Add", "Go"} {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		if _, ok := obj.(*types.Func); ok {
			return true
		}
	}
	return false
}

// afterDone says that child, a part of parent, is reached once a context is
// done: what is done there must not end with it.
func (c *checker) afterDone(parent, child ast.Node) string {
	const done = "reached after the context is done"
	switch p := parent.(type) {
	case *ast.CommClause:
		if c.receivesDone(p.Comm) && child != p.Comm {
			return done
		}
		if c.anyDone(p.Body, child) {
			return done
		}
	case *ast.CaseClause:
		if c.anyDone(p.Body, child) {
			return done
		}
	case *ast.BlockStmt:
		if c.anyDone(p.List, child) {
			return done
		}
	case *ast.IfStmt:
		if child == p.Body && c.checksErr(p.Cond) {
			return done
		}
	}
	return ""
}

// anyDone reports whether a statement before child waits for a context's end or cancels one.
func (c *checker) anyDone(list []ast.Stmt, child ast.Node) bool {
	for _, s := range list {
		if s == child {
			return false
		}
		if c.receivesDone(s) || c.cancels(s) {
			return true
		}
	}
	return false
}

func (c *checker) receivesDone(s ast.Stmt) bool {
	var e ast.Expr
	switch s := s.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	default:
		return false
	}
	u, ok := ast.Unparen(e).(*ast.UnaryExpr)
	return ok && u.Op == token.ARROW && c.contextMethod(u.X, "Done")
}

func (c *checker) cancels(s ast.Stmt) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	return ok && isNamed(c.pass.TypesInfo.TypeOf(call.Fun), "context.CancelFunc")
}

func (c *checker) checksErr(cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && b.Op == token.NEQ && c.contextMethod(b.X, "Err")
}

// contextMethod reports whether e calls the method name of a context.
func (c *checker) contextMethod(e ast.Expr, name string) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == name && isContext(c.pass.TypesInfo.TypeOf(sel.X))
}
