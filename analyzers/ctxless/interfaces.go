package ctxless

import (
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// implements reports whether method is what a call of the interface method
// abstract may run.
func implements(method, abstract *types.Func) bool {
	iface, ok := abstract.Signature().Recv().Type().Underlying().(*types.Interface)
	return ok && types.Implements(method.Signature().Recv().Type(), iface)
}

// sees reports whether the types behind the interface method that call calls
// may be taken to be those in sight: the interface is ours. Behind one of the
// standard library or of a dependency anything may be.
func (c *checker) sees(call *funcs.Call) bool {
	return c.ours(call.Func.Pkg()) && !hasContext(call.Func.Signature())
}

// implementations returns the methods of other packages of ours that the
// interface method called may be and that end in I/O without a context; all
// is set if no other type in sight implements it.
func (c *checker) implementations(call *funcs.Call) (fns []*types.Func, all bool) {
	if !c.sees(call) {
		return nil, false
	}
	for _, f := range c.pass.AllObjectFacts() {
		fn, ok := f.Object.(*types.Func)
		if ok && fn.Name() == call.Func.Name() && fn.Pkg() != c.pass.Pkg && fn.Signature().Recv() != nil && implements(fn, call.Func) {
			fns = append(fns, fn)
		}
	}
	return fns, len(fns) > 0 && c.implementers(call) <= len(fns)
}

// implementers counts the types of this package, and of those of ours that it
// imports, that implement the interface method called.
func (c *checker) implementers(call *funcs.Call) int {
	iface, ok := call.Func.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return 0
	}
	n := c.countIn(c.pass.Pkg, iface)
	for _, p := range c.pass.Pkg.Imports() {
		if c.ours(p) {
			n += c.countIn(p, iface)
		}
	}
	return n
}

func (c *checker) countIn(p *types.Package, iface *types.Interface) (n int) {
	for _, name := range p.Scope().Names() {
		t, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() || types.IsInterface(t.Type()) || c.inTest(t.Pos()) {
			continue
		}
		if types.Implements(types.NewPointer(t.Type()), iface) {
			n++
		}
	}
	return n
}
