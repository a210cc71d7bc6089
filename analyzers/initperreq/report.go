package initperreq

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// report reports each site that a request or a loop leads to. What another
// function builds is one fault, wherever that is called.
func (c *checker) report() {
	for _, s := range c.sites {
		switch root := c.Hotness.RootAt(s.pos()); {
		case c.carried(s): // by a transport, which has the finding
		case s.setup.kind.hot && c.Hotness.HotAt(s.pos()) != nil: // hotcall's
		case root != nil && !c.elsewhere(s):
			c.onRequest(s, root)
		case root == nil:
			c.inLoop(s)
		}
	}
	told := make(map[string]bool)
	for _, f := range c.findings {
		if f.Fault != "" && !c.allowed(f) {
			key := f.Fault + " " + f.Primitive
			if told[key] || f.Tier == rule.Suspected && c.surer(f) {
				continue
			}
			told[key] = true
		}
		c.Report(f)
	}
}

// surer reports whether another finding says of the same fault what f only suspects.
func (c *checker) surer(f rule.Finding) bool {
	return slices.ContainsFunc(c.findings, func(g rule.Finding) bool {
		return g.Fault == f.Fault && g.Primitive == f.Primitive && g.Tier != rule.Suspected && !c.allowed(g)
	})
}

// allowed reports whether a directive allows a finding: it answers for itself alone.
func (c *checker) allowed(f rule.Finding) bool {
	return c.Allow(f.Pos) != nil
}

// carried reports whether what is built is most likely for a transport that is
// built in the same function.
func (c *checker) carried(s *site) bool {
	return s.local && sameKind(s.setup.kind, roots) && slices.ContainsFunc(c.sites, func(t *site) bool { return t.local && t.f == s.f && t.setup.kind == transport })
}

// elsewhere reports whether the callee of s, a function of this package, has the
// finding: a request that leads to s leads to it.
func (c *checker) elsewhere(s *site) bool {
	return !s.local && s.call.Callee != nil && c.calleeParams(s) == 0
}

// calleeParams returns the parameters of the callee that decide what it builds.
func (c *checker) calleeParams(s *site) uint64 {
	var all uint64
	for _, u := range c.setups[s.call.Callee] {
		if u.fault == s.setup.fault && u.kind == s.setup.kind {
			all |= u.in.params
		}
	}
	return all
}

// onRequest judges a site that runs for a request.
func (c *checker) onRequest(s *site, root *hotpath.Root) {
	k, in := s.setup.kind, s.setup.in
	doubt := ""
	switch {
	case in.varies || in.params != 0:
		if !k.connects() {
			return // what the request brings cannot be built before it
		}
		doubt = "what it is made of comes with the request: keep one for each that there is"
	case s.fate == fates.Kept:
		doubt = "what it makes is kept"
	case in.fixed && !k.connects():
		doubt = "what it is made of may change"
	case c.keepsNone(s.expr):
		doubt = "it keeps no connections"
	case c.requests.Behind(s.pos(), asksForReload):
		doubt = "a condition asks for it to be read again"
	}
	if s.fate == fates.Returned && s.f.Obj != nil && len(s.f.In) > 0 && doubt == "" && c.allKeep(s.f) {
		doubt = "what it makes is kept"
	}
	if doubt == "" {
		doubt = c.requests.Doubt(s.f, s.pos(), root)
	}
	if doubt == "" && c.requests.ForDiagnosis(s.f, s.pos(), root) {
		doubt = "only for those who watch the process"
	}
	c.send(s, "for each request ("+root.Detail+")", "per request", doubt)
}

// keepsNone reports whether e makes a transport that is told to keep no
// connections: then it leaves none behind.
func (c *checker) keepsNone(e ast.Expr) bool {
	lit, ok := e.(*ast.CompositeLit)
	if !ok {
		return false
	}
	off := values.Element(lit, "DisableKeepAlives")
	return off != nil && c.TypesInfo.Types[off].Value != nil && constant.BoolVal(c.TypesInfo.Types[off].Value)
}

var reloading = pattern.New(`(?i)reload|refresh|dev(mode|elopment|eloper)?\b`)

// asksForReload reports whether a condition asks if something is to be read again,
// as those do who work on templates. It goes by names.
func asksForReload(cond ast.Expr) bool { return reloading.MatchString(types.ExprString(cond)) }

// connects reports whether it is connections that are made, which are worth sharing
// whatever they are made of.
func (k *kind) connects() bool { return k == transport || k == database || k == channel }

// allKeep reports whether all callers of f, in this package, keep what it returns.
func (c *checker) allKeep(f *funcs.Func) bool {
	for _, in := range f.In {
		if in.Caller == nil || c.fates.Of(in.Caller, in.Site) != fates.Kept {
			return false
		}
	}
	return true
}

// inLoop judges a site that no request leads to: in a loop, what does not change in it
// is built once too often in each turn but the first.
func (c *checker) inLoop(s *site) {
	loop := c.seldom.Loop(s.pos())
	if !s.local && s.call.Callee != nil && c.Hotness.Root(s.call.Callee.Node) != nil {
		return // which has the finding
	}
	if loop == nil || c.leaves(s, loop) || s.fate != fates.Used || endless(loop) || c.inputs(s.f, loop, s.deps...).varies {
		return
	}
	doubt := ""
	switch {
	case s.setup.in.fixed:
		doubt = "what it is made of may change"
	case c.Hotness.Cold(s.pos()):
		doubt = "only on the way to an error"
	case !s.local:
		doubt = "how often the loop turns is not known"
	case c.startUp(s.f):
		doubt = "the loop turns at start-up"
	}
	c.send(s, "in each turn of the loop", "in a loop", doubt)
}

// leaves reports whether the loop ends with the turn in which s is reached: a
// search that has found what it looks for.
func (c *checker) leaves(s *site, loop ast.Node) bool {
	cur, ok := syntax.Find(c.root, s.expr)
	if !ok {
		return false
	}
	for ; cur.Node() != loop; cur = cur.Parent() {
		var list []ast.Stmt
		switch n := cur.Node().(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BlockStmt:
			list = n.List
		case *ast.CaseClause:
			list = n.Body
		case *ast.CommClause:
			list = n.Body
		}
		if len(list) == 0 {
			continue
		}
		switch last := list[len(list)-1].(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BranchStmt:
			if last.Tok == token.BREAK && (last.Label != nil || c.ofLoop(cur, loop)) {
				return true
			}
		}
	}
	return false
}

// ofLoop reports whether a break in the block at cur ends the loop, and not a
// switch or select in it.
func (c *checker) ofLoop(cur inspector.Cursor, loop ast.Node) bool {
	for cur := range cur.Enclosing() {
		switch n := cur.Node().(type) {
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			return n == loop
		}
	}
	return false
}

// endless reports whether a loop has no end: it is a process or a worker, and how
// often it turns, what it waits for decides.
func endless(loop ast.Node) bool {
	f, ok := loop.(*ast.ForStmt)
	return ok && f.Cond == nil
}

var starting = pattern.New(`^(?i:new|load|parse|read|init|setup|configure|config|build|register|start|open|run|main|provision|migrate|generate|gen|compile|must|default)`)

// startUp reports whether the function runs when the program starts, or serves
// that: going by its name, by the package, and by who calls it.
func (c *checker) startUp(f *funcs.Func) bool {
	f = f.Outermost()
	return f.Obj == nil || c.Pkg.Name() == "main" || starting.MatchString(f.Obj.Name())
}

// send reports s. A doubt makes it a suspicion.
func (c *checker) send(s *site, when, cause, doubt string) {
	if doubt == "" && s.setup.kind == sessions {
		doubt = "to make it costs little, and there may be no session to resume"
	}
	u := s.setup
	f := rule.Finding{
		Pos:       s.expr.Pos(),
		End:       s.expr.End(),
		Tier:      rule.Likely,
		Cause:     u.kind.name + " " + cause,
		Primitive: u.key,
		Mend:      u.kind.mend,
	}
	f.Message = fmt.Sprintf("%s %s, %s", u.name, u.kind.does, when)
	if s.local && s.call == nil {
		f.Message = fmt.Sprintf("a new %s %s, %s", u.name, u.kind.does, when)
	}
	if !s.local {
		f.Fault = u.fault
		f.Chain = u.chain
		f.Message = fmt.Sprintf("%s ends in %s, which %s, %s", short(s.call.Func, c.Pkg), u.name, u.kind.does, when)
	}
	if doubt == "" && s.local {
		f.Fixes = c.fix(s)
	}
	if doubt != "" {
		f.Tier = rule.Suspected
		f.Message += " (but " + doubt + ")"
	}
	c.findings = append(c.findings, f)
}
