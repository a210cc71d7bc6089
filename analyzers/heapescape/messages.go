package heapescape

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
)

// reported reports whether v is made for a message that is formatted in a
// branch, or at the end by what has not returned before: a debug line, or a
// refusal that does not end in a return of an error. A hot function does neither
// each time.
func (c *checker) reported(f *finding, v *values.Value, pos token.Pos) bool {
	call := c.passedTo(f, v)
	return call != nil && c.formats(call) && (c.branched(pos) || c.concludes(call))
}

// passedTo returns the call that v is made for, or nil.
func (c *checker) passedTo(f *finding, v *values.Value) *ast.CallExpr {
	switch {
	case v.Call != nil:
		return v.Call
	case f.call != nil:
		return f.call
	case f.cause.Kind != escape.Passed:
		return nil
	}
	for _, cur := range c.finder.At(c.report.Pos(f.cause.Pos)) {
		if call, ok := cur.Node().(*ast.CallExpr); ok {
			return call
		}
	}
	return nil
}

// concludes reports whether call is the last statement of its function, which
// may have returned before.
func (c *checker) concludes(call *ast.CallExpr) bool {
	f := c.pass.Funcs.At(call.Pos())
	if f == nil || len(f.Body.List) == 0 {
		return false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ExprStmt)
	return ok && last.X == call && c.mayHaveLeft(call.Pos())
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
