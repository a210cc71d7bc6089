package walltime

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"reflect"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A reading is what is known of a moment that this process has read off its clock.
type reading struct {
	at    token.Pos  // where
	unit  string     // of a number: the method that made it one, "UnixNano"
	strip string     // the method that took the monotonic part away, if the value is a time.Time without
	fresh bool       // it is read where it is used, or into one local variable, once
	by    *types.Var // what it is kept in
	open  bool       // others may set that
	moved bool       // a duration was added or taken away
}

// with returns a copy of r that f has changed.
func (r *reading) with(f func(*reading)) *reading {
	if r == nil {
		return nil
	}
	s := *r
	f(&s)
	return &s
}

// Returns is the fact of a function that reads the clock and returns the reading.
type Returns struct{ Unit, Strip string }

// AFact marks Returns as a fact.
func (*Returns) AFact() {}

func (r *Returns) String() string { return "reads the clock " + r.Unit + r.Strip }

// export tells the packages that import this one which of its functions read the clock.
func (c *checker) export() {
	if modules.Std(c.Pass.Pass) {
		return
	}
	for _, f := range c.Funcs.Funcs {
		if f.Obj == nil || !f.Obj.Exported() || c.values.InTest(f.Node.Pos()) {
			continue
		}
		if r := c.returned(f); r != nil {
			c.ExportObjectFact(f.Obj, &Returns{r.unit, r.strip})
		}
	}
}

// returned returns the reading that f does no more than to return, or nil.
func (c *checker) returned(f *funcs.Func) *reading {
	if r, ok := c.returns[f]; ok {
		return r
	}
	c.returns[f] = nil // a function that returns what it returns itself
	r := c.returning(f)
	c.returns[f] = r
	return r
}

func (c *checker) returning(f *funcs.Func) *reading {
	if len(f.Body.List) != 1 || f.Sig.Params().Len() > 0 {
		return nil
	}
	ret, ok := f.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	if r := c.reading(ret.Results[0]); r != nil && r.fresh && r.by == nil {
		return r
	}
	return nil
}

// reading returns what is known of the moment that e is, or nil: of moments that
// come from outside, and of those that are calendar time, nothing is.
func (c *checker) reading(e ast.Expr) *reading {
	switch e := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		return c.shifted(e)
	case *ast.CallExpr:
		if c.TypesInfo.Types[e.Fun].IsType() && len(e.Args) == 1 {
			return c.reading(e.Args[0])
		}
		return c.result(e)
	case *ast.Ident, *ast.SelectorExpr:
		if v := c.values.Variable(e); v != nil {
			return c.variable(v)
		}
	}
	return nil
}

// shifted returns the reading that is a duration away from another one.
func (c *checker) shifted(e *ast.BinaryExpr) *reading {
	if e.Op != token.ADD && e.Op != token.SUB {
		return nil
	}
	x, y := c.reading(e.X), c.reading(e.Y)
	switch {
	case x != nil && y == nil && x.unit != "":
		return x.with(move)
	case x == nil && y != nil && y.unit != "" && e.Op == token.ADD:
		return y.with(move)
	}
	return nil // a duration
}

func move(r *reading) { r.moved = true }

// result returns what is known of the moment that a call returns, or nil.
func (c *checker) result(call *ast.CallExpr) *reading {
	k := c.Funcs.Call(call)
	if k == nil {
		return nil
	}
	if k.Func == nil || c.values.Variable(call.Fun) != nil { // a variable: now: time.Now
		if fn := c.values.Function(call.Fun); fn != nil && fn.FullName() == "time.Now" {
			return &reading{at: call.Pos(), fresh: true}
		}
		return nil
	}
	switch {
	case k.FullName() == "time.Now":
		return &reading{at: call.Pos(), fresh: true}
	case k.Callee != nil:
		return c.returned(k.Callee).with(func(r *reading) { r.at = call.Pos() })
	case isAtomic(k.Func) && strings.HasPrefix(k.Func.Name(), "Load"):
		if v := c.atomic(call, k.Func); v != nil {
			return c.variable(v)
		}
		return nil
	case k.Func.Pkg() == nil:
		return nil
	case k.Func.Pkg().Path() != "time":
		var r Returns
		if !modules.IsStd(k.Func.Pkg().Path()) && c.ImportObjectFact(k.Func, &r) {
			return &reading{at: call.Pos(), fresh: true, unit: r.Unit, strip: r.Strip}
		}
		return nil
	}
	return c.method(call, k.Func)
}

// method returns what a method of time.Time makes of its receiver.
func (c *checker) method(call *ast.CallExpr, fn *types.Func) *reading {
	if fn.Signature().Recv() == nil {
		return nil
	}
	r := c.receiver(call)
	if r == nil || r.unit != "" {
		return nil
	}
	switch fn.Name() {
	case "Add":
		if c.untilOutside(call.Args[0]) {
			return nil
		}
		return r.with(move)
	case "UTC", "Local", "In":
		return r.with(func(r *reading) { r.strip = fn.Name() })
	case "UnixNano", "UnixMicro", "UnixMilli", "Unix":
		return r.with(func(r *reading) { r.unit = fn.Name() })
	case "Round", "Truncate":
		// Round(0) says that wall time is meant, and a moment on a grid is calendar time.
		return nil
	}
	return nil
}

// untilOutside reports whether e is made of the time until a moment that this process
// has not read from its clock, as the one at which a token expires: what is that much
// later is wall time by nature.
func (c *checker) untilOutside(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			if d := c.values.Value(n); d != nil && d != ast.Expr(n) && dataflow.LocalVar(c.TypesInfo.ObjectOf(n)) != nil {
				found = found || c.outside(d)
			}
		case *ast.CallExpr:
			found = found || c.outside(n)
		}
		return !found
	})
	return found
}

// outside reports whether e is the time until such a moment, or since.
func (c *checker) outside(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	switch values.Callee(c.TypesInfo, call) {
	case "time.Until", "time.Since":
		return c.reading(call.Args[0]) == nil
	case "(time.Time).Sub":
		return c.receiver(call) == nil || c.reading(call.Args[0]) == nil
	}
	return false
}

// variable returns what is known of the moments that v is given, or nil if it may
// be given another one.
func (c *checker) variable(v *types.Var) *reading {
	if r, ok := c.known[v]; ok {
		return r
	}
	c.known[v] = nil // a variable that is given itself
	r := c.given(v)
	c.known[v] = r
	return r
}

func (c *checker) given(v *types.Var) *reading {
	list, all := c.values.Given(v)
	list = append(list[:len(list):len(list)], c.stored[v]...)
	f := c.Funcs.At(v.Pos())
	switch {
	case c.escaped[v], v.Pkg() != c.Pkg:
		return nil
	case values.IsParam(f, v):
		if list, all = c.arguments(f, v); !all {
			return nil
		}
	case !all && len(c.stored[v]) == 0:
		return nil
	}
	var found *reading
	for _, e := range list {
		if c.none(e) {
			continue
		}
		r := c.reading(e)
		if r == nil || found != nil && found.unit != r.unit {
			return nil
		}
		if found == nil || r.strip != "" && found.strip == "" {
			found = r.with(func(s *reading) { s.moved = r.moved || found != nil && found.moved })
		}
	}
	if found == nil || c.tagged(v) {
		return nil
	}
	return found.with(func(r *reading) {
		local := dataflow.LocalVar(v) != nil
		r.fresh = r.fresh && local && (len(list) == 1 || values.IsParam(f, v))
		if r.by == nil || !local { // a copy is as good as what it is a copy of
			r.by = v
		}
		r.open = r.open || v.Exported() && !local && c.Pkg.Name() != "main"
	})
}

// arguments returns what f is given for its parameter v, if all its callers are seen.
func (c *checker) arguments(f *funcs.Func, v *types.Var) (list []ast.Expr, all bool) {
	if f == nil || f.Obj == nil || f.Obj.Exported() || f.Sig.Variadic() || len(f.In) == 0 {
		return nil, false
	}
	for i := range f.Sig.Params().Len() {
		if f.Sig.Params().At(i) != v {
			continue
		}
		for _, k := range f.In {
			if len(k.Site.Args) != f.Sig.Params().Len() {
				return nil, false
			}
			list = append(list, k.Site.Args[i])
		}
		return list, true
	}
	return nil, false
}

// none reports whether e stands for no moment: zero, another constant, time.Time{}.
func (c *checker) none(e ast.Expr) bool {
	if c.TypesInfo.Types[e].Value != nil {
		return true
	}
	lit, ok := ast.Unparen(e).(*ast.CompositeLit)
	return ok && len(lit.Elts) == 0
}

// tagged reports whether v is a field that is written out and read back, by the tag
// that says how.
func (c *checker) tagged(v *types.Var) bool {
	if !v.IsField() {
		return false
	}
	for cur := range c.root.Preorder((*ast.Field)(nil)) {
		f := cur.Node().(*ast.Field)
		if f.Tag == nil || v.Pos() < f.Pos() || f.End() <= v.Pos() {
			continue
		}
		tag := reflect.StructTag(strings.Trim(f.Tag.Value, "`"))
		for _, key := range []string{"json", "yaml", "toml", "xml", "bson", "protobuf", "msg", "msgpack", "db", "gorm", "codec", "cbor", "mapstructure"} {
			if value, ok := tag.Lookup(key); ok && value != "-" {
				return true
			}
		}
	}
	return false
}

// collect notes what atomic values are given, and which variables are set by what
// is given their address.
func (c *checker) collect() {
	atomics := make(map[ast.Expr]bool)
	for cur := range c.root.Preorder((*ast.CallExpr)(nil), (*ast.UnaryExpr)(nil)) {
		if c.values.InTest(cur.Node().Pos()) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.CallExpr:
			k := c.Funcs.Call(n)
			if k == nil || k.Func == nil || !isAtomic(k.Func) {
				continue
			}
			if len(n.Args) > 0 {
				atomics[ast.Unparen(n.Args[0])] = true
			}
			c.store(n, k.Func)
		case *ast.UnaryExpr:
			if v := c.values.Variable(n.X); n.Op == token.AND && v != nil && !atomics[n] {
				c.escaped[v] = true
			}
		}
	}
}

// store notes what a call of package atomic gives a variable.
func (c *checker) store(call *ast.CallExpr, fn *types.Func) {
	v := c.atomic(call, fn)
	if v == nil || strings.HasPrefix(fn.Name(), "Load") {
		return
	}
	for _, name := range []string{"Store", "Swap", "CompareAndSwap"} {
		if strings.HasPrefix(fn.Name(), name) {
			c.stored[v] = append(c.stored[v], call.Args[len(call.Args)-1])
			return
		}
	}
	c.escaped[v] = true // added to, say: no reading
}

// atomic returns the variable that a call of package atomic works on.
func (c *checker) atomic(call *ast.CallExpr, fn *types.Func) *types.Var {
	if fn.Signature().Recv() != nil {
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		return c.values.Variable(sel.X)
	}
	if len(call.Args) == 0 {
		return nil
	}
	u, ok := ast.Unparen(call.Args[0]).(*ast.UnaryExpr)
	if !ok || u.Op != token.AND {
		return nil
	}
	return c.values.Variable(u.X)
}

// isAtomic reports whether fn is of sync/atomic or a package that is like it.
func isAtomic(fn *types.Func) bool {
	return fn.Pkg() != nil && path.Base(fn.Pkg().Path()) == "atomic"
}
