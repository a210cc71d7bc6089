package ctxless

import (
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
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
	return modules.Ours(c.pass.Pass, call.Func.Pkg()) && !contexts.Passed(call.Func.Signature())
}

// others is the doubt about an interface that other types implement too.
const others = "other types in sight behind the interface wait for nobody"

// implementations returns the methods of other packages of ours that the
// interface method called may be and that end in I/O without a context, and
// the doubt there is if they are not all that it may be.
func (c *checker) implementations(call *funcs.Call) (fns []*types.Func, doubt string) {
	if !c.sees(call) {
		return nil, ""
	}
	for _, fn := range c.waiters()[call.Func.Name()] {
		if implements(fn, call.Func) {
			fns = append(fns, fn)
		}
	}
	if len(fns) > 0 && c.implementers(call) > len(fns) {
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

// bound reports whether method is one that an interface of the standard
// library or of a dependency, which this package imports, asks of its type:
// its author cannot just add a parameter.
func (c *checker) bound(method *types.Func) bool {
	if method == nil || method.Signature().Recv() == nil {
		return false
	}
	for _, p := range c.pass.Pkg.Imports() {
		if modules.Ours(c.pass.Pass, p) {
			continue
		}
		for _, name := range p.Scope().Names() {
			t, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !t.Exported() || !types.IsInterface(t.Type()) {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(t.Type(), false, nil, method.Name())
			if abstract, ok := obj.(*types.Func); ok && implements(method, abstract) {
				return true
			}
		}
	}
	return false
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
		if modules.Ours(c.pass.Pass, p) {
			n += c.countIn(p, iface)
		}
	}
	return n
}

func (c *checker) countIn(p *types.Package, iface *types.Interface) (n int) {
	for _, name := range p.Scope().Names() {
		t, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() || types.IsInterface(t.Type()) || c.values.InTest(t.Pos()) {
			continue
		}
		if types.Implements(types.NewPointer(t.Type()), iface) {
			n++
		}
	}
	return n
}
