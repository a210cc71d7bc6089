package allocs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A Contract binds a function not to allocate.
type Contract struct {
	Func ast.Node    // which carries it
	Via  []rule.Step // the calls that lead from there to the function bound
}

// NoAlloc returns the contract that the code at pos stands under, or nil: that
// of its function, of one around it, or of one of the package that calls it other
// than on a cold branch.
func (x *Index) NoAlloc(pos token.Pos) *Contract {
	for f := x.pass.Funcs.At(pos); f != nil; f = f.Parent {
		if c := x.noalloc[f.Node]; c != nil {
			return c
		}
	}
	return nil
}

// Bound returns the contract that binds fn itself, or nil.
func (x *Index) Bound(fn ast.Node) *Contract { return x.noalloc[fn] }

// contracts passes contracts down the calls of the package.
func (x *Index) contracts() map[ast.Node]*Contract {
	bound := make(map[ast.Node]*Contract)
	var queue []*funcs.Func
	for _, f := range x.pass.Funcs.Funcs {
		if x.pass.Hotness.Contract(f.Node, directive.NoAlloc) != nil {
			bound[f.Node] = &Contract{Func: f.Node}
			queue = append(queue, f)
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		f := queue[0]
		c := bound[f.Node]
		for _, k := range f.Out {
			if k.Callee == nil || k.Mode == funcs.Go || bound[k.Callee.Node] != nil || x.pass.Hotness.Cold(k.Site.Pos()) {
				continue
			}
			step := rule.Step{Pos: k.Site.Pos(), Text: "calls " + types.ExprString(k.Site.Fun)}
			bound[k.Callee.Node] = &Contract{c.Func, append(c.Via[:len(c.Via):len(c.Via)], step)}
			queue = append(queue, k.Callee)
		}
		for _, lit := range x.pass.Funcs.Funcs {
			if lit.Obj == nil && lit.Parent == f && bound[lit.Node] == nil && runs(lit) {
				bound[lit.Node] = c
				queue = append(queue, lit)
			}
		}
	}
	return bound
}

// runs reports whether a literal runs where it stands, as far as is seen.
func runs(lit *funcs.Func) bool {
	switch lit.Use {
	case funcs.Called, funcs.Deferred, funcs.Assigned, funcs.Passed:
		return true
	}
	return false
}
