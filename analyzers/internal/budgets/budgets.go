package budgets

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes what tells budgets. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetbudgets",
	Doc:        "tell how long contexts and requests may live",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer},
	FactTypes:  []analysis.Fact{new(bounds)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// bounds is the fact about a function that returns a context, or a request, with a
// deadline.
type bounds struct{ Limit time.Duration }

// AFact marks bounds as a fact.
func (*bounds) AFact() {}

func (b *bounds) String() string { return "bounds " + b.Limit.String() }

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:   pass,
		info:   pass.TypesInfo,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:  pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
	}
	if !modules.IsStd(pass.Pkg.Path()) {
		x.export()
	}
	return x, nil
}

// export tells the packages that import this one which functions return what has
// a deadline.
func (x *Index) export() {
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil || !f.Obj.Exported() || x.values.InTest(f.Node.Pos()) || f.Sig.Results().Len() == 0 {
			continue
		}
		t := f.Sig.Results().At(0).Type()
		if !contexts.Is(t) && !isRequest(t) {
			continue
		}
		q := &question{Index: x}
		if b := q.returned(&frame{f: f}, !contexts.Is(t)); b.State == Bounded {
			x.pass.ExportObjectFact(f.Obj, &bounds{b.Limit})
		}
	}
}

// Index is the result of Analyzer.
type Index struct {
	pass   *analysis.Pass
	info   *types.Info
	root   inspector.Cursor
	funcs  *funcs.Index
	values *values.Index
	named  map[*types.Func]bool // functions that are mentioned other than by calling them
}

// A State says what bounds something.
type State int

// The states, from what bounds most to what bounds least.
const (
	Bounded  State = iota // it has a deadline
	Unknown               // it cannot be told
	Unseen                // it comes from callers of which none is seen
	Incoming              // it ends with a request that came in, and has no deadline by itself
	Endless               // it has none
)

// A Budget is what is known of how long something may live.
type Budget struct {
	State State
	// Limit is the shortest constant that bounds it, whatever the way; 0 if there is none.
	Limit time.Duration
	// Pos and Why say where it gets its deadline, or has none.
	Pos token.Pos
	Why string
	// Partial is set if callers that are not seen may give it another one.
	Partial bool
	// Inherits is set, by [Index.Own] alone, if what the function is given bounds it too.
	Inherits bool
}

// Context returns the budget of the context e, in f.
func (x *Index) Context(f *funcs.Func, e ast.Expr) Budget {
	q := &question{Index: x}
	return q.context(e, &frame{f: f})
}

// Request returns the budget of the outgoing request e, in f.
func (x *Index) Request(f *funcs.Func, e ast.Expr) Budget {
	q := &question{Index: x}
	return q.request(e, &frame{f: f})
}

// Timeout returns the constant duration after which a call of context.WithTimeout or
// WithDeadline ends its context, and whether it is such a call: 0 if it is not constant.
func (x *Index) Timeout(call *ast.CallExpr) (d time.Duration, ok bool) {
	if len(call.Args) < 2 {
		return 0, false
	}
	switch values.Callee(x.info, call) {
	case "context.WithTimeout", "context.WithTimeoutCause":
		return x.Duration(call.Args[1]), true
	case "context.WithDeadline", "context.WithDeadlineCause":
		add, isCall := ast.Unparen(call.Args[1]).(*ast.CallExpr)
		if isCall && values.Callee(x.info, add) == "(time.Time).Add" && len(add.Args) == 1 {
			if now, isCall := ast.Unparen(add.Fun.(*ast.SelectorExpr).X).(*ast.CallExpr); isCall && values.Callee(x.info, now) == "time.Now" {
				return x.Duration(add.Args[0]), true
			}
		}
		return 0, true
	}
	return 0, false
}

// Duration returns the constant that e is, or that the variable e is only ever
// given; 0 if it is none.
func (x *Index) Duration(e ast.Expr) time.Duration {
	v := x.info.Types[e].Value
	if v == nil {
		if w := x.values.Value(ast.Unparen(e)); w != nil {
			v = x.info.Types[w].Value
		}
	}
	if v == nil {
		return 0
	}
	n, exact := constant.Int64Val(constant.ToInt(v))
	if !exact {
		return 0
	}
	return time.Duration(n)
}

const request = "net/http.Request"

func isRequest(t types.Type) bool { return typeutil.IsPointerToTypeWithName(t, request) }

// A frame is a function that is looked into on account of a call.
type frame struct {
	f    *funcs.Func
	call *ast.CallExpr // nil where the question began: then its callers answer
	up   *frame        // of the caller
}

// maxDepth bounds how many variables, functions and callers are gone through.
const maxDepth = 24

// A question is one walk back.
type question struct {
	*Index
	depth int
	seen  []visit
	own   bool // the parameters of the function asked about are where it ends
}

type visit struct {
	v  *types.Var
	at token.Pos
}

// enter reports whether the walk may go on with v.
func (q *question) enter(v *types.Var, at token.Pos) bool {
	for _, s := range q.seen {
		if s.v == v && s.at == at {
			return false
		}
	}
	q.seen = append(q.seen, visit{v, at})
	return len(q.seen) <= maxDepth
}

func unknown(pos token.Pos) Budget { return Budget{State: Unknown, Pos: pos} }

// context follows a context back.
func (q *question) context(e ast.Expr, fr *frame) Budget {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := q.info.ObjectOf(e).(*types.Var); ok {
			return q.variable(v, e.Pos(), fr, q.context)
		}
	case *ast.SelectorExpr:
		if q.own && q.carried(e) {
			return given(e.Pos())
		}
		if v := q.values.Variable(e); v != nil {
			return q.kept(v, e.Pos())
		}
	case *ast.CallExpr:
		return q.derived(e, fr)
	}
	return unknown(e.Pos())
}

// derived follows the context that a call returns.
func (q *question) derived(e *ast.CallExpr, fr *frame) Budget {
	name := values.Callee(q.info, e)
	switch name {
	case "context.Background", "context.TODO", "context.WithoutCancel":
		return Budget{State: Endless, Pos: e.Pos(), Why: name + " has no deadline"}
	}
	if d, ok := q.Timeout(e); ok {
		b := Budget{State: Bounded, Limit: d, Pos: e.Pos(), Why: name + " sets a deadline"}
		p := q.context(e.Args[0], fr)
		if p.State == Bounded && p.Limit > 0 && (d == 0 || p.Limit < d) {
			return p
		}
		b.Inherits = p.Inherits
		return b
	}
	if sel, ok := ast.Unparen(e.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Context" && isRequest(q.info.TypeOf(sel.X)) {
		return q.request(sel.X, fr)
	}
	if q.own && q.carried(e) {
		return given(e.Pos())
	}
	if f := q.callee(e); f != nil {
		return q.into(f, e, fr, false)
	}
	return q.passed(e, fr)
}

// passed follows the context that a call takes and most likely returns another of.
func (q *question) passed(e *ast.CallExpr, fr *frame) Budget {
	if call := q.funcs.Call(e); call != nil && call.Func != nil && !call.Dynamic {
		var b bounds
		if q.pass.ImportObjectFact(call.Func, &b) {
			all := Budget{State: Bounded, Limit: b.Limit, Pos: e.Pos(), Why: call.Func.Name() + " sets a deadline"}
			all.Inherits = q.own && q.inherits(e, fr)
			return all
		}
		for _, a := range e.Args {
			if contexts.Is(q.info.TypeOf(a)) {
				return q.context(a, fr)
			}
		}
	}
	return unknown(e.Pos())
}

// request follows a request back.
func (q *question) request(e ast.Expr, fr *frame) Budget {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		if v, ok := q.info.ObjectOf(e).(*types.Var); ok {
			return q.variable(v, e.Pos(), fr, q.request)
		}
	case *ast.SelectorExpr:
		if q.own && q.carried(e) {
			return given(e.Pos())
		}
	case *ast.CallExpr:
		switch name := values.Callee(q.info, e); name {
		case "net/http.NewRequest":
			return Budget{State: Endless, Pos: e.Pos(), Why: "http.NewRequest makes it without a context"}
		case "net/http.NewRequestWithContext", "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
			return q.context(e.Args[0], fr)
		}
		if f := q.callee(e); f != nil {
			return q.into(f, e, fr, true)
		}
		return q.passed(e, fr)
	}
	return unknown(e.Pos())
}

// callee returns the function of this package that e calls, or nil.
func (q *question) callee(e *ast.CallExpr) *funcs.Func {
	if call := q.funcs.Call(e); call != nil {
		return call.Callee
	}
	return nil
}

// into looks at what f returns to call.
func (q *question) into(f *funcs.Func, call *ast.CallExpr, fr *frame, req bool) Budget {
	if res := f.Sig.Results(); res.Len() == 0 || req != isRequest(res.At(0).Type()) || !req && !contexts.Is(res.At(0).Type()) {
		return unknown(call.Pos())
	}
	for up := fr; up != nil; up = up.up {
		if up.f == f {
			return unknown(call.Pos())
		}
	}
	return q.returned(&frame{f: f, call: call, up: fr}, req)
}

// returned joins what the function of fr returns as its first result: each of its
// returns is a way by which it may come about.
func (q *question) returned(fr *frame, req bool) Budget {
	if q.depth++; q.depth > maxDepth {
		return unknown(fr.f.Body.Pos())
	}
	all := Budget{State: -1}
	ast.Inspect(fr.f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if len(n.Results) == 0 {
				all = either(all, unknown(n.Pos()))
				return true
			}
			r := ast.Unparen(n.Results[0])
			switch {
			case q.info.Types[r].IsNil(): // beside an error
			case req:
				all = either(all, q.request(r, fr))
			default:
				all = either(all, q.context(r, fr))
			}
		}
		return true
	})
	if all.State < 0 {
		return unknown(fr.f.Body.Pos())
	}
	return all
}

// either joins two ways by which a value comes about in one function: the one that
// bounds it more counts.
func either(a, b Budget) Budget {
	if a.State < 0 {
		return b
	}
	inherits := a.Inherits || b.Inherits
	a.Inherits, b.Inherits = inherits, inherits
	switch {
	case a.State == b.State:
		if a.Limit != b.Limit {
			a.Limit = 0
		}
		return a
	case b.State < a.State:
		a = b
	}
	a.Limit = 0
	return a
}

// both joins what two callers give.
func both(a, b Budget) Budget {
	switch {
	case a.State < 0:
		return b
	case a.State == Bounded && b.State == Bounded:
		if a.Limit == 0 || b.Limit == 0 {
			a.Limit = 0
		} else if b.Limit > a.Limit {
			b.Partial = a.Partial || b.Partial
			return b
		}
		a.Partial = a.Partial || b.Partial
		return a
	case b.State > a.State:
		return b
	}
	return a
}

// variable follows a variable, which value looks at what it is given.
func (q *question) variable(v *types.Var, at token.Pos, fr *frame, value func(ast.Expr, *frame) Budget) Budget {
	if !q.enter(v, at) {
		return unknown(at)
	}
	owner := q.funcs.At(v.Pos())
	if owner == nil || v.Pkg() != q.pass.Pkg {
		return q.kept(v, at)
	}
	own := fr
	for own != nil && own.f != owner && own.f.Outermost() != owner.Outermost() {
		own = own.up
	}
	if own == nil {
		own = &frame{f: owner}
	}
	defs, exact := q.defs(v, at)
	param := values.IsParam(owner, v)
	if len(defs) == 0 {
		if param {
			return q.param(v, owner, own, value)
		}
		return unknown(at)
	}
	all := Budget{State: -1}
	for _, d := range defs {
		b := value(d, own)
		if b.State == Endless && q.endedElsewhere(d, owner) {
			b = unknown(d.Pos())
		}
		all = either(all, b)
	}
	if param && !exact {
		all = either(all, q.param(v, owner, own, value))
	}
	return all
}

// defs returns what v may be given before at: the last assignment alone, and true, if
// at is only reached by way of it.
func (q *question) defs(v *types.Var, at token.Pos) (list []ast.Expr, exact bool) {
	given, _ := q.values.Given(v)
	var last ast.Expr
	f := q.funcs.At(at)
	for _, e := range given {
		before := e.End() <= at
		if !before && q.funcs.At(e.Pos()) == f && !q.share(e, at) {
			continue // comes later
		}
		list = append(list, e)
		if before && (last == nil || e.Pos() > last.Pos()) {
			last = e
		}
	}
	if last == nil {
		return list, false
	}
	if b := q.block(last); b != nil && b.Pos() <= at && at < b.End() && !q.againInLoop(list, last, at) {
		return []ast.Expr{last}, true
	}
	return list, false
}

// share reports whether e, which comes after at, is in a loop that comes round to at
// with what e gave, and does not stand around it.
func (q *question) share(e ast.Expr, at token.Pos) bool {
	if e.Pos() <= at && at < e.End() {
		return q.againInLoop([]ast.Expr{e}, nil, at)
	}
	cur, ok := syntax.Find(q.root, e)
	if !ok {
		return true
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if n := c.Node(); n.Pos() <= at && at < n.End() {
			return true
		}
	}
	return false
}

// block returns the block or clause that e stands in.
func (q *question) block(e ast.Expr) ast.Node {
	cur, ok := syntax.Find(q.root, e)
	if !ok {
		return nil
	}
	for c := range cur.Enclosing((*ast.BlockStmt)(nil), (*ast.CaseClause)(nil), (*ast.CommClause)(nil), (*ast.IfStmt)(nil), (*ast.ForStmt)(nil)) {
		return c.Node()
	}
	return nil
}

// againInLoop reports whether a later assignment may come round to at.
func (q *question) againInLoop(given []ast.Expr, last ast.Expr, at token.Pos) bool {
	for _, e := range given {
		if last != nil && e.Pos() <= last.Pos() {
			continue
		}
		cur, ok := syntax.Find(q.root, e)
		if !ok {
			return true
		}
		for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
			if n := c.Node(); n.Pos() <= at && at < n.End() && (last == nil || !(n.Pos() <= last.Pos() && last.Pos() < n.End())) {
				return true
			}
		}
	}
	return false
}

// param follows a parameter to the call that led here, or to all that are seen.
func (q *question) param(v *types.Var, owner *funcs.Func, fr *frame, value func(ast.Expr, *frame) Budget) Budget {
	if isRequest(v.Type()) && answers(owner.Sig) && !q.own {
		return Budget{State: Incoming, Pos: v.Pos(), Why: "ends when its client goes away, and has no deadline by itself"}
	}
	i := index(owner.Sig, v)
	if i < 0 {
		return unknown(v.Pos())
	}
	if fr.call != nil && fr.f == owner {
		if i >= len(fr.call.Args) {
			return unknown(v.Pos())
		}
		return value(fr.call.Args[i], fr.up)
	}
	if q.own {
		return given(v.Pos())
	}
	all := Budget{State: -1}
	for _, in := range owner.In {
		if in.Caller == nil || q.values.InTest(in.Site.Pos()) || i >= len(in.Site.Args) {
			continue
		}
		all = both(all, value(in.Site.Args[i], &frame{f: in.Caller}))
	}
	if all.State < 0 {
		return Budget{State: Unseen, Pos: v.Pos(), Why: "comes from a caller that is not seen"}
	}
	all.Partial = all.Partial || q.calledElsewhere(owner)
	return all
}

func index(sig *types.Signature, v *types.Var) int {
	for i := range sig.Params().Len() {
		if sig.Params().At(i) == v {
			return i
		}
	}
	return -1
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

// calledElsewhere reports whether f may have callers that are not seen.
func (q *question) calledElsewhere(f *funcs.Func) bool {
	if f.Obj == nil {
		return f.Use == funcs.Passed || f.Use == funcs.Elsewhere
	}
	if f.Obj.Exported() && q.pass.Pkg.Name() != "main" {
		return true
	}
	return q.mentioned(f.Obj)
}

// mentioned reports whether fn is used as a value.
func (x *Index) mentioned(fn *types.Func) bool {
	if x.named == nil {
		x.named = make(map[*types.Func]bool)
		called := make(map[*ast.Ident]bool)
		for cur := range x.root.Preorder((*ast.CallExpr)(nil)) {
			switch fun := ast.Unparen(cur.Node().(*ast.CallExpr).Fun).(type) {
			case *ast.Ident:
				called[fun] = true
			case *ast.SelectorExpr:
				called[fun.Sel] = true
			}
		}
		for cur := range x.root.Preorder((*ast.Ident)(nil)) {
			id := cur.Node().(*ast.Ident)
			if f, ok := x.info.Uses[id].(*types.Func); ok && !called[id] {
				x.named[f.Origin()] = true
			}
		}
	}
	return x.named[fn]
}

// kept says what bounds the context in a field or a package variable: none, if all
// that it is given has none.
func (q *question) kept(v *types.Var, at token.Pos) Budget {
	if v.Pkg() != q.pass.Pkg || q.values.Settable(v) || !q.enter(v, token.NoPos) {
		return unknown(at)
	}
	given, _ := q.values.Given(v)
	if len(given) == 0 {
		return unknown(at)
	}
	all := Budget{State: -1}
	for _, e := range given {
		b := q.context(e, &frame{f: q.funcs.At(e.Pos())})
		if b.State != Endless {
			return unknown(at)
		}
		all = both(all, b)
	}
	return all
}

// endedElsewhere reports whether the context that e derives by context.WithCancel is
// cancelled by something that may go by a clock: a function literal or AfterFunc.
func (q *question) endedElsewhere(e ast.Expr, f *funcs.Func) (found bool) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return false
	}
	cur, ok := syntax.Find(q.root, call)
	if !ok {
		return false
	}
	as, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 2 {
		return false
	}
	cancel := q.values.Variable(as.Lhs[1])
	if cancel == nil || cancel.IsField() {
		return false
	}
	body, ok := syntax.Find(q.root, f.Outermost().Body)
	if !ok {
		return false
	}
	for id := range body.Preorder((*ast.Ident)(nil)) {
		if q.info.Uses[id.Node().(*ast.Ident)] != cancel {
			continue
		}
		if g := q.funcs.At(id.Node().Pos()); g != q.funcs.At(call.Pos()) && g.Use != funcs.Deferred {
			return true
		}
		if c, ok := id.Parent().Node().(*ast.CallExpr); ok && ast.Unparen(c.Fun) != id.Node() {
			return true // time.AfterFunc(d, cancel)
		}
	}
	return false
}
