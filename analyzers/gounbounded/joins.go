package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// joined reports whether the frame's function waits for the goroutine, ends
// it when it returns, or hands its caller what to wait on: then as many run
// as calls are in flight.
func (f *finder) joined(fr *frame) bool {
	if f.cancelled(fr) {
		return true
	}
	if fr.all.empty() && fr.group == nil {
		return false
	}
	mine := newOps()
	c := &collector{f: f, ops: mine, depth: 1, brief: true, skip: func(n ast.Node) bool { return n == fr.node }}
	c.walk(fr.fn.Body)
	for k := range fr.all.sends {
		if mine.recvs[k] || f.handed(fr, k) {
			return true
		}
	}
	for k := range fr.all.recvs {
		if mine.sends[k] && localVar(k) != nil {
			return true
		}
	}
	for k := range fr.all.done {
		if localVar(k) != nil {
			return true
		}
	}
	for _, g := range fr.groups() {
		if mine.has(g, "Wait") || f.handed(fr, g) {
			return true
		}
	}
	return false
}

// cancelled reports whether the goroutine is given a context that the
// frame's function cancels: it ends with the function, or soon after.
func (f *finder) cancelled(fr *frame) bool {
	fl := f.flow(fr.fn)
	cancels := make(map[token.Pos]bool) // the calls that made what is cancelled
	for _, c := range fr.fn.Out {
		if v := fl.local(ast.Unparen(c.Site.Fun)); v != nil && isCancel(v.Type()) {
			for _, d := range fl.defs[v] {
				cancels[d.pos] = true
			}
		}
	}
	if len(cancels) == 0 {
		return false
	}
	for v := range fl.from(fr.vars) {
		if !isContext(v.Type()) {
			continue
		}
		for _, d := range fl.defs[v] {
			if cancels[d.pos] {
				return true
			}
		}
	}
	return false
}

// groups returns what the goroutine reports its end to.
func (fr *frame) groups() []types.Object {
	var gs []types.Object
	if fr.group != nil {
		gs = append(gs, fr.group)
	}
	for k := range fr.all.calls {
		if fr.all.has(k, "Done") {
			gs = append(gs, k)
		}
	}
	return gs
}

// handed reports whether the function's caller holds k too: it is a parameter, or returned.
func (f *finder) handed(fr *frame, k types.Object) bool {
	v, ok := k.(*types.Var)
	if !ok || localVar(v) == nil {
		return false
	}
	if isParam(fr.fn, v) {
		return true
	}
	found := false
	ast.Inspect(fr.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				found = found || mentioned(f.TypesInfo, r)[v]
			}
		}
		return true
	})
	return found
}

// waits reports whether the body of a loop waits for the goroutine before its
// next turn, or for a batch of them.
func (f *finder) waits(fr *frame, body *ast.BlockStmt) bool {
	mine := newOps()
	c := &collector{f: f, ops: mine, skip: func(n ast.Node) bool {
		_, lit := n.(*ast.FuncLit)
		return n == fr.node || lit && (n.End() <= fr.node.Pos() || n.Pos() >= fr.node.End()) || f.timed(n)
	}}
	c.walk(body)
	for k := range fr.all.sends {
		if mine.recvs[k] {
			return true
		}
	}
	for _, g := range fr.groups() {
		if mine.has(g, "Wait") {
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
				if elem := chanElem(f.TypesInfo.TypeOf(u.X)); elem != nil && isPath(elem, "time", "Time") {
					return true
				}
			}
		}
	}
	return false
}

func isStd(p *types.Package) bool {
	first, _, _ := strings.Cut(p.Path(), "/")
	return !strings.Contains(first, ".")
}
