package effects

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A source is one thing that a value of a func or interface type may be.
type source struct {
	fn      *ssa.Function    // a function
	closure *ssa.MakeClosure // that closes over these values, or nil
	param   *ssa.Parameter   // what the caller gave
	typ     types.Type       // of what an interface holds
	val     ssa.Value        // what it holds
	sum     *Summary         // a function of which only this is known
	label   string           // its name
}

// origins are what a value may be; if open, it may be something else besides.
type origins struct {
	list []source
	open bool
}

// The search for origins gives up beyond these: what comes from so many places
// is not known by looking at each.
const (
	maxOrigins     = 24
	maxOriginDepth = 24
	maxOriginSteps = 2000
)

// originsOf follows a value back to what it may be.
func (x *inference) originsOf(v ssa.Value) *origins {
	t := x.newTracer()
	t.follow(v, 0)
	return &t.found
}

// A tracer follows one value.
type tracer struct {
	x     *inference
	seen  map[ssa.Value]bool
	found origins

	active map[*ssa.Function]bool // whose results are being followed
	budget *int                   // values still to be looked at
}

func (x *inference) newTracer() *tracer {
	budget := maxOriginSteps
	return &tracer{x: x, seen: make(map[ssa.Value]bool), active: make(map[*ssa.Function]bool), budget: &budget}
}

// inner returns a tracer for the results of a function: what it has seen is
// seen anew in the next call, with other arguments.
func (t *tracer) inner() *tracer {
	return &tracer{x: t.x, seen: make(map[ssa.Value]bool), active: t.active, budget: t.budget}
}

func (t *tracer) add(o source) {
	for _, have := range t.found.list {
		if have.fn == o.fn && have.param == o.param && have.sum == o.sum && have.closure == o.closure &&
			(have.typ == o.typ || have.typ != nil && o.typ != nil && types.Identical(have.typ, o.typ)) {
			return
		}
	}
	if len(t.found.list) == maxOrigins {
		t.found.open = true
		return
	}
	t.found.list = append(t.found.list, o)
}

func (t *tracer) unknown() { t.found.open = true }

func (t *tracer) follow(v ssa.Value, depth int) {
	if t.seen[v] {
		return
	}
	if *t.budget--; depth > maxOriginDepth || *t.budget < 0 {
		t.unknown()
		return
	}
	t.seen[v] = true
	depth++
	switch v := v.(type) {
	case *ssa.Function:
		t.add(source{fn: v})
	case *ssa.MakeClosure:
		t.add(source{fn: v.Fn.(*ssa.Function), closure: v})
	case *ssa.MakeInterface:
		t.add(source{typ: v.X.Type(), val: v.X})
	case *ssa.Const: // nil
	case *ssa.Parameter:
		t.add(source{param: v})
	case *ssa.FreeVar:
		t.freeVar(v, depth)
	case *ssa.Phi:
		for _, e := range v.Edges {
			t.follow(e, depth)
		}
	case *ssa.ChangeType:
		t.follow(v.X, depth)
	case *ssa.ChangeInterface:
		t.follow(v.X, depth)
	case *ssa.TypeAssert:
		t.assertion(v, depth)
	case *ssa.Extract:
		switch tuple := v.Tuple.(type) {
		case *ssa.TypeAssert:
			t.assertion(tuple, depth)
		case *ssa.Call:
			t.result(tuple, v.Index, depth)
		default:
			t.unknown()
		}
	case *ssa.Call:
		t.result(v, 0, depth)
	case *ssa.Field:
		f, _ := fieldOf(v.X.Type(), v.Field)
		t.field(f, v.X.Type(), depth)
	case *ssa.UnOp:
		if v.Op != token.MUL {
			t.unknown()
			return
		}
		t.load(v.X, depth)
	default:
		t.unknown()
	}
}

// assertion follows what a type assertion lets through.
func (t *tracer) assertion(v *ssa.TypeAssert, depth int) {
	if types.IsInterface(v.AssertedType) {
		t.follow(v.X, depth)
		return
	}
	t.unknown()
}

// freeVar follows a variable of an enclosing function into it.
func (t *tracer) freeVar(v *ssa.FreeVar, depth int) {
	made := t.x.index.closures[v.Parent()]
	i := indexOf(v.Parent().FreeVars, v)
	if len(made) == 0 || i < 0 {
		t.unknown()
		return
	}
	for _, c := range made {
		t.follow(c.Bindings[i], depth)
	}
}

func indexOf[T comparable](list []T, v T) int {
	for i, have := range list {
		if have == v {
			return i
		}
	}
	return -1
}

// load follows what a variable holds.
func (t *tracer) load(addr ssa.Value, depth int) {
	switch addr := addr.(type) {
	case *ssa.Global:
		if s := t.x.tables.fields[addr.Pkg.Pkg.Path()+"."+addr.Name()]; s != nil {
			t.add(source{sum: s, label: addr.Name()})
			return
		}
		t.stored(t.x.index.globals[addr], depth)
	case *ssa.FieldAddr:
		f, _ := fieldOf(addr.X.Type(), addr.Field)
		t.field(f, addr.X.Type(), depth)
	case *ssa.Alloc, *ssa.FreeVar:
		t.variable(addr, depth)
	default:
		t.unknown()
	}
}

// field follows a field to all that is stored in it.
func (t *tracer) field(f *types.Var, owner types.Type, depth int) {
	if f == nil {
		t.unknown()
		return
	}
	if s := t.x.tables.fields[fieldName(f, owner)]; s != nil {
		t.add(source{sum: s, label: f.Name()})
		return
	}
	t.stored(t.x.index.fields[f], depth)
}

// fieldName returns the name by which tables know a field: "(p.T).f".
func fieldName(f *types.Var, owner types.Type) string {
	if p, ok := owner.Underlying().(*types.Pointer); ok {
		owner = p.Elem()
	}
	n, ok := types.Unalias(owner).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return "(" + n.Obj().Pkg().Path() + "." + n.Obj().Name() + ")." + f.Name()
}

func (t *tracer) stored(s *stores, depth int) {
	if s == nil || s.open {
		t.unknown()
	}
	if s == nil {
		return
	}
	for _, v := range s.values {
		t.follow(v, depth)
	}
}

// variable follows a local variable that is captured, or lives in memory for
// another reason.
func (t *tracer) variable(addr ssa.Value, depth int) {
	if t.seen[addr] {
		return
	}
	if fv, ok := addr.(*ssa.FreeVar); ok {
		t.seen[addr] = true
		made := t.x.index.closures[fv.Parent()]
		i := indexOf(fv.Parent().FreeVars, fv)
		if len(made) == 0 || i < 0 {
			t.unknown()
			return
		}
		for _, c := range made {
			t.load(c.Bindings[i], depth)
		}
		return
	}
	t.seen[addr] = true
	t.contents(addr, depth)
}

// contents follows what is stored through addr, here and in the closures that
// capture it.
func (t *tracer) contents(addr ssa.Value, depth int) {
	if depth > maxOriginDepth {
		t.unknown()
		return
	}
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == addr {
				t.unknown()
			} else {
				t.follow(ref.Val, depth)
			}
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.MakeClosure:
			fn := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if b == addr && i < len(fn.FreeVars) {
					t.contents(fn.FreeVars[i], depth+1)
				}
			}
		default:
			t.unknown()
		}
	}
}

// result follows a call to what the function returns.
func (t *tracer) result(call *ssa.Call, i, depth int) {
	if call.Call.IsInvoke() {
		t.unknown()
		return
	}
	fn, ok := call.Call.Value.(*ssa.Function)
	if !ok {
		if c, isClosure := call.Call.Value.(*ssa.MakeClosure); isClosure {
			fn, ok = c.Fn.(*ssa.Function), true
		}
	}
	if !ok {
		t.unknown()
		return
	}
	fn = ssavalue.Origin(fn)
	if f := t.x.bySSA[fn]; f != nil {
		t.returned(call, fn, i, depth)
		return
	}
	obj, _ := fn.Object().(*types.Func)
	if obj == nil {
		t.unknown()
		return
	}
	obj = obj.Origin()
	if f := t.x.byObj[obj]; f != nil {
		t.returned(call, f.ssa, i, depth)
		return
	}
	if s := t.x.tables.results[tableName(obj.FullName())]; s != nil {
		t.add(source{sum: s, label: obj.FullName()})
		return
	}
	if s := t.x.external(obj).Results[i]; s != nil {
		t.add(source{sum: s, label: "the result of " + obj.FullName()})
		return
	}
	t.unknown()
}

// returned follows what a function of this package returns. What it returns of
// its own parameters is what the caller passed.
func (t *tracer) returned(call *ssa.Call, fn *ssa.Function, i, depth int) {
	if t.active[fn] {
		return // a recursion: what it returns is being followed
	}
	t.active[fn] = true
	defer delete(t.active, fn)
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || i >= len(ret.Results) {
			continue
		}
		inner := t.inner()
		inner.follow(ret.Results[i], depth)
		t.found.open = t.found.open || inner.found.open
		for _, o := range inner.found.list {
			if o.param == nil || o.param.Parent() != fn {
				t.add(o)
				continue
			}
			if n := indexOf(fn.Params, o.param); n >= 0 && n < len(call.Call.Args) {
				t.follow(call.Call.Args[n], depth)
			} else {
				t.unknown()
			}
		}
	}
}
