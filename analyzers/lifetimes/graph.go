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

func (x *Index) mayReturn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(x.pass.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() != "panic"
	case *types.Func:
		switch fn.FullName() {
		case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
			return false
		}
	}
	return true
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
