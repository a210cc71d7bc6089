package callers

import (
	"go/types"
	"reflect"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetcallers",
	Doc:        "tell who calls a function, through values and interfaces too",
	Requires:   []*analysis.Analyzer{funcs.Analyzer, values.Analyzer, contexts.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:     pass,
		funcs:    pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		contexts: pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		edges:    make(map[*funcs.Func][]*funcs.Call),
		dynamic:  make(map[string][]*funcs.Call),
	}
	x.find()
	return x, nil
}

// Index is the result of Analyzer.
type Index struct {
	// Targets are what every call outside tests runs: the declared function that
	// it names or holds in a variable, and those that it is handed and runs before
	// it returns.
	Targets []Target

	pass     *analysis.Pass
	funcs    *funcs.Index
	values   *values.Index
	contexts *contexts.Index
	edges    map[*funcs.Func][]*funcs.Call // calls of a function through values and arguments, which funcs does not resolve
	dynamic  map[string][]*funcs.Call      // calls of interface methods, by name
}

// A Target is a declared function that a call is seen to run.
type Target struct {
	Call *funcs.Call
	Func *types.Func
}

func (x *Index) find() {
	for _, f := range x.funcs.Funcs {
		if x.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			fn := call.Func
			if fn == nil && call.Callee == nil {
				fn = x.values.Function(call.Site.Fun)
			}
			if fn != nil {
				x.add(call, fn)
			}
			for i, a := range call.Site.Args {
				sig, ok := x.pass.TypesInfo.TypeOf(a).Underlying().(*types.Signature)
				if !ok || !x.contexts.RunsArg(call, i, sig) {
					continue
				}
				if fn := x.values.Function(a); fn != nil {
					x.add(call, fn)
				}
			}
		}
	}
}

// add notes who calls fn where the index of functions does not.
func (x *Index) add(call *funcs.Call, fn *types.Func) {
	if call.Dynamic && fn == call.Func {
		x.dynamic[fn.Name()] = append(x.dynamic[fn.Name()], call)
	} else if f := x.funcs.Declared(fn); f != nil && f != call.Callee {
		x.edges[f] = append(x.edges[f], call)
	}
	x.Targets = append(x.Targets, Target{call, fn})
}

// In returns the calls of f that are known in this package, tests excepted.
func (x *Index) In(f *funcs.Func) []*funcs.Call {
	var in []*funcs.Call
	for _, list := range [][]*funcs.Call{f.In, x.edges[f]} {
		for _, call := range list {
			if !x.values.InTest(call.Site.Pos()) {
				in = append(in, call)
			}
		}
	}
	if f.Obj == nil || f.Sig.Recv() == nil {
		return in
	}
	for _, call := range x.dynamic[f.Obj.Name()] {
		if x.Sees(call) && Implements(f.Obj, call.Func) {
			in = append(in, call)
		}
	}
	return in
}

// Called returns what f, called by call, is known by: a function, or the
// variable that holds it.
func (x *Index) Called(f *funcs.Func, call *funcs.Call) types.Object {
	if f.Obj != nil {
		return f.Obj
	}
	return x.values.Variable(call.Site.Fun)
}

// Implements reports whether method is what a call of the interface method
// abstract may run.
func Implements(method, abstract *types.Func) bool {
	iface, ok := abstract.Signature().Recv().Type().Underlying().(*types.Interface)
	return ok && types.Implements(method.Signature().Recv().Type(), iface)
}

// Sees reports whether the types behind the interface method that call calls
// may be taken to be those in sight: the interface is ours, and asks for no context.
func (x *Index) Sees(call *funcs.Call) bool {
	return modules.Ours(x.pass, call.Func.Pkg()) && !contexts.Passed(call.Func.Signature())
}

// Implementers counts the types of this package, and of those of ours that it
// imports, that implement the interface method called.
func (x *Index) Implementers(call *funcs.Call) int {
	iface, ok := call.Func.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return 0
	}
	n := x.countIn(x.pass.Pkg, iface)
	for _, p := range x.pass.Pkg.Imports() {
		if modules.Ours(x.pass, p) {
			n += x.countIn(p, iface)
		}
	}
	return n
}

func (x *Index) countIn(p *types.Package, iface *types.Interface) (n int) {
	for _, name := range p.Scope().Names() {
		t, ok := p.Scope().Lookup(name).(*types.TypeName)
		if !ok || t.IsAlias() || types.IsInterface(t.Type()) || x.values.InTest(t.Pos()) {
			continue
		}
		if types.Implements(types.NewPointer(t.Type()), iface) {
			n++
		}
	}
	return n
}

// Bound reports whether method is one that an interface of the standard
// library or of a dependency, which this package imports, asks of its type:
// its author cannot just add a parameter.
func (x *Index) Bound(method *types.Func) bool {
	if method == nil || method.Signature().Recv() == nil {
		return false
	}
	for _, p := range x.pass.Pkg.Imports() {
		if modules.Ours(x.pass, p) {
			continue
		}
		for _, name := range p.Scope().Names() {
			t, ok := p.Scope().Lookup(name).(*types.TypeName)
			if !ok || !t.Exported() || !types.IsInterface(t.Type()) {
				continue
			}
			obj, _, _ := types.LookupFieldOrMethod(t.Type(), false, nil, method.Name())
			if abstract, ok := obj.(*types.Func); ok && Implements(method, abstract) {
				return true
			}
		}
	}
	return false
}

// FullName returns the name of a function, or of a variable that holds one,
// with its package path.
func FullName(obj types.Object) string {
	if fn, ok := obj.(*types.Func); ok {
		return fn.FullName()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

// ShortName returns the name of obj as one reads it in package from.
func ShortName(obj types.Object, from *types.Package) string {
	qual := func(p *types.Package) string {
		if p == from {
			return ""
		}
		return p.Name()
	}
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() == nil {
		if q := qual(obj.Pkg()); q != "" {
			return q + "." + obj.Name()
		}
		return obj.Name()
	}
	recv := fn.Signature().Recv()
	t := types.TypeString(recv.Type(), qual)
	if i := strings.IndexByte(t, '['); i >= 0 && !strings.HasPrefix(t, "[") { // a generic type's parameters say nothing here
		t = t[:i]
	}
	if strings.HasPrefix(t, "*") {
		t = "(" + t + ")"
	}
	return t + "." + fn.Name()
}
