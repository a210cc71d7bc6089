package retries

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
)

// Attempts returns how often the call of r is made at most, the loops around that of the
// retry included; 0 if no constant says so. What value returns for an expression counts
// as a constant, beside those of the language; it may be nil.
func (x *Index) Attempts(r *Retry, value func(ast.Expr) (int, bool)) int {
	all := x.turns(r, r.Loop, value)
	for _, l := range r.Outer {
		all *= x.turns(nil, l, value)
	}
	return all
}

// turns returns how often a loop goes round at most, 0 if that is not known.
func (x *Index) turns(r *Retry, loop ast.Stmt, value func(ast.Expr) (int, bool)) int {
	switch n := loop.(type) {
	case *ast.RangeStmt:
		if b, ok := x.info.TypeOf(n.X).Underlying().(*types.Basic); ok && b.Info()&types.IsInteger != 0 {
			return x.number(n.X, value)
		}
	case *ast.ForStmt:
		i, first := x.counter(n)
		if i == nil {
			return 0
		}
		last := x.below(n.Cond, i, value)
		if last == 0 && r != nil {
			last = x.leaves(r, i, value)
		}
		return max(last-first, 0)
	}
	return 0
}

// counter returns the variable that a loop counts up by one, and where it begins.
func (x *Index) counter(n *ast.ForStmt) (i *types.Var, first int) {
	init, ok := n.Init.(*ast.AssignStmt)
	post, counts := n.Post.(*ast.IncDecStmt)
	if !ok || !counts || post.Tok != token.INC || len(init.Lhs) != len(init.Rhs) {
		return nil, 0
	}
	v := x.variable(post.X)
	for k, l := range init.Lhs {
		if tv := x.info.Types[init.Rhs[k]]; v != nil && x.variable(l) == v && tv.Value != nil {
			first, exact := constant.Int64Val(constant.ToInt(tv.Value))
			if exact && !x.counted(n.Body)[v] {
				return v, int(first)
			}
		}
	}
	return nil, 0
}

// below returns what the condition to go on keeps i below; 0 if nothing.
func (x *Index) below(cond ast.Expr, i *types.Var, value func(ast.Expr) (int, bool)) int {
	cmp, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return 0
	}
	if cmp.Op == token.LAND {
		a, b := x.below(cmp.X, i, value), x.below(cmp.Y, i, value)
		if a == 0 || b == 0 {
			return a + b
		}
		return min(a, b)
	}
	if x.variable(ast.Unparen(cmp.X)) != i {
		return 0
	}
	n := x.number(cmp.Y, value)
	switch {
	case n == 0:
		return 0
	case cmp.Op == token.LSS, cmp.Op == token.NEQ:
		return n
	case cmp.Op == token.LEQ:
		return n + 1
	}
	return 0
}

// leaves returns what i stays below because the loop is left in its body: 0 if that is
// not known. A condition behind the call lets it be made once more than one before it.
func (x *Index) leaves(r *Retry, i *types.Var, value func(ast.Expr) (int, bool)) int {
	for _, e := range r.Exits {
		cmp, ok := ast.Unparen(e.Cond).(*ast.BinaryExpr)
		if e.Cond == nil || !ok || x.variable(ast.Unparen(cmp.X)) != i {
			continue
		}
		n := x.number(cmp.Y, value)
		if n == 0 {
			continue
		}
		if e.Cond.Pos() > r.Call.Site.Pos() {
			n++
		}
		switch cmp.Op {
		case token.GEQ, token.EQL:
			return n
		case token.GTR:
			return n + 1
		}
	}
	return 0
}

// number returns the constant that e is, 0 if it is none.
func (x *Index) number(e ast.Expr, value func(ast.Expr) (int, bool)) int {
	if v := x.info.Types[e].Value; v != nil {
		n, _ := constant.Int64Val(constant.ToInt(v))
		return int(n)
	}
	if value != nil {
		if n, ok := value(e); ok {
			return n
		}
	}
	return 0
}

// retrier describes fn, which retries its parameter i in the loop of r.
func (x *Index) retrier(fn *types.Func, i int, r *Retry) *Retrier {
	d := &Retrier{Param: i, Attempts: x.Attempts(r, nil)}
	if d.Attempts > 0 || len(r.Outer) > 0 {
		return d
	}
	// Counted as if the parameter were a number that nothing else is.
	const mark = 1 << 20
	n := x.Attempts(r, func(e ast.Expr) (int, bool) {
		p, ok := x.param(fn, e)
		if ok {
			d.Count = p + 1
		}
		return mark, ok
	})
	if n != mark {
		d.Count = 0
	}
	return d
}
