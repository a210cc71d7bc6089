package adopted

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// names returns whether a package names one of the functions, by their full names.
func names(full ...string) func(*analysis.Pass) bool {
	var last []string // their own names, which are sooner compared
	for _, name := range full {
		last = append(last, name[strings.LastIndexByte(name, '.')+1:])
	}
	return func(pass *analysis.Pass) bool {
		for id, obj := range pass.TypesInfo.Uses {
			if !slices.Contains(last, id.Name) {
				continue
			}
			if fn, ok := obj.(*types.Func); ok && slices.Contains(full, fn.FullName()) {
				return true
			}
		}
		return false
	}
}

// defersLock reports whether a package defers a Lock.
func defersLock(pass *analysis.Pass) bool {
	return holds(pass, func(n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return false
		}
		fn, ok := typeutil.Callee(pass.TypesInfo, d.Call).(*types.Func)
		return ok && (fn.Name() == "Lock" || fn.Name() == "RLock")
	})
}

// keysOfBytes reports whether a package gives a variable a string made of bytes, and has
// a map of strings.
func keysOfBytes(pass *analysis.Pass) bool {
	return holds(pass, func(n ast.Node) bool {
		var given []ast.Expr
		switch n := n.(type) {
		case *ast.AssignStmt:
			given = n.Rhs
		case *ast.ValueSpec:
			given = n.Values
		}
		return slices.ContainsFunc(given, func(e ast.Expr) bool {
			call, ok := ast.Unparen(e).(*ast.CallExpr)
			return ok && len(call.Args) == 1 && pass.TypesInfo.Types[call.Fun].IsType() && isString(pass.TypesInfo.TypeOf(call))
		})
	}) && holds(pass, func(n ast.Node) bool {
		x, ok := n.(*ast.IndexExpr)
		if !ok {
			return false
		}
		_, named := x.Index.(*ast.Ident)
		t := pass.TypesInfo.TypeOf(x.X)
		if !named || t == nil {
			return false
		}
		m, ok := t.Underlying().(*types.Map)
		return ok && isString(m.Key())
	})
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.String
}

// holds reports whether accept takes some node of the package.
func holds(pass *analysis.Pass, accept func(ast.Node) bool) bool {
	found := false
	for _, f := range pass.Files {
		ast.Inspect(f, func(n ast.Node) bool {
			found = found || n != nil && accept(n)
			return !found
		})
	}
	return found
}
