package contexts

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A Source is a context that the code at some place could pass on.
type Source struct {
	Expr string // how to write it there: "ctx", "r.Context()"; words if Unnamed
	// Doubt says why it may be the wrong one to pass: its lifetime may
	// differ from that of the work. Empty if there is none.
	Doubt   string
	Apart   bool // the doubt is that nobody waits for the work
	Entry   bool // it is the context of a request that came in
	Stored  bool // it is in a field
	Local   bool // it was made from nothing in this function
	Unnamed bool // it comes with a parameter that has no name
	Out     bool // it comes with a request that may be one that goes out
}

// A Place is where a call stands, as far as contexts are concerned.
type Place struct {
	Source *Source // nil if no context is in scope
	// Apart says why a caller of the function does not wait for the call, or
	// must not stop it; empty if the function waits as part of its work.
	Apart string
}

// At returns what contexts the code at call could use.
func (x *Index) At(call *funcs.Call) Place {
	if call.Caller == nil {
		return Place{Apart: "package initialisation"}
	}
	p := Place{Apart: x.apart(call, call.Caller.Outermost(), nil)}
	best := func(s *Source) {
		if s == nil {
			return
		}
		if p.Source == nil || p.Source.Doubt != "" && s.Doubt == "" || p.Source.Out && !s.Out && s.Doubt == p.Source.Doubt {
			p.Source = s
		}
	}
	pos := call.Site.Pos()
	for s := x.pkg.Scope().Innermost(pos); s != nil && s != x.pkg.Scope(); s = s.Parent() {
		for _, v := range visible(s, pos) {
			best(x.source(call, v))
		}
	}
	best(x.unnamed(call))
	best(x.stored(call))
	return p
}

// unnamed returns the context that comes with a parameter that has no name, or nil.
func (x *Index) unnamed(call *funcs.Call) *Source {
	for f := call.Caller; f != nil; f = f.Parent {
		if f.Sig == nil {
			continue
		}
		for p := range f.Sig.Params().Variables() {
			if p.Name() != "" && p.Name() != "_" {
				continue
			}
			if s := x.fromType(f, p); s != nil {
				s.Expr, s.Unnamed = "the context parameter (name it)", true
				if s.Entry {
					s.Expr = "the context of the request (name its parameter)"
				}
				if s.Doubt == "" {
					s.Doubt = x.apart(call, f, nil)
					s.Apart = s.Doubt != ""
				}
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
func (x *Index) source(call *funcs.Call, v *types.Var) *Source {
	owner := x.funcs.At(v.Pos())
	if owner == nil || x.shadowed(v, call.Site.Pos()) {
		return nil
	}
	s := x.fromType(owner, v)
	if s == nil {
		return nil
	}
	if s.Expr == v.Name() && !values.IsParam(owner, v) || x.isReassigned(owner, v, call.Site) {
		switch x.origin(v, nil) {
		case fromNothing:
			return nil
		case fromLocal:
			s.Doubt, s.Local = "it was made here and has no caller", true
		case fromUnknown:
			s.Doubt = "where it comes from is not known"
		}
	}
	if s.Doubt == "" && v == owner.Sig.Recv() && modules.RunByCommand(owner.Sig) {
		s.Doubt = "it is that of a command, which whoever started it breaks off"
	}
	if s.Doubt == "" {
		s.Doubt = x.apart(call, owner, v)
		s.Apart = s.Doubt != ""
	}
	return s
}

func (x *Index) shadowed(v *types.Var, pos token.Pos) bool {
	_, obj := x.pkg.Scope().Innermost(pos).LookupParent(v.Name(), pos)
	return obj != v
}

// fromType returns the context that a variable of v's type holds.
func (x *Index) fromType(owner *funcs.Func, v *types.Var) *Source {
	t, param := v.Type(), values.IsParam(owner, v)
	switch {
	case param && typeutil.IsPointerToTypeWithName(t, request):
		entry := answers(owner.Sig)
		return &Source{Expr: v.Name() + ".Context()", Entry: entry, Out: !entry && !sends(owner)}
	case param && x.requestField(t):
		return &Source{Expr: v.Name() + ".Request.Context()", Entry: true}
	case Is(t):
		return &Source{Expr: v.Name()}
	case !param:
		return nil
	}
	if res := x.getter(t, "Request"); res != nil && typeutil.IsPointerToTypeWithName(res, request) {
		return &Source{Expr: v.Name() + ".Request().Context()", Entry: true}
	}
	if res := x.getter(t, "Context"); res != nil && Is(res) {
		s := &Source{Expr: v.Name() + ".Context()"}
		if !types.IsInterface(t) && !typeutil.IsPointerToTypeWithName(t, "crypto/tls.ClientHelloInfo") {
			s.Doubt = "what it is the context of is not known"
		}
		return s
	}
	return nil
}

// answers reports whether a function of signature sig answers requests.
func answers(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if typeutil.IsTypeWithName(p.Type(), "net/http.ResponseWriter") {
			return true
		}
	}
	return false
}

// sends reports whether f is the method of an http.RoundTripper, or of what stands for
// an http.Client, that sends a request: it has to heed the context of that, says
// package net/http.
func sends(f *funcs.Func) bool {
	if f.Obj == nil || f.Sig.Recv() == nil || f.Obj.Name() != "RoundTrip" && f.Obj.Name() != "Do" {
		return false
	}
	res := f.Sig.Results()
	return f.Sig.Params().Len() == 1 && res.Len() == 2 && typeutil.IsPointerToTypeWithName(res.At(0).Type(), "net/http.Response")
}

// requestField reports whether t is a struct, as web frameworks have it, that
// holds the request that came in.
func (x *Index) requestField(t types.Type) bool {
	if typeutil.IsPointerToTypeWithName(t, "net/http.Response") {
		return false // the request that went out
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, x.pkg, "Request")
	f, ok := obj.(*types.Var)
	return ok && typeutil.IsPointerToTypeWithName(f.Type(), request)
}

// getter returns the result of t's method name if it takes nothing and returns one value.
func (x *Index) getter(t types.Type, name string) types.Type {
	obj, _, _ := types.LookupFieldOrMethod(t, true, x.pkg, name)
	f, ok := obj.(*types.Func)
	if !ok || f.Signature().Params().Len() != 0 || f.Signature().Results().Len() != 1 {
		return nil
	}
	return f.Signature().Results().At(0).Type()
}

// stored returns the context in a field of the receiver or of a parameter.
// Such a context is the owner's, not the call's, so it is used only in doubt,
// unless the function itself passes it on elsewhere.
func (x *Index) stored(call *funcs.Call) *Source {
	var found *Source
	for f := call.Caller; f != nil; f = f.Parent {
		if f.Sig == nil {
			continue
		}
		if r := f.Sig.Recv(); r != nil {
			found = x.field(call, f, r, found)
		}
		for p := range f.Sig.Params().Variables() {
			found = x.field(call, f, p, found)
		}
	}
	return found
}

func (x *Index) field(call *funcs.Call, f *funcs.Func, v *types.Var, found *Source) *Source {
	if v.Name() == "" || v.Name() == "_" || x.shadowed(v, call.Site.Pos()) {
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
		if !Is(fld.Type()) || fld.Embedded() || !fld.Exported() && fld.Pkg() != x.pkg {
			continue
		}
		s := &Source{Expr: v.Name() + "." + fld.Name(), Stored: true, Doubt: "it is its owner's, not the call's"}
		if x.heeds(f.Outermost().Body, fld) {
			s.Doubt = x.apart(call, f, fld)
			s.Apart = s.Doubt != ""
		}
		if found == nil || found.Doubt != "" && s.Doubt == "" {
			found = s
		}
	}
	return found
}

// mentions reports whether obj is used in the code of n.
func (x *Index) mentions(n ast.Node, obj types.Object) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && x.info.Uses[id] == obj {
			found = true
		}
		return !found
	})
	return found
}

// heeds reports whether the code of n ends with the context in obj: it asks
// for the end of the context, derives another, or passes it to a call that may fail. A
// context passed to a logger, say, is there for its values only.
func (x *Index) heeds(n ast.Node, obj *types.Var) bool {
	cur, ok := syntax.Find(x.inspect.Root(), n)
	if !ok {
		return false
	}
	for id := range cur.Preorder((*ast.Ident)(nil)) {
		if x.info.Uses[id.Node().(*ast.Ident)] == obj && x.heeded(id) {
			return true
		}
	}
	return false
}

func (x *Index) heeded(cur inspector.Cursor) bool {
	child, parent := values.Outer(cur)
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.Sel == child.Node() { // s.ctx
		child, parent = values.Outer(parent)
	}
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok {
		_, call := values.Outer(parent)
		if _, ok := call.Node().(*ast.CallExpr); !ok {
			return false
		}
		switch sel.Sel.Name {
		case "Done", "Err", "Deadline":
			return true
		case "Context": // of a request
			child, parent = values.Outer(call)
		}
		if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.X == child.Node() { // r.Context().Done()
			return sel.Sel.Name == "Done" || sel.Sel.Name == "Err" || sel.Sel.Name == "Deadline"
		}
	}
	call, ok := parent.Node().(*ast.CallExpr)
	if !ok || call.Fun == child.Node() {
		return false
	}
	switch values.Callee(x.info, call) {
	case "context.WithValue", "context.WithoutCancel":
		return false
	}
	sig, ok := x.info.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok {
		return false
	}
	for res := range sig.Results().Variables() {
		if Is(res.Type()) {
			return true
		}
	}
	return MayFail(sig)
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
func (x *Index) origin(v *types.Var, seen []*types.Var) origin {
	for _, s := range seen {
		if s == v {
			return fromCaller
		}
	}
	seen = append(seen, v)
	worst := fromCaller
	given, all := x.values.Given(v)
	if !values.IsParam(x.funcs.At(v.Pos()), v) && len(given) == 0 {
		if all {
			return fromNothing
		}
		return fromUnknown // from a range clause or a type switch
	}
	for _, e := range given {
		worst = max(worst, x.originOf(e, seen))
	}
	return worst
}

func (x *Index) originOf(e ast.Expr, seen []*types.Var) origin {
	info := x.info
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := info.Uses[e].(*types.Var); ok {
			if x.funcs.At(v.Pos()) == nil {
				return fromUnknown
			}
			return x.origin(v, seen)
		}
		return fromNothing
	case *ast.SelectorExpr:
		return fromCaller // a field: whoever made the owner gave it
	case *ast.CallExpr:
		return x.originOfCall(e, seen)
	}
	return fromUnknown
}

func (x *Index) originOfCall(e *ast.CallExpr, seen []*types.Var) origin {
	info := x.info
	fn := values.Callee(info, e)
	switch fn {
	case "context.Background", "context.TODO", "context.WithoutCancel":
		return fromNothing
	}
	for _, a := range e.Args {
		if Is(info.TypeOf(a)) {
			if o := x.originOf(a, seen); o != fromNothing {
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
	if sel.Sel.Name == "Context" && (typeutil.IsPointerToTypeWithName(t, request) || t != nil && types.IsInterface(t)) {
		return fromCaller
	}
	return fromUnknown
}

// isReassigned reports whether v is a parameter that is given another value
// before site, or in a loop around it: what it is given later, or made of what
// site returns, it does not hold yet.
func (x *Index) isReassigned(owner *funcs.Func, v *types.Var, site *ast.CallExpr) bool {
	given, _ := x.values.Given(v)
	return values.IsParam(owner, v) && slices.ContainsFunc(given, func(e ast.Expr) bool {
		return e.End() <= site.Pos() || x.comesAgain(e, site)
	})
}

// comesAgain reports whether a loop around e holds site too.
func (x *Index) comesAgain(e ast.Expr, site *ast.CallExpr) bool {
	cur, ok := syntax.Find(x.inspect.Root(), e)
	if !ok {
		return true
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if n := c.Node(); n.Pos() <= site.Pos() && site.End() <= n.End() {
			return true
		}
	}
	return false
}
