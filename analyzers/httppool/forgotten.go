package httppool

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// forgotten judges a transport that is gone with the function that makes it, or with
// one that is returned what holds it. For each request that comes in, and in each turn
// of a loop that does not change it, initperreq has the finding.
// It reports whether it had something to say.
func (c *checker) forgotten(v *httpconf.Value, u *use) (found bool) {
	if !u.sends || u.closed || v.Lost || v.Field("DisableKeepAlives").State != httpconf.Unset || v.Func == nil {
		return false
	}
	if u.dropped {
		pos, end := place(v)
		return c.leak(v, v.Func, v.Expr, pos, end)
	}
	if v.Lit == nil || c.fates.Of(v.Func, v.Lit) != fates.Returned {
		return false
	}
	seen := make(map[*funcs.Func]bool)
	var follow func(f *funcs.Func)
	follow = func(f *funcs.Func) {
		if f.Obj == nil || seen[f] {
			return
		}
		seen[f] = true
		for _, in := range f.In {
			if in.Caller == nil || in.Mode != funcs.Plain || c.values.InTest(in.Site.Pos()) {
				continue
			}
			switch c.fates.Of(in.Caller, in.Site) {
			case fates.Returned:
				follow(in.Caller)
			case fates.Used:
				found = c.leak(v, in.Caller, in.Site, in.Site.Pos(), in.Site.End()) || found
			}
		}
	}
	follow(v.Func)
	return found
}

// leak reports that f forgets v, which it gets by e, unless that is no matter. It
// returns true also where the finding is initperreq's.
func (c *checker) leak(v *httpconf.Value, f *funcs.Func, e ast.Expr, pos, end token.Pos) bool {
	if c.once(f) || c.startUp(f) {
		return false
	}
	loop := c.inLoop(e)
	if c.Hotness.RootAt(e.Pos()) != nil || loop != nil && !endless(loop) && !c.varies(e, loop) {
		return true
	}
	finding := rule.Finding{
		Pos:       pos,
		End:       end,
		Tier:      rule.Likely,
		Message:   "this transport is forgotten after its requests, and its idle connections stay, with two goroutines each, until the other side closes them; the next time it dials and shakes hands anew",
		Cause:     "transport forgotten",
		Primitive: "net/http.Transport",
		Mend:      "keep one client with its transport and share it, or call CloseIdleConnections when it is done with",
	}
	if e != v.Expr {
		at, _ := place(v)
		finding.Chain = []rule.Step{step(at, "the transport is made here")}
	}
	again, why := c.again(f, loop, 0)
	if again.IsValid() {
		finding.Chain = append(finding.Chain, step(again, why))
	}
	switch {
	case !again.IsValid():
		doubtful(&finding, "how often it is made is not known")
	case v.Field("IdleConnTimeout").Given():
		doubtful(&finding, "they stay for as long as IdleConnTimeout says")
	}
	c.Report(finding)
	return true
}

// again returns what shows that f runs more than once, and why: a loop without an end,
// or that waits for a channel, or that others may call it on an object that lives.
func (c *checker) again(f *funcs.Func, loop ast.Node, depth int) (token.Pos, string) {
	if loop != nil && (endless(loop) || c.waits(loop)) {
		return loop.Pos(), "comes round here"
	}
	o := f.Outermost()
	if m := o.Obj; m != nil && m.Exported() && m.Signature().Recv() != nil && !c.startUp(o) {
		return o.Node.Pos(), "is called for as long as its object lives"
	}
	if depth > maxCallers {
		return token.NoPos, ""
	}
	for _, in := range o.In {
		if in.Caller == nil || c.values.InTest(in.Site.Pos()) {
			continue
		}
		if at, why := c.again(in.Caller, c.inLoop(in.Site), depth+1); at.IsValid() {
			return at, why
		}
	}
	return token.NoPos, ""
}

var starting = pattern.New(`^(?i:new|init|open|start|run|serve|main|load|setup|connect|dial|provision|configure|register|login|parse|must|build|create|make|validate)|Client$|Transport$`)

// startUp reports whether f, going by its name, sets something up or runs for as long
// as that lives.
func (c *checker) startUp(f *funcs.Func) bool {
	o := f.Outermost()
	return o.StartsUp() || o.Obj != nil && o.Obj.Name() != "ServeHTTP" && starting.MatchString(o.Obj.Name())
}

func endless(loop ast.Node) bool {
	f, ok := loop.(*ast.ForStmt)
	return ok && f.Cond == nil
}

// waits reports whether a loop ranges over a channel.
func (c *checker) waits(loop ast.Node) bool {
	r, ok := loop.(*ast.RangeStmt)
	if !ok {
		return false
	}
	_, ok = c.TypesInfo.TypeOf(r.X).Underlying().(*types.Chan)
	return ok
}

// varies reports whether e names a variable of the loop: what is made differs from
// turn to turn.
func (c *checker) varies(e ast.Expr, loop ast.Node) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := c.TypesInfo.Uses[id].(*types.Var); ok && !v.IsField() && loop.Pos() <= v.Pos() && v.Pos() < loop.End() {
				found = true
			}
		}
		return !found
	})
	return found
}
