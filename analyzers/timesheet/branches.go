package timesheet

import (
	"go/ast"
	"slices"
)

// branches returns the arms that each call of a body stands in. What follows an if
// statement whose body leaves is its other arm.
func branches(body *ast.BlockStmt) map[*ast.CallExpr][]Arm {
	w := &brancher{ways: make(map[*ast.CallExpr][]Arm)}
	w.list(body.List, nil)
	return w.ways
}

type brancher struct {
	ways map[*ast.CallExpr][]Arm
	n    int // branches so far
}

func (w *brancher) calls(n ast.Node, arms []Arm) {
	if n == nil {
		return
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
			return false // a statement of its own
		case *ast.CallExpr:
			w.ways[n] = arms
		}
		return true
	})
}

// list goes through the statements of a block.
func (w *brancher) list(stmts []ast.Stmt, arms []Arm) {
	for _, s := range stmts {
		arms = w.stmt(s, arms)
	}
}

// stmt goes through a statement, and returns the arms of what follows it.
func (w *brancher) stmt(s ast.Stmt, arms []Arm) []Arm {
	arms = slices.Clip(arms)
	switch s := s.(type) {
	case *ast.IfStmt:
		return w.branch(s, arms)
	case *ast.SwitchStmt:
		w.nodes(arms, s.Init, s.Tag)
		w.clauses(s.Body, arms)
	case *ast.TypeSwitchStmt:
		w.nodes(arms, s.Init, s.Assign)
		w.clauses(s.Body, arms)
	case *ast.SelectStmt:
		w.clauses(s.Body, arms)
	case *ast.BlockStmt:
		w.list(s.List, arms)
	case *ast.LabeledStmt:
		return w.stmt(s.Stmt, arms)
	case *ast.ForStmt:
		w.nodes(arms, s.Init, s.Cond, s.Post)
		w.list(s.Body.List, arms)
	case *ast.RangeStmt:
		w.nodes(arms, s.X)
		w.list(s.Body.List, arms)
	default:
		w.calls(s, arms)
	}
	return arms
}

func (w *brancher) nodes(arms []Arm, list ...ast.Node) {
	for _, n := range list {
		switch n := n.(type) {
		case ast.Stmt:
			if n != nil {
				w.calls(n, arms)
			}
		case ast.Expr:
			if n != nil {
				w.calls(n, arms)
			}
		}
	}
}

func (w *brancher) branch(s *ast.IfStmt, arms []Arm) []Arm {
	w.nodes(arms, s.Init, s.Cond)
	w.n++
	id := w.n
	w.list(s.Body.List, append(arms, Arm{id, 1}))
	if s.Else != nil {
		w.stmt(s.Else, append(arms, Arm{id, 2}))
		return arms
	}
	if leaves(s.Body) {
		return append(arms, Arm{id, 2})
	}
	return arms
}

func (w *brancher) clauses(body *ast.BlockStmt, arms []Arm) {
	w.n++
	id := w.n
	for i, c := range body.List {
		way := append(slices.Clip(arms), Arm{id, i + 1})
		switch c := c.(type) {
		case *ast.CaseClause:
			for _, e := range c.List {
				w.calls(e, arms)
			}
			w.list(c.Body, way)
		case *ast.CommClause:
			if c.Comm != nil {
				w.calls(c.Comm, way)
			}
			w.list(c.Body, way)
		}
	}
}

// leaves reports whether what follows a block is not reached from its end.
func leaves(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := call.Fun.(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}
