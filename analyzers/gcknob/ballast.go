package gcknob

import (
	"go/ast"
	"go/types"
	"go/version"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// The release that has a limit for the heap, which a ballast stands in for.
const hasLimit = "go1.19"

// smallest is the size from which on memory that nobody uses is a ballast: less would
// not change the pace of the collector, whose least heap is 4 MiB.
const smallest = 32 << 20

// ballast reports memory that is allocated to make the collector run less often.
func (c *checker) ballast() {
	if v := c.Pkg.GoVersion(); v != "" && version.Compare(v, hasLimit) < 0 {
		return
	}
	for cur := range c.root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		v := c.holds(cur, call)
		if v == nil || c.values.InTest(call.Pos()) || !c.idle(v, call) {
			continue
		}
		c.Report(rule.Finding{
			Pos:       call.Pos(),
			End:       call.End(),
			Tier:      rule.Likely,
			Message:   "memory that nobody uses makes the collector run less often, and counts as used: it is a ballast, and since Go 1.19 there is a limit instead, by which the collector runs as seldom as the memory that there is allows",
			Cause:     "ballast",
			Primitive: "make",
			Mend:      "drop it, and set GOMEMLIMIT (or debug.SetMemoryLimit) to what the container has, and GOGC higher if the heap is small",
		})
	}
}

// holds returns the variable that holds the bytes that the call makes, or nil.
func (c *checker) holds(cur inspector.Cursor, call *ast.CallExpr) *types.Var {
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok || id.Name != "make" || len(call.Args) < 2 {
		return nil
	}
	slice, ok := c.TypesInfo.TypeOf(call).Underlying().(*types.Slice)
	if !ok {
		return nil
	}
	if b, ok := slice.Elem().Underlying().(*types.Basic); !ok || b.Info()&types.IsNumeric == 0 {
		return nil
	}
	_, parent := values.Outer(cur)
	switch n := parent.Node().(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 {
			return c.values.Variable(n.Lhs[0])
		}
	case *ast.ValueSpec:
		if len(n.Names) == 1 {
			return c.values.Variable(n.Names[0])
		}
	}
	return nil
}

// idle reports whether v holds nothing but the memory that call makes, a lot of it,
// and nobody reads or writes it.
func (c *checker) idle(v *types.Var, call *ast.CallExpr) bool {
	if list, _ := c.values.Given(v); len(list) != 1 || v.IsField() || v.Exported() && dataflow.LocalVar(v) == nil {
		return false
	}
	n, known := c.number(call.Args[1])
	if known && n < smallest || !known && !named(v) && !c.keeps {
		return false // whoever reads it
	}
	kept := false
	for cur := range c.root.Preorder((*ast.Ident)(nil)) {
		if c.TypesInfo.Uses[cur.Node().(*ast.Ident)] != v {
			continue
		}
		switch {
		case c.keepsAlive(cur):
			kept = true
		case !dropped(cur) && !c.assigned(cur, call):
			return false
		}
	}
	return kept || named(v) || known && dataflow.LocalVar(v) == nil
}

func named(v *types.Var) bool { return strings.Contains(strings.ToLower(v.Name()), "ballast") }

// keepsAlive reports whether cur is what runtime.KeepAlive is given.
func (c *checker) keepsAlive(cur inspector.Cursor) bool {
	_, parent := values.Outer(cur)
	call, ok := parent.Node().(*ast.CallExpr)
	return ok && values.Callee(c.TypesInfo, call) == keepAlive
}

// dropped reports whether cur is in _ = v, which is for the compiler.
func dropped(cur inspector.Cursor) bool {
	_, parent := values.Outer(cur)
	s, ok := parent.Node().(*ast.AssignStmt)
	if !ok || len(s.Lhs) != 1 {
		return false
	}
	id, ok := s.Lhs[0].(*ast.Ident)
	return ok && id.Name == "_"
}

// assigned reports whether cur is the variable in the assignment of what the call makes.
func (c *checker) assigned(cur inspector.Cursor, call *ast.CallExpr) bool {
	s, ok := cur.Parent().Node().(*ast.AssignStmt)
	return ok && s.Pos() <= call.Pos() && call.End() <= s.End()
}
