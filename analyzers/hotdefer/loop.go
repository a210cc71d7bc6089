package hotdefer

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// few is how many iterations of a constant loop are left alone: that many
// records come from the free list that the runtime keeps per P (deferpool in
// runtime/runtime2.go holds 32), and somebody counted them.
const few = 16

// loops reports the defers of f that can run again before f returns, and
// returns those that cannot.
func loops(pass *rule.Pass, f *funcs.Func, defers []*ast.DeferStmt) (once []*ast.DeferStmt) {
	if !mayLoop(f.Body) {
		return defers
	}
	g := cfg.New(f.Body, mayReturn(pass.TypesInfo))
	for _, d := range defers {
		b := blockOf(g, d)
		if b == nil || !reaches(b, func(s *cfg.Block) bool { return s == b }) {
			once = append(once, d)
			continue
		}
		inLoop(pass, f, d, g, b)
	}
	return once
}

func mayLoop(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

// mayReturn knows the usual calls that do not return. A wrong yes costs a
// false edge, so a defer before an unknown one may be thought to loop; it errs
// on the side of the graph without the facts that would need every dependency.
func mayReturn(info *types.Info) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			b, ok := info.Uses[fun].(*types.Builtin)
			return !ok || b.Name() != "panic"
		case *ast.SelectorExpr:
			fn, ok := info.Uses[fun.Sel].(*types.Func)
			if !ok {
				return true
			}
			switch fn.FullName() {
			case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
				return false
			}
		}
		return true
	}
}

func blockOf(g *cfg.CFG, d *ast.DeferStmt) *cfg.Block {
	for _, b := range g.Blocks {
		for _, n := range b.Nodes {
			if n == d {
				return b
			}
		}
	}
	return nil
}

// reaches reports whether a block for which ok holds can be reached from b by
// one edge or more.
func reaches(b *cfg.Block, ok func(*cfg.Block) bool) bool {
	seen := make(map[*cfg.Block]bool)
	work := append([]*cfg.Block(nil), b.Succs...)
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if ok(s) {
			return true
		}
		if !seen[s] {
			seen[s] = true
			work = append(work, s.Succs...)
		}
	}
	return false
}

func leaves(b *cfg.Block) bool {
	return b.Live && len(b.Succs) == 0 && b.Kind != cfg.KindUnreachable && b.Kind != cfg.KindSelectDone
}

func inLoop(pass *rule.Pass, f *funcs.Func, d *ast.DeferStmt, g *cfg.CFG, b *cfg.Block) {
	ends := reaches(b, leaves)
	hot := pass.Hotness.HotAt(d.Pos())
	l := newLoop(pass, f, d)
	if l.guarded() {
		return
	}
	finding := rule.Finding{
		Pos:       d.Pos(),
		End:       d.End(),
		Tier:      rule.Likely,
		Cause:     "in a loop",
		Primitive: "defer " + calleeName(pass.TypesInfo, d.Call),
		Hot:       hot,
		Mend:      "put the body of the loop into a function, or release at the end of the iteration",
	}
	release := callText(d.Call)
	switch {
	case !ends:
		finding.Tier = rule.Proven
		finding.Cause = "in a loop without end"
		finding.Message = release + " is deferred in a loop that never ends: it never runs, and each iteration keeps its resource and adds a record to the goroutine for ever"
	case hot != nil && !l.few():
		finding.Message = release + " is deferred in a loop of a hot function: each iteration takes a record from the heap, runs it through the runtime at return (about 20 ns instead of 1), and holds what it would release until then"
	default:
		finding.Message = release + " is deferred in a loop: it runs only when the function returns, so every iteration holds its resource until then and adds a heap-allocated record"
		if l.few() || l.onPurpose() || l.released(g, b) {
			finding.Tier = rule.Suspected
		}
	}
	finding.Chain = l.moved()
	if fix := l.wrap(); fix != nil {
		finding.Fixes = []analysis.SuggestedFix{*fix}
	}
	pass.Report(finding)
}

func calleeName(info *types.Info, call *ast.CallExpr) string {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && info.Uses[id] != nil {
		if _, ok := info.Uses[id].(*types.Var); ok {
			return "func value"
		}
	}
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.Ident:
		return fun.Name
	case *ast.SelectorExpr:
		if fn, ok := info.Uses[fun.Sel].(*types.Func); ok {
			return fn.FullName()
		}
	}
	return "closure"
}

// A loop is the innermost loop around a defer.
type loop struct {
	pass  *rule.Pass
	f     *funcs.Func
	d     *ast.DeferStmt
	stmts []ast.Stmt     // the loops around d, innermost first
	body  *ast.BlockStmt // nil if the loop is made of a goto
	from  token.Pos      // where an iteration begins
	to    token.Pos      // where it ends at the latest
	ifs   []*ast.IfStmt  // the conditions around d within the loop
}

func newLoop(pass *rule.Pass, f *funcs.Func, d *ast.DeferStmt) *loop {
	l := &loop{pass: pass, f: f, d: d}
	l.from, l.to = l.again(), f.Body.End()
	cur, ok := syntax.Find(inspectorOf(pass).Root(), d)
	if !ok {
		return l
	}
	for c := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		n := c.Node()
		if n == f.Node {
			break
		}
		if s, ok := n.(*ast.IfStmt); ok {
			if len(l.stmts) == 0 {
				l.ifs = append(l.ifs, s)
			}
			continue
		}
		l.stmts = append(l.stmts, n.(ast.Stmt))
	}
	if len(l.stmts) > 0 {
		l.body = bodyOf(l.stmts[0])
		l.from, l.to = l.body.Pos(), l.body.End()
	}
	return l
}

// again returns the label from which a goto runs d once more, the last if there
// are several.
func (l *loop) again() token.Pos {
	pos := l.f.Body.Pos()
	ast.Inspect(l.f.Body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		if !ok || b.Tok != token.GOTO {
			return true
		}
		if label := l.pass.TypesInfo.Uses[b.Label].Pos(); label <= l.d.Pos() && l.d.Pos() < b.Pos() {
			pos = max(pos, label)
		}
		return true
	})
	return pos
}

func inspectorOf(pass *rule.Pass) *inspector.Inspector {
	return pass.ResultOf[syntax.Analyzer].(*inspector.Inspector)
}

func bodyOf(s ast.Stmt) *ast.BlockStmt {
	switch s := s.(type) {
	case *ast.ForStmt:
		return s.Body
	case *ast.RangeStmt:
		return s.Body
	}
	return nil
}

// few reports whether the loops around the defer run a small constant number
// of times in all.
func (l *loop) few() bool {
	if len(l.stmts) == 0 {
		return false
	}
	n := int64(1)
	for _, s := range l.stmts {
		t, ok := l.trips(s)
		if !ok || t > few {
			return false
		}
		n *= t
	}
	return n <= few
}

// trips returns how often s iterates, if that is a constant.
func (l *loop) trips(s ast.Stmt) (int64, bool) {
	switch s := s.(type) {
	case *ast.RangeStmt:
		x := ast.Unparen(s.X)
		if n, ok := l.constant(x); ok {
			return n, true
		}
		if n, ok := l.literal(x); ok {
			return n, true
		}
		t := l.pass.TypesInfo.TypeOf(x).Underlying()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem().Underlying()
		}
		if a, ok := t.(*types.Array); ok {
			return a.Len(), true
		}
	case *ast.ForStmt:
		if s.Init != nil && s.Post != nil {
			return l.limit(s.Cond, s.Post)
		}
	}
	return 0, false
}

// limit returns the constant that cond, or one of the conditions it is made of
// by &&, compares with a variable that post changes.
func (l *loop) limit(cond ast.Expr, post ast.Stmt) (int64, bool) {
	c, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return 0, false
	}
	if c.Op == token.LAND {
		if n, ok := l.limit(c.X, post); ok {
			return n, true
		}
		return l.limit(c.Y, post)
	}
	if o := root(l.pass.TypesInfo, c.X); o == nil || !l.uses(post)[o] {
		return 0, false
	}
	return l.constant(c.Y)
}

// literal returns the number of elements of a composite literal, or of the
// longest one that a local variable is ever given, slices of itself apart.
func (l *loop) literal(x ast.Expr) (most int64, ok bool) {
	if c, ok := x.(*ast.CompositeLit); ok {
		return int64(len(c.Elts)), true
	}
	id, isID := x.(*ast.Ident)
	if !isID {
		return 0, false
	}
	v := l.pass.TypesInfo.Uses[id]
	if v == nil || v.Pos() < l.f.Body.Pos() || l.f.Body.End() < v.Pos() {
		return 0, false
	}
	ok = true
	given := func(value ast.Expr) {
		switch r := ast.Unparen(value).(type) {
		case *ast.CompositeLit:
			most = max(most, int64(len(r.Elts)))
		case *ast.SliceExpr:
			ok = ok && root(l.pass.TypesInfo, r.X) == v
		default:
			ok = false
		}
	}
	ast.Inspect(l.f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if id, isID := lhs.(*ast.Ident); !isID || l.pass.TypesInfo.ObjectOf(id) != v {
					continue
				}
				if len(n.Lhs) != len(n.Rhs) {
					ok = false
					continue
				}
				given(n.Rhs[i])
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if l.pass.TypesInfo.Defs[id] != v || len(n.Values) == 0 {
					continue
				}
				if len(n.Names) != len(n.Values) {
					ok = false
					continue
				}
				given(n.Values[i])
			}
		}
		return true
	})
	return most, ok && most > 0
}

func (l *loop) constant(e ast.Expr) (int64, bool) {
	v := l.pass.TypesInfo.Types[e].Value
	if v == nil || v.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(v)
}

// moved names the variables that the compiler moves to the heap because the
// deferred closure, which outlives the iteration, captures them.
func (l *loop) moved() []rule.Step {
	report := l.pass.ResultOf[escape.Analyzer].(*escape.Report)
	if _, ok := ast.Unparen(l.d.Call.Fun).(*ast.FuncLit); !ok || !report.Ran {
		return nil
	}
	var steps []rule.Step
	for o := range l.uses(l.d.Call) {
		for _, said := range report.At(o.Pos()) {
			if said.Kind == escape.Moved {
				steps = append(steps, rule.Step{Pos: o.Pos(), Text: o.Name() + " moves to the heap: the deferred closure captures it"})
				break
			}
		}
	}
	slices.SortFunc(steps, func(a, b rule.Step) int { return cmp.Compare(a.Pos, b.Pos) })
	return steps
}

// guarded reports whether a condition around the defer asks a variable of
// outside the loop that its branch then sets, as in
//
//	if !locked { mu.Lock(); defer mu.Unlock(); locked = true }
//
// The defer then runs once.
func (l *loop) guarded() bool {
	for _, s := range l.ifs {
		asked := l.uses(s.Cond)
		set := false
		ast.Inspect(s.Body, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
				for _, o := range l.objects(a.Lhs) {
					set = set || asked[o] && !l.inside(o) && !isError(o.Type())
				}
			}
			return !set
		})
		if set {
			return true
		}
	}
	return false
}
