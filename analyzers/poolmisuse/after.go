package poolmisuse

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// after reports the use of v, in f, after call has given it back.
func (c *checker) after(f *funcs.Func, call *funcs.Call, v *types.Var) {
	if v.Pos() < f.Node.Pos() {
		return // of a function around this one: what runs when is not seen
	}
	var use ast.Node
	c.lives.After(f, call.Site, func(n ast.Node) bool {
		found, set := c.mention(n, v)
		if found != nil && (use == nil || found.Pos() < use.Pos()) {
			use = found
		}
		return found == nil && !set
	})
	if use == nil {
		return
	}
	message, cause, text := "this object is used after it was given back to its pool: another goroutine may have it by then, and both write to it", "used after Put", "is used here"
	if c.putAgain(use, v) {
		message, cause, text = "this object may be given back to its pool twice: two goroutines then get the same one, and both write to it", "put twice", "is given back again here"
	}
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   message,
		Cause:     cause,
		Primitive: "(*sync.Pool).Put",
		Chain:     []rule.Step{step(use, text)},
		Mend:      "give it back when everything is done with it, by a defer where it was taken, or take what is still needed out of it first",
	})
}

// mention returns where n uses what v holds, or nil, and whether n gives v another
// value. To compare it is no use.
func (c *checker) mention(n ast.Node, v *types.Var) (use ast.Node, set bool) {
	if id, ok := n.(*ast.Ident); ok && c.TypesInfo.ObjectOf(id) == v {
		return nil, true // by a range
	}
	skip := make(map[ast.Node]bool)
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.AssignStmt:
			for _, l := range m.Lhs {
				if id, ok := ast.Unparen(l).(*ast.Ident); ok && c.TypesInfo.ObjectOf(id) == v {
					set, skip[id] = true, true
				}
			}
		case *ast.BinaryExpr:
			if m.Op == token.EQL || m.Op == token.NEQ {
				skip[ast.Unparen(m.X)], skip[ast.Unparen(m.Y)] = true, true
			}
		case *ast.Ident:
			if c.TypesInfo.Uses[m] == v && !skip[m] && use == nil {
				use = m
			}
		}
		return true
	})
	return use, set
}

// putAgain reports whether use is the object of another call that gives it back.
func (c *checker) putAgain(use ast.Node, v *types.Var) bool {
	cur, ok := syntax.Find(c.root, use)
	if !ok {
		return false
	}
	for outer := range cur.Enclosing((*ast.CallExpr)(nil)) {
		call := c.Funcs.Call(outer.Node().(*ast.CallExpr))
		if call == nil {
			continue
		}
		objects, _ := c.lives.GivesBack(call)
		for _, e := range objects {
			if c.local(e) == v {
				return true
			}
		}
	}
	return false
}
