package ctxless

import (
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// others is the doubt about an interface that other types implement too.
const others = "other types in sight behind the interface wait for nobody"

// implementations returns the methods of other packages of ours that the
// interface method called may be and that end in I/O without a context, and
// the doubt there is if they are not all that it may be.
func (c *checker) implementations(call *funcs.Call) (fns []*types.Func, doubt string) {
	if !c.callers.Sees(call) {
		return nil, ""
	}
	for _, fn := range c.waiters()[call.Func.Name()] {
		if callers.Implements(fn, call.Func) {
			fns = append(fns, fn)
		}
	}
	if len(fns) > 0 && c.callers.Implementers(call) > len(fns) {
		doubt = others
	}
	return fns, doubt
}

// waiters returns the methods of other packages of ours that end in I/O
// without a context, by name.
func (c *checker) waiters() map[string][]*types.Func {
	if c.methods != nil {
		return c.methods
	}
	c.methods = make(map[string][]*types.Func)
	for _, f := range c.pass.AllObjectFacts() {
		fn, ok := f.Object.(*types.Func)
		if ok && fn.Pkg() != c.pass.Pkg && fn.Signature().Recv() != nil && modules.Ours(c.pass.Pass, fn.Pkg()) && f.Fact.(*summary).Wait != nil {
			c.methods[fn.Name()] = append(c.methods[fn.Name()], fn)
		}
	}
	for _, fns := range c.methods {
		slices.SortFunc(fns, func(f, g *types.Func) int { return strings.Compare(f.FullName(), g.FullName()) })
	}
	return c.methods
}
