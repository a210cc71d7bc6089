package chanflow

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A Mode is how a function comes to be called.
type Mode int

// How a function is called.
const (
	Plain  Mode = iota
	Defer       // by a defer
	Go          // in a goroutine of its own
	Passed      // by a function of another package that it is passed to
)

// An Edge is a call that may happen.
type Edge struct {
	Site   ssa.CallInstruction
	Caller *ssa.Function
	Callee *ssa.Function
	Mode   Mode
	// Sure is set if the call names the function: it is no function value, and no
	// method of an interface.
	Sure bool

	by    *ssa.Parameter // what is called is what this was passed
	named bool           // it is clear from the call alone what is called
}

func (b *builder) call(fn *ssa.Function, c ssa.CallInstruction) {
	common := c.Common()
	if common.IsInvoke() {
		b.invoke(fn, c)
		return
	}
	if _, ok := common.Value.(*ssa.Builtin); ok {
		b.builtin(c)
		return
	}
	if callee := common.StaticCallee(); callee != nil {
		if mc, ok := common.Value.(*ssa.MakeClosure); ok && b.method(callee) != nil { // go s.run() of a method value
			b.connect(fn, c, b.method(callee), append([]ssa.Value{mc.Bindings[0]}, common.Args...), mode(c), true)
			return
		}
		b.static(fn, c, callee)
		return
	}
	b.watch(b.node(common.Value), func(o *Object) {
		switch o.Kind {
		case function:
			b.dynamic(fn, c, o)
		case unknown:
			b.lose(c, common.Args)
		}
	})
}

// builtin follows append and copy.
func (b *builder) builtin(c ssa.CallInstruction) {
	call, ok := c.(*ssa.Call)
	if !ok || !b.tracked(call.Type()) && !slices.ContainsFunc(call.Call.Args, func(a ssa.Value) bool { return b.tracked(a.Type()) }) {
		return
	}
	switch call.Call.Value.Name() {
	case "append", "copy", "min", "max":
		for _, a := range call.Call.Args {
			b.flow(a, b.node(call))
		}
	}
}

func mode(c ssa.CallInstruction) Mode {
	switch c.(type) {
	case *ssa.Go:
		return Go
	case *ssa.Defer:
		return Defer
	}
	return Plain
}

func (b *builder) static(fn *ssa.Function, c ssa.CallInstruction, callee *ssa.Function) {
	callee = ssavalue.Origin(callee)
	if m := b.method(callee); m != nil {
		callee = m
	}
	if b.local[callee] {
		b.connect(fn, c, callee, c.Common().Args, mode(c), true)
		return
	}
	b.external(fn, c, callee)
}

// dynamic calls a function value.
func (b *builder) dynamic(fn *ssa.Function, c ssa.CallInstruction, o *Object) {
	callee := ssavalue.Origin(o.fn)
	if !b.local[callee] {
		if m := b.method(callee); m != nil {
			callee = m
		} else {
			b.lose(c, c.Common().Args)
			return
		}
	}
	args := c.Common().Args
	if o.bound {
		args = append([]ssa.Value{nil}, args...)
	}
	b.connect(fn, c, callee, args, mode(c), false)
}

// connect enters a call of a function of the package, and passes on what it passes.
func (b *builder) connect(fn *ssa.Function, c ssa.CallInstruction, callee *ssa.Function, args []ssa.Value, m Mode, sure bool) {
	if b.linked[link{c, callee}] {
		return
	}
	b.linked[link{c, callee}] = true
	b.edges = append(b.edges, &Edge{Site: c, Caller: fn, Callee: callee, Mode: m, Sure: sure})
	for i, p := range callee.Params {
		switch {
		case i >= len(args) || args[i] == nil:
		case b.tracked(p.Type()):
			b.flow(args[i], b.node(p))
		case b.tracked(args[i].Type()): // of the type of a type parameter
			b.leave(b.node(args[i]))
		}
	}
	call, ok := c.(*ssa.Call)
	if !ok {
		return
	}
	for i := range callee.Signature.Results().Len() {
		if b.tracked(callee.Signature.Results().At(i).Type()) {
			b.edge(b.place(result{callee, i}), b.resultOf(call, i))
		}
	}
}

// resultOf returns the node of a result of a call.
func (b *builder) resultOf(call *ssa.Call, i int) *node {
	if call.Call.Signature().Results().Len() == 1 {
		return b.node(call)
	}
	return b.place(extract{call, i})
}

// lose passes the arguments of a call out of sight, and takes its results from there.
func (b *builder) lose(c ssa.CallInstruction, args []ssa.Value) {
	for _, a := range args {
		if b.tracked(a.Type()) {
			b.leave(b.node(a))
		}
	}
	b.gain(c)
}

// gain takes the results of a call from out of sight.
func (b *builder) gain(c ssa.CallInstruction) {
	call, ok := c.(*ssa.Call)
	if !ok {
		return
	}
	results := call.Call.Signature().Results()
	for i := range results.Len() {
		if b.tracked(results.At(i).Type()) {
			b.add(b.resultOf(call, i), b.nobody)
		}
	}
}

// invoke calls a method of an interface.
func (b *builder) invoke(fn *ssa.Function, c ssa.CallInstruction) {
	common := c.Common()
	if isContext(common.Value.Type()) {
		b.contextMethod(c)
		return
	}
	b.invokes = append(b.invokes, c)
	if b.shared(common.Value.Type()) {
		b.lose(c, common.Args)
	}
}

// shared reports whether types of other packages may implement an interface.
func (b *builder) shared(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return !ok || n.Obj().Pkg() != b.pass.Pkg || !b.main && (n.Obj().Exported() || b.accepted()[n.Obj()])
}

// accepted returns the interfaces that others give values of to the package, though they
// cannot name them: parameters of what they call, and fields that they set.
func (b *builder) accepted() map[*types.TypeName]bool {
	if b.accepts != nil {
		return b.accepts
	}
	b.accepts = make(map[*types.TypeName]bool)
	for _, fn := range b.fns {
		if b.hidden(fn) {
			for _, p := range fn.Params {
				b.accept(p.Type())
			}
		}
	}
	scope := b.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		st, ok := scope.Lookup(name).Type().Underlying().(*types.Struct)
		if !ok || !token.IsExported(name) {
			continue
		}
		for f := range st.Fields() {
			if f.Exported() {
				b.accept(f.Type())
			}
		}
	}
	return b.accepts
}

func (b *builder) accept(t types.Type) {
	if n, ok := types.Unalias(t).(*types.Named); ok && types.IsInterface(n) {
		b.accepts[n.Obj()] = true
	}
}

// dispatch connects the calls of interface methods with the types that are known
// to be put into interfaces.
func (b *builder) dispatch() {
	for _, c := range b.invokes {
		common := c.Common()
		iface, ok := common.Value.Type().Underlying().(*types.Interface)
		if !ok {
			continue
		}
		for _, callee := range b.implementations(iface, common.Method.Name()) {
			b.connect(c.Parent(), c, callee, append([]ssa.Value{nil}, common.Args...), mode(c), false)
		}
	}
	for _, c := range b.handed {
		for _, a := range c.Common().Args {
			b.handover(c, a)
		}
	}
}

// implementations returns the methods of that name of the types that are put into
// interfaces and implement this one.
func (b *builder) implementations(iface *types.Interface, name string) []*ssa.Function {
	fns, ok := b.methods[method{iface, name}]
	if ok {
		return fns
	}
	for _, t := range b.boxed {
		recv := types.NewPointer(t)
		obj, _, _ := types.LookupFieldOrMethod(recv, true, b.pass.Pkg, name)
		m, ok := obj.(*types.Func)
		if !ok || !types.Implements(recv, iface) {
			continue
		}
		if fn := b.src.Pkg.Prog.FuncValue(m.Origin()); fn != nil && b.local[fn] {
			fns = append(fns, fn)
		}
	}
	slices.SortFunc(fns, func(f, g *ssa.Function) int { return int(f.Pos() - g.Pos()) })
	b.methods[method{iface, name}] = fns
	return fns
}

// handover has a function of another package call the methods of an interface
// value that it is given, if only one type of this package can be meant.
func (b *builder) handover(c ssa.CallInstruction, arg ssa.Value) {
	iface, ok := arg.Type().Underlying().(*types.Interface)
	if !ok || iface.NumMethods() == 0 || isContext(arg.Type()) || types.Identical(arg.Type(), types.Universe.Lookup("error").Type()) {
		return
	}
	how := Passed
	if mode(c) == Go {
		how = Go
	}
	for m := range iface.Methods() {
		if fns := b.implementations(iface, m.Name()); len(fns) == 1 {
			b.connect(c.Parent(), c, fns[0], nil, how, false)
		}
	}
}

// hidden reports whether fn may be called from out of sight by its name: from
// another package, or from C.
func (b *builder) hidden(fn *ssa.Function) bool {
	if decl, ok := fn.Syntax().(*ast.FuncDecl); ok && decl.Doc != nil {
		for _, c := range decl.Doc.List {
			if strings.HasPrefix(c.Text, "//export ") || strings.HasPrefix(c.Text, "//go:linkname ") {
				return true
			}
		}
	}
	obj, ok := fn.Object().(*types.Func)
	return ok && obj.Exported() && !b.main
}

// calledFromOutside notes that code out of sight may call fn.
func (b *builder) calledFromOutside(fn *ssa.Function) {
	fn = ssavalue.Origin(fn)
	if m := b.method(fn); m != nil {
		fn = m
	}
	if b.foreign[fn] || !b.local[fn] {
		return
	}
	b.foreign[fn] = true
	for _, p := range fn.Params {
		if b.tracked(p.Type()) {
			b.add(b.node(p), b.nobody)
			b.leave(b.node(p))
		}
	}
	for i := range fn.Signature.Results().Len() {
		if b.tracked(fn.Signature.Results().At(i).Type()) {
			b.leave(b.place(result{fn, i}))
		}
	}
}
