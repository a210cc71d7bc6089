package tickerleak

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// chain reports an AfterFunc whose function arms it again and that nothing stops.
func (c *checker) chain(v *lifetimes.Value) {
	if v.Func == nil || v.Any(lifetimes.Release) != nil || c.elsewhere(v) {
		return
	}
	cb := c.callback(v.Site)
	if cb == nil {
		return
	}
	arms := c.arms(v)
	may, must := c.lives.Comes(cb, arms)
	if !may {
		c.guard(v, cb)
		return
	}
	o := c.lives.Origin(v.Func, true)
	if c.process(o) {
		return
	}
	why, tier, steps := c.multiplicity(o)
	if !must {
		tier = rule.Suspected
	}
	c.Report(rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      tier,
		Message:   fmt.Sprintf("this timer re-arms itself each time it fires, and %s; what its function refers to is never collected", why),
		Cause:     "re-arms itself",
		Primitive: v.New,
		Chain:     append(steps, step(cb.Node.Pos(), "runs when the timer fires and arms it again")),
		Mend:      "keep the timer and stop it where its owner ends, and have its function look whether the owner has ended before it arms it again",
	})
}

// guard reports a dropped AfterFunc that watches over work which its function
// goes on with: it fires, and holds on to what it watches, when the work is done too.
func (c *checker) guard(v *lifetimes.Value, cb *funcs.Func) {
	if cb.Obj != nil || len(v.Uses) > 0 || !c.goesOn(v, cb) {
		return
	}
	c.Report(rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Suspected,
		Message:   "this timer is never stopped: it fires, and keeps what it refers to until then, also when what it guards has long ended",
		Cause:     "guard never stopped",
		Primitive: v.New,
		Mend:      "keep the timer and stop it when the work is done",
	})
}

// goesOn reports whether the function of v uses, after v, a local variable of
// its own that the literal captures.
func (c *checker) goesOn(v *lifetimes.Value, lit *funcs.Func) bool {
	captured := make(map[types.Object]bool)
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if obj, ok := c.TypesInfo.Uses[id].(*types.Var); ok && v.Func.Body.Pos() <= obj.Pos() && obj.Pos() < v.Site.Pos() {
				captured[obj] = true
			}
		}
		return true
	})
	found := false
	ast.Inspect(v.Func.Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() > v.Site.End() && captured[c.TypesInfo.Uses[id]] {
			found = true
		}
		return !found
	})
	return found
}

// arms returns the places that start the timer anew.
func (c *checker) arms(v *lifetimes.Value) []ast.Node {
	nodes := []ast.Node{v.Site}
	for _, u := range v.Uses {
		if u.Op == lifetimes.Rearm {
			nodes = append(nodes, u.Node)
		}
	}
	return nodes
}

// callback returns the function that an AfterFunc runs, if its body is in view.
func (c *checker) callback(site *ast.CallExpr) *funcs.Func {
	if len(site.Args) != 2 {
		return nil
	}
	switch e := ast.Unparen(site.Args[1]).(type) {
	case *ast.FuncLit:
		return c.Funcs.Of(e)
	case *ast.Ident:
		if fn, ok := c.TypesInfo.Uses[e].(*types.Func); ok {
			return c.Funcs.Declared(fn)
		}
	case *ast.SelectorExpr:
		if fn, ok := c.TypesInfo.Uses[e.Sel].(*types.Func); ok {
			return c.Funcs.Declared(fn)
		}
	}
	return nil
}
