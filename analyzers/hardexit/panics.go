package hardexit

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// panics reports panics because of an error in goroutines that requests start: the
// server recovers those of its own goroutines alone, so these end the process.
func (c *checker) panics() {
	for f, way := range c.spawned() {
		for _, call := range c.panicking(f) {
			c.panic(f, call, way)
		}
	}
}

// A way is how a goroutine comes to run a function: from a request, through a go
// statement.
type way struct {
	detail string
	steps  []rule.Step
}

// spawned returns the functions that run in a goroutine which a request starts and
// in which nothing recovers, and the shortest way to each.
func (c *checker) spawned() map[*funcs.Func]way {
	found := make(map[*funcs.Func]way)
	var queue []*funcs.Func
	add := func(f *funcs.Func, w way) {
		if _, known := found[f]; !known && f != nil && !c.recovers(f) && !c.values.InTest(f.Node.Pos()) {
			found[f] = w
			queue = append(queue, f)
		}
	}
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			root := c.Hotness.RootAt(k.Site.Pos())
			if root == nil || k.Callee == nil || k.Mode != funcs.Go {
				continue
			}
			add(k.Callee, way{root.Detail, append(via(root), step(k.Site.Pos(), "starts a goroutine, in which the server recovers nothing"))})
		}
	}
	for ; len(queue) > 0; queue = queue[1:] {
		w := found[queue[0]]
		for _, k := range queue[0].Out {
			if k.Mode != funcs.Go && k.Callee != nil {
				add(k.Callee, way{w.detail, append(slices.Clip(w.steps), step(k.Site.Pos(), "calls "+c.called(k.Callee)))})
			}
		}
	}
	return found
}

func (c *checker) called(f *funcs.Func) string {
	if f.Obj == nil {
		return "a function literal"
	}
	return c.witness.Short(f.Obj.FullName())
}

// recovers reports whether f defers a function that recovers, or that nobody sees.
func (c *checker) recovers(f *funcs.Func) bool {
	return slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		if k.Mode != funcs.Defer {
			return false
		}
		if k.Callee != nil {
			return c.callsRecover(k.Callee)
		}
		return k.Func != nil && k.Func.Pkg() != nil && !modules.IsStd(k.Func.Pkg().Path())
	})
}

func (c *checker) callsRecover(f *funcs.Func) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok {
				b, ok := c.TypesInfo.Uses[id].(*types.Builtin)
				found = found || ok && b.Name() == "recover"
			}
		}
		return !found
	})
	return found
}

// panicking returns the calls of panic in f that are made because of an error.
func (c *checker) panicking(f *funcs.Func) []*ast.CallExpr {
	var calls []*ast.CallExpr
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok {
				if b, ok := c.TypesInfo.Uses[id].(*types.Builtin); ok && b.Name() == "panic" && len(n.Args) == 1 && c.on.Failed(f, n) && c.on.MentionsError(n.Args[0]) {
					calls = append(calls, n)
				}
			}
		}
		return true
	})
	return calls
}

func (c *checker) panic(f *funcs.Func, call *ast.CallExpr, w way) {
	if f.StartsUp() {
		return
	}
	tier := rule.Likely
	if far(len(w.steps)) {
		tier = rule.Suspected
	}
	c.report(rule.Finding{
		Pos:       call.Pos(),
		End:       call.End(),
		Tier:      tier,
		Message:   "this panic ends the process: it is in a goroutine that a request starts (" + w.detail + "), where nobody recovers, and all that are in flight die with it",
		Cause:     "panic in a goroutine of a request",
		Primitive: "panic",
		Chain:     w.steps,
		Mend:      "hand the error to whoever waits for the goroutine, or log it and return",
	})
}
