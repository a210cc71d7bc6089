package allocs

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/escape"
)

// rarely notes why s does not happen in every call, if so.
func (x *Index) rarely(s *Site) {
	if s.Rare == "" {
		s.Rare = x.Seldom.Why(s.Pos)
	}
	if s.Rare == "" && isError(s.Value.Type) && (x.Seldom.Conditional(s.Pos) || x.mayHaveLeft(s.Pos)) {
		s.Rare = "it makes an error"
	}
	if s.Rare == "" && x.reported(s) {
		s.Rare = "it makes a message"
	}
}

// mayHaveLeft reports whether a return stands before pos in its function.
func (x *Index) mayHaveLeft(pos token.Pos) (found bool) {
	g := x.pass.Funcs.At(pos)
	if g == nil {
		return false
	}
	ast.Inspect(g.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = found || n.End() <= pos
		}
		return !found
	})
	return found
}

// isError reports whether what is allocated for a value of type t is an error.
func isError(t types.Type) bool {
	if t == nil || types.IsInterface(t) {
		return false
	}
	err := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	return types.Implements(t, err) || types.Implements(types.NewPointer(t), err)
}

// reported reports whether s is made for a message that is formatted in a
// branch, or at the end by what has not returned before: a debug line, or a
// refusal that does not end in a return of an error. A hot function does neither
// each time.
func (x *Index) reported(s *Site) bool {
	call := x.passedTo(s)
	return call != nil && x.formats(call) && (x.Seldom.Branched(s.Pos) || x.concludes(call))
}

// passedTo returns the call that s is made for, or nil.
func (x *Index) passedTo(s *Site) *ast.CallExpr {
	switch {
	case s.Value.Call != nil:
		return s.Value.Call
	case s.Call != nil:
		return s.Call
	case s.Cause.Kind != escape.Passed:
		return nil
	}
	for _, cur := range x.Finder.At(x.Report.Pos(s.Cause.Pos)) {
		if call, ok := cur.Node().(*ast.CallExpr); ok {
			return call
		}
	}
	return nil
}

// concludes reports whether call is the last statement of its function, which
// may have returned before.
func (x *Index) concludes(call *ast.CallExpr) bool {
	f := x.pass.Funcs.At(call.Pos())
	if f == nil || len(f.Body.List) == 0 {
		return false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ExprStmt)
	return ok && last.X == call && x.mayHaveLeft(call.Pos())
}

// formats reports whether the function called takes a format and what goes into
// it, as fmt.Printf and whatever is made like it.
func (x *Index) formats(call *ast.CallExpr) bool {
	sig, ok := x.pass.TypesInfo.TypeOf(call.Fun).Underlying().(*types.Signature)
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

// Filtered reports whether what stands at pos in a loop is left out in some of its
// turns, or the whole loop is in a branch: how often it runs, nobody sees.
func (x *Index) Filtered(pos token.Pos) bool {
	return x.Seldom.Conditional(pos) || x.Seldom.Branched(pos) || x.skipped(pos)
}

// skipped reports whether a continue statement stands before pos in its loop.
func (x *Index) skipped(pos token.Pos) (found bool) {
	loop := x.Seldom.Loop(pos)
	if loop == nil {
		return false
	}
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return n == loop
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			found = found || n.Tok == token.CONTINUE && n.End() <= pos && !x.pass.Hotness.Cold(n.Pos())
		}
		return !found
	})
	return found
}

// How says how often what stands at pos runs, other than its being rare.
func (x *Index) How(pos token.Pos) string {
	switch {
	case x.Seldom.Conditional(pos):
		return "each time this branch is taken"
	case x.Seldom.Loop(pos) != nil:
		return "in every iteration"
	}
	return "in every call"
}
