package outgoing

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer makes what follows requests and commands. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetoutgoing",
	Doc:        "follow requests and commands from where they are made to where they are sent",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer},
	FactTypes:  []analysis.Fact{new(sender)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// A sender is the fact about a function that sends or runs parameters as they
// come.
type sender struct {
	Params []int // their indices
}

// AFact marks a sender as a fact.
func (*sender) AFact() {}

func (s *sender) String() string { return fmt.Sprint("sends ", s.Params) }

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:    pass,
		inspect: pass.ResultOf[syntax.Analyzer].(*inspector.Inspector),
		funcs:   pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		sent:    make(map[param]bool),
	}
	if !modules.Std(pass) {
		x.export()
	}
	return x, nil
}

// Index is the result of Analyzer.
type Index struct {
	pass    *analysis.Pass
	inspect *inspector.Inspector
	funcs   *funcs.Index
	values  *values.Index
	sent    map[param]bool // memo of sendsParam
}

// export tells the packages that import this one which functions send what
// they are given.
func (x *Index) export() {
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil || x.values.InTest(f.Node.Pos()) {
			continue
		}
		var s sender
		for i := range f.Sig.Params().Len() {
			if x.sendsParam(f, i) {
				s.Params = append(s.Params, i)
			}
		}
		if s.Params != nil {
			x.pass.ExportObjectFact(f.Obj, &s)
		}
	}
}

// A Fate is what becomes of a request or command that was made without a
// context.
type Fate struct {
	Sent     *ast.CallExpr // the call by which it starts its I/O still without one; nil if there is none
	Returned bool          // it is returned still without one
}

// Follow follows what made makes, in f. Where it cannot be followed, or where
// the code itself ends the I/O, nothing becomes of it: when in doubt, silent.
func (x *Index) Follow(f *funcs.Func, made *ast.CallExpr, kind *Kind) Fate {
	cur, ok := syntax.Find(x.inspect.Root(), made)
	if !ok {
		return Fate{}
	}
	t := &trail{x: x, f: f, kind: kind, start: made}
	child, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.AssignStmt:
		if n.Rhs[0] == child.Node() {
			t.v = x.values.Variable(n.Lhs[0])
		}
	case *ast.ValueSpec:
		if len(n.Values) > 0 && n.Values[0] == child.Node() {
			t.v = x.values.Variable(n.Names[0])
		}
	default:
		t.use(child, parent)
	}
	if t.v != nil && !t.v.IsField() {
		t.follow()
	}
	return t.end()
}

// sendsParam reports whether f sends or runs its parameter i as it comes.
func (x *Index) sendsParam(f *funcs.Func, i int) bool {
	if f.Obj == nil || f.Sig.Variadic() || i >= f.Sig.Params().Len() {
		return false
	}
	v := f.Sig.Params().At(i)
	kind := Of(v.Type())
	if kind == nil {
		return false
	}
	key := param{f, i}
	if got, ok := x.sent[key]; ok {
		return got
	}
	x.sent[key] = false // while it is being found out: recursion sends nothing
	t := &trail{x: x, f: f, kind: kind, v: v}
	t.follow()
	x.sent[key] = t.end().Sent != nil
	return x.sent[key]
}

// A param is a parameter by its index.
type param struct {
	f *funcs.Func
	i int
}

// A trail is the way of one request or command through a function.
type trail struct {
	x     *Index
	f     *funcs.Func
	kind  *Kind
	start *ast.CallExpr // nil for a parameter: the function's start
	v     *types.Var    // the variable that holds it

	sends   []*ast.CallExpr
	returns []ast.Node
	stops   []ast.Node // where it is given a context, or the variable something else
	started *ast.CallExpr
	waited  bool
	lost    bool
}

// follow looks at every use of the variable in the declaration it stands in.
func (t *trail) follow() {
	body, ok := syntax.Find(t.x.inspect.Root(), t.f.Outermost().Body)
	if !ok {
		t.lost = true
		return
	}
	for cur := range body.Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		if t.x.pass.TypesInfo.ObjectOf(id) != t.v {
			continue
		}
		child, parent := values.Outer(cur)
		t.use(child, parent)
	}
	if t.started != nil && t.waited {
		t.sends = append(t.sends, t.started)
	}
}

// use looks at one use, child, of what is followed.
func (t *trail) use(child, parent inspector.Cursor) {
	switch n := parent.Node().(type) {
	case *ast.SelectorExpr:
		t.method(n, parent)
	case *ast.CallExpr:
		t.pass(n, child.Node())
	case *ast.ReturnStmt:
		t.returns = append(t.returns, n)
	case *ast.AssignStmt:
		t.assign(n, child.Node())
	case *ast.BinaryExpr, *ast.ValueSpec, *ast.ExprStmt: // compared, declared, dropped
	case *ast.StarExpr:
		if a, ok := parent.Parent().Node().(*ast.AssignStmt); ok && a.Lhs[0] == parent.Node() {
			t.stops = append(t.stops, a) // *req = *req.WithContext(ctx)
			return
		}
		t.lost = true
	default:
		t.lost = true
	}
}

func (t *trail) assign(n *ast.AssignStmt, child ast.Node) {
	for _, l := range n.Lhs {
		if ast.Unparen(l) != child {
			continue
		}
		if t.start == nil || !contains(n, t.start) {
			t.stops = append(t.stops, n)
		}
		return
	}
	for i, r := range n.Rhs {
		if ast.Unparen(r) == child && t.x.values.Variable(n.Lhs[min(i, len(n.Lhs)-1)]) == nil {
			return // _ = req
		}
	}
	t.lost = true
}

// method looks at the use of a method or field.
func (t *trail) method(sel *ast.SelectorExpr, cur inspector.Cursor) {
	name := sel.Sel.Name
	if t.kind.owns[name] {
		t.lost = true
		return
	}
	_, parent := values.Outer(cur)
	call, ok := parent.Node().(*ast.CallExpr)
	if !ok || ast.Unparen(call.Fun) != sel {
		return
	}
	switch {
	case t.kind.runs[name]:
		t.sends = append(t.sends, call)
	case name == t.kind.start && name != "":
		t.started = call
		t.lost = t.lost || t.x.funcs.At(call.Pos()) != t.f
	case name == t.kind.wait && name != "":
		t.waited = true
		// Waited for elsewhere, it is managed: it may well outlive the call.
		t.lost = t.lost || t.x.funcs.At(call.Pos()) != t.f
	}
}

// pass looks at the use as an argument.
func (t *trail) pass(site *ast.CallExpr, arg ast.Node) {
	call := t.x.funcs.Call(site)
	if call == nil { // a conversion or a builtin
		t.lost = true
		return
	}
	i := 0
	for i < len(site.Args) && ast.Unparen(site.Args[i]) != arg {
		i++
	}
	switch {
	case call.Callee != nil:
		if t.x.sendsParam(call.Callee, i) {
			t.sends = append(t.sends, site)
		}
	case call.Func == nil || call.Dynamic || !modules.Ours(t.x.pass, call.Func.Pkg()):
		sig, _ := t.x.pass.TypesInfo.TypeOf(site.Fun).Underlying().(*types.Signature)
		if t.kind == Requests && sig != nil && Sends(sig) {
			t.sends = append(t.sends, site)
		} else if t.kind == Commands {
			t.lost = true
		}
	default:
		var s sender
		if t.x.pass.ImportObjectFact(call.Func, &s) && slices.Contains(s.Params, i) {
			t.sends = append(t.sends, site)
		}
	}
}

// end says where it goes without having been given a context on the way.
func (t *trail) end() Fate {
	if t.lost {
		return Fate{}
	}
	for _, s := range t.sends {
		if t.reaches(s) {
			return Fate{Sent: s}
		}
	}
	for _, r := range t.returns {
		if t.reaches(r) {
			return Fate{Returned: true}
		}
	}
	return Fate{}
}

// reaches reports whether there is a path from the start to target on which
// nothing stops it.
func (t *trail) reaches(target ast.Node) bool {
	stops := append(t.x.nilChecks(t.f.Body), t.stops...)
	if len(stops) == 0 {
		return true
	}
	g := cfg.New(t.f.Body, t.x.MayReturn)
	from, at := g.Blocks[0], 0
	if t.start != nil {
		from, at = find(g, t.start)
		if from == nil {
			return false
		}
		at++
	}
	seen := make(map[*cfg.Block]bool)
	var walk func(b *cfg.Block, at int) bool
	walk = func(b *cfg.Block, at int) bool {
		for _, n := range b.Nodes[at:] {
			stop := within(n, stops)
			if contains(n, target) && (stop == nil || target.Pos() < stop.Pos()) {
				return true
			}
			if stop != nil {
				return false
			}
		}
		for _, s := range b.Succs {
			if !seen[s] {
				seen[s] = true
				if walk(s, 0) {
					return true
				}
			}
		}
		return false
	}
	return walk(from, at)
}

// nilChecks returns the conditions in body that ask whether there is a
// context. Beyond them code does right by the context that there is, if there is one.
func (x *Index) nilChecks(body *ast.BlockStmt) (checks []ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		b, ok := n.(*ast.BinaryExpr)
		if ok && (b.Op == token.EQL || b.Op == token.NEQ) && x.pass.TypesInfo.Types[b.Y].IsNil() && contexts.Is(x.pass.TypesInfo.TypeOf(b.X)) {
			checks = append(checks, b)
		}
		return true
	})
	return checks
}

func find(g *cfg.CFG, n ast.Node) (*cfg.Block, int) {
	for _, b := range g.Blocks {
		for i, m := range b.Nodes {
			if contains(m, n) {
				return b, i
			}
		}
	}
	return nil, 0
}

func contains(n, m ast.Node) bool { return n.Pos() <= m.Pos() && m.End() <= n.End() }

// within returns the first of list that lies in n, or nil.
func within(n ast.Node, list []ast.Node) ast.Node {
	var first ast.Node
	for _, m := range list {
		if contains(n, m) && (first == nil || m.Pos() < first.Pos()) {
			first = m
		}
	}
	return first
}

// MayReturn reports whether a call may come back, as far as its name tells.
func (x *Index) MayReturn(call *ast.CallExpr) bool {
	switch values.Callee(x.pass.TypesInfo, call) {
	case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln",
		"(*log.Logger).Fatal", "(*log.Logger).Fatalf", "(*log.Logger).Fatalln":
		return false
	}
	return !values.IsBuiltin(x.pass.TypesInfo, call, "panic")
}
