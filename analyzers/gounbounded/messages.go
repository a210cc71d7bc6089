package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// events returns what an endless loop multiplies the spawn by: what the loop
// reads and hands to the goroutine.
func (f *finder) events(fr *frame, n *ast.ForStmt) *source {
	if src, ok := f.arm(fr, n); ok {
		return src
	}
	fl := f.flows.Of(fr.fn)
	from := f.reach(fr)
	var best *source
	for v := range from {
		if isError(v.Type()) {
			continue
		}
		for _, d := range fl.Defs[v] {
			if d.Pos < n.Pos() || d.Pos >= n.End() || d.Kind == dataflow.Element || d.Kind == dataflow.Part {
				continue
			}
			src, conn := f.reading(fr, v, d)
			if conn {
				return f.connection(n, "connection that "+short(d.RHS)+" accepts")
			}
			if src != nil && (best == nil || src.pos < best.pos) {
				best = src
			}
		}
	}
	if best != nil {
		return best
	}
	if f.accepts(n) {
		return f.connection(n, "connection accepted")
	}
	if fr.depth > 0 {
		return nil // too far away to be what the loop is about
	}
	return &source{"retry", rule.Suspected, n.Pos(), "once per turn of an endless loop"}
}

// reading returns what the definition d of v reads, in a loop that goes on for
// ever; conn is set if it is a connection.
func (f *finder) reading(fr *frame, v *types.Var, d dataflow.Def) (src *source, conn bool) {
	switch e := ast.Unparen(d.RHS).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.ARROW {
			elem := chanops.Elem(f.TypesInfo.TypeOf(e.X))
			if elem == nil {
				return nil, false
			}
			return f.received(fr, e, e.X, v, elem), hasMethods(elem, "Close")
		}
	case *ast.CallExpr:
		name, body := f.reader(e)
		switch {
		case name == "":
		case hasPrefix(name, "Accept", "Upgrade", "Hijack"), f.isConn(v.Type()):
			return nil, true
		case name == "Scan", hasPrefix(name, "Read", "Recv", "Receive", "Next", "Pop", "Dequeue", "Poll", "Fetch", "Consume", "Decode", "Take", "Pull", "Text", "Bytes"),
			body != nil && f.receives(body):
			src := &source{"message", rule.Likely, e.Pos(), "once per message that " + short(e) + " returns"}
			if f.answers(fr, e) || f.spoken(fr, e) {
				src.tier = rule.Suspected
			}
			return src, false
		}
	}
	return nil, false
}

// answers reports whether the goroutine answers on the stream that e receives
// from, which this side has opened: a worker that asks for work is given the
// next piece when it has answered, as far as one can tell.
func (f *finder) answers(fr *frame, e *ast.CallExpr) bool {
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok || !hasMethods(f.TypesInfo.TypeOf(sel.X), "CloseSend", "Send") {
		return false
	}
	return fr.all.Has(dataflow.Key(f.TypesInfo, sel.X), "Send")
}

// reader returns the name of what is called, if it is of a kind that may read
// messages: a method, a function that is given something to read from, or a
// literal in a variable.
func (f *finder) reader(e *ast.CallExpr) (name string, body *funcs.Func) {
	c := f.Funcs.Call(e)
	switch {
	case c == nil:
	case c.Func != nil && (c.Func.Signature().Recv() != nil || f.readsFrom(e)):
		return c.Func.Name(), c.Callee
	case c.Func == nil && c.Callee != nil:
		if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
			return id.Name, c.Callee
		}
	}
	return "", nil
}

// readsFrom reports whether the call is given something to read from.
func (f *finder) readsFrom(call *ast.CallExpr) bool {
	for _, a := range call.Args {
		if hasMethods(f.TypesInfo.TypeOf(a), "Read") {
			return true
		}
	}
	return false
}

func hasPrefix(name string, prefixes ...string) bool {
	for _, p := range prefixes {
		if len(name) >= len(p) && strings.EqualFold(name[:len(p)], p) {
			return true
		}
	}
	return false
}

// receives reports whether the function returns what it receives from a channel.
func (f *finder) receives(fn *funcs.Func) (found bool) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			if n.Op != token.ARROW {
				return true
			}
			elem := chanops.Elem(f.TypesInfo.TypeOf(n.X))
			for i := range fn.Sig.Results().Len() {
				if elem != nil && types.Identical(fn.Sig.Results().At(i).Type(), elem) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

// arm returns the source that the select arm around the spawn is.
func (f *finder) arm(fr *frame, loop *ast.ForStmt) (*source, bool) {
	cur := f.at[fr.node]
	for c := range cur.Enclosing((*ast.CommClause)(nil), (*ast.ForStmt)(nil)) {
		cc, ok := c.Node().(*ast.CommClause)
		if !ok {
			return nil, false
		}
		var rhs ast.Expr
		var v *types.Var
		switch s := cc.Comm.(type) {
		case *ast.ExprStmt:
			rhs = s.X
		case *ast.AssignStmt:
			rhs = s.Rhs[0]
			v = f.flows.Of(fr.fn).Local(s.Lhs[0])
		}
		u, ok := rhs.(*ast.UnaryExpr)
		if !ok {
			continue
		}
		if elem := chanops.Elem(f.TypesInfo.TypeOf(u.X)); elem != nil {
			return f.received(fr, cc, u.X, v, elem), true
		}
	}
	return nil, false
}

// accepts reports whether the loop accepts connections.
func (f *finder) accepts(n *ast.ForStmt) (found bool) {
	ast.Inspect(n.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			fn, _ := typeutil.Callee(f.TypesInfo, call).(*types.Func)
			found = found || fn != nil && hasPrefix(fn.Name(), "Accept")
		}
		return !found
	})
	return found
}
