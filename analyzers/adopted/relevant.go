package adopted

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A relevance makes a sight for one declaration.
type relevance func() sight

// A sight is shown the nodes of a declaration in the order of the source. It reports
// whether a check could speak of the declaration, going by this node and those before it.
type sight func(*analysis.Pass, ast.Node) bool

// names is the relevance of what names one of the functions, by their full names.
func names(full ...string) relevance {
	var last []string // their own names, which are sooner compared
	for _, name := range full {
		last = append(last, name[strings.LastIndexByte(name, '.')+1:])
	}
	return func() sight {
		return func(pass *analysis.Pass, n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || !slices.Contains(last, id.Name) {
				return false
			}
			fn, ok := pass.TypesInfo.Uses[id].(*types.Func)
			return ok && slices.Contains(full, fn.FullName())
		}
	}
}

// inGoroutines is the relevance of what names one of the functions and starts a goroutine,
// or may be what another one starts: any but a function that package testing calls.
func inGoroutines(full ...string) relevance {
	named := names(full...)
	return func() sight {
		var sees, spawned, byTesting bool
		saw := named()
		return func(pass *analysis.Pass, n ast.Node) bool {
			if fn, ok := n.(*ast.FuncDecl); ok {
				byTesting = fn.Recv == nil && entry.MatchString(fn.Name.Name)
			}
			sees = sees || saw(pass, n)
			spawned = spawned || spawns(n)
			return sees && (spawned || !byTesting)
		}
	}
}

// entry matches the names of functions that package testing calls.
var entry = pattern.New(`^(Test|Benchmark|Fuzz)(\P{Ll}|$)`)

// spawns reports whether n starts a goroutine.
func spawns(n ast.Node) bool {
	_, ok := n.(*ast.GoStmt)
	return ok
}

// defersLock is the relevance of what defers a Lock.
func defersLock() sight {
	return func(pass *analysis.Pass, n ast.Node) bool {
		d, ok := n.(*ast.DeferStmt)
		if !ok {
			return false
		}
		fn, ok := typeutil.Callee(pass.TypesInfo, d.Call).(*types.Func)
		return ok && (fn.Name() == "Lock" || fn.Name() == "RLock")
	}
}

// keysOfBytes is the relevance of what looks something up in a map by a variable that
// has been given a string made of bytes.
func keysOfBytes() sight {
	made := make(map[types.Object]bool)
	return func(pass *analysis.Pass, n ast.Node) bool {
		note := func(name, value ast.Expr) {
			if id, ok := name.(*ast.Ident); ok && ofBytes(pass, value) {
				made[pass.TypesInfo.ObjectOf(id)] = true
			}
		}
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, v := range n.Rhs {
				note(n.Lhs[min(i, len(n.Lhs)-1)], v)
			}
		case *ast.ValueSpec:
			for i, v := range n.Values {
				note(n.Names[min(i, len(n.Names)-1)], v)
			}
		case *ast.IndexExpr:
			id, ok := n.Index.(*ast.Ident)
			return ok && made[pass.TypesInfo.Uses[id]] && isMap(pass.TypesInfo.TypeOf(n.X))
		}
		return false
	}
}

func isMap(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
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
