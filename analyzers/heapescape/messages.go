package heapescape

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
)

// reported reports whether v is made for a message that is formatted in a
// branch: a debug line, or a refusal that does not end in a return of an error.
// A hot function does neither each time.
func (c *checker) reported(f *finding, v *values.Value, pos token.Pos) bool {
	if !c.branched(pos) {
		return false
	}
	switch {
	case v.Call != nil:
		return c.formats(v.Call)
	case f.call != nil:
		return c.formats(f.call)
	case f.cause.Kind != escape.Passed:
		return false
	}
	for _, cur := range c.finder.At(c.report.Pos(f.cause.Pos)) {
		if call, ok := cur.Node().(*ast.CallExpr); ok {
			return c.formats(call)
		}
	}
	return false
}

// formats reports whether the function called takes a format and what goes into
// it, as fmt.Printf and whatever is made like it.
func (c *checker) formats(call *ast.CallExpr) bool {
	sig, ok := c.pass.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
	if !ok || !sig.Variadic() || sig.Params().Len() < 2 {
		return false
	}
	n := sig.Params().Len()
	format, ok := sig.Params().At(n - 2).Type().Underlying().(*types.Basic)
	if !ok || format.Kind() != types.String {
		return false
	}
	args, ok := sig.Params().At(n - 1).Type().(*types.Slice)
	return ok && types.Identical(args.Elem().Underlying(), types.NewInterfaceType(nil, nil))
}

// branched reports whether pos is in a branch of an if statement, or in the
// default of a switch, of its function.
func (c *checker) branched(pos token.Pos) bool {
	cur, ok := c.seldom.Cursor(pos)
	if !ok {
		return false
	}
	for child, parent := cur, cur.Parent(); parent.Valid() && parent.Node() != nil; child, parent = parent, parent.Parent() {
		switch n := parent.Node().(type) {
		case *ast.IfStmt:
			if child.Node() == n.Body || child.Node() == n.Else {
				return true
			}
		case *ast.CaseClause:
			if n.List == nil {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return false
		}
	}
	return false
}
