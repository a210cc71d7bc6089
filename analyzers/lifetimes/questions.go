package lifetimes

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strconv"

	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// answered notes the outcome of the question that decides for the edge. It is false
// if the path has had another answer.
func (x *Index) answered(s *state, keys []string, from, to *cfg.Block) bool {
	cond, outcome := condition(from, to)
	if cond == nil || len(keys) == 0 {
		return true
	}
	cond, outcome = plain(cond, outcome)
	i := slices.Index(keys, x.key(cond))
	if i < 0 {
		return true
	}
	is := int8(-1)
	if outcome {
		is = 1
	}
	if s.asked[i] == -is {
		return false
	}
	s.asked[i] = is
	return true
}

// key returns the text of a condition, with where the variables are declared that
// it names: another err is another question.
func (x *Index) key(cond ast.Expr) string {
	text := []byte(types.ExprString(cond))
	ast.Inspect(cond, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := x.pass.TypesInfo.Uses[id].(*types.Var); ok {
				text = strconv.AppendInt(append(text, ' '), int64(v.Pos()), 10)
			}
		}
		return true
	})
	return string(text)
}

// flag returns what n, which gives q another value, makes the answer to q: known if q
// is a variable that is set to true or false.
func (x *Index) flag(n ast.Node, q ast.Expr) int8 {
	a, ok := n.(*ast.AssignStmt)
	if !ok || len(a.Lhs) != len(a.Rhs) {
		return 0
	}
	for i, l := range a.Lhs {
		value := x.pass.TypesInfo.Types[a.Rhs[i]].Value
		if v := x.named(q); v == nil || value == nil || value.Kind() != constant.Bool || !isVar(x.pass.TypesInfo, l, v) {
			continue
		}
		if constant.BoolVal(value) {
			return 1
		}
		return -1
	}
	return 0
}

func isVar(info *types.Info, e ast.Expr, v *types.Var) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && info.ObjectOf(id) == v
}

// questions returns the conditions that are variables, and those of variables and
// fields that fn asks more than once: what a call answers may change with each.
func (x *Index) questions(fn *funcs.Func) []ast.Expr {
	count := make(map[string]int)
	var qs []ast.Expr
	for _, b := range x.graph(fn).Blocks {
		if len(b.Succs) != 2 {
			continue
		}
		cond, _ := condition(b, b.Succs[0])
		if cond == nil {
			continue
		}
		cond, _ = plain(cond, true)
		key, often := x.key(cond), 2
		if _, ok := cond.(*ast.Ident); ok {
			often = 1
		}
		if count[key]++; count[key] == often && len(qs) < maxAsked && !calls(cond) {
			qs = append(qs, cond)
		}
	}
	return qs
}

func calls(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		_, ok := n.(*ast.CallExpr)
		found = found || ok
		return !found
	})
	return found
}

// assignsAny reports whether n gives another value to a variable that e mentions.
func (x *Index) assignsAny(n ast.Node, e ast.Expr) (found bool) {
	switch n.(type) {
	case *ast.AssignStmt, *ast.IncDecStmt, *ast.ValueSpec:
	default:
		return false
	}
	ast.Inspect(e, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if v, ok := x.pass.TypesInfo.Uses[id].(*types.Var); ok {
				found = found || x.assigns(n, v)
			}
		}
		return !found
	})
	return found
}
