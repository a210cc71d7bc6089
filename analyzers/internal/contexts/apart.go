package contexts

import (
	"go/ast"
	"go/token"
	"go/types"

	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Two of the reasons that [Place].Apart gives.
const (
	Deferred  = "deferred"
	AfterDone = "reached after the context is done"
)

// Apart says why the work at call is not part of what owner, a function around it, is
// waited for, or returns the empty string if it is.
func (x *Index) Apart(call *funcs.Call, owner *funcs.Func) string { return x.apart(call, owner, nil) }

// apart says why the work at call is not part of what owner is waited for, or
// returns the empty string if it is. v, if given, is a context of owner: code
// that uses it by itself shows that it lives no longer than the context.
func (x *Index) apart(call *funcs.Call, owner *funcs.Func, v *types.Var) string {
	switch call.Mode {
	case funcs.Go:
		if !x.joins(call.Caller, call.Site) {
			return "a goroutine that nobody waits for"
		}
	case funcs.Defer:
		return Deferred
	}
	cur, ok := syntax.Find(x.inspect.Root(), call.Site)
	if !ok {
		return "unknown"
	}
	for child := cur; ; child = child.Parent() {
		parent := child.Parent()
		if !parent.Valid() || child.Node() == owner.Node {
			return ""
		}
		if why := x.afterDone(parent.Node(), child.Node()); why != "" {
			return why
		}
		lit := x.funcs.Of(child.Node())
		if lit == nil || lit.Parent == nil || v != nil && x.heeds(lit.Body, v) {
			continue
		}
		if why := x.literal(lit); why != "" {
			return why
		}
	}
}

// literal says why lit does not run as part of the function that it stands in.
func (x *Index) literal(lit *funcs.Func) string {
	const callback = "a callback that may run later"
	switch lit.Use {
	case funcs.Called:
		return ""
	case funcs.Deferred:
		return Deferred
	case funcs.Spawned:
		if x.joins(lit.Parent, lit.Node) {
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
		if x.runsNow(lit) {
			return ""
		}
	}
	return callback
}

// runsNow reports whether the function that is given lit runs it before it
// returns, or has it waited for.
func (x *Index) runsNow(lit *funcs.Func) bool {
	site := lit.UseCall
	call := x.funcs.Call(site)
	if call == nil {
		return false
	}
	for i, a := range site.Args {
		if ast.Unparen(a) == lit.Node {
			return x.RunsArg(call, i, lit.Sig)
		}
	}
	return false
}

// RunsArg reports whether call runs the function of signature sig that is its
// argument i before it returns, or has it waited for.
func (x *Index) RunsArg(call *funcs.Call, i int, sig *types.Signature) bool {
	if call.Mode != funcs.Plain {
		return false
	}
	if call.Callee != nil {
		return x.callsParam(call.Callee, i)
	}
	if call.Func == nil {
		return false
	}
	switch call.FullName() {
	case "(*sync.Once).Do": // what is made once belongs to no caller
		return false
	case "(*sync.WaitGroup).Go", "(*golang.org/x/sync/errgroup.Group).Go", "(*golang.org/x/sync/errgroup.Group).TryGo":
		return x.joins(call.Caller, call.Site)
	case "(*golang.org/x/sync/singleflight.Group).Do", "(*golang.org/x/sync/singleflight.Group).DoChan":
		return false // the work is shared with other callers
	}
	// A function that can hand back the error of the function it is given has run it.
	return sig != nil && MayFail(sig) && MayFail(call.Func.Signature())
}

// callsParam reports whether f calls its parameter i while it runs.
func (x *Index) callsParam(f *funcs.Func, i int) bool {
	if f.Sig == nil || f.Sig.Params().Len() == 0 {
		return false
	}
	p := f.Sig.Params().At(min(i, f.Sig.Params().Len()-1))
	for _, out := range f.Out {
		if out.Mode == funcs.Plain && x.values.Variable(out.Site.Fun) == p {
			return true
		}
	}
	return false
}

// joins reports whether f, after the statement at n starts a goroutine, waits
// for it: on a wait group, or on a channel that the goroutine uses.
func (x *Index) joins(f *funcs.Func, n ast.Node) (found bool) {
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
			found = found || ok && sel.Sel.Name == "Wait" && m.Pos() > n.Pos() && isGroup(x.info.TypeOf(sel.X))
		case *ast.UnaryExpr:
			if m.Op == token.ARROW && m.Pos() > n.Pos() {
				ch := x.values.Variable(m.X)
				found = found || ch != nil && x.mentions(n, ch)
			}
		case *ast.RangeStmt:
			if _, ok := x.info.TypeOf(m.X).Underlying().(*types.Chan); ok && m.Pos() > n.Pos() {
				ch := x.values.Variable(m.X)
				found = found || ch != nil && x.mentions(n, ch)
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
func (x *Index) afterDone(parent, child ast.Node) string {
	switch p := parent.(type) {
	case *ast.CommClause:
		if x.receivesDone(p.Comm) && child != p.Comm {
			return AfterDone
		}
		if x.anyDone(p.Body, child) {
			return AfterDone
		}
	case *ast.CaseClause:
		if x.anyDone(p.Body, child) {
			return AfterDone
		}
	case *ast.BlockStmt:
		if x.anyDone(p.List, child) {
			return AfterDone
		}
	case *ast.IfStmt:
		if child == p.Body && x.checksErr(p.Cond) {
			return AfterDone
		}
	}
	return ""
}

// anyDone reports whether a statement before child waits for a context's end or cancels one.
func (x *Index) anyDone(list []ast.Stmt, child ast.Node) bool {
	for _, s := range list {
		if s == child {
			return false
		}
		if x.receivesDone(s) || x.cancels(s) || x.loopsUntilDone(s) {
			return true
		}
	}
	return false
}

func (x *Index) receivesDone(s ast.Stmt) bool {
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
	return ok && u.Op == token.ARROW && x.contextMethod(u.X, "Done")
}

// loopsUntilDone reports whether s is a loop that goes on until a context is done:
// it asks so before each turn, or hears of it and does not return.
func (x *Index) loopsUntilDone(s ast.Stmt) (found bool) {
	if l, ok := s.(*ast.LabeledStmt); ok {
		s = l.Stmt
	}
	loop, ok := s.(*ast.ForStmt)
	if !ok {
		return false
	}
	if b, ok := ast.Unparen(loop.Cond).(*ast.BinaryExpr); ok && b.Op == token.EQL && x.contextMethod(b.X, "Err") {
		return true
	}
	ast.Inspect(loop.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CommClause); ok && x.receivesDone(c.Comm) && len(c.Body) > 0 {
			_, returns := c.Body[len(c.Body)-1].(*ast.ReturnStmt)
			found = found || !returns
		}
		_, lit := n.(*ast.FuncLit)
		return !found && !lit
	})
	return found
}

func (x *Index) cancels(s ast.Stmt) bool {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := e.X.(*ast.CallExpr)
	return ok && typeutil.IsTypeWithName(x.info.TypeOf(call.Fun), "context.CancelFunc")
}

func (x *Index) checksErr(cond ast.Expr) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	return ok && b.Op == token.NEQ && x.contextMethod(b.X, "Err")
}

// contextMethod reports whether e calls the method name of a context.
func (x *Index) contextMethod(e ast.Expr, name string) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	return ok && sel.Sel.Name == name && Is(x.info.TypeOf(sel.X))
}
