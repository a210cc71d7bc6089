package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A graph is the control flow of one function. Ways out by a panic or by the
// end of the process are not in it.
type graph struct{ *cfg.CFG }

func (x *Index) graph(f *funcs.Func) *graph {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := x.graphs[f]
	if g == nil {
		g = &graph{cfg.New(f.Body, x.mayReturn)}
		x.graphs[f] = g
	}
	return g
}

// mayReturn reports whether call may return. A method called Fatal of whatever
// logger does not, nor does a function of the package whose last word is such a call.
func (x *Index) mayReturn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(x.pass.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() != "panic"
	case *types.Func:
		switch fn.FullName() {
		case "os.Exit", "log.Panic", "log.Panicf", "log.Panicln":
			return false
		}
		if f := x.funcs.Declared(fn); f != nil {
			return !x.ends(f)
		}
		switch fn.Name() {
		case "Fatal", "Fatalf", "Fatalln", "Fatalw":
			return fn.Signature().Results().Len() > 0
		}
	}
	return true
}

// ends reports whether the last statement of f is a call that does not return.
func (x *Index) ends(f *funcs.Func) bool {
	if ends, ok := x.dead[f]; ok {
		return ends
	}
	x.dead[f] = false // should it call itself
	if n := len(f.Body.List); n > 0 && f.Sig.Results().Len() == 0 {
		s, ok := f.Body.List[n-1].(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := s.X.(*ast.CallExpr)
		x.dead[f] = ok && !x.mayReturn(call) && !returns(f.Body)
	}
	return x.dead[f]
}

// returns reports whether there is a return statement in body itself.
func returns(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			found = true
		}
		return !found
	})
	return found
}

// A place is a node of a graph: the node'th of a block.
type place struct {
	block *cfg.Block
	node  int
}

// find returns the live place that holds pos.
func (g *graph) find(pos token.Pos) (place, bool) {
	for _, b := range g.Blocks {
		if !b.Live {
			continue
		}
		for i, n := range b.Nodes {
			if n.Pos() <= pos && pos < n.End() {
				return place{b, i}, true
			}
		}
	}
	return place{}, false
}

// walkFrom visits the nodes that can be reached from p, beginning with its own. It
// does not go past a node for which visit is false, nor along an edge for which
// cut is true.
func walkFrom(p place, visit func(ast.Node) bool, cut func(from, to *cfg.Block) bool) {
	seen := make(map[*cfg.Block]bool)
	var from func(place)
	from = func(p place) {
		for _, n := range p.block.Nodes[p.node:] {
			if !visit(n) {
				return
			}
		}
		for _, to := range p.block.Succs {
			if !seen[to] && !cut(p.block, to) {
				seen[to] = true
				from(place{to, 0})
			}
		}
	}
	from(p)
}

func within(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}
