package hardexit

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/exits"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// serving are the methods of *http.Server that return http.ErrServerClosed as soon
// as Shutdown is called, long before Shutdown itself returns.
var serving = []string{"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"}

// serves returns the name of the method by which the call has an http.Server
// serve, or of the function of net/http that makes one to serve with.
func (c *checker) serves(call *ast.CallExpr) (name string, method bool) {
	k := c.Funcs.Call(call)
	if k == nil || k.Func == nil || !slices.Contains(serving, k.Func.Name()) {
		return "", false
	}
	full := k.FullName()
	if name, ok := strings.CutPrefix(full, "(*net/http.Server)."); ok {
		return name, true
	}
	if strings.HasPrefix(full, "net/http.") {
		return full, false
	}
	return "", false
}

// servers reports where http servers are served in a way that leaves no time for
// the requests in flight when the process is told to end.
func (c *checker) servers(told []*notification) {
	var ends *endings
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, k := range f.Out {
			name, method := c.serves(k.Site)
			if name == "" || c.aside(f, k.Site) {
				continue
			}
			if ends == nil {
				ends = c.endings()
			}
			switch at := end(told); {
			case method && len(ends.shutdown) > 0:
				c.fatalServe(f, k.Site, name, ends)
			case at.IsValid() && !ends.any:
				c.unended(f, k.Site, name, method, at)
			}
		}
	}
}

// endings are the places where the package ends servers in an orderly way.
type endings struct {
	shutdown []*ast.CallExpr // (*http.Server).Shutdown
	any      bool            // something is shut down, closed or stopped that may be a server
}

func (c *checker) endings() *endings {
	e := new(endings)
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			if c.values.InTest(k.Site.Pos()) || k.Func == nil {
				continue
			}
			if k.FullName() == "(*net/http.Server).Shutdown" {
				e.shutdown = append(e.shutdown, k.Site)
			}
			e.any = e.any || orderly(k.Func.Name()) && !aboutSignals(k.Func)
		}
	}
	return e
}

// orderly reports whether a function of that name gives what it ends time, or may.
func orderly(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"shutdown", "gracefulstop", "drain", "stop", "close", "terminate"}, func(w string) bool {
		return strings.Contains(lower, w)
	})
}

// aboutSignals reports whether fn stops a timer or the delivery of signals, or
// closes a file: nothing that serves.
func aboutSignals(fn *types.Func) bool {
	switch fn.Pkg().Path() {
	case "os", "os/signal", "time", "runtime/pprof", "io", "database/sql":
		return true
	}
	return false
}

// end returns where the package asks to be told when the process is to end.
func end(told []*notification) token.Pos {
	for _, s := range told {
		if s.ends {
			return s.site.Pos()
		}
	}
	return token.NoPos
}

// fatalServe reports an exit on any error of a server that is shut down elsewhere:
// it comes at once, while Shutdown still waits for the requests in flight.
func (c *checker) fatalServe(f *funcs.Func, serve *ast.CallExpr, name string, e *endings) {
	if !c.sameServer(serve, e.shutdown) {
		return
	}
	x := c.exitOn(f, serve)
	if x == nil {
		return
	}
	c.report(rule.Finding{
		Pos:       x.Pos(),
		End:       x.End(),
		Tier:      rule.Likely,
		Message:   name + " returns http.ErrServerClosed as soon as Shutdown begins, and this exit does not wait: the requests that Shutdown waits for die with the process",
		Cause:     "exit while Shutdown waits",
		Primitive: values.Callee(c.TypesInfo, x),
		Chain:     []rule.Step{step(serve.Pos(), "serves until Shutdown begins"), step(e.shutdown[0].Pos(), "waits for the requests in flight")},
		Mend:      "exit only if the error is not http.ErrServerClosed, and wait for Shutdown to return before main does",
	})
}

// sameServer reports whether one of the calls of Shutdown is for the server that serves.
func (c *checker) sameServer(serve *ast.CallExpr, shutdowns []*ast.CallExpr) bool {
	k := c.receiver(serve)
	return k != nil && slices.ContainsFunc(shutdowns, func(s *ast.CallExpr) bool { return c.receiver(s) == k })
}

func (c *checker) receiver(call *ast.CallExpr) types.Object {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return c.key(sel.X)
}

// exitOn returns the call that ends the process with what serve returns, whatever
// that is: log.Fatal(srv.ListenAndServe()), or a log.Fatal where the error is not nil,
// if http.ErrServerClosed is not asked for on the way.
func (c *checker) exitOn(f *funcs.Func, serve *ast.CallExpr) *ast.CallExpr {
	cur, ok := c.cursor(serve)
	if !ok {
		return nil
	}
	for p := range cur.Enclosing((*ast.CallExpr)(nil)) {
		call := p.Node().(*ast.CallExpr)
		if call != serve && holds(f.Body, call.Pos()) && c.stops(call) {
			return call
		}
	}
	err, next := c.errorOf(cur)
	switch s := next.(type) {
	case *ast.IfStmt:
		return c.exitIf(s, err)
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok && c.stops(call) && c.mentions(call, err) {
			return call
		}
	}
	return nil
}

// errorOf returns the variable that the call's error is given to, and the statement
// that looks at it.
func (c *checker) errorOf(cur inspector.Cursor) (err types.Object, next ast.Node) {
	as, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 {
		return nil, nil
	}
	err = c.key(as.Lhs[0])
	around := cur.Parent().Parent()
	if s, ok := around.Node().(*ast.IfStmt); ok && s.Init == as { // if err := srv.Serve(l); err != nil {
		return err, s
	}
	if sibling, ok := cur.Parent().NextSibling(); ok {
		return err, sibling.Node()
	}
	return err, nil
}

// exitIf returns the exit in the body of "if err != nil", provided that nothing else
// is asked.
func (c *checker) exitIf(s *ast.IfStmt, err types.Object) *ast.CallExpr {
	cond, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.NEQ || c.key(cond.X) != err || !c.TypesInfo.Types[cond.Y].IsNil() {
		return nil
	}
	for _, s := range s.Body.List {
		switch s := s.(type) {
		case *ast.ExprStmt:
			if call, ok := s.X.(*ast.CallExpr); ok && c.stops(call) {
				return call
			}
		case *ast.IfStmt, *ast.SwitchStmt, *ast.ReturnStmt:
			return nil
		}
	}
	return nil
}

func (c *checker) mentions(n ast.Node, obj types.Object) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && c.TypesInfo.Uses[id] == obj
		return !found
	})
	return found
}

// stops reports whether the call ends the process.
func (c *checker) stops(call *ast.CallExpr) bool {
	k := c.Funcs.Call(call)
	if k == nil || k.Func == nil {
		return false
	}
	if exits.Known(k.FullName()) {
		return true
	}
	if !exits.Named(k.Func.Name()) {
		return false
	}
	_, ok := c.fatal(k, nil)
	return ok || k.Callee != nil && len(c.places(k.Callee, nil)) > 0
}

// unended reports a server that nothing can end in an orderly way, though the
// package asks to be told when the process is to end.
func (c *checker) unended(f *funcs.Func, serve *ast.CallExpr, name string, method bool, told token.Pos) {
	short, mend := "http.Server."+name, "call Shutdown when the signal comes, and wait until it returns"
	if !method {
		short, mend = c.witness.Short(name), "make an http.Server of it, and when the signal comes call its Shutdown and wait until it returns"
	}
	if method && c.givenAway(serve) {
		return
	}
	c.report(rule.Finding{
		Pos:       serve.Pos(),
		End:       serve.End(),
		Tier:      rule.Likely,
		Message:   short + ": nothing shuts this server down, though the process is told when it is to end: the requests in flight are cut off at each restart",
		Cause:     "no Shutdown",
		Primitive: values.Callee(c.TypesInfo, serve),
		Chain:     []rule.Step{step(told, "asks to be told of signals")},
		Mend:      mend,
	})
}

// givenAway reports whether the server is handed to what may shut it down: to
// another function or a field, or if it comes from elsewhere.
func (c *checker) givenAway(serve *ast.CallExpr) bool {
	v, ok := c.receiver(serve).(*types.Var)
	if !ok || v.IsField() || c.values.Literal(ast.Unparen(serve.Fun).(*ast.SelectorExpr).X) == nil {
		return true
	}
	given := false
	for cur := range c.root.Preorder((*ast.Ident)(nil)) {
		if c.TypesInfo.Uses[cur.Node().(*ast.Ident)] != v {
			continue
		}
		switch cur.Parent().Node().(type) {
		case *ast.SelectorExpr:
		default:
			given = true
		}
	}
	return given
}

// aside reports whether the server is not there for the clients: for metrics,
// profiles and the like nobody waits when the process ends.
func (c *checker) aside(f *funcs.Func, serve *ast.CallExpr) bool {
	texts := []string{types.ExprString(serve)}
	if o := f.Outermost().Obj; o != nil {
		texts = append(texts, o.Name())
	}
	if len(serve.Args) == 2 && c.TypesInfo.Types[serve.Args[1]].IsNil() && c.imports("net/http/pprof") {
		return true // the default mux, for the handlers of that package
	}
	return slices.ContainsFunc(texts, func(s string) bool {
		lower := strings.ToLower(s)
		return slices.ContainsFunc([]string{"metric", "debug", "pprof", "prof", "health", "admin", "monitor", "stat", "diag", "prom"}, func(w string) bool {
			return strings.Contains(lower, w)
		})
	})
}

func (c *checker) imports(path string) bool {
	return slices.ContainsFunc(c.Pkg.Imports(), func(p *types.Package) bool { return p.Path() == path })
}
