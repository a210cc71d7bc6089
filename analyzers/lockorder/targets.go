package lockorder

import (
	"go/types"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A target is a function of the package that a call comes to.
type target struct {
	fn     *ssa.Function
	params []*ssa.Parameter // those of fn, or what stands for them if it is in another package
	args   []ssa.Value      // of the calling function, in the order of the parameters; nil where unknown
	// free holds, for a literal, what it has captured, as the calling function
	// reaches it.
	free map[*ssa.FreeVar]object
	// stored is set if it was found in a field: then what it works on was put there
	// for the one that holds it.
	stored bool
	// unsure is set if it is one type\'s method of an interface that other packages
	// may implement too.
	unsure bool
}

// Limits of the search for what a call calls.
const (
	maxTargets = 4
	maxThrough = 4 // variables of variables
)

// An outsider is a function of another package of which a fact tells.
type outsider struct {
	params  []*ssa.Parameter
	summary *summary
}

// A directory knows what the function values and interfaces of a package stand for.
type directory struct {
	fns    map[*ssa.Function]bool
	calls  map[*ssa.Function][]*ssa.CallCommon
	fields map[*types.Var][]*ssa.Store // of functions
	types  []types.Type                // that have methods
	impls  map[*types.Func][]*ssa.Function
	msets  typeutil.MethodSetCache
	pkg    *types.Package
	loose  map[*ssa.Function]bool // started as goroutines, or used as values

	outside func(*ssa.Function) *outsider
}

func newDirectory(pkg *types.Package, fns []*ssa.Function, outside func(*ssa.Function) *outsider) *directory {
	d := &directory{
		outside: outside,
		fns:     make(map[*ssa.Function]bool),
		calls:   make(map[*ssa.Function][]*ssa.CallCommon),
		fields:  make(map[*types.Var][]*ssa.Store),
		impls:   make(map[*types.Func][]*ssa.Function),
		pkg:     pkg,
		loose:   make(map[*ssa.Function]bool),
	}
	for _, fn := range fns {
		d.fns[fn] = true
	}
	for _, fn := range fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				d.note(instr)
			}
		}
	}
	for _, name := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || types.IsInterface(tn.Type()) {
			continue
		}
		if n, ok := tn.Type().(*types.Named); ok && n.TypeParams().Len() == 0 {
			d.types = append(d.types, n)
		}
	}
	return d
}

func (d *directory) note(instr ssa.Instruction) {
	d.noteLoose(instr)
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		if fn := instr.Common().StaticCallee(); fn != nil {
			fn = ssavalue.Origin(fn)
			d.calls[fn] = append(d.calls[fn], instr.Common())
		}
	case *ssa.Store:
		at, ok := instr.Addr.(*ssa.FieldAddr)
		if !ok {
			return
		}
		if _, ok := instr.Val.Type().Underlying().(*types.Signature); ok {
			if v := fieldVar(at); v != nil {
				d.fields[v] = append(d.fields[v], instr)
			}
		}
	}
}

// noteLoose notes the functions that an instruction starts or uses as values.
func (d *directory) noteLoose(instr ssa.Instruction) {
	var called ssa.Value
	if call, ok := instr.(ssa.CallInstruction); ok {
		if _, spawned := instr.(*ssa.Go); !spawned {
			called = call.Common().Value
		}
	}
	for _, op := range instr.Operands(nil) {
		fn, ok := (*op).(*ssa.Function)
		if ok && fn != called {
			d.loose[ssavalue.Origin(fn)] = true
			if obj, ok := fn.Object().(*types.Func); ok { // of a method value
				if m := fn.Prog.FuncValue(obj); m != nil {
					d.loose[m] = true
				}
			}
		}
	}
}

// targets returns the functions of the package that a call comes to, as far as
// that can be told. Literals that are handed to a function of the standard library
// which calls them at once are among them.
func (d *directory) targets(c *ssa.CallCommon) []target {
	if c.IsInvoke() {
		var ts []target
		_, known := c.Value.(*ssa.MakeInterface)
		for _, fn := range d.implementations(c) {
			ts = append(ts, target{
				fn: fn, params: fn.Params, args: append([]ssa.Value{c.Value}, c.Args...),
				unsure: !known && d.open(c.Value.Type()),
			})
		}
		return ts
	}
	if fn, ok := c.Value.(*ssa.Function); ok && callsBack(fn) {
		var ts []target
		for _, a := range c.Args {
			if _, ok := a.Type().Underlying().(*types.Signature); ok {
				ts = append(ts, d.values(a, nil, 0)...)
			}
		}
		return ts
	}
	return d.values(c.Value, c.Args, 0)
}

// callsBack reports whether a function of the standard library calls what it is
// given before it returns, and at once.
func callsBack(fn *ssa.Function) bool {
	if fn.Pkg == nil {
		return false
	}
	switch fn.Pkg.Pkg.Path() {
	case "sort", "slices", "maps", "strings", "bytes":
		return true
	case "sync":
		return fn.Name() == "Do" || fn.Name() == "Range"
	}
	return false
}

// values returns the functions that a function value may be, called with args.
func (d *directory) values(v ssa.Value, args []ssa.Value, depth int) []target {
	if depth > maxThrough {
		return nil
	}
	switch v := v.(type) {
	case *ssa.Function:
		return d.function(v, args)
	case *ssa.MakeClosure:
		return d.closure(v, args)
	case *ssa.ChangeType:
		return d.values(v.X, args, depth+1)
	case *ssa.UnOp:
		switch at := v.X.(type) {
		case *ssa.Alloc:
			if stored := ssavalue.OnlyStore(at); stored != nil {
				return d.values(stored, args, depth+1)
			}
		case *ssa.FieldAddr:
			if f := fieldVar(at); f != nil {
				return d.field(f, at.X, args, depth+1)
			}
		}
	case *ssa.Field:
		if st, ok := structOf(v.X.Type()); ok {
			return d.field(st.Field(v.Field).Origin(), v.X, args, depth+1)
		}
	}
	return nil
}

func (d *directory) function(fn *ssa.Function, args []ssa.Value) []target {
	fn = ssavalue.Origin(fn)
	if d.fns[fn] {
		return []target{{fn: fn, params: fn.Params, args: args}}
	}
	if o := d.outside(fn); o != nil {
		return []target{{fn: fn, params: o.params, args: args}}
	}
	return nil
}

// closure returns what a literal or a method value is.
func (d *directory) closure(c *ssa.MakeClosure, args []ssa.Value) []target {
	fn := c.Fn.(*ssa.Function)
	if obj, ok := fn.Object().(*types.Func); ok && obj.Signature().Recv() != nil {
		if m := fn.Prog.FuncValue(obj); m != nil {
			return d.function(m, append([]ssa.Value{c.Bindings[0]}, args...))
		}
		return nil
	}
	if !d.fns[fn] {
		return nil
	}
	t := target{fn: fn, params: fn.Params, args: args, free: make(map[*ssa.FreeVar]object)}
	for i, b := range c.Bindings {
		if i < len(fn.FreeVars) {
			t.free[fn.FreeVars[i]] = reached(b, "")
		}
	}
	return []target{t}
}

// field returns the functions that are stored in a field, for a struct that holder
// is. What such a function has captured is known only if it is that struct.
func (d *directory) field(f *types.Var, holder ssa.Value, args []ssa.Value, depth int) []target {
	var ts []target
	for _, s := range d.fields[f] {
		for _, p := range d.puts(s.Val, s.Addr.(*ssa.FieldAddr).X, 0) {
			found := d.values(p.val, nil, depth+1)
			for i := range found {
				found[i] = found[i].held(p.holder, holder, args)
			}
			ts = append(ts, found...)
		}
		if len(ts) > maxTargets {
			return nil
		}
	}
	return ts
}

// A put is a value and the struct into a field of which it is put, both as one
// function reaches them.
type put struct{ val, holder ssa.Value }

// puts follows a value that is put into a field of holder to where it comes from: a
// setter's parameter is what its callers pass.
func (d *directory) puts(val, holder ssa.Value, depth int) []put {
	p, ok := val.(*ssa.Parameter)
	if to, yes := val.(*ssa.ChangeType); yes {
		p, ok = to.X.(*ssa.Parameter)
	}
	if !ok || depth > maxThrough {
		return []put{{val, holder}}
	}
	fn := p.Parent()
	i := indexOf(fn.Params, p)
	base, path := sections.Reach(holder)
	j := -1
	if q, ok := base.(*ssa.Parameter); ok && path == "" {
		j = indexOf(fn.Params, q)
	}
	var ps []put
	for _, c := range d.calls[fn] {
		if i >= len(c.Args) {
			continue
		}
		var of ssa.Value
		if j >= 0 && j < len(c.Args) {
			of = c.Args[j]
		}
		ps = append(ps, d.puts(c.Args[i], of, depth+1)...)
	}
	return ps
}

func indexOf(params []*ssa.Parameter, p *ssa.Parameter) int {
	for i, q := range params {
		if p == q {
			return i
		}
	}
	return -1
}

// held returns t as who calls it through a field of holder sees it: of what it was
// made with it knows the struct that it was put into, which holder is.
func (t target) held(into, holder ssa.Value, args []ssa.Value) target {
	owner := reached(into, "")
	known := func(o object) (object, bool) {
		if into == nil || !o.same(owner) {
			return object{}, false
		}
		return reached(holder, ""), true
	}
	free := make(map[*ssa.FreeVar]object)
	for v, o := range t.free {
		if o, ok := known(o); ok {
			free[v] = o
		}
	}
	var all []ssa.Value
	for _, a := range t.args { // of a method value: the receiver
		if _, ok := known(reached(a, "")); ok {
			all = append(all, holder)
		} else {
			all = append(all, nil)
		}
	}
	return target{fn: t.fn, params: t.params, args: append(all, args...), free: free, stored: true, unsure: t.unsure}
}

// implementations returns the methods that a call of an interface method comes to,
// if what implements the interface is in view: the value was made of it here, or the
// package has one type that does.
func (d *directory) implementations(c *ssa.CallCommon) []*ssa.Function {
	if m, ok := c.Value.(*ssa.MakeInterface); ok {
		if fn := d.method(m.X.Type(), c.Method, c.Value.Parent().Prog); fn != nil {
			return []*ssa.Function{fn}
		}
		return nil
	}
	if fns, ok := d.impls[c.Method]; ok {
		return fns
	}
	d.impls[c.Method] = nil
	iface, ok := c.Value.Type().Underlying().(*types.Interface)
	if !ok || c.Method.Pkg() != d.pkg {
		return nil
	}
	var found []*ssa.Function
	for _, t := range d.types {
		ptr := types.NewPointer(t)
		if m, _, _ := types.LookupFieldOrMethod(ptr, false, d.pkg, c.Method.Name()); m == nil {
			continue // sooner told than whether it has them all
		}
		if !types.Implements(t, iface) {
			if t = ptr; !types.Implements(t, iface) {
				continue
			}
		}
		if decorates(t, iface) {
			return nil // what it stands before is another one
		}
		if fn := d.method(t, c.Method, c.Value.Parent().Prog); fn != nil {
			found = append(found, fn)
		}
	}
	if len(found) == 1 {
		d.impls[c.Method] = found
	}
	return d.impls[c.Method]
}

// open reports whether other packages may implement an interface: it has a name that
// they can use, and no method that they cannot.
func (d *directory) open(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return true
	}
	iface, ok := n.Underlying().(*types.Interface)
	if !ok || d.pkg.Name() == "main" || !n.Obj().Exported() {
		return false
	}
	for m := range iface.Methods() {
		if !m.Exported() {
			return false
		}
	}
	return true
}

// decorates reports whether a type that implements an interface has a field of it: it
// stands before another implementation.
func decorates(t types.Type, iface *types.Interface) bool {
	st, ok := structOf(t)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if types.Identical(v.Type().Underlying(), iface) {
			return true
		}
	}
	return false
}

// method returns the method of type t that implements m, if it is in this package.
func (d *directory) method(t types.Type, m *types.Func, prog *ssa.Program) *ssa.Function {
	sel := d.msets.MethodSet(t).Lookup(m.Pkg(), m.Name())
	if sel == nil || len(sel.Index()) > 1 {
		return nil
	}
	obj, ok := sel.Obj().(*types.Func)
	if !ok {
		return nil
	}
	fn := prog.FuncValue(obj.Origin())
	if fn == nil || !d.fns[fn] {
		return nil
	}
	return fn
}
