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

// keysOfBytes reports whether a package looks something up in a map by a variable that is
// given a string made of bytes.
func keysOfBytes(pass *analysis.Pass) bool {
	made := make(map[types.Object]bool)
	note := func(names, values []ast.Expr) {
		for i, v := range values {
			if id, ok := names[min(i, len(names)-1)].(*ast.Ident); ok && ofBytes(pass, v) {
				made[pass.TypesInfo.ObjectOf(id)] = true
			}
		}
	}
	holds(pass, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			note(n.Lhs, n.Rhs)
		case *ast.ValueSpec:
			for i, v := range n.Values {
				note([]ast.Expr{n.Names[min(i, len(n.Names)-1)]}, []ast.Expr{v})
			}
		}
		return false
	})
	return len(made) > 0 && holds(pass, func(n ast.Node) bool {
		x, ok := n.(*ast.IndexExpr)
		if !ok {
			return false
		}
		id, ok := x.Index.(*ast.Ident)
		if !ok || !made[pass.TypesInfo.Uses[id]] {
			return false
		}
		t := pass.TypesInfo.TypeOf(x.X)
		if t == nil {
			return false
		}
		_, ok = t.Underlying().(*types.Map)
		return ok
	})
}

// ofBytes reports whether e converts a slice to a string, or what may be one where types
// are parameters.
func ofBytes(pass *analysis.Pass, e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 || !pass.TypesInfo.Types[call.Fun].IsType() {
		return false
	}
	b, ok := pass.TypesInfo.TypeOf(call).Underlying().(*types.Basic)
	if !ok || b.Kind() != types.String {
		return false
	}
	from := pass.TypesInfo.TypeOf(call.Args[0])
	if _, ok := types.Unalias(from).(*types.TypeParam); ok {
		return true
	}
	_, ok = from.Underlying().(*types.Slice)
	return ok
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
