package allocs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A Promise binds a function not to allocate.
type Promise struct {
	Func *funcs.Func       // which carries the contract
	By   *hotpath.Contract // the contract
	Via  []rule.Step       // the calls that lead from there to the function bound
}

// NoAlloc returns the promise that the code at pos stands under, or nil: that
// of its function, of one around it, or of one of the package that calls it other
// than on a cold branch.
func (x *Index) NoAlloc(pos token.Pos) *Promise {
	for f := x.pass.Funcs.At(pos); f != nil; f = f.Parent {
		if c := x.noalloc[f.Node]; c != nil {
			return c
		}
	}
	return nil
}

// Bound returns the promise that binds fn itself, or nil.
func (x *Index) Bound(fn ast.Node) *Promise { return x.noalloc[fn] }

// promises passes contracts down the calls of the package.
func (x *Index) promises() map[ast.Node]*Promise {
	bound := make(map[ast.Node]*Promise)
	var queue []*funcs.Func
	for _, f := range x.pass.Funcs.Funcs {
		if k := x.pass.Hotness.Contract(f.Node, directive.NoAlloc); k != nil {
			bound[f.Node] = &Promise{Func: f, By: k}
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
			bound[k.Callee.Node] = &Promise{c.Func, c.By, append(c.Via[:len(c.Via):len(c.Via)], step)}
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
