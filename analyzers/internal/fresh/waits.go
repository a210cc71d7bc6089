package fresh

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A Use is what a function does with a context that it is handed.
type Use struct {
	Wait   *Wait // it waits for as long as the context lets it; nil if that is not seen
	Keeps  bool  // the context is the lifetime of something that goes on after the call
	Stores bool  // it puts the context into what it returns
	Holds  bool  // it puts the context into its receiver or a parameter
}

// A Wait is what is waited for, until a context ends it.
type Wait struct {
	Name string // what waits, as one reads it: "(*sql.DB).QueryContext"
	For  string // what it waits for: "the database"
	// Sure is set if the code shows that it waits. Otherwise it takes a context and
	// may fail, which is how such functions look.
	Sure bool
	// Client is set if what is not sure is a client of the network by what its
	// package is made of.
	Client bool
	// Value is set if what is not sure is a function in a variable of this package:
	// whose client it is, packages of other modules know better.
	Value bool
	// InProcess is set if it waits for a channel, which is for something that this
	// process does.
	InProcess bool
	Bound     bool // a deadline is put on the context on the way
	Chain     []Link
	Doubt     string // why it may be otherwise
}

// A Link is a step of a chain.
type Link struct {
	Posn token.Position
	Text string
}

// rank orders waits by how much there is to say of them, the most first.
func (w *Wait) rank() int {
	n := 0
	if w.Bound {
		n++
	}
	switch {
	case w.Sure && !w.InProcess:
	case w.Client:
		n += 2
	case w.Sure:
		n += 4
	default:
		n += 6
	}
	if w.Doubt != "" {
		n += 8
	}
	return n
}

// brief returns w with no more links than a fact needs: its beginning and its end.
func (w *Wait) brief() *Wait {
	if w == nil || len(w.Chain) <= maxLinks {
		return w
	}
	b := *w
	b.Chain = append(slices.Clone(w.Chain[:maxLinks-1]), w.Chain[len(w.Chain)-1])
	return &b
}

// receives returns what call does with the context that is its argument i.
func (x *Index) receives(call *funcs.Call, i int) Use {
	sig, ok := x.pass.TypesInfo.TypeOf(call.Site.Fun).Underlying().(*types.Signature)
	if !ok {
		return Use{}
	}
	if call.Func != nil {
		if what := waiting[call.FullName()]; what != "" {
			return Use{Wait: &Wait{Name: x.calleeName(call), For: what, Sure: true}}
		}
		if kind := carries(call.Func); kind != nil {
			return x.carried(call, kind)
		}
		if modules.IsStd(pathOf(call.Func)) {
			return Use{}
		}
	}
	if callOptions(sig) {
		return x.remote(call, sig)
	}
	switch {
	case call.Callee != nil:
		return x.useOf(call.Callee, i)
	case call.Dynamic:
		return x.dynamic(call, i, sig)
	case call.Func != nil:
		return x.fact(call.Func, i)
	}
	if fn := x.values.Function(call.Site.Fun); fn != nil {
		if f := x.funcs.Declared(fn); f != nil {
			return x.useOf(f, i)
		}
		return x.fact(fn, i)
	}
	return x.unsure(call, sig, x.pass.Pkg, true)
}

func pathOf(fn *types.Func) string {
	if fn.Pkg() == nil {
		return ""
	}
	return fn.Pkg().Path()
}

// waiting are the functions of the standard library that wait for as long as
// their context lets them, and what for.
var waiting = func() map[string]string {
	m := map[string]string{
		"(*net.Dialer).DialContext":           "the network",
		"(*crypto/tls.Dialer).DialContext":    "the network",
		"(*crypto/tls.Conn).HandshakeContext": "the network",
		"(*database/sql.DB).PingContext":      "the database",
		"(*database/sql.DB).BeginTx":          "the database",
		"(*database/sql.DB).Conn":             "the database",
		"(*database/sql.Conn).PingContext":    "the database",
		"(*database/sql.Conn).BeginTx":        "the database",
	}
	for _, f := range []string{"LookupAddr", "LookupCNAME", "LookupHost", "LookupIP", "LookupIPAddr", "LookupMX", "LookupNS", "LookupNetIP", "LookupSRV", "LookupTXT"} {
		m["(*net.Resolver)."+f] = "the name server"
	}
	for _, recv := range []string{"DB", "Tx", "Conn", "Stmt"} {
		for _, f := range []string{"QueryContext", "QueryRowContext", "ExecContext", "PrepareContext"} {
			m["(*database/sql."+recv+")."+f] = "the database"
		}
	}
	return m
}()

// carries returns the kind of what fn puts a context into, to be sent or run
// later, or nil.
func carries(fn *types.Func) *outgoing.Kind {
	switch fn.FullName() {
	case "net/http.NewRequestWithContext", "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
		return outgoing.Requests
	case "os/exec.CommandContext":
		return outgoing.Commands
	}
	return nil
}

// carried follows a request or command that call puts a context into.
func (x *Index) carried(call *funcs.Call, kind *outgoing.Kind) Use {
	if call.Caller == nil {
		return Use{}
	}
	fate := x.outgoing.Follow(call.Caller, call.Site, kind)
	if fate.Sent == nil {
		return Use{}
	}
	w := &Wait{Name: "the function called there", For: "the server", Sure: true}
	if kind == outgoing.Commands {
		w.For = "the process"
	}
	if sent := x.funcs.Call(fate.Sent); sent != nil {
		w.Name = x.calleeName(sent)
	}
	w.Chain = []Link{x.link(fate.Sent.Pos(), w.Name+" waits for "+w.For)}
	return Use{Wait: w}
}

// callOptions reports whether sig is that of a gRPC client's method.
func callOptions(sig *types.Signature) bool {
	if !sig.Variadic() || !contexts.MayFail(sig) {
		return false
	}
	s, ok := sig.Params().At(sig.Params().Len() - 1).Type().(*types.Slice)
	return ok && typeutil.IsTypeWithName(s.Elem(), "google.golang.org/grpc.CallOption")
}

// remote is the use of a gRPC client's method: a stream lives as long as its context.
func (x *Index) remote(call *funcs.Call, sig *types.Signature) Use {
	u := Use{Wait: &Wait{Name: x.calleeName(call), For: "the server", Sure: true}}
	if sig.Results().Len() == 2 {
		u.Keeps = types.IsInterface(sig.Results().At(0).Type())
	}
	return u
}

// dynamic returns what the types in sight behind an interface do, else what the
// method looks like.
func (x *Index) dynamic(call *funcs.Call, i int, sig *types.Signature) Use {
	var best Use
	if modules.Ours(x.pass, call.Func.Pkg()) {
		for _, f := range x.funcs.Funcs {
			if f.Obj != nil && f.Sig.Recv() != nil && f.Obj.Name() == call.Func.Name() && !x.values.InTest(f.Node.Pos()) && callers.Implements(f.Obj, call.Func) {
				best = best.or(x.through(call, f.Obj, x.useOf(f, i)))
			}
		}
		for _, fn := range x.known(call.Func.Name()) {
			if callers.Implements(fn, call.Func) {
				best = best.or(x.through(call, fn, x.fact(fn, i)))
			}
		}
	}
	if best.Keeps || best.Wait != nil && best.Wait.Sure || best.Wait == nil && x.callers.Implementers(call) > 0 {
		return best // those in sight wait for nobody
	}
	return best.or(x.unsure(call, sig, call.Func.Pkg(), false))
}

// through is u, the use of method, as one comes to it by an interface.
func (x *Index) through(call *funcs.Call, method *types.Func, u Use) Use {
	if u.Wait == nil {
		return u
	}
	w := *u.Wait
	w.Chain = append([]Link{x.link(call.Site.Pos(), "may be "+callers.ShortName(method, x.pass.Pkg))}, w.Chain...)
	u.Wait = &w
	return u
}

// or joins two uses: what is kept by one is kept, and the surer wait counts.
func (u Use) or(v Use) Use {
	u.Keeps, u.Stores, u.Holds = u.Keeps || v.Keeps, u.Stores || v.Stores, u.Holds || v.Holds
	if u.Wait == nil || v.Wait != nil && v.Wait.rank() < u.Wait.rank() {
		u.Wait = v.Wait
	}
	return u
}

// fact returns the use of a function of another package.
func (x *Index) fact(fn *types.Func, i int) Use {
	var s Summary
	if !x.pass.ImportObjectFact(fn, &s) {
		return Use{}
	}
	for _, p := range s.Params {
		if p.Index != i {
			continue
		}
		u := p.Use
		if u.Wait != nil && u.Wait.Value {
			w := *u.Wait
			w.Value = false
			w.Client = w.Client && !modules.Ours(x.pass, fn.Pkg())
			u.Wait = &w
		}
		return u
	}
	return Use{}
}

// unsure is the use of what is not seen: it may wait if it may fail, and hands
// nothing back that lives on.
func (x *Index) unsure(call *funcs.Call, sig *types.Signature, home *types.Package, value bool) Use {
	if !fallible(sig) || home == nil {
		return Use{}
	}
	if subscribes(sig) {
		return Use{Keeps: true}
	}
	w := &Wait{Name: x.calleeName(call), For: "what is behind it", Value: value}
	if value && makes(sig) {
		w.Doubt = "what it makes may live on with the context"
	}
	if w.Client = online(home) && (value || !modules.Ours(x.pass, home)); w.Client {
		w.For = "the network"
	}
	return Use{Wait: w}
}

// makes reports whether a result is what has methods of its own: of an interface that is
// not of the standard library, or of a type that each caller chooses.
func makes(sig *types.Signature) bool {
	for r := range sig.Results().Variables() {
		if _, ok := types.Unalias(r.Type()).(*types.TypeParam); ok {
			return true
		}
		named, ok := types.Unalias(r.Type()).(*types.Named)
		if !ok || named.Obj().Pkg() == nil || modules.IsStd(named.Obj().Pkg().Path()) {
			continue
		}
		if i, ok := named.Underlying().(*types.Interface); ok && i.NumMethods() > 0 {
			return true
		}
	}
	return false
}

// fallible reports whether a call of signature sig may fail: its last result is
// an error, or has one.
func fallible(sig *types.Signature) bool {
	if contexts.MayFail(sig) {
		return true
	}
	n := sig.Results().Len()
	if n == 0 {
		return false
	}
	obj, _, _ := types.LookupFieldOrMethod(sig.Results().At(n-1).Type(), true, nil, "Err")
	fn, ok := obj.(*types.Func)
	return ok && fn.Signature().Params().Len() == 0 && contexts.MayFail(fn.Signature())
}

// subscribes reports whether a result goes on after the call: a channel, or what
// has more to give.
func subscribes(sig *types.Signature) bool {
	for r := range sig.Results().Variables() {
		if _, ok := r.Type().Underlying().(*types.Chan); ok {
			return true
		}
		for _, name := range []string{"Recv", "ResultChan", "Channel", "Unsubscribe", "Stop", "Shutdown"} {
			if obj, _, _ := types.LookupFieldOrMethod(r.Type(), true, nil, name); obj != nil {
				return true
			}
		}
	}
	return false
}

// online reports whether p is made of the network.
func online(p *types.Package) bool {
	return slices.ContainsFunc(p.Imports(), func(q *types.Package) bool {
		switch q.Path() {
		case "net", "net/http", "crypto/tls", "database/sql", "google.golang.org/grpc":
			return true
		}
		return false
	})
}

// useOf returns what f does with its parameter i.
func (x *Index) useOf(f *funcs.Func, i int) Use {
	if f.Sig == nil || i >= f.Sig.Params().Len() || !contexts.Is(f.Sig.Params().At(i).Type()) {
		return Use{}
	}
	v := f.Sig.Params().At(i)
	if u := x.uses[v]; u != nil {
		return *u
	}
	x.uses[v] = new(Use) // while it is being found out: recursion adds nothing
	u := Use{}
	for _, g := range x.within[f.Outermost()] {
		if !inside(g, f) {
			continue
		}
		for _, call := range g.Out {
			u = u.or(x.useAt(f, call, v))
		}
	}
	u = u.or(x.stores(f, v))
	x.uses[v] = &u
	return u
}

func inside(g, f *funcs.Func) bool {
	for ; g != nil; g = g.Parent {
		if g == f {
			return true
		}
	}
	return false
}

// useAt returns what call, in f, does with the context in v, or with one derived
// from it.
func (x *Index) useAt(f *funcs.Func, call *funcs.Call, v *types.Var) (u Use) {
	if sel, ok := ast.Unparen(call.Site.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" && contexts.Is(x.pass.TypesInfo.TypeOf(sel.X)) {
		o := x.origins(sel.X)
		if !o.params[v] {
			return Use{}
		}
		u := x.doneAt(call, o)
		if x.contexts.Apart(call, f) != "" {
			u.Wait = nil // nobody waits for who waits there
		}
		return u
	}
	for i, a := range call.Site.Args {
		if !contexts.Is(x.pass.TypesInfo.TypeOf(a)) {
			continue
		}
		o := x.origins(a)
		if !o.params[v] || x.derives(call.Site) {
			continue
		}
		switch x.contexts.Apart(call, f) {
		case "":
		case contexts.Deferred, contexts.AfterDone:
			continue
		default:
			u.Keeps = true
			continue
		}
		r := x.receives(call, i)
		r = x.left(call.Site, r)
		if r.Wait != nil {
			w := *r.Wait
			w.Bound = w.Bound || o.bounded
			if len(w.Chain) >= maxChain {
				r.Wait = nil
			} else {
				w.Chain = append([]Link{x.link(call.Site.Pos(), x.step(call, &w))}, w.Chain...)
				r.Wait = &w
			}
		}
		u = u.or(r)
	}
	return u
}

// step says what call does on the way to w.
func (x *Index) step(call *funcs.Call, w *Wait) string {
	if len(w.Chain) == 0 {
		return x.calleeName(call) + " waits for " + w.For
	}
	return "calls " + x.calleeName(call)
}

// doneAt returns the use of a context whose end call asks for: in a select with
// other cases it ends a wait for them, and by itself it is waited for, so that the
// context is the lifetime of something.
func (x *Index) doneAt(call *funcs.Call, o *origin) Use {
	cur, ok := syntax.Find(x.inspect.Root(), call.Site)
	if !ok {
		return Use{}
	}
	_, parent := values.Outer(cur)
	if recv, ok := parent.Node().(*ast.UnaryExpr); !ok || recv.Op != token.ARROW {
		return Use{}
	}
	for c := range parent.Enclosing((*ast.CommClause)(nil), (*ast.BlockStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		clause, ok := c.Node().(*ast.CommClause)
		if !ok {
			break
		}
		if clause.Comm == nil || parent.Node().Pos() < clause.Comm.Pos() || clause.Comm.End() < parent.Node().End() {
			break
		}
		return x.selectAt(call, c, o)
	}
	return Use{Keeps: true}
}

func (x *Index) selectAt(call *funcs.Call, clause inspector.Cursor, o *origin) Use {
	body, ok := clause.Parent().Node().(*ast.BlockStmt)
	if !ok || len(body.List) < 2 {
		return Use{Keeps: true}
	}
	for _, c := range body.List {
		if c.(*ast.CommClause).Comm == nil {
			return Use{} // it asks and goes on
		}
	}
	w := &Wait{Name: "a select", For: "a channel", Sure: true, InProcess: true, Bound: o.bounded}
	w.Chain = []Link{x.link(body.Pos(), "a select waits for a channel, until the context is done")}
	return Use{Wait: w}
}

// stores returns where f puts the context in v, or one derived from it, to outlive the
// call.
func (x *Index) stores(f *funcs.Func, v *types.Var) (u Use) {
	cur, ok := syntax.Find(x.inspect.Root(), f.Body)
	if !ok {
		return Use{}
	}
	for c := range cur.Preorder((*ast.Ident)(nil)) {
		id := c.Node().(*ast.Ident)
		if w, ok := x.pass.TypesInfo.Uses[id].(*types.Var); !ok || w.IsField() || !contexts.Is(w.Type()) {
			continue
		}
		if got := x.stored(f, c); got != (Use{}) && x.origins(id).params[v] {
			u = u.or(got)
		}
	}
	return u
}

// stored returns where f puts the value that the identifier at cur denotes.
func (x *Index) stored(f *funcs.Func, cur inspector.Cursor) Use {
	child, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.KeyValueExpr:
		return Use{Stores: n.Value == child.Node() && x.escapes(parent.Parent(), 2)}
	case *ast.CompositeLit:
		return Use{Stores: x.escapes(parent, 2)}
	case *ast.SendStmt:
		return Use{Keeps: true}
	case *ast.CallExpr:
		if x.derives(n) {
			return x.stored(f, parent)
		}
	case *ast.AssignStmt:
		for i, l := range n.Lhs {
			if n.Rhs[min(i, len(n.Rhs)-1)] == child.Node() && contexts.Is(x.pass.TypesInfo.TypeOf(l)) {
				return x.storedIn(f, l)
			}
		}
	}
	return Use{}
}

// storedIn returns what it is to give l a context.
func (x *Index) storedIn(f *funcs.Func, l ast.Expr) Use {
	if _, local := ast.Unparen(l).(*ast.Ident); local {
		return Use{Stores: x.leaves(l, 2)}
	}
	id, ok := dataflow.Base(l).(*ast.Ident)
	if !ok {
		return Use{Keeps: true}
	}
	if w, ok := x.pass.TypesInfo.Uses[id].(*types.Var); ok && values.IsParam(f, w) {
		return Use{Holds: true}
	}
	return Use{Stores: x.leaves(l, 2)}
}

// left returns what is left of u, the use by the call at site, for the function around
// it: what the call returns or changes may go no further.
func (x *Index) left(site *ast.CallExpr, u Use) Use {
	u.Stores = u.Stores && x.outlives(site)
	u.Holds = u.Holds && x.outside(site)
	return u
}

// outlives reports whether what site returns goes on after the function around it.
func (x *Index) outlives(site *ast.CallExpr) bool {
	cur, ok := syntax.Find(x.inspect.Root(), site)
	return !ok || x.escapes(cur, 2)
}

// outside reports whether the receiver of the call at site, or what it is given if it
// has none, is more than a variable of the function around it.
func (x *Index) outside(site *ast.CallExpr) bool {
	of := site.Args
	if sel, ok := ast.Unparen(site.Fun).(*ast.SelectorExpr); ok && x.pass.TypesInfo.Selections[sel] != nil {
		of = []ast.Expr{sel.X}
	}
	return slices.ContainsFunc(of, func(e ast.Expr) bool {
		t := x.pass.TypesInfo.TypeOf(e)
		if t == nil || contexts.Is(t) {
			return false
		}
		switch t.Underlying().(type) {
		case *types.Pointer, *types.Interface, *types.Map:
		default:
			return false
		}
		id, ok := ast.Unparen(e).(*ast.Ident)
		if !ok {
			return true
		}
		v := dataflow.LocalVar(x.pass.TypesInfo.ObjectOf(id))
		return v == nil || values.IsParam(x.funcs.At(v.Pos()), v) || x.leaves(id, 2)
	})
}

// escapes reports whether the value of the expression at cur goes where it
// outlives the function: what is returned, stored or handed on, and what a call
// changes that returns nothing.
func (x *Index) escapes(cur inspector.Cursor, depth int) bool {
	child, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.UnaryExpr, *ast.StarExpr, *ast.CompositeLit:
		return x.escapes(parent, depth)
	case *ast.KeyValueExpr:
		return n.Value == child.Node() && x.escapes(parent.Parent(), depth)
	case *ast.SelectorExpr, *ast.BinaryExpr, *ast.RangeStmt, *ast.SwitchStmt, *ast.IndexExpr, *ast.TypeAssertExpr:
		return false
	case *ast.AssignStmt:
		if len(n.Rhs) != len(n.Lhs) || len(n.Rhs) == 1 {
			return slices.ContainsFunc(n.Lhs, func(l ast.Expr) bool { return x.leaves(l, depth) })
		}
		for i, r := range n.Rhs {
			if r == child.Node() {
				return x.leaves(n.Lhs[i], depth)
			}
		}
	case *ast.ValueSpec:
		return slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return x.leaves(id, depth) })
	}
	return true
}

// leaves reports whether what is assigned to l outlives the function: l is no
// local variable, or one that is returned or stored in turn.
func (x *Index) leaves(l ast.Expr, depth int) bool {
	id, ok := ast.Unparen(l).(*ast.Ident)
	if !ok {
		// A field of a local variable leaves with the variable.
		if id, ok = dataflow.Base(l).(*ast.Ident); !ok {
			return true
		}
	}
	if id.Name == "_" {
		return false
	}
	v := dataflow.LocalVar(x.pass.TypesInfo.ObjectOf(id))
	if v == nil || depth == 0 {
		return true
	}
	f := x.funcs.At(v.Pos())
	if f == nil || values.IsParam(f, v) && ast.Unparen(l) != id {
		return true
	}
	if contexts.MayFail(types.NewSignatureType(nil, nil, nil, nil, types.NewTuple(v), false)) {
		return false // of an error nothing lives on
	}
	body, ok := syntax.Find(x.inspect.Root(), f.Body)
	if !ok {
		return true
	}
	for c := range body.Preorder((*ast.Ident)(nil)) {
		if x.pass.TypesInfo.Uses[c.Node().(*ast.Ident)] == v && x.passesOn(c, depth-1) {
			return true
		}
	}
	return false
}

// passesOn reports whether the mention of a variable at cur hands it to what
// outlives the function.
func (x *Index) passesOn(cur inspector.Cursor, depth int) bool {
	child, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.ReturnStmt, *ast.SendStmt, *ast.CompositeLit:
		return true
	case *ast.KeyValueExpr:
		return n.Value == child.Node()
	case *ast.UnaryExpr:
		return n.Op == token.AND && x.passesOn(parent, depth)
	case *ast.AssignStmt:
		for i, r := range n.Rhs {
			if r == child.Node() && len(n.Lhs) == len(n.Rhs) {
				return x.leaves(n.Lhs[i], depth)
			}
		}
	case *ast.CallExpr:
		id, ok := ast.Unparen(n.Fun).(*ast.Ident)
		return ok && x.pass.TypesInfo.Types[id].IsBuiltin() && id.Name == "append"
	}
	return false
}
