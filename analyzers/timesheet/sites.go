package timesheet

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// function notes the calls of f that lead on.
func (b *builder) function(f *funcs.Func) {
	out := Func{Name: b.name(f), Posn: b.posn(f.Node.Pos()), Returns: b.returns(f)}
	asks := make(map[*ast.CallExpr]downstream.Call)
	for _, d := range b.down.Calls(f, b.covered) {
		asks[d.Site] = d
	}
	ways := branches(f.Body)
	b.loops = loops(f.Body)
	for _, c := range f.Out {
		out.Extends = out.Extends || extends(c.Func)
		b.intercepts(c)
		for _, s := range b.sites(f, c, asks) {
			s.Arms = ways[c.Site]
			out.Sites = append(out.Sites, s)
		}
	}
	if len(out.Sites) > 0 || len(out.Returns) > 0 || out.Extends {
		b.out.Funcs = append(b.out.Funcs, out)
	}
}

// covered tells which functions have sites of their own: all of the package.
func (b *builder) covered(fn ast.Node) bool { return b.funcs.Of(fn) != nil }

// extends reports whether fn moves the deadline of an answer.
func extends(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	switch fn.FullName() {
	case "(*net/http.ResponseController).SetWriteDeadline", "(net/http.Hijacker).Hijack", "(*net/http.ResponseController).Hijack":
		return true
	}
	return false
}

// intercepts notes where clients of gRPC are given what the calls do not show.
func (b *builder) intercepts(c *funcs.Call) {
	if c.Func == nil || c.Func.Pkg() == nil || c.Func.Pkg().Path() != "google.golang.org/grpc" {
		return
	}
	switch c.Func.Name() {
	case "WithDefaultServiceConfig", "WithUnaryInterceptor", "WithChainUnaryInterceptor":
		b.out.Intercepts = b.posn(c.Site.Pos())
	}
}

// returns are the functions that f returns.
func (b *builder) returns(f *funcs.Func) (names []string) {
	if f.Obj == nil || f.Sig.Results().Len() == 0 {
		return nil
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		ret, ok := n.(*ast.ReturnStmt)
		if !ok {
			_, lit := n.(*ast.FuncLit)
			return !lit
		}
		for _, e := range ret.Results {
			e = ast.Unparen(e)
			if call, ok := e.(*ast.CallExpr); ok && b.info.Types[call.Fun].IsType() && len(call.Args) == 1 {
				e = ast.Unparen(call.Args[0])
			}
			names = append(names, b.denoted(e)...)
		}
		return false
	})
	return names
}

// denoted returns the functions that e, a function value, may be. What a literal that is
// returned returns itself, as middlewares do, is among them.
func (b *builder) denoted(e ast.Expr) (names []string) {
	if fn := b.values.Function(e); fn != nil {
		if modules.Ours(b.pass, fn.Pkg()) {
			return []string{full(fn)}
		}
		return nil
	}
	if v := b.values.Value(e); v != nil {
		e = ast.Unparen(v)
	}
	lit, ok := e.(*ast.FuncLit)
	if !ok {
		return nil
	}
	names = []string{b.name(b.funcs.Of(lit))}
	for _, s := range lit.Body.List {
		if ret, ok := s.(*ast.ReturnStmt); ok {
			for _, r := range ret.Results {
				r = ast.Unparen(r)
				if call, ok := r.(*ast.CallExpr); ok && b.info.Types[call.Fun].IsType() && len(call.Args) == 1 {
					r = ast.Unparen(call.Args[0])
				}
				names = append(names, b.denoted(r)...)
			}
		}
	}
	return names
}

// sites returns what a call leads to: what it calls, what it asks, and the functions
// that it passes on.
func (b *builder) sites(f *funcs.Func, c *funcs.Call, asks map[*ast.CallExpr]downstream.Call) (list []Site) {
	s := Site{Posn: b.posn(c.Site.Pos())}
	s.Retry = b.retry(f, c)
	s.Loop = s.Retry == nil && b.inLoop(c.Site)
	b.waits(&s, f, c)
	d, asked := asks[c.Site]
	switch {
	case asked && (c.Func == nil || c.Dynamic || !b.leadsOn(c)):
		s.Ask = b.ask(f, d)
	case c.Callee == nil && c.Dynamic && outgoing.Sends(c.Func.Signature()):
		// Whoever implements it sends a request, in the end.
		s.Ask = &Ask{Kind: HTTP, By: full(c.Func)}
		b.request(s.Ask, c)
	case c.Callee != nil:
		s.To = []string{b.name(c.Callee)}
	case c.Func != nil && !c.Dynamic && modules.Ours(b.pass, c.Func.Pkg()):
		s.To = []string{full(c.Func)}
	}
	if c.Dynamic && !byOptions(c) { // what implements it says more
		if name, ok := b.iface(c.Func); ok {
			s.Interface, s.Method = name, method(c.Func)
		}
	}
	if s.Ask != nil || s.To != nil || s.Interface != "" {
		s.Context, s.Args = b.bound(f, c, s.Retry), b.args(c)
		list = append(list, s)
	}
	return append(list, b.passed(f, c, s)...)
}

// byOptions reports whether c calls what is generated for a client of gRPC.
func byOptions(c *funcs.Call) bool {
	sig := c.Func.Signature()
	n := sig.Params().Len()
	if !sig.Variadic() || n == 0 {
		return false
	}
	last, ok := sig.Params().At(n - 1).Type().(*types.Slice)
	return ok && typeName(last.Elem()) == "google.golang.org/grpc.CallOption"
}

// leadsOn reports whether c calls a function of the module, which has a sheet.
func (b *builder) leadsOn(c *funcs.Call) bool {
	return c.Callee != nil || c.Func != nil && modules.Ours(b.pass, c.Func.Pkg())
}

// passed returns the sites of the functions that a call passes on, and so runs.
func (b *builder) passed(f *funcs.Func, c *funcs.Call, s Site) (list []Site) {
	if c.Mode == funcs.Go && c.Callee == nil {
		return nil
	}
	for i, a := range c.Site.Args {
		if _, ok := b.info.TypeOf(a).(*types.Signature); !ok || b.registers(c) {
			continue
		}
		to := b.denoted(ast.Unparen(a))
		if len(to) == 0 {
			continue
		}
		t := Site{Posn: b.posn(a.Pos()), To: to, Aside: s.Aside, Together: s.Together, Loop: s.Loop, Retry: s.Retry}
		t.Context = Bound{Amount: Amount{State: None}, Inherits: true}
		if sig := b.info.TypeOf(a).(*types.Signature); contexts.Passed(sig) {
			t.Context = b.bound(f, c, nil)
			if b.contextOf(c) == nil {
				t.Context = Bound{Amount: Amount{State: Unknown}}
			}
		}
		if r := b.retriesArg(c, i); r != nil {
			t.Retry, t.Loop = r, false
		}
		list = append(list, t)
	}
	return list
}

// registers reports whether a call registers handlers: they run when they are asked.
func (b *builder) registers(c *funcs.Call) bool {
	for _, r := range b.routes.Routes {
		if r.Pos == c.Site.Pos() {
			return true
		}
	}
	return false
}

// waits notes whether f waits for what a call runs.
func (b *builder) waits(s *Site, f *funcs.Func, c *funcs.Call) {
	spawned := c.Mode == funcs.Go
	if c.Func != nil && c.Func.Signature().Recv() != nil && (c.Func.Name() == "Go" || c.Func.Name() == "TryGo") {
		spawned = true
	}
	if c.Func != nil && c.Func.Name() == "AfterFunc" {
		s.Aside = true
		return
	}
	if !spawned {
		return
	}
	for _, k := range f.Out {
		if k.Func != nil && k.Func.Name() == "Wait" && k.Site.Pos() > c.Site.Pos() {
			s.Together = true
			return
		}
	}
	s.Aside = true
}

// inLoop reports whether a call is in a loop of the function.
func (b *builder) inLoop(call *ast.CallExpr) bool { return b.loops[call] != nil }

// loops returns the innermost loop of a body that each of its calls is in.
func loops(body *ast.BlockStmt) map[*ast.CallExpr]ast.Stmt {
	around := make(map[*ast.CallExpr]ast.Stmt)
	var walk func(loop ast.Stmt, nodes ...ast.Node)
	walk = func(loop ast.Stmt, nodes ...ast.Node) {
		for _, n := range nodes {
			if n == nil {
				continue
			}
			ast.Inspect(n, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.FuncLit:
					return false
				case *ast.ForStmt:
					walk(loop, n.Init)
					walk(n, n.Cond, n.Post, n.Body)
					return false
				case *ast.RangeStmt:
					walk(loop, n.Key, n.Value, n.X)
					walk(n, n.Body)
					return false
				case *ast.CallExpr:
					around[n] = loop
				}
				return true
			})
		}
	}
	walk(nil, body)
	return around
}

// contextOf returns the argument by which a call is given a context, or nil.
func (b *builder) contextOf(c *funcs.Call) ast.Expr {
	for _, a := range c.Site.Args {
		t := b.info.TypeOf(a)
		if t == nil || b.info.Types[a].IsNil() {
			continue
		}
		if contexts.Is(t) || isRequest(t) || carries(t) {
			return a
		}
	}
	return nil
}

func isRequest(t types.Type) bool { return typeName(t) == "net/http.Request" }

// carries reports whether t is the context of a framework, by which a handler hands its
// request on.
func carries(t types.Type) bool {
	switch name := typeName(t); {
	case strings.HasPrefix(name, "github.com/labstack/echo/"), strings.HasPrefix(name, "github.com/gin-gonic/gin."):
		return strings.HasSuffix(name, ".Context")
	case strings.HasPrefix(name, "github.com/gofiber/fiber/"):
		return strings.HasSuffix(name, ".Ctx")
	}
	return false
}

// typeName returns the full name of a named type, or of what points to it.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// bound says how long the context that a call is given may live.
func (b *builder) bound(f *funcs.Func, c *funcs.Call, r *Retry) Bound {
	if c.Callee != nil && c.Callee.Obj == nil && b.contextOf(c) == nil { // a literal that is called in place
		return Bound{Amount: Amount{State: None}, Inherits: true}
	}
	e := b.contextOf(c)
	if e == nil {
		return Bound{Amount: Amount{State: None}}
	}
	t := b.info.TypeOf(e)
	if !contexts.Is(t) && !isRequest(t) {
		return Bound{Amount: Amount{State: None}, Inherits: b.isParam(e)}
	}
	return b.translate(f, c, b.budgets.Own(f, e), r)
}

func (b *builder) isParam(e ast.Expr) bool {
	v := b.values.Variable(e)
	return v != nil && values.IsParam(b.funcs.At(v.Pos()), v)
}

// translate turns what is known of a context's life into a bound of the call.
func (b *builder) translate(f *funcs.Func, c *funcs.Call, own budgets.Budget, r *Retry) Bound {
	bound := Bound{Inherits: own.Inherits}
	switch own.State {
	case budgets.Bounded:
		bound.Amount = Amount{State: Known, Time: own.Limit, What: "context.WithTimeout", Posn: b.posn(own.Pos)}
		if own.Limit <= 0 {
			bound.State = Unknown
		}
		bound.Each = r != nil && b.sameLoop(own.Pos, c.Site)
		if g := b.funcs.At(own.Pos); g != nil && g != f {
			bound.Func = b.name(g)
		}
	case budgets.Unseen, budgets.Incoming, budgets.Endless:
		bound.Amount = Amount{State: None}
	default:
		bound.Amount = Amount{State: Unknown}
	}
	return bound
}

// sameLoop reports whether the deadline set at pos is set anew in each turn of the loop
// around the call.
func (b *builder) sameLoop(pos token.Pos, call *ast.CallExpr) bool {
	l := b.loops[call]
	return l != nil && l.Pos() <= pos && pos < l.End()
}

// args returns what is known of the strings and durations that a call passes.
func (b *builder) args(c *funcs.Call) (list []Arg) {
	for i, a := range c.Site.Args {
		t := b.info.TypeOf(a)
		if t == nil {
			continue
		}
		if typeName(t) == "time.Duration" {
			if d := b.budgets.Duration(a); d > 0 {
				list = append(list, Arg{Index: i, Time: d})
			}
			continue
		}
		if bt, ok := t.Underlying().(*types.Basic); !ok || bt.Info()&types.IsString == 0 {
			continue
		}
		if text := b.text(a, 0); text != (Text{}) && (text.Const == "" || mayBeAddress(text.Const)) {
			list = append(list, Arg{Index: i, Text: text})
		}
	}
	return list
}

// mayBeAddress reports whether a constant may say where something is.
func mayBeAddress(s string) bool {
	return strings.ContainsAny(s, ":/.") && !strings.ContainsAny(s, " \n\t%")
}

// constantInt returns the integer that e, or the one value of a variable, is.
func (b *builder) constantInt(e ast.Expr) (int, bool) {
	v := b.info.Types[e].Value
	if v == nil {
		if w := b.values.Value(ast.Unparen(e)); w != nil {
			v = b.info.Types[w].Value
		}
	}
	if v == nil || v.Kind() != constant.Int {
		return 0, false
	}
	n, ok := constant.Int64Val(v)
	return int(n), ok
}
