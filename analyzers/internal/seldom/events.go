package seldom

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// reports reports whether the statement at cur is a call that tells a logger or
// a caller of something that happened, going by its name: of a failure, or in
// one branch only of anything.
func (ix *Index) reports(cur inspector.Cursor) bool {
	call, ok := cur.Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	if _, ok := cur.Parent().Node().(*ast.ExprStmt); !ok {
		return false
	}
	name := calleeName(call)
	return failing.MatchString(name) || reporting.MatchString(name) && ix.Conditional(call.Lparen)
}

var (
	failing   = pattern.New(`(?i:error|err|warn|warning|fatal|panic|critical)(?i:f|w|ln|s|ctx|context)?$`)
	reporting = pattern.New(`(?i:debug|trace|info|notice|log)(?i:f|w|ln|s|ctx|context|attrs)?$|Print(f|ln)?$|^print(f|ln)?$`)
)

// MakesError reports whether call makes an error, going by the name of what it
// calls: errors.New, fmt.Errorf, errors.Wrap, NewParseError.
func MakesError(call *ast.CallExpr) bool { return making.MatchString(calleeName(call)) }

var making = pattern.New(`^New$|^[Nn]ew\w*Err\w*$|^[Ee]rr\w*$|Errorf$|^Wrapf?$`)

func calleeName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

// makesError reports whether e is an error made anew.
func (ix *Index) makesError(n ast.Node) bool {
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	t := ix.pass.TypesInfo.TypeOf(e)
	if t == nil || !types.Implements(t, errorType) {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return MakesError(e) || ix.pass.TypesInfo.Types[e.Fun].IsType()
	case *ast.UnaryExpr, *ast.CompositeLit:
		return true
	}
	return false
}

// namesError reports whether n sets a string that is named after an error.
func (ix *Index) namesError(n *ast.AssignStmt) bool {
	id, ok := n.Lhs[0].(*ast.Ident)
	return ok && strings.HasPrefix(strings.ToLower(id.Name), "err") && types.Identical(types.Default(ix.pass.TypesInfo.TypeOf(id)).Underlying(), types.Typ[types.String])
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
