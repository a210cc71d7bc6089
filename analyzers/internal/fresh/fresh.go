package fresh

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/embedded"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetfresh",
	Doc:        "follow contexts that are made from nothing to what waits with them",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer, contexts.Analyzer, callers.Analyzer, outgoing.Analyzer},
	FactTypes:  []analysis.Fact{new(Summary)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:     pass,
		inspect:  pass.ResultOf[syntax.Analyzer].(*inspector.Inspector),
		funcs:    pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:   pass.ResultOf[values.Analyzer].(*values.Index),
		contexts: pass.ResultOf[contexts.Analyzer].(*contexts.Index),
		callers:  pass.ResultOf[callers.Analyzer].(*callers.Index),
		outgoing: pass.ResultOf[outgoing.Analyzer].(*outgoing.Index),
		within:   make(map[*funcs.Func][]*funcs.Func),
		sets:     make(map[*types.Var][]set),
		uses:     make(map[*types.Var]*Use),
		makes:    make(map[*funcs.Func]*made),
		ends:     make(map[*funcs.Func]*Wait),
	}
	if modules.Std(pass) {
		return x, nil // what is known of it stands in a table
	}
	x.prepare()
	x.start()
	x.spread()
	x.export()
	return x, nil
}

// Index is the result of Analyzer.
type Index struct {
	// Breaks are the calls by which a context is lost, in the order of their
	// distance from what waits.
	Breaks []*Break

	pass     *analysis.Pass
	inspect  *inspector.Inspector
	funcs    *funcs.Index
	values   *values.Index
	contexts *contexts.Index
	callers  *callers.Index
	outgoing *outgoing.Index

	within  map[*funcs.Func][]*funcs.Func // a declaration and the literals in it
	sets    map[*types.Var][]set          // assignments that replace what a variable held
	uses    map[*types.Var]*Use           // what functions do with their context parameters
	makes   map[*funcs.Func]*made         // functions that return a fresh context
	ends    map[*funcs.Func]*Wait         // functions that wait with a fresh context
	starts  []*Start
	methods map[string][]*types.Func // memo of imported
}

// A Start is a call that waits with a context made from nothing.
type Start struct {
	Call *funcs.Call
	// Base is where the context comes from: a call of context.Background or
	// context.TODO, or of a function that returns such a context, or the mention of
	// a field or a variable of the package that holds one. It is nil if that is in
	// another package, within Via.
	Base ast.Expr
	// Helper is set if Base calls a function that makes the context, Held is what
	// holds it, if Base is no call.
	Helper bool
	Held   *types.Var
	Via    types.Object // the function of another package that waits with a fresh context, or nil
	Wait   *Wait
}

// A Break is a call at which a context that is in scope is lost, or may be.
type Break struct {
	Start *Start
	Call  *funcs.Call
	Via   types.Object // the function called that has a fresh context inside; nil at the start itself
	Wait  *Wait        // from Via down, or from Start.Call
	Place contexts.Place
	Doubt string // why the wait may be another one, if so
}

// A Summary is the fact of a function that does something with contexts that
// its callers in other packages have to know.
type Summary struct {
	Params []Param
	Ends   *Wait // it waits with a context that it makes from nothing
	Makes  bool  // it returns a context that is made from nothing
	Bound  bool  // and that has a timeout
}

// AFact marks a Summary as a fact.
func (*Summary) AFact() {}

func (s *Summary) String() string {
	var said []string
	for _, p := range s.Params {
		if p.Use.Keeps || p.Use.Stores || p.Use.Holds {
			said = append(said, "keeps its context")
		}
		if p.Use.Wait != nil {
			said = append(said, "waits with its context in "+p.Use.Wait.Name)
		}
	}
	if s.Ends != nil {
		said = append(said, "waits with a fresh context in "+s.Ends.Name)
	}
	if s.Makes {
		said = append(said, "makes a fresh context")
	}
	return strings.Join(said, ", ")
}

// A Param is what a function does with one of its parameters.
type Param struct {
	Index int
	Use   Use
}

// Embedded reports whether the package's database is part of the program.
func (x *Index) Embedded() bool {
	return embedded.Database(x.pass.Pkg, x.pass.TypesInfo, x.funcs, x.values)
}

// maxChain bounds the chains: what lies deeper is so far from the caller that
// a finding would not help who reads it.
const maxChain = 12

// maxLinks is how many links of a chain a fact holds, the last one included.
const maxLinks = 4

func (x *Index) prepare() {
	for _, f := range x.funcs.Funcs {
		top := f.Outermost()
		x.within[top] = append(x.within[top], f)
		for _, s := range f.Body.List {
			if a, ok := s.(*ast.AssignStmt); ok {
				x.replaces(f, a)
			}
		}
	}
}

// replaces notes that a, at the top of f's body, replaces what contexts held.
func (x *Index) replaces(f *funcs.Func, a *ast.AssignStmt) {
	if len(a.Rhs) != 1 && len(a.Rhs) != len(a.Lhs) {
		return
	}
	for i, l := range a.Lhs {
		v := x.values.Variable(l)
		if v == nil || v.IsField() || !contexts.Is(v.Type()) || x.funcs.At(v.Pos()) != f {
			continue
		}
		x.sets[v] = append(x.sets[v], set{a.End(), a.Rhs[min(i, len(a.Rhs)-1)]})
	}
}

// start finds the calls that wait with a fresh context.
func (x *Index) start() {
	for _, f := range x.funcs.Funcs {
		if x.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			x.startAt(call)
		}
	}
	for _, t := range x.callers.Targets {
		x.imported(t)
	}
}

func (x *Index) startAt(call *funcs.Call) {
	for i, a := range call.Site.Args {
		if !contexts.Is(x.pass.TypesInfo.TypeOf(a)) || x.derives(call.Site) {
			continue
		}
		o := x.origins(a)
		if !o.fresh() {
			continue
		}
		u := x.left(call.Site, x.receives(call, i))
		if u.Wait == nil || u.Keeps || u.Stores || u.Holds {
			continue // a context that outlives the call is right for what does
		}
		w := *u.Wait
		w.Bound = w.Bound || o.bounded
		w.Client = w.Client && !w.Value
		s := &Start{Call: call, Base: o.bases[0], Wait: &w}
		if made, ok := s.Base.(*ast.CallExpr); ok {
			s.Helper = !contexts.Background(values.Callee(x.pass.TypesInfo, made))
		} else {
			s.Held = x.values.Variable(s.Base)
		}
		x.starts = append(x.starts, s)
	}
}

// imported takes up a call of a function of another package of ours that waits
// with a context of its own making.
func (x *Index) imported(t callers.Target) {
	fns, doubt := []*types.Func{t.Func}, ""
	if t.Call.Dynamic && t.Call.Func == t.Func {
		fns, doubt = x.behind(t.Call)
	}
	for _, fn := range fns {
		var s Summary
		if x.funcs.Declared(fn) == nil && modules.Ours(x.pass, fn.Pkg()) && x.pass.ImportObjectFact(fn, &s) && s.Ends != nil {
			w := *s.Ends
			w.Doubt = doubt
			x.starts = append(x.starts, &Start{Call: t.Call, Via: fn, Wait: &w})
		}
	}
}

// others is the doubt about an interface that other types implement too.
const others = "other types in sight behind the interface wait for nobody"

// behind returns the methods of other packages of ours that the interface method
// called may be and that wait with a fresh context.
func (x *Index) behind(call *funcs.Call) (fns []*types.Func, doubt string) {
	if !x.callers.Sees(call) {
		return nil, ""
	}
	for _, fn := range x.known(call.Func.Name()) {
		var s Summary
		if callers.Implements(fn, call.Func) && x.pass.ImportObjectFact(fn, &s) && s.Ends != nil {
			fns = append(fns, fn)
		}
	}
	if len(fns) > 0 && x.callers.Implementers(call) > len(fns) {
		doubt = others
	}
	return fns, doubt
}

// known returns the methods of that name, of other packages of ours, that have a fact.
func (x *Index) known(name string) []*types.Func {
	if x.methods == nil {
		x.methods = make(map[string][]*types.Func)
		for _, f := range x.pass.AllObjectFacts() {
			fn, ok := f.Object.(*types.Func)
			if ok && fn.Pkg() != x.pass.Pkg && fn.Signature().Recv() != nil && modules.Ours(x.pass, fn.Pkg()) {
				x.methods[fn.Name()] = append(x.methods[fn.Name()], fn)
			}
		}
		for _, fns := range x.methods {
			slices.SortFunc(fns, func(f, g *types.Func) int { return strings.Compare(f.FullName(), g.FullName()) })
		}
	}
	return x.methods[name]
}

// A pending is a call that ends in a wait with a fresh context.
type pending struct {
	start *Start
	call  *funcs.Call
	via   types.Object
	wait  *Wait
}

// spread carries each start up to the callers that have a context.
func (x *Index) spread() {
	// What nothing bounds goes first, and what is sure, so that each function
	// is known by the worst that it does.
	slices.SortStableFunc(x.starts, func(a, b *Start) int { return a.Wait.rank() - b.Wait.rank() })
	var queue []pending
	for _, s := range x.starts {
		queue = append(queue, pending{s, s.Call, s.Via, s.Wait})
	}
	var late []pending // what is doubtful in itself says what a function does only if nothing else does
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if x.fills(p.call) {
			late = append(late, p)
			continue
		}
		queue = append(queue, x.visit(p, false)...)
	}
	for len(late) > 0 {
		p := late[0]
		late = append(late[1:], x.visit(p, x.fills(p.call))...)
	}
}

// visit notes the break that p is, if it is one, and returns the calls by
// which its function's callers come to it. What is done once says so of itself.
func (x *Index) visit(p pending, once bool) []pending {
	at := x.place(p)
	if at.Source != nil {
		x.Breaks = append(x.Breaks, &Break{p.start, p.call, p.via, p.wait, at, p.wait.Doubt})
		if at.Source.Doubt == "" {
			return nil
		}
	}
	f := p.call.Caller
	if f == nil {
		return nil
	}
	f = f.Outermost()
	if at.Apart != "" || at.Source != nil && (at.Source.Local || at.Source.Apart) || contexts.Passed(f.Sig) || x.ends[f] != nil {
		return nil
	}
	w := *p.wait
	if len(w.Chain) > maxChain {
		return nil
	}
	w.Chain = x.prepend(p)
	if w.Doubt == "" && once {
		w.Doubt = "it is done once, to make what is kept"
	}
	if w.Doubt == "" && x.callers.Bound(f.Obj) {
		w.Doubt = "its signature is that of an interface of another module"
	}
	x.ends[f] = &w
	var next []pending
	for _, in := range x.callers.In(f) {
		if in.Caller == nil {
			continue
		}
		up := w
		if up.Doubt == "" && in.Dynamic && x.callers.Implementers(in) > 1 {
			up.Doubt = others
		}
		next = append(next, pending{p.start, in, x.callers.Called(f, in), &up})
	}
	return next
}

// fills reports whether the call runs only to make what a field or a variable of the
// package does not hold yet, and holds for good then: if c.client == nil { c.client = … }.
func (x *Index) fills(call *funcs.Call) bool {
	cur, ok := syntax.Find(x.inspect.Root(), call.Site)
	if !ok {
		return false
	}
	for c := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		n, ok := c.Node().(*ast.IfStmt)
		if !ok {
			return false
		}
		if eq, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr); ok && eq.Op == token.EQL && x.isNil(eq.Y) && n.Body.Pos() <= call.Site.Pos() && call.Site.End() <= n.Body.End() && x.kept(eq.X, n.Body) {
			return true
		}
	}
	return false
}

// kept reports whether body gives the field or the variable of the package that e
// denotes what it holds from then on: nothing sets it back to nil.
func (x *Index) kept(e ast.Expr, body *ast.BlockStmt) bool {
	v := x.values.Variable(e)
	if v == nil || !v.IsField() && v.Parent() != x.pass.Pkg.Scope() {
		return false
	}
	given, _ := x.values.Given(v)
	return !slices.ContainsFunc(given, x.isNil) && slices.ContainsFunc(given, func(g ast.Expr) bool {
		return body.Pos() <= g.Pos() && g.End() <= body.End()
	})
}

func (x *Index) isNil(e ast.Expr) bool { return x.pass.TypesInfo.Types[e].IsNil() }

// LeftBehind reports whether b stands in a function that is only started as a
// goroutine by code that answers a request and is given the context of that: it is
// over when the goroutine has begun to work.
func (x *Index) LeftBehind(b *Break) bool {
	if b.Call.Caller == nil {
		return false
	}
	in := x.callers.In(b.Call.Caller.Outermost())
	return len(in) > 0 && !slices.ContainsFunc(in, func(call *funcs.Call) bool {
		src := x.contexts.At(call).Source
		return call.Mode != funcs.Go || src == nil || !src.Entry || !src.Apart
	})
}

// prepend returns the chain of p with its call before it.
func (x *Index) prepend(p pending) []Link {
	text := "calls " + x.calleeName(p.call)
	if p.via == nil && len(p.wait.Chain) == 0 {
		text = x.calleeName(p.call) + " waits for " + p.wait.For + " with a context made from nothing"
	} else if p.via == nil {
		text += " with a context made from nothing"
	}
	return append([]Link{x.link(p.call.Site.Pos(), text)}, p.wait.Chain...)
}

// place says which context is in scope where p loses it: at a start, where the
// fresh one is made.
func (x *Index) place(p pending) contexts.Place {
	at := x.contexts.At(p.call)
	if p.via != nil || p.start.Base == nil || p.call != p.start.Call {
		return at
	}
	made := p.call
	if call, ok := p.start.Base.(*ast.CallExpr); ok {
		made = x.funcs.Call(call)
	}
	base := x.contexts.At(made)
	if base.Source != nil && base.Source.Stored && p.start.Held != nil {
		base.Source = nil // that is the one
	}
	if base.Source != nil && base.Source.Doubt == "" {
		if why := x.contexts.Apart(p.call, made.Caller); why != "" {
			s := *base.Source
			s.Doubt, s.Apart = why, true
			base.Source = &s
		}
	}
	base.Apart = at.Apart
	return base
}

// export tells the packages that import this one what its functions do with
// contexts.
func (x *Index) export() {
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil || !f.Obj.Exported() || x.values.InTest(f.Node.Pos()) {
			continue
		}
		var s Summary
		for i := range f.Sig.Params().Len() {
			if u := x.useOf(f, i); u != (Use{}) {
				u.Wait = u.Wait.brief()
				s.Params = append(s.Params, Param{i, u})
			}
		}
		if w := x.ends[f]; w != nil && w.Doubt == "" {
			s.Ends = w.brief()
		}
		if m := x.made(f); m != nil {
			s.Makes, s.Bound = true, m.bounded
		}
		if s.Params != nil || s.Ends != nil || s.Makes {
			x.pass.ExportObjectFact(f.Obj, &s)
		}
	}
}

func (x *Index) link(pos token.Pos, text string) Link { return Link{x.pass.Fset.Position(pos), text} }

// Steps returns the chain of w as a finding shows it.
func (w *Wait) Steps() []rule.Step {
	var steps []rule.Step
	for _, l := range w.Chain {
		steps = append(steps, rule.Step{Posn: l.Posn, Text: l.Text})
	}
	return steps
}

func (x *Index) calleeName(call *funcs.Call) string {
	switch {
	case call.Func != nil:
		return callers.ShortName(call.Func, x.pass.Pkg)
	case call.Callee != nil && call.Callee.Obj != nil:
		return callers.ShortName(call.Callee.Obj, x.pass.Pkg)
	}
	return rule.Brief(types.ExprString(call.Site.Fun))
}
