package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// maxDepth is how many calls up a spawn is followed. Further away, what a
// caller does once per message seldom starts one goroutine per message.
const maxDepth = 3

// A frame is a spawn as one of the functions that lead to it sees it.
type frame struct {
	s     *spawn
	fn    *funcs.Func
	node  ast.Node      // the spawn, or the call that leads to it
	vars  dataflow.Vars // the local variables that reach the goroutine
	slots *chanops.Ops  // what the goroutine does, in terms of fn
	all   *chanops.Ops
	group types.Object
	steps []rule.Step
	depth int
	// each is the parameter of the callee whose elements start a goroutine
	// each, as fn gives it; nil if there is none.
	each  ast.Expr
	whole bool // each is ranged over itself, not something inside it
	// calls is set unless something below waits for the goroutine: then a
	// call that is made often does not start many.
	calls bool
	conn  bool // a connection is handed down
	maybe bool // the callee reaches the spawn under a condition only, or returns what it belongs to
}

// A verdict is what is known of a spawn's number: where it multiplies, and how
// that place leads to it.
type verdict struct {
	source
	steps []rule.Step
	inFn  *funcs.Func
}

func (f *finder) frame(s *spawn) *frame {
	return &frame{s: s, fn: s.fn, node: s.node, vars: s.vars, slots: s.slots, all: s.all, group: s.group, calls: true}
}

// loops returns the loops of fn around the frame's node, innermost first.
func (f *finder) loops(fr *frame) []inspector.Cursor {
	var ls []inspector.Cursor
	cur := f.at[fr.node]
	for child := cur; child.Node() != fr.fn.Node; child = child.Parent() {
		switch n := child.Parent().Node().(type) {
		case *ast.ForStmt:
			if child.Node() == n.Body {
				ls = append(ls, child.Parent())
			}
		case *ast.RangeStmt:
			if child.Node() == n.Body {
				ls = append(ls, child.Parent())
			}
		}
	}
	return ls
}

// judge follows the spawn through its callers to what multiplies it, and
// returns the surest verdict; nil if everything that leads to it is bounded.
// What callers in other packages would have to tell is returned as sites.
func (f *finder) judge(s *spawn) (*verdict, []export) {
	var best *verdict
	var exports []export
	first := f.frame(s)
	if s.site != nil {
		first = f.outside(s)
	}
	seen := map[*funcs.Func]bool{first.fn: true}
	for queue := []*frame{first}; len(queue) > 0; queue = queue[1:] {
		fr := queue[0]
		v, open := f.weigh(fr)
		if v != nil && (best == nil || surer(v.tier, best.tier)) {
			best = v
		}
		if best != nil && best.tier == rule.Likely || !open {
			continue
		}
		if e := f.export(fr); e != nil {
			exports = append(exports, *e)
		}
		if fr.depth >= maxDepth {
			continue
		}
		for _, up := range f.callers(fr) {
			if !seen[up.fn] {
				seen[up.fn] = true
				queue = append(queue, up)
			}
		}
	}
	return best, exports
}

func surer(a, b rule.Tier) bool { return a == rule.Likely && b != rule.Likely }

// weigh judges one frame: what multiplies the spawn there, and whether its
// callers multiply it further.
func (f *finder) weigh(fr *frame) (best *verdict, open bool) {
	if f.gated(fr) {
		return nil, false
	}
	consider := func(src *source) {
		if src == nil {
			return
		}
		if src.tier == rule.Likely && (fr.s.kept || fr.maybe) {
			src.tier = rule.Suspected
		}
		if best == nil || surer(src.tier, best.tier) {
			steps := append(fr.steps[:len(fr.steps):len(fr.steps)], rule.Step{Pos: src.pos, Text: src.text})
			best = &verdict{source: *src, steps: steps, inFn: fr.fn}
		}
	}
	var param *collection
	if fr.each != nil {
		c := f.provenance(fr, fr.each, fr.whole)
		if c.kind == sizes.Param && !c.asked {
			param = &c
		} else {
			consider(c.source(fr.node.Pos()))
		}
		fr.each = nil
	}
	if fr.calls {
		for _, l := range f.loops(fr) {
			src, p := f.loop(fr, l)
			consider(src)
			if p != nil && param == nil {
				param = p
			}
		}
		if f.joined(fr) {
			fr.calls = false
		}
	}
	if fr.calls {
		consider(f.request(fr))
	}
	if param != nil {
		fr.each, fr.whole = param.expr, param.whole
		consider(param.source(fr.node.Pos()))
	}
	return best, fr.calls || fr.each != nil
}

// callers returns the frames of the calls that lead to fr within the package.
func (f *finder) callers(fr *frame) []*frame {
	var ups []*frame
	for _, c := range fr.fn.In {
		if c.Caller == nil || c.Mode == funcs.Go || f.InTest(c.Site.Pos()) {
			continue
		}
		ups = append(ups, f.caller(fr, c))
	}
	return ups
}

// caller returns the frame of the call c of fr's function.
func (f *finder) caller(fr *frame, c *funcs.Call) *frame {
	bind := make(map[types.Object]types.Object)
	vars := make(dataflow.Vars)
	var each ast.Expr
	conn := fr.conn
	from := f.reach(fr)
	want := f.param(fr)
	for i := range fr.fn.Sig.Params().Len() {
		p := fr.fn.Sig.Params().At(i)
		args := arguments(fr.fn.Sig, c.Site, i)
		if len(args) == 1 {
			bind[p] = dataflow.Key(f.TypesInfo, args[0])
			if p == want && (!fr.fn.Sig.Variadic() || i < fr.fn.Sig.Params().Len()-1 || c.Site.Ellipsis.IsValid()) {
				each = args[0]
			}
		}
		if !from[p] {
			continue
		}
		for _, a := range args {
			conn = conn || f.isConn(f.TypesInfo.TypeOf(a))
			for v := range dataflow.Mentioned(f.TypesInfo, a) {
				vars[v] = true
			}
		}
	}
	if sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr); ok {
		if recv := fr.fn.Sig.Recv(); recv != nil {
			bind[recv] = dataflow.Key(f.TypesInfo, sel.X)
			if from[recv] {
				for v := range dataflow.Mentioned(f.TypesInfo, sel.X) {
					vars[v] = true
				}
			}
		}
	}
	if fr.fn.Obj == nil { // a literal shares its variables with the function it stands in
		for v := range from {
			vars[v] = true
		}
	}
	step := rule.Step{Pos: c.Site.Pos(), Text: "called by " + f.title(c.Caller)}
	return &frame{
		s: fr.s, fn: c.Caller, node: c.Site, vars: vars,
		slots: fr.slots.Rebind(bind), all: fr.all.Rebind(bind), group: chanops.Bound(bind, fr.group),
		steps: append(fr.steps[:len(fr.steps):len(fr.steps)], step), depth: fr.depth + 1,
		each: each, whole: fr.whole, calls: fr.calls, conn: conn, maybe: fr.maybe || f.conditional(fr) || f.owned(fr),
	}
}

// reach returns the variables of the frame's function whose values reach the
// goroutine. Calls away from it, only what is handed on as it is counts: the
// configuration read from a message is not the message.
func (f *finder) reach(fr *frame) dataflow.Vars {
	if fr.depth == 0 {
		return f.flows.Of(fr.fn).From(fr.vars)
	}
	return f.flows.Of(fr.fn).Directly(fr.vars)
}

// param returns the parameter of the frame's function whose elements multiply the spawn.
func (f *finder) param(fr *frame) *types.Var {
	if fr.each == nil {
		return nil
	}
	return f.flows.Of(fr.fn).Local(dataflow.Base(fr.each))
}

// conditional reports whether an if statement decides whether the frame's
// function goes the way to the spawn. What it asks is not known to its
// callers; to them it need not happen often.
func (f *finder) conditional(fr *frame) bool {
	cur := f.at[fr.node]
	for child := cur; child.Node() != fr.fn.Node; child = child.Parent() {
		if n, ok := child.Parent().Node().(*ast.IfStmt); ok && child.Node() != n.Cond && child.Node() != n.Init {
			return true
		}
	}
	return false
}

// arguments returns what the call gives for the i-th parameter of sig.
func arguments(sig *types.Signature, call *ast.CallExpr, i int) []ast.Expr {
	if i >= len(call.Args) {
		return nil
	}
	if sig.Variadic() && i == sig.Params().Len()-1 && call.Ellipsis == token.NoPos {
		return call.Args[i:]
	}
	return call.Args[i : i+1]
}

// outside returns the frame of a call that leads to a spawn in another package.
func (f *finder) outside(s *spawn) *frame {
	fr := f.frame(s)
	fr.depth = len(s.site.Steps) + 1
	fr.maybe = s.site.Maybe
	for _, st := range s.site.Steps {
		fr.steps = append(fr.steps, rule.Step{Posn: st.Posn, Text: st.Text})
	}
	fr.steps = append(fr.steps, rule.Step{Pos: s.call.Pos(), Text: "called by " + f.title(s.fn)})
	fr.calls = !s.site.Joined
	if e := s.site.Each; e >= 0 && e < len(s.call.Args) {
		fr.each, fr.whole = s.call.Args[e], s.site.Whole
	}
	return fr
}

// request returns the request that the frame's function serves, if it is a handler.
func (f *finder) request(fr *frame) *source {
	r := f.Hotness.Root(fr.fn.Node)
	if r == nil || len(r.Via) > 0 {
		return nil
	}
	if fr.conn || f.hasConn(fr.fn, f.reach(fr)) {
		return f.connection(fr.fn.Node, "connection that the handler was given")
	}
	src := &source{kind: "request", tier: rule.Likely, pos: fr.fn.Node.Pos(), text: "once per request: " + r.Detail}
	if !f.carries(fr) {
		src.tier = rule.Suspected
	}
	return src
}

// hasConn reports whether a connection or stream is among the variables of
// fn. A goroutine that is given one serves it and ends with it.
func (f *finder) hasConn(fn *funcs.Func, vars dataflow.Vars) bool {
	for v := range vars {
		if f.isConn(v.Type()) || f.isStream(v.Type()) {
			return true
		}
	}
	return false
}

// carries reports whether something of the handler's request reaches the goroutine.
func (f *finder) carries(fr *frame) bool {
	from := f.reach(fr)
	for i := range fr.fn.Sig.Params().Len() {
		p := fr.fn.Sig.Params().At(i)
		if from[p] && !isContext(p.Type()) {
			return true
		}
	}
	return false
}

func isContext(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "Context" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// An export is a spawn that a function leaves to its callers.
type export struct {
	fn   *types.Func
	site Site
}

// export returns what callers in other packages need to know of the frame, if they can reach it.
func (f *finder) export(fr *frame) *export {
	fn := fr.fn.Obj
	if fn == nil || !f.exports || !f.reachable(fn) || f.isLaunch(fr.s) {
		return nil
	}
	site := Site{Each: -1, Whole: fr.whole, Joined: !fr.calls || f.shared(fr), Maybe: fr.maybe || f.conditional(fr) || f.owned(fr)}
	if s := fr.s.site; s != nil {
		site.Posn, site.Func, site.What = s.Posn, s.Func, s.What
	} else {
		pos, _ := fr.s.extent()
		site.Posn, site.Func, site.What = f.Fset.Position(pos), f.FuncName(pos), fr.s.what
	}
	from := f.reach(fr)
	want := f.param(fr)
	for i := range fr.fn.Sig.Params().Len() {
		p := fr.fn.Sig.Params().At(i)
		if from[p] {
			site.Params = append(site.Params, i)
		}
		if p == want && !(fr.fn.Sig.Variadic() && i == fr.fn.Sig.Params().Len()-1) {
			site.Each = i
		}
	}
	if site.Each < 0 && (site.Joined || len(site.Params) == 0) {
		return nil
	}
	for _, st := range fr.steps {
		posn := st.Posn
		if st.Pos.IsValid() {
			posn = f.Fset.Position(st.Pos)
		}
		site.Steps = append(site.Steps, Step{posn, st.Text})
	}
	return &export{fn, site}
}

// title returns the name by which a step speaks of fn.
func (f *finder) title(fn *funcs.Func) string {
	top := fn.Outermost()
	if top.Obj == nil {
		return "a package-level function literal"
	}
	return f.display(top.Obj)
}

// display returns the name of fn as this package would write it.
func (f *finder) display(fn *types.Func) string {
	qual := types.RelativeTo(f.Pkg)
	if f.Pkg != fn.Pkg() {
		qual = (*types.Package).Name
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		if p := qual(fn.Pkg()); p != "" {
			return p + "." + fn.Name()
		}
		return fn.Name()
	}
	t := recv.Type()
	star := ""
	if p, ok := t.(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	if n, ok := t.(*types.Named); ok {
		return "(" + star + types.TypeString(n.Origin().Obj().Type(), qual) + ")." + fn.Name()
	}
	return "(" + star + types.TypeString(t, qual) + ")." + fn.Name()
}
