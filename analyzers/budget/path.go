package budget

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// An item is a place that costs something.
type item struct {
	pos token.Pos
	sum
}

// A sum is what a path costs.
type sum struct {
	n     int // how much; never above most
	loops int // of it, in every turn of a loop
	steps []rule.Step
}

const (
	most      = 1 << 20 // calls of calls multiply
	mostSteps = 20      // that are kept: nobody reads more
)

func (s sum) plus(t sum) sum {
	steps := append(s.steps[:len(s.steps):len(s.steps)], t.steps...)
	return sum{min(s.n+t.n, most), min(s.loops+t.loops, most), steps[:min(len(steps), mostSteps)]}
}

// worst returns what the dearest path through body costs, by what stands on it.
func worst(body *ast.BlockStmt, items []item) sum {
	if len(items) == 0 {
		return sum{}
	}
	p := path(items).list(body.List)
	if w := dearer(p.through, p.left); w != nil {
		return *w
	}
	return sum{}
}

// A way is what the dearest path costs that goes on behind a statement, and the
// dearest one that leaves the function there; nil if there is none.
type way struct {
	through, left *sum
}

func dearer(a, b *sum) *sum {
	if a == nil || b != nil && b.n > a.n {
		return b
	}
	return a
}

// behind returns what a path costs that has cost s before. One of them nil, there is
// no such path.
func behind(s, then *sum) *sum {
	if s == nil || then == nil {
		return nil
	}
	total := s.plus(*then)
	return &total
}

// or joins two ways of which one is taken.
func (w way) or(v way) way { return way{dearer(w.through, v.through), dearer(w.left, v.left)} }

// after is w for whoever has cost s before.
func (w way) after(s sum) way { return way{behind(&s, w.through), behind(&s, w.left)} }

// A path knows what stands where. What one costs it takes from syntax: a jump by
// break, continue or goto is as if it went on.
type path []item

func (p path) list(stmts []ast.Stmt) way {
	w := way{through: new(sum)}
	for _, s := range stmts {
		if w.through == nil {
			break
		}
		next := p.stmt(s)
		w.left = dearer(w.left, behind(w.through, next.left))
		w.through = behind(w.through, next.through)
	}
	return w
}

func (p path) stmt(s ast.Stmt) way {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		in := p.in(s)
		return way{left: &in}
	case *ast.BlockStmt:
		return p.list(s.List)
	case *ast.LabeledStmt:
		return p.stmt(s.Stmt)
	case *ast.IfStmt:
		w := p.list(s.Body.List)
		if s.Else != nil {
			w = w.or(p.stmt(s.Else))
		} else {
			w = w.or(way{through: new(sum)})
		}
		return w.after(p.in(s.Init, s.Cond))
	case *ast.ForStmt:
		return p.loop(s.Body).after(p.in(s.Init, s.Cond, s.Post))
	case *ast.RangeStmt:
		return p.loop(s.Body).after(p.in(s.Key, s.Value, s.X))
	case *ast.SwitchStmt:
		return p.clauses(s.Body).after(p.in(s.Init, s.Tag))
	case *ast.TypeSwitchStmt:
		return p.clauses(s.Body).after(p.in(s.Init, s.Assign))
	case *ast.SelectStmt:
		return p.clauses(s.Body)
	}
	in := p.in(s)
	return way{through: &in}
}

// loop is a body that may not run at all.
func (p path) loop(body *ast.BlockStmt) way {
	return p.list(body.List).or(way{through: new(sum)})
}

// clauses are those of a switch or a select, of which one is taken, or none.
func (p path) clauses(body *ast.BlockStmt) way {
	w := way{through: new(sum)}
	for _, s := range body.List {
		switch c := s.(type) {
		case *ast.CaseClause:
			var head sum
			for _, e := range c.List {
				head = head.plus(p.in(e))
			}
			w = w.or(p.list(c.Body).after(head))
		case *ast.CommClause:
			w = w.or(p.list(c.Body).after(p.in(c.Comm)))
		}
	}
	return w
}

// in returns what stands in nodes, which may be nil.
func (p path) in(nodes ...ast.Node) (s sum) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		for _, it := range p {
			if n.Pos() <= it.pos && it.pos < n.End() {
				s = s.plus(it.sum)
			}
		}
	}
	return s
}
