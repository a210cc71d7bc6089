package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// joined reports whether the frame's function waits for the goroutine, ends
// it when it returns, or hands its caller what to wait on: then as many run
// as calls are in flight.
func (f *finder) joined(fr *frame) bool {
	return f.ended(fr) || f.handedOn(fr) || f.awaited(fr)
}

// handedOn reports whether what the function returns holds a channel of the
// goroutine, or the group it belongs to: the caller waits for it, or ends it.
func (f *finder) handedOn(fr *frame) bool {
	groups := fr.groups()
	for v := range f.flows.Of(fr.fn).Directly(f.results(fr.fn)) {
		if fr.vars[v] && chanops.Elem(v.Type()) != nil || slices.Contains(groups, types.Object(v)) {
			return true
		}
	}
	return false
}

// awaited reports whether the function does the other half of something that
// the goroutine does before it ends, or the goroutine watches a context.
func (f *finder) awaited(fr *frame) bool {
	if fr.all.Empty() && fr.group == nil {
		return false
	}
	mine := f.chans.Collect(fr.fn.Body, chanops.Scope{Depth: 1, Brief: true, Skip: func(n ast.Node) bool { return n == fr.node }})
	for k := range fr.all.Sends {
		if mine.Recvs[k] {
			return true
		}
	}
	for k := range fr.all.Recvs {
		if mine.Sends[k] && dataflow.LocalVar(k) != nil {
			return true
		}
	}
	if f.answered(fr, mine) {
		return true
	}
	for k := range fr.all.Done {
		if dataflow.LocalVar(k) != nil {
			return true
		}
	}
	return slices.ContainsFunc(fr.groups(), func(g types.Object) bool { return mine.Has(g, "Wait") })
}

// answered reports whether the function receives from a channel that it makes
// and that is in what the goroutine hands out: the workers answer there.
func (f *finder) answered(fr *frame, mine *chanops.Ops) bool {
	fl := f.flows.Of(fr.fn)
	sent := fl.From(fr.vars)
	received := make(dataflow.Vars) // channels whose messages the goroutine works on
	for v := range sent {
		for _, d := range fl.Defs[v] {
			if u, ok := ast.Unparen(d.RHS).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				received[fl.Local(u.X)] = true
			} else if d.Kind == dataflow.Element {
				received[fl.Local(d.RHS)] = true
			}
		}
	}
	for k := range mine.Recvs {
		if v := dataflow.LocalVar(k); v != nil && fl.Made[v] && sent[v] && !received[v] && len(fr.all.Sends) > 0 {
			return true
		}
	}
	return false
}

// shared reports whether the goroutine reports to a channel or a group that
// the function is given, for its caller to wait on. Callers in this package are
// looked at; those in others are trusted to.
func (f *finder) shared(fr *frame) bool {
	for p := range fr.fn.Sig.Params().Variables() {
		if fr.all.Sends[p] || slices.Contains(fr.groups(), types.Object(p)) {
			return true
		}
	}
	return false
}

// ended reports whether the frame's function ends the goroutine when it
// returns, or soon after: it cancels the context that the goroutine is given,
// or closes what the goroutine works on, the other end of its pipe say, by
// defer or by leaving it to its caller.
func (f *finder) ended(fr *frame) bool {
	fl := f.flows.Of(fr.fn)
	cancelled, closed := make(map[token.Pos]bool), make(map[token.Pos]bool) // the calls that made what is
	add := func(set map[token.Pos]bool, v *types.Var) {
		for _, pos := range made(fl, v) {
			set[pos] = true
		}
	}
	for _, c := range f.callsOf(fr.fn) {
		if v := fl.Local(ast.Unparen(c.Site.Fun)); v != nil && isCancel(v.Type()) {
			add(cancelled, v)
		}
		if v := f.closes(fl, c); v != nil && f.deferred(fr.fn, c) {
			add(closed, v)
		}
	}
	for v := range f.results(fr.fn) {
		if hasMethods(v.Type(), "Close") {
			add(closed, v) // by the caller
		}
	}
	for v := range fr.vars {
		if hasMethods(v.Type(), "Close") && slices.ContainsFunc(made(fl, v), func(pos token.Pos) bool { return closed[pos] }) {
			return true
		}
	}
	for v := range fl.From(fr.vars) {
		if isError(v.Type()) {
			continue
		}
		for _, d := range fl.Defs[v] {
			if cancelled[d.Pos] && isContext(v.Type()) || closed[d.Pos] && fr.vars[v] {
				return true
			}
		}
	}
	return false
}

// made returns the places where v, or what v is one end of, is made: the pipe p
// for v := p.Writer().
func made(fl *dataflow.Flow, v *types.Var) []token.Pos {
	var at []token.Pos
	for _, d := range fl.Defs[v] {
		if d.Kind != dataflow.Whole {
			continue
		}
		at = append(at, d.Pos)
		call, ok := ast.Unparen(d.RHS).(*ast.CallExpr)
		if !ok {
			continue
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			for _, d := range fl.Defs[fl.Local(sel.X)] {
				if d.Kind == dataflow.Whole {
					at = append(at, d.Pos)
				}
			}
		}
	}
	return at
}

// callsOf returns the calls of fn and of the literals that it defers.
func (f *finder) callsOf(fn *funcs.Func) []*funcs.Call {
	calls := fn.Out
	for _, lit := range f.Funcs.Funcs {
		if lit.Parent == fn && lit.Use == funcs.Deferred {
			calls = append(calls[:len(calls):len(calls)], lit.Out...)
		}
	}
	return calls
}

func (f *finder) deferred(fn *funcs.Func, c *funcs.Call) bool {
	return c.Mode == funcs.Defer || c.Caller != fn
}

// closes returns the local variable that the call closes, or nil.
func (f *finder) closes(fl *dataflow.Flow, c *funcs.Call) *types.Var {
	sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr)
	if !ok || c.Func == nil || c.Func.Signature().Recv() == nil || !hasPrefix(c.Func.Name(), "Close") {
		return nil
	}
	return fl.Local(sel.X)
}

// groups returns what the goroutine reports its end to.
func (fr *frame) groups() []types.Object {
	var gs []types.Object
	if fr.group != nil {
		gs = append(gs, fr.group)
	}
	for k := range fr.all.Calls {
		if fr.all.Has(k, "Done") {
			gs = append(gs, k)
		}
	}
	return gs
}

// results returns the variables in what fn returns.
func (f *finder) results(fn *funcs.Func) dataflow.Vars {
	vars := make(dataflow.Vars)
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for v := range dataflow.Mentioned(f.TypesInfo, n) {
				vars[v] = true
			}
		}
		return true
	})
	return vars
}

// owned reports whether the goroutine belongs to what the function makes and
// returns: there are as many as its callers keep of these.
func (f *finder) owned(fr *frame) (found bool) {
	fl := f.flows.Of(fr.fn)
	ast.Inspect(fr.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				v, ok := dataflow.Key(f.TypesInfo, r).(*types.Var)
				_, whole := ast.Unparen(r).(*ast.SelectorExpr)
				found = found || ok && !whole && fl.Made[v] && fr.vars[v]
			}
		}
		return true
	})
	return found
}

// waits reports whether the body of a loop waits for the goroutine before its
// next turn, or for a batch of them.
func (f *finder) waits(fr *frame, body *ast.BlockStmt) bool {
	mine := f.chans.Collect(body, chanops.Scope{Skip: func(n ast.Node) bool {
		_, lit := n.(*ast.FuncLit)
		return n == fr.node || lit && (n.End() <= fr.node.Pos() || n.Pos() >= fr.node.End()) || f.timed(n)
	}})
	for k := range fr.all.Sends {
		if mine.Recvs[k] {
			return true
		}
	}
	for _, g := range fr.groups() {
		if mine.Has(g, "Wait") {
			return true
		}
	}
	return false
}

// timed reports whether n is a select that gives up waiting after a time.
func (f *finder) timed(n ast.Node) bool {
	sel, ok := n.(*ast.SelectStmt)
	if !ok {
		return false
	}
	for _, c := range sel.Body.List {
		cc := c.(*ast.CommClause)
		if cc.Comm == nil {
			return true
		}
		if e, ok := cc.Comm.(*ast.ExprStmt); ok {
			if u, ok := e.X.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
				if elem := chanops.Elem(f.TypesInfo.TypeOf(u.X)); elem != nil && isPath(elem, "time", "Time") {
					return true
				}
			}
		}
	}
	return false
}
