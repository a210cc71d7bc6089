package deadlineorder

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// An inner is a budget that a handler gives its own work.
type inner struct {
	pos, end token.Pos
	limit    time.Duration
	what     string
	handler  *funcs.Func // nil for a handler out of sight
	chain    []rule.Step
}

// longest is the fact about a handler: the longest budget that it gives its work.
type longest struct {
	Limit time.Duration
	What  string
	Posn  token.Position
}

// AFact marks longest as a fact.
func (*longest) AFact() {}

func (l *longest) String() string { return fmt.Sprintf("gives itself %v", l.Limit) }

// handlerAt returns the handler whose request is the parameter at pos.
func (c *checker) handlerAt(pos token.Pos) *funcs.Func {
	f := c.Funcs.At(pos)
	if f == nil || f.Parent == nil {
		return f
	}
	return f
}

// handlers judges the budgets that handlers give their work against those that they
// are given: by http.TimeoutHandler, and by the WriteTimeout of the server.
func (c *checker) handlers() {
	around := c.timeoutHandlers()
	write, at := c.writeTimeout()
	c.export()
	for _, in := range c.inner {
		if w := around[in.handler]; in.handler != nil && w != nil && w.limit > 0 && in.limit > w.limit {
			c.exceeds(in, fmt.Sprintf("http.TimeoutHandler answers for the handler after %v", w.limit), "http.TimeoutHandler",
				step(w.pos, fmt.Sprintf("gives the handler %v", w.limit)))
			continue
		}
		if write > 0 && in.limit > write && !c.extends(in.handler) {
			c.exceeds(in, late(write), "net/http.Server", step(at, fmt.Sprintf("gives the answer %v", write)))
		}
	}
	if write > 0 {
		c.imported(write, at)
	}
}

func late(write time.Duration) string {
	return fmt.Sprintf("the server's WriteTimeout ends the connection after %v, and what is answered later is lost", write)
}

func (c *checker) exceeds(in *inner, why, primitive string, by rule.Step) {
	c.Report(rule.Finding{
		Pos:       in.pos,
		End:       in.end,
		Tier:      rule.Likely,
		Message:   fmt.Sprintf("%s of %v is never of use: %s", in.what, in.limit, why),
		Cause:     "handler with more time than its answer",
		Primitive: primitive,
		Chain:     append(slices.Clip(in.chain), by),
		Mend:      "give the work of the handler less time than its answer has",
	})
}

// timeoutHandlers returns the budgets that http.TimeoutHandler gives the handlers of
// the package, and notes those that it sets as budgets of handlers themselves.
func (c *checker) timeoutHandlers() map[*funcs.Func]*inner {
	around := make(map[*funcs.Func]*inner)
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if call.FullName() != "net/http.TimeoutHandler" {
				continue
			}
			d := c.budgets.Duration(call.Site.Args[1])
			w := &inner{pos: call.Site.Pos(), end: call.Site.End(), limit: d, what: "http.TimeoutHandler's budget"}
			if d > 0 {
				c.inner = append(c.inner, w)
			}
			if h := c.handler(call.Site.Args[0]); h != nil {
				around[h] = w
			}
		}
	}
	return around
}

// handler returns the function of this package that e, a handler, runs, or nil.
func (c *checker) handler(e ast.Expr) *funcs.Func {
	e = ast.Unparen(e)
	if call, ok := e.(*ast.CallExpr); ok && len(call.Args) == 1 && c.TypesInfo.Types[call.Fun].IsType() {
		e = ast.Unparen(call.Args[0]) // http.HandlerFunc(f)
	}
	if lit, ok := e.(*ast.FuncLit); ok {
		return c.Funcs.Of(lit)
	}
	if fn := c.values.Function(e); fn != nil {
		return c.Funcs.Declared(fn)
	}
	obj, _, _ := types.LookupFieldOrMethod(c.TypesInfo.TypeOf(e), true, c.Pkg, "ServeHTTP")
	fn, ok := obj.(*types.Func)
	if !ok || fn.Pkg() != c.Pkg {
		return nil
	}
	return c.Funcs.Declared(fn)
}

// writeTimeout returns the longest WriteTimeout of the servers of the package, and where
// one is set: 0 if one of them has none, or none that is constant, for a handler may be
// that one's.
func (c *checker) writeTimeout() (time.Duration, token.Pos) {
	var longest time.Duration
	var at token.Pos
	for _, v := range c.conf.Values {
		if v.Kind != httpconf.Server {
			continue
		}
		d := v.Field("WriteTimeout").Duration()
		if d <= 0 {
			return 0, token.NoPos
		}
		if d > longest {
			longest, at = d, v.Expr.Pos()
			if e := given(v, "WriteTimeout"); e != nil {
				at = e.Pos()
			}
		}
	}
	return longest, at
}

// extends reports whether a handler may move the deadline of its answer: it, or a
// function that it calls, uses http.ResponseController.
func (c *checker) extends(h *funcs.Func) bool {
	if h == nil {
		return false
	}
	seen := make(map[*funcs.Func]bool)
	var visit func(f *funcs.Func) bool
	visit = func(f *funcs.Func) bool {
		if seen[f] {
			return false
		}
		seen[f] = true
		found := false
		ast.Inspect(f.Body, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || found {
				return !found
			}
			switch values.Callee(c.TypesInfo, call) {
			case "(*net/http.ResponseController).SetWriteDeadline", "(net/http.Hijacker).Hijack", "(*net/http.ResponseController).Hijack":
				found = true
			}
			if k := c.Funcs.Call(call); k != nil && k.Callee != nil {
				found = found || visit(k.Callee)
			}
			return !found
		})
		return found
	}
	return visit(h)
}

// export tells the packages that import this one how long its handlers take.
func (c *checker) export() {
	if modules.Std(c.Pass.Pass) {
		return
	}
	most := make(map[*types.Func]*inner)
	for _, in := range c.inner {
		if in.handler == nil || in.handler.Obj == nil || !in.handler.Obj.Exported() || c.extends(in.handler) {
			continue
		}
		if m := most[in.handler.Obj]; m == nil || in.limit > m.limit {
			most[in.handler.Obj] = in
		}
	}
	for fn, in := range most {
		c.ExportObjectFact(fn, &longest{in.limit, in.what, c.Fset.Position(in.pos)})
	}
}

// imported judges the handlers of other packages that this one mentions, beside the
// servers that it makes.
func (c *checker) imported(write time.Duration, at token.Pos) {
	told := make(map[*types.Func]bool)
	for cur := range c.root.Preorder((*ast.SelectorExpr)(nil)) {
		sel := cur.Node().(*ast.SelectorExpr)
		fn, ok := c.TypesInfo.Uses[sel.Sel].(*types.Func)
		var l longest
		if !ok || fn.Pkg() == c.Pkg || told[fn] || c.values.InTest(sel.Pos()) || !c.ImportObjectFact(fn, &l) || l.Limit <= write {
			continue
		}
		told[fn] = true
		c.Report(rule.Finding{
			Pos:       sel.Pos(),
			End:       sel.End(),
			Posn:      l.Posn,
			Tier:      rule.Likely,
			Message:   fmt.Sprintf("%s of %v is never of use: %s", l.What, l.Limit, late(write)),
			Cause:     "handler with more time than its answer",
			Primitive: "net/http.Server",
			Fault:     fn.FullName(),
			Chain:     []rule.Step{step(sel.Pos(), "mentions the handler"), step(at, fmt.Sprintf("gives the answer %v", write))},
			Mend:      "give the work of the handler less time than its answer has",
		})
	}
}
