package ctxless

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A source is a context that the code at some place could pass on.
type source struct {
	expr string // how to write it there: "ctx", "r.Context()"
	// doubt says why it may be the wrong one to pass: its lifetime may
	// differ from that of the work. Empty if there is none.
	doubt string
	apart bool // the doubt is that nobody waits for the work
	// entry is set if the context is that of a request that came in.
	entry bool
	// stored is set if it is in a field.
	stored bool
	// local is set if the context was made from nothing in this function.
	local bool
	// unnamed is set if it comes with a parameter that has no name.
	unnamed bool
}

// A place is where I/O is started, as far as contexts are concerned.
type place struct {
	src *source // nil if no context is in scope
	// apart says why a caller of the function does not wait for the I/O, or
	// must not stop it; empty if the function waits as part of its work.
	apart string
}

// place returns what contexts the code at site could use.
func (c *checker) place(call *funcs.Call) place {
	if call.Caller == nil {
		return place{apart: "package initialisation"}
	}
	p := place{apart: c.apart(call, call.Caller.Outermost(), nil)}
	best := func(s *source) {
		if s != nil && (p.src == nil || p.src.doubt != "" && s.doubt == "") {
			p.src = s
		}
	}
	pos := call.Site.Pos()
	for s := c.pass.Pkg.Scope().Innermost(pos); s != nil && s != c.pass.Pkg.Scope(); s = s.Parent() {
		for _, v := range visible(s, pos) {
			best(c.source(call, v))
		}
	}
	best(c.unnamed(call))
	best(c.stored(call))
	return p
}

// unnamed returns the context that comes with a parameter that has no name, or nil.
func (c *checker) unnamed(call *funcs.Call) *source {
	for f := call.Caller; f != nil; f = f.Parent {
		if f.Sig == nil {
			continue
		}
		for p := range f.Sig.Params().Variables() {
			if p.Name() != "" && p.Name() != "_" {
				continue
			}
			if s := c.fromType(f, p); s != nil {
				s.expr, s.unnamed = "the context parameter (name it)", true
				if s.entry {
					s.expr = "the context of the request (name its parameter)"
				}
				s.doubt = c.apart(call, f, nil)
				s.apart = s.doubt != ""
				return s
			}
		}
	}
	return nil
}

// visible returns the variables of s that are declared before pos and not
// shadowed there, the latest first.
func visible(s *types.Scope, pos token.Pos) []*types.Var {
	var vars []*types.Var
	for _, name := range s.Names() {
		v, ok := s.Lookup(name).(*types.Var)
		if !ok || name == "_" || v.Pos() >= pos {
			continue
		}
		vars = append(vars, v)
	}
	for i := 1; i < len(vars); i++ {
		for j := i; j > 0 && vars[j].Pos() > vars[j-1].Pos(); j-- {
			vars[j], vars[j-1] = vars[j-1], vars[j]
		}
	}
	return vars
}

// source returns the context that v gives the code at call, or nil.
func (c *checker) source(call *funcs.Call, v *types.Var) *source {
	owner := c.pass.Funcs.At(v.Pos())
	if owner == nil || c.shadowed(v, call.Site.Pos()) {
		return nil
	}
	s := c.fromType(owner, v)
	if s == nil {
		return nil
	}
	if s.expr == v.Name() && !isParam(owner, v) || c.isReassigned(owner, v) {
		switch c.origin(v, nil) {
		case fromNothing:
			return nil
		case fromLocal:
			s.doubt, s.local = "it was made here and has no caller", true
		case fromUnknown:
			s.doubt = "where it comes from is not known"
		}
	}
	if s.doubt == "" {
		s.doubt = c.apart(call, owner, v)
		s.apart = s.doubt != ""
	}
	return s
}

func (c *checker) shadowed(v *types.Var, pos token.Pos) bool {
	_, obj := c.pass.Pkg.Scope().Innermost(pos).LookupParent(v.Name(), pos)
	return obj != v
}

func isParam(f *funcs.Func, v *types.Var) bool {
	if f == nil || f.Sig == nil {
		return false
	}
	for p := range f.Sig.Params().Variables() {
		if p == v {
			return true
		}
	}
	return f.Sig.Recv() == v
}

// fromType returns the context that a variable of v's type holds.
func (c *checker) fromType(owner *funcs.Func, v *types.Var) *source {
	t, param := v.Type(), isParam(owner, v)
	switch {
	case param && pointerTo(t, requests.typ):
		// Without a ResponseWriter beside it, it may be one that goes out.
		return &source{expr: v.Name() + ".Context()", entry: answers(owner.Sig)}
	case param && c.requestField(t):
		return &source{expr: v.Name() + ".Request.Context()", entry: true}
	case isContext(t):
		return &source{expr: v.Name()}
	case !param:
		return nil
	}
	if res := c.getter(t, "Request"); res != nil && pointerTo(res, requests.typ) {
		return &source{expr: v.Name() + ".Request().Context()", entry: true}
	}
	if res := c.getter(t, "Context"); res != nil && isContext(res) {
		s := &source{expr: v.Name() + ".Context()"}
		if !types.IsInterface(t) && !pointerTo(t, "crypto/tls.ClientHelloInfo") {
			s.doubt = "what it is the context of is not known"
		}
		return s
	}
	return nil
}

// answers reports whether a function of signature sig answers requests.
func answers(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if isNamed(p.Type(), "net/http.ResponseWriter") {
			return true
		}
	}
	return false
}

// isContext reports whether t is or implements [context.Context]. Of the
// methods only Value, which other types have too, is looked at closely.
func isContext(t types.Type) bool {
	if t == nil {
		return false
	}
	if isNamed(t, "context.Context") {
		return true
	}
	var value *types.Func
	for _, name := range []string{"Done", "Deadline", "Err", "Value"} {
		obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
		fn, ok := obj.(*types.Func)
		if !ok {
			return false
		}
		value = fn
	}
	in := value.Signature().Params()
	return in.Len() == 1 && types.Identical(in.At(0).Type().Underlying(), types.NewInterfaceType(nil, nil))
}

// requestField reports whether t is a struct, as web frameworks have it, that
// holds the request that came in.
func (c *checker) requestField(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.pass.Pkg, "Request")
	f, ok := obj.(*types.Var)
	return ok && pointerTo(f.Type(), requests.typ)
}

// getter returns the result of t's method name if it takes nothing and returns one value.
func (c *checker) getter(t types.Type, name string) types.Type {
	obj, _, _ := types.LookupFieldOrMethod(t, true, c.pass.Pkg, name)
	f, ok := obj.(*types.Func)
	if !ok || f.Signature().Params().Len() != 0 || f.Signature().Results().Len() != 1 {
		return nil
	}
	return f.Signature().Results().At(0).Type()
}

// stored returns the context in a field of the receiver or of a parameter.
// Such a context is the owner's, not the call's, so it is used only in doubt,
// unless the function itself passes it on elsewhere.
func (c *checker) stored(call *funcs.Call) *source {
	var found *source
	for f := call.Caller; f != nil; f = f.Parent {
		if f.Sig == nil {
			continue
		}
		if r := f.Sig.Recv(); r != nil {
			found = c.field(call, f, r, found)
		}
		for p := range f.Sig.Params().Variables() {
			found = c.field(call, f, p, found)
		}
	}
	return found
}

func (c *checker) field(call *funcs.Call, f *funcs.Func, v *types.Var, found *source) *source {
	if v.Name() == "" || v.Name() == "_" || c.shadowed(v, call.Site.Pos()) {
		return found
	}
	t := v.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return found
	}
	for fld := range st.Fields() {
		if !isContext(fld.Type()) || fld.Embedded() || !fld.Exported() && fld.Pkg() != c.pass.Pkg {
			continue
		}
		s := &source{expr: v.Name() + "." + fld.Name(), stored: true, doubt: "it is its owner's, not the call's"}
		if c.heeds(f.Outermost().Body, fld) {
			s.doubt = c.apart(call, f, fld)
			s.apart = s.doubt != ""
		}
		if found == nil || found.doubt != "" && s.doubt == "" {
			found = s
		}
	}
	return found
}

// mentions reports whether obj is used in the code of n.
func (c *checker) mentions(n ast.Node, obj types.Object) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.pass.TypesInfo.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// heeds reports whether the code of n ends with the context in obj: it asks
// for the end of the context, derives another, or passes it to a call that may fail. A
// context passed to a logger, say, is there for its values only.
func (c *checker) heeds(n ast.Node, obj *types.Var) bool {
	cur, ok := c.inspect.Root().FindNode(n)
	if !ok {
		return false
	}
	for id := range cur.Preorder((*ast.Ident)(nil)) {
		if c.pass.TypesInfo.Uses[id.Node().(*ast.Ident)] == obj && c.heeded(id) {
			return true
		}
	}
	return false
}

func (c *checker) heeded(cur inspector.Cursor) bool {
	child, parent := skipParens(cur)
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.Sel == child.Node() { // s.ctx
		child, parent = skipParens(parent)
	}
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok {
		_, call := skipParens(parent)
		if _, ok := call.Node().(*ast.CallExpr); !ok {
			return false
		}
		switch sel.Sel.Name {
		case "Done", "Err", "Deadline":
			return true
		case "Context": // of a request
			child, parent = skipParens(call)
		}
		if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.X == child.Node() { // r.Context().Done()
			return sel.Sel.Name == "Done" || sel.Sel.Name == "Err" || sel.Sel.Name == "Deadline"
		}
	}
	call, ok := parent.Node().(*ast.CallExpr)
	if !ok || call.Fun == child.Node() {
		return false
	}
	switch calleeName(c.pass.TypesInfo, call) {
	case "context.WithValue", "context.WithoutCancel":
		return false
	}
	sig, ok := c.pass.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for res := range sig.Results().Variables() {
		if isContext(res.Type()) {
			return true
		}
	}
	return lastIsError(sig)
}

// An origin is where a context comes from.
type origin int

const (
	fromCaller  origin = iota // a parameter, or derived from one
	fromUnknown               // what a call or an expression gave
	fromLocal                 // derived from context.Background in this function
	fromNothing               // context.Background, context.TODO, nil
)

// origin follows the assignments of v. The worst of them counts.
func (c *checker) origin(v *types.Var, seen []*types.Var) origin {
	for _, s := range seen {
		if s == v {
			return fromCaller
		}
	}
	seen = append(seen, v)
	worst := fromCaller
	values, known := c.assigned[v]
	if !isParam(c.pass.Funcs.At(v.Pos()), v) && len(values) == 0 {
		if known {
			return fromNothing
		}
		return fromUnknown // from a range clause or a type switch
	}
	for _, e := range values {
		worst = max(worst, c.originOf(e, seen))
	}
	return worst
}

func (c *checker) originOf(e ast.Expr, seen []*types.Var) origin {
	info := c.pass.TypesInfo
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok {
			if c.pass.Funcs.At(v.Pos()) == nil {
				return fromUnknown
			}
			return c.origin(v, seen)
		}
		return fromNothing
	case *ast.SelectorExpr:
		return fromCaller // a field: whoever made the owner gave it
	case *ast.CallExpr:
		return c.originOfCall(e, seen)
	}
	return fromUnknown
}

func (c *checker) originOfCall(e *ast.CallExpr, seen []*types.Var) origin {
	info := c.pass.TypesInfo
	fn := calleeName(info, e)
	switch fn {
	case "context.Background", "context.TODO", "context.WithoutCancel":
		return fromNothing
	}
	for _, a := range e.Args {
		if isContext(info.TypeOf(a)) {
			if o := c.originOf(a, seen); o != fromNothing {
				return o
			}
			return fromLocal
		}
	}
	sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr)
	if !ok {
		return fromUnknown
	}
	t := info.TypeOf(sel.X)
	if sel.Sel.Name == "Context" && (pointerTo(t, requests.typ) || t != nil && types.IsInterface(t)) {
		return fromCaller
	}
	return fromUnknown
}

func (c *checker) isReassigned(owner *funcs.Func, v *types.Var) bool {
	return isParam(owner, v) && len(c.assigned[v]) > 0
}
