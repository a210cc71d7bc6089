package retrystorm

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

var (
	// consuming are the names of functions that wait for what comes in.
	consuming = pattern.New(`(?i)^(recv|receive|read|fetch|poll|next|consume|pull|wait|long_?poll|b?l?pop|bl?move|xread)`)
	watching  = pattern.New(`^(Watch|P?Subscribe|Observe)`)
)

// watches reports watches and subscriptions that a loop makes: one for each of many
// keys, or the same one over and over as soon as it ends.
func (c *checker) watches(f *funcs.Func, waits func(*ast.CallExpr) bool) {
	for _, call := range f.Out {
		if c.isWatch(call) {
			c.again(f, call, waits)
		}
	}
	for _, g := range c.Funcs.Funcs {
		if g.Outermost() != f.Outermost() {
			continue
		}
		for _, call := range g.Out {
			if c.isWatch(call) {
				c.each(f, g, call)
			}
		}
	}
}

// isWatch reports whether the call asks another process to tell of changes: a method
// of that name that is not of this module, and is given a context.
func (c *checker) isWatch(call *funcs.Call) bool {
	fn := call.Func
	if fn == nil || fn.Pkg() == nil || !watching.MatchString(fn.Name()) || fn.Signature().Recv() == nil || len(call.Site.Args) == 0 {
		return false
	}
	if modules.Ours(c.Pass.Pass, fn.Pkg()) || modules.IsStd(fn.Pkg().Path()) {
		return false
	}
	return contexts.Is(c.TypesInfo.TypeOf(call.Site.Args[0])) && fn.Signature().Results().Len() > 0
}

// again reports a watch that an endless loop makes anew as soon as it ends.
func (c *checker) again(f *funcs.Func, call *funcs.Call, waits func(*ast.CallExpr) bool) {
	loop, ch := c.watchLoop(f, call)
	if loop == nil || c.told[loop] {
		return
	}
	for _, p := range c.retries.Pauses(f, loop.Body, waits) {
		if p == call.Site || c.consumes(loop, call, ch, p) {
			continue
		}
		return
	}
	c.told[loop] = true
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   fmt.Sprintf("%s is made anew as soon as it ends: where the server ends it at once, for a lost leader or a compacted revision, this is a storm of watches", c.name(call)),
		Cause:     "watch made anew",
		Primitive: call.FullName(),
		Chain:     []rule.Step{line(loop.Pos(), "this loop makes it again, without a pause")},
		Mend:      "pause before the next watch, longer each time it ends early, and go on from the revision that was seen last",
	})
}

// watchLoop returns the endless loop that the watch stands in, and the variable that
// holds the channel.
func (c *checker) watchLoop(f *funcs.Func, call *funcs.Call) (*ast.ForStmt, *types.Var) {
	cur, ok := syntax.Find(c.root, call.Site)
	if !ok {
		return nil, nil
	}
	var ch *types.Var
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		ch = c.flows.Of(f).Local(n.Lhs[0])
	case *ast.RangeStmt:
		if n.X != call.Site {
			return nil, nil
		}
		cur = cur.Parent()
	}
	for cur := range cur.Parent().Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		loop, ok := cur.Node().(*ast.ForStmt)
		if !ok || loop.Cond != nil {
			return nil, nil
		}
		return loop, ch
	}
	return nil, nil
}

// consumes reports whether what waits at p, in the loop, waits for what is watched, or
// for what is done with it. Who sleeps there does so once the watch has ended, as a rule.
func (c *checker) consumes(loop *ast.ForStmt, call *funcs.Call, ch *types.Var, p ast.Node) bool {
	cur, ok := syntax.Find(c.root, p)
	if !ok || c.sleeps(p) {
		return false
	}
	for cur := range cur.Enclosing((*ast.RangeStmt)(nil), (*ast.ForStmt)(nil), (*ast.SelectStmt)(nil)) {
		n := cur.Node()
		if n == loop {
			return false
		}
		if r, ok := n.(*ast.RangeStmt); ok && r.X == call.Site || ch != nil && dataflow.Mentioned(c.TypesInfo, n)[ch] {
			return true
		}
	}
	return false
}

// sleeps reports whether what waits at p is a call of time.Sleep.
func (c *checker) sleeps(p ast.Node) bool {
	call, ok := p.(*ast.CallExpr)
	if !ok {
		return false
	}
	k := c.Funcs.Call(call)
	return k != nil && k.FullName() == "time.Sleep"
}

// each reports a watch for each of many keys, that a loop of f makes in g: in f
// itself or in a literal that it starts.
func (c *checker) each(f, g *funcs.Func, call *funcs.Call) {
	cur, ok := syntax.Find(c.root, call.Site)
	if !ok {
		return
	}
	loop := c.keys(f, cur)
	if loop == nil || c.told[loop] || !c.byKey(f, loop, call) || c.sizes.Of(f, loop.X) == sizes.Fixed {
		return
	}
	if len(c.retries.Pauses(f, loop.Body, nil)) > 0 {
		return // something sets the pace
	}
	tier, shared := rule.Suspected, "all share one context"
	if c.fresh(f, call.Site.Args[0]) {
		tier, shared = rule.Likely, "and none of them ends with a context that the others share"
	}
	c.told[loop] = true
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      tier,
		Message:   fmt.Sprintf("one %s for each key, %s: each is a stream of its own, and after a lost connection all of them are made again at once", c.name(call), shared),
		Cause:     "watch for each key",
		Primitive: call.FullName(),
		Chain:     []rule.Step{line(loop.Pos(), "once for each element of "+rule.Brief(types.ExprString(loop.X)))},
		Mend:      "watch the common prefix once and hand out the events, under one context, and limit how fast watches are made",
	})
}

// keys returns the innermost loop over a collection in f around the cursor, through
// literals that are started or called there.
func (c *checker) keys(f *funcs.Func, cur inspector.Cursor) *ast.RangeStmt {
	for cur := range cur.Parent().Enclosing((*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.RangeStmt:
			switch c.TypesInfo.TypeOf(n.X).Underlying().(type) {
			case *types.Slice, *types.Map:
				if c.Funcs.At(n.Pos()) == f {
					return n
				}
			}
		case *ast.FuncLit:
			if g := c.Funcs.Of(n); g == nil || g.Use != funcs.Spawned && g.Use != funcs.Called && g.Use != funcs.Passed {
				return nil
			}
		case *ast.FuncDecl:
			return nil
		}
	}
	return nil
}

// byKey reports whether the watch is given the element of the loop.
func (c *checker) byKey(f *funcs.Func, loop *ast.RangeStmt, call *funcs.Call) bool {
	from := c.flows.Of(f).From(dataflow.Mentioned(c.TypesInfo, call.Site))
	for _, e := range []ast.Expr{loop.Key, loop.Value} {
		if v := c.flows.Of(f).Local(e); v != nil && from[v] {
			return true
		}
	}
	return false
}

// fresh reports whether the context is made from nothing.
func (c *checker) fresh(f *funcs.Func, ctx ast.Expr) (found bool) {
	look := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				k := c.Funcs.Call(call)
				found = found || k != nil && contexts.Background(k.FullName())
			}
			return !found
		})
	}
	look(ctx)
	fl := c.flows.Of(f)
	for v := range fl.From(dataflow.Mentioned(c.TypesInfo, ctx)) {
		if !contexts.Is(v.Type()) {
			continue
		}
		for _, d := range fl.Defs[v] {
			look(d.RHS)
		}
	}
	return found
}
