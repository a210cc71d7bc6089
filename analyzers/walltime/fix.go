package walltime

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// back is what makes a duration the number that a difference of such numbers was.
var back = map[string]string{"UnixNano": ".Nanoseconds()", "UnixMicro": ".Microseconds()", "UnixMilli": ".Milliseconds()"}

// fixes returns the edits that keep what time.Now returned in a local variable, if
// that is only used to tell how long ago it was.
func (c *checker) fixes(f *fault) []analysis.SuggestedFix {
	v := f.uses[0].wall.by
	if v == nil || dataflow.LocalVar(v) == nil || len(f.uses) != c.mentions(v) {
		return nil
	}
	list, _ := c.values.Given(v)
	if len(list) != 1 {
		return nil
	}
	edits, ok := c.unmake(list[0])
	if !ok {
		return nil
	}
	for _, u := range f.uses {
		more, ok := c.since(u, v)
		if !ok {
			return nil
		}
		edits = append(edits, more...)
	}
	return []analysis.SuggestedFix{{Message: "Keep the monotonic reading", TextEdits: edits}}
}

// mentions returns how often v is used.
func (c *checker) mentions(v *types.Var) int {
	n := 0
	for cur := range c.root.Preorder((*ast.Ident)(nil)) {
		if c.TypesInfo.Uses[cur.Node().(*ast.Ident)] == v {
			n++
		}
	}
	return n
}

// unmake returns the edits that make time.Now().UTC() a time.Now(). What else is
// done to the reading must stay.
func (c *checker) unmake(e ast.Expr) ([]analysis.TextEdit, bool) {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil, false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil, false
	}
	if now, ok := ast.Unparen(sel.X).(*ast.CallExpr); !ok || !c.isNow(now) {
		return nil, false
	}
	return []analysis.TextEdit{{Pos: sel.X.End(), End: call.End()}}, true
}

func (c *checker) isNow(call *ast.CallExpr) bool {
	k := c.Funcs.Call(call)
	return k != nil && k.FullName() == "time.Now"
}

// since returns the edits that make the use one of a moment with its monotonic
// reading: time.Now().UnixNano() - v is time.Since(v).Nanoseconds().
func (c *checker) since(u use, v *types.Var) ([]analysis.TextEdit, bool) {
	switch n := u.expr.(type) {
	case *ast.BinaryExpr:
		if n.Op != token.SUB || c.values.Variable(n.Y) != v || back[u.wall.unit] == "" {
			return nil, false
		}
		if _, ok := c.unmake(n.X); !ok {
			return nil, false
		}
		return c.rewrite(u, n, c.packageTime(n.X)+".Since("+v.Name()+")"), true
	case *ast.CallExpr:
		sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
		switch {
		case !ok:
			return nil, false
		case c.values.Variable(n.Args[0]) != v:
			return nil, false
		case sel.Sel.Name == "Since":
			return nil, true
		case sel.Sel.Name == "Sub":
			edits, stripped := c.unmake(sel.X)
			now, _ := ast.Unparen(sel.X).(*ast.CallExpr)
			return edits, stripped || now != nil && c.isNow(now)
		}
	}
	return nil, false
}

// rewrite replaces the difference, and a conversion to a time.Duration around it.
func (c *checker) rewrite(u use, n *ast.BinaryExpr, since string) []analysis.TextEdit {
	if outer, ok := syntax.Find(c.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(), n); ok && u.wall.unit == "UnixNano" {
		call, ok := outer.Parent().Node().(*ast.CallExpr)
		if ok && types.TypeString(c.TypesInfo.TypeOf(call.Fun), nil) == "time.Duration" && c.TypesInfo.Types[call.Fun].IsType() {
			return []analysis.TextEdit{{Pos: call.Pos(), End: call.End(), NewText: []byte(since)}}
		}
	}
	return []analysis.TextEdit{{Pos: n.Pos(), End: n.End(), NewText: []byte(since + back[u.wall.unit])}}
}

// packageTime returns the name by which e, a call of time.Now, knows package time.
func (c *checker) packageTime(e ast.Expr) string {
	name := "time"
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if p, ok := c.TypesInfo.Uses[id].(*types.PkgName); ok {
				name = p.Name()
			}
		}
		return true
	})
	return name
}
