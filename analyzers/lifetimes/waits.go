package lifetimes

import (
	"go/ast"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Endless reports whether the wait u for v goes on for as long as the process
// lives: it is repeated, and no return can be reached from it. A ticker's channel
// is never closed, so that to range over it has no end either; and a select case
// that nothing makes ready is no way out. Such cases are returned.
func (x *Index) Endless(v *Value, u Use) (endless bool, dead []*ast.CommClause) {
	start, ok := x.waiting(u)
	if !ok {
		return false, nil
	}
	returns := false
	walkFrom(start, func(n ast.Node) bool {
		_, ok := n.(*ast.ReturnStmt)
		returns = returns || ok || x.exits(n)
		return !returns
	}, func(from, to *cfg.Block) bool {
		switch to.Kind {
		case cfg.KindRangeDone:
			return from.Kind == cfg.KindRangeLoop && to.Stmt == u.Node
		case cfg.KindSelectCaseBody:
			c := to.Stmt.(*ast.CommClause)
			if !x.neverReady(c) {
				return false
			}
			if !slices.Contains(dead, c) {
				dead = append(dead, c)
			}
			return true
		}
		return false
	})
	return !returns && x.repeats(v, u, start), dead
}

// exits reports whether n ends its goroutine without a return.
func (x *Index) exits(n ast.Node) bool {
	s, ok := n.(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := s.X.(*ast.CallExpr)
	if !ok {
		return false
	}
	c := x.funcs.Call(call)
	return c != nil && c.FullName() == "runtime.Goexit"
}

// repeats reports whether u waits for the same v again.
func (x *Index) repeats(v *Value, u Use, start place) bool {
	if _, ok := u.Node.(*ast.RangeStmt); ok {
		return true
	}
	visits := 0
	walkFrom(start, func(n ast.Node) bool {
		if within(n, u.Node) {
			visits++
		}
		return !within(n, v.Site)
	}, func(_, _ *cfg.Block) bool { return false })
	return visits > 1
}

// waiting returns the place of a wait.
func (x *Index) waiting(u Use) (place, bool) {
	if u.Func == nil {
		return place{}, false
	}
	pos := u.Node.Pos()
	if r, ok := u.Node.(*ast.RangeStmt); ok {
		pos = r.X.Pos()
	}
	return x.graph(u.Func).find(pos)
}

// Reaches reports whether n can come after the wait u.
func (x *Index) Reaches(u Use, n ast.Node) bool {
	return x.reaches(u, n, func(_, _ *cfg.Block) bool { return false })
}

// Follows reports whether n can come after the wait u has ended, not another
// case of the same select, and before the function waits there again.
func (x *Index) Follows(u Use, n ast.Node) bool {
	return x.reaches(u, n, func(_, to *cfg.Block) bool {
		return u.Comm != nil && to.Kind == cfg.KindSelectCaseBody && to.Stmt != u.Comm && x.parent(to.Stmt) == x.parent(u.Comm)
	})
}

func (x *Index) reaches(u Use, n ast.Node, cut func(from, to *cfg.Block) bool) bool {
	start, ok := x.waiting(u)
	if !ok {
		return false
	}
	found, visits := false, 0
	walkFrom(start, func(m ast.Node) bool {
		if within(m, u.Node) {
			if visits++; visits > 1 {
				return false
			}
		}
		found = found || within(m, n)
		return true
	}, cut)
	return found
}

// After visits the nodes of f's control flow that may come after n, and goes no
// further than those for which visit is false. Branches that the conditions around
// n exclude are left out; what a range statement sets in each turn is visited too.
func (x *Index) After(f *funcs.Func, n ast.Node, visit func(ast.Node) bool) {
	start, ok := x.graph(f).find(n.Pos())
	if !ok {
		return
	}
	first := true
	x.walkAsking(f, start, state{}, func(m ast.Node, _ *state) bool {
		if first {
			first = false
			return true
		}
		return visit(m)
	}, func(from, to *cfg.Block, _ *state) bool {
		if r, ok := to.Stmt.(*ast.RangeStmt); ok && to.Kind == cfg.KindRangeBody {
			return r.Key != nil && !visit(r.Key) || r.Value != nil && !visit(r.Value)
		}
		cond, outcome := condition(from, to)
		return cond != nil && x.excluded(n, cond, outcome)
	})
}

func (x *Index) parent(n ast.Node) ast.Node {
	cur, _ := syntax.Find(x.root, n)
	return cur.Parent().Node()
}

// Comes reports whether a run of f may come to one of the nodes, and whether it
// must, before it returns; through plain calls of functions of the package too.
func (x *Index) Comes(f *funcs.Func, nodes []ast.Node) (may, must bool) {
	c := &coming{x: x, nodes: nodes, state: make(map[*funcs.Func]*[2]bool)}
	return c.run(f)
}

type coming struct {
	x     *Index
	nodes []ast.Node
	state map[*funcs.Func]*[2]bool // may, must; as far as known
}

func (c *coming) run(f *funcs.Func) (may, must bool) {
	if s := c.state[f]; s != nil {
		return s[0], s[1]
	}
	s := new([2]bool)
	c.state[f] = s
	g := c.x.graph(f)
	must = true
	walkFrom(place{g.Blocks[0], 0}, func(n ast.Node) bool {
		nmay, nmust := c.node(f, n)
		may = may || nmay
		if nmust {
			return false
		}
		if _, ok := n.(*ast.ReturnStmt); ok {
			must = false
		}
		return true
	}, func(_, _ *cfg.Block) bool { return false })
	s[0], s[1] = may, may && must
	return s[0], s[1]
}

func (c *coming) node(f *funcs.Func, n ast.Node) (may, must bool) {
	for _, t := range c.nodes {
		if within(n, t) && c.x.funcAt(t) == f {
			return true, true
		}
	}
	for _, call := range f.Out {
		if call.Callee == nil || call.Mode == funcs.Go || !within(n, call.Site) {
			continue
		}
		cmay, cmust := c.run(call.Callee)
		may = may || cmay
		must = must || cmust
	}
	return may, must
}

func (x *Index) funcAt(n ast.Node) *funcs.Func {
	cur, ok := syntax.Find(x.root, n)
	if !ok {
		return nil
	}
	return x.enclosing(cur)
}
