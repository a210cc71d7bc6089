package requests

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Detached reports whether f runs in a goroutine that the request starts, by a go
// statement or by a function that it is handed to: the request does not wait for it.
func (x *Index) Detached(f *funcs.Func, root *hotpath.Root) bool {
	if x.detached(f) {
		return true
	}
	for _, s := range root.Via {
		g := x.funcs.At(s.Pos)
		if g == nil {
			continue
		}
		if x.detached(g) || x.spawns(s.Pos) {
			return true
		}
		for _, k := range g.Out {
			if k.Site.Pos() == s.Pos && slices.ContainsFunc(k.Site.Args, x.isFunc) && x.launches(k) {
				return true
			}
		}
	}
	return false
}

// detached reports whether f, or a literal around it, is started in a goroutine where
// it stands.
func (x *Index) detached(f *funcs.Func) bool {
	for ; f != nil; f = f.Parent {
		if f.Use == funcs.Spawned {
			return true
		}
		if f.Use != funcs.Passed {
			continue
		}
		if k := x.funcs.Call(f.UseCall); k != nil && x.launches(k) {
			return true
		}
	}
	return false
}

// launches reports whether the call starts a goroutine for a function that it is
// given: the function's body shows it, or its name.
func (x *Index) launches(k *funcs.Call) (found bool) {
	if k.Callee == nil {
		return k.Func != nil && slices.Contains([]string{"Go", "TryGo", "Spawn", "Submit", "AfterFunc"}, k.Func.Name())
	}
	ast.Inspect(k.Callee.Body, func(n ast.Node) bool {
		if g, ok := n.(*ast.GoStmt); ok {
			found = found || x.callsParam(k.Callee, g)
		}
		return !found
	})
	return found
}

// callsParam reports whether what the go statement runs calls a parameter of f.
func (x *Index) callsParam(f *funcs.Func, g *ast.GoStmt) (found bool) {
	ast.Inspect(g, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return !found
		}
		for p := range f.Sig.Params().Variables() {
			_, isFunc := p.Type().Underlying().(*types.Signature)
			found = found || isFunc && x.info.Uses[id] == p
		}
		return !found
	})
	return found
}

func (x *Index) isFunc(e ast.Expr) bool {
	t := x.info.TypeOf(e)
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Signature)
	return ok
}
