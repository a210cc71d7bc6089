package ctxless

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A wait is I/O without a context at the end of a chain of calls.
type wait struct {
	key   string // the primitive's full name
	api   *api
	limit limit
	chain []rule.Step // from a function down to the primitive
	from  *start      // where it begins in this package
	doubt string      // why passing a context on may not be possible, or not be needed
	// effect is set if a caller on the way asks nothing of a command but
	// whether it failed: it is run for what it changes.
	effect bool
}

// A start is a call in this package that begins I/O without a context: of a
// primitive, or of a function of another package that ends in one.
type start struct {
	call  *funcs.Call
	via   types.Object // the function called; nil for a primitive
	wait  *wait
	named bool   // the call names the primitive itself
	apart string // why the function around it is not waited for, if so
	// found is set once a finding at a caller accounts for it, reported once
	// one stands at the start itself.
	found, reported bool
	// hint is where a finding that is only suspected would stand.
	hint *finding
	// same is the start on whose account the function's callers are looked
	// at: a function is given a context once, for all that it does.
	same *start
}

// name is the full name of the function that lacks the context.
func (s *start) name(pkg *types.Package) string {
	if s.via != nil {
		return callers.FullName(s.via)
	}
	return s.call.Caller.Name(pkg)
}

// answered reports whether a finding accounts for s.
func (s *start) answered() bool {
	for ; s != nil; s = s.same {
		if s.found {
			return true
		}
	}
	return false
}

// start takes up I/O that begins at t.
func (c *checker) start(t callers.Target) {
	named := t.Call.Func == t.Func
	if a := c.apiOf(t.Call.Site, t.Func); a != nil {
		c.primitive(t, a, named)
		return
	}
	if t.Call.Dynamic && named {
		fns, doubt := c.implementations(t.Call)
		for _, fn := range fns {
			c.imported(callers.Target{Call: t.Call, Func: fn}, doubt)
		}
		return
	}
	if c.pass.Funcs.Declared(t.Func) == nil {
		c.imported(t, "")
	}
}

// imported takes up what is known of a function of another package of ours.
func (c *checker) imported(t callers.Target, doubt string) {
	var s summary
	if !modules.Ours(c.pass.Pass, t.Func.Pkg()) || !c.pass.ImportObjectFact(t.Func, &s) {
		return
	}
	if s.Wait != nil {
		w := s.Wait.wait()
		w.doubt = doubt
		c.begin(&start{call: t.Call, via: t.Func, wait: w})
	}
	if s.Makes != nil {
		c.carry(&start{call: t.Call, via: t.Func, wait: s.Makes.wait()})
	}
}

// primitive takes up a call of a.
func (c *checker) primitive(t callers.Target, a *api, named bool) {
	s := &start{call: t.Call, wait: &wait{key: t.Func.FullName(), api: a}, named: named}
	if named {
		s.wait.limit = c.limitOf(a, t.Call.Site)
	}
	switch {
	case s.wait.limit == none:
	case a.carrier == nil:
		s.wait.chain = []rule.Step{{Pos: t.Call.Site.Pos(), Text: a.waits(a.name)}}
		c.begin(s)
	case named:
		s.wait.chain = []rule.Step{{Pos: t.Call.Site.Pos(), Text: a.name + " makes it without a context"}}
		c.carry(s)
	}
}

// carry follows a request or command that s makes to where it is sent.
func (c *checker) carry(s *start) {
	a := s.wait.api
	fate := c.outgoing.Follow(s.call.Caller, s.call.Site, a.carrier)
	switch {
	case fate.Sent != nil:
		w := *s.wait
		sent := c.pass.Funcs.Call(fate.Sent)
		w.limit = max(w.limit, c.sentLimit(fate.Sent))
		w.chain = append(slices.Clip(w.chain), rule.Step{Pos: fate.Sent.Pos(), Text: a.waits(c.calleeText(sent))})
		s.wait = &w
		c.begin(s)
	case fate.Returned && s.call.Caller.Obj != nil:
		c.hand(s.call.Caller, s)
	}
}

// hand notes that f returns what s makes.
func (c *checker) hand(f *funcs.Func, s *start) {
	if c.makes[f] != nil {
		return
	}
	w := *s.wait
	w.chain = c.chain(s.call, s.via, s.wait)
	c.makes[f] = &w
	for _, in := range c.callers.In(f) {
		if in.Caller != nil {
			c.carry(&start{call: in, via: f.Obj, wait: &w})
		}
	}
}

// begin records s.
func (c *checker) begin(s *start) {
	s.wait.from = s
	c.starts = append(c.starts, s)
}

// A pending is a call whose callee ends in I/O without a context.
type pending struct {
	call *funcs.Call
	via  types.Object // a function, or the variable that holds it; nil for a primitive
	wait *wait
}

// spread carries each start up to the callers that have a context. The I/O
// that nothing bounds goes first, and the shorter chain before the longer, so
// that each function is known by the worst that it does.
func (c *checker) spread() {
	slices.SortStableFunc(c.starts, func(a, b *start) int { return int(a.wait.limit) - int(b.wait.limit) })
	for l := unlimited; l < none; l++ {
		var queue []pending
		for _, s := range c.starts {
			if s.wait.limit == l {
				queue = append(queue, pending{s.call, s.via, s.wait})
			}
		}
		for len(queue) > 0 {
			p := queue[0]
			queue = append(queue[1:], c.visit(p)...)
		}
	}
}

// visit decides whether p is a finding, or what its function's callers have to answer for.
func (c *checker) visit(p pending) []pending {
	s := p.wait.from
	at := c.contexts.At(p.call)
	if at.Source != nil && at.Source.Doubt == "" {
		c.find(p, at)
		return nil
	}
	if p.call == s.call {
		s.apart = at.Apart
	}
	if at.Source != nil && s.hint == nil {
		s.hint = &finding{pending: p, place: at}
	}
	f := p.call.Caller.Outermost()
	if at.Apart != "" || at.Source != nil && at.Source.Local || p.wait.api.unsure || contexts.Passed(f.Sig) || c.leaves(f) {
		return nil
	}
	if known := c.ends[f]; known != nil {
		if known.from != s && s.same == nil && !known.from.leadsTo(s) {
			s.same = known.from
		}
		return nil
	}
	w := *p.wait
	w.effect = c.effect(p)
	if p.via != nil {
		w.chain = c.chain(p.call, p.via, p.wait)
	}
	if len(w.chain) > maxChain {
		return nil
	}
	if w.doubt == "" && c.callers.Bound(f.Obj) {
		w.doubt = "its signature is that of an interface of another module"
	}
	c.ends[f] = &w
	var next []pending
	for _, in := range c.callers.In(f) {
		if in.Caller != nil {
			up := w
			if up.doubt == "" && in.Dynamic && c.callers.Implementers(in) > 1 {
				up.doubt = others
			}
			next = append(next, pending{in, c.callers.Called(f, in), &up})
		}
	}
	return next
}

// effect reports whether p runs a command for what it changes: to kill it
// midway may leave that half done.
func (c *checker) effect(p pending) bool {
	if p.wait.api.work != process || p.wait.effect || p.via == nil {
		return p.wait.effect
	}
	return !c.asks(p.call.Site)
}

// asks reports whether a result of site that is no error is made use of.
func (c *checker) asks(site *ast.CallExpr) bool {
	cur, ok := syntax.Find(c.inspect.Root(), site)
	sig, _ := c.pass.TypesInfo.TypeOf(site.Fun).Underlying().(*types.Signature)
	if !ok || sig == nil {
		return false
	}
	n := sig.Results().Len()
	if contexts.MayFail(sig) {
		n--
	}
	switch _, parent := values.Outer(cur); s := parent.Node().(type) {
	case *ast.ExprStmt, *ast.GoStmt, *ast.DeferStmt:
		return false
	case *ast.AssignStmt:
		if len(s.Rhs) == 1 {
			return slices.ContainsFunc(s.Lhs[:n], func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return !ok || id.Name != "_" })
		}
	}
	return n > 0
}

// leaves reports whether f never comes back: on the way to the program's end
// nobody's context counts any more.
func (c *checker) leaves(f *funcs.Func) bool {
	if len(f.Body.List) == 0 {
		return false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := last.X.(*ast.CallExpr)
	return ok && !c.outgoing.MayReturn(call)
}

// maxChain bounds the chains: what lies deeper is so far from the caller that
// a finding would not help who reads it.
const maxChain = 12

func (s *start) leadsTo(t *start) bool {
	for ; s != nil; s = s.same {
		if s == t {
			return true
		}
	}
	return false
}

// calleeText returns what call calls, for a link of a chain.
func (c *checker) calleeText(call *funcs.Call) string {
	if call == nil || call.Func == nil {
		return "the function called here"
	}
	return callers.ShortName(call.Func, c.pass.Pkg)
}

// chain returns the chain of w with the call before it.
func (c *checker) chain(call *funcs.Call, via types.Object, w *wait) []rule.Step {
	if via == nil {
		return w.chain
	}
	step := rule.Step{Pos: call.Site.Pos(), Text: "calls " + callers.ShortName(via, c.pass.Pkg)}
	return append([]rule.Step{step}, w.chain...)
}
