package witness

import (
	"cmp"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetwitness",
	Doc:        "index where each function does what it may do to latency",
	Requires:   []*analysis.Analyzer{effects.Analyzer, funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		Info:   pass.ResultOf[effects.Analyzer].(*effects.Info),
		pass:   pass,
		funcs:  pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		byNode: make(map[ast.Node]*effects.Function),
		byName: make(map[string]ast.Node),
		instrs: make(map[*ssa.Function]map[effects.Position][]ssa.Instruction),
		sites:  make(map[*ssa.Function][]effects.Site),
	}
	fs := x.Info.Functions()
	for i := range fs {
		if node := fs[i].SSA.Syntax(); node != nil {
			x.byNode[node] = &fs[i]
			x.byName[fs[i].Name] = node
		}
	}
	return x, nil
}

// An Index knows the functions of a package by their syntax: an *ast.FuncDecl
// or *ast.FuncLit.
type Index struct {
	Info *effects.Info

	pass   *analysis.Pass
	funcs  *funcs.Index
	byNode map[ast.Node]*effects.Function
	byName map[string]ast.Node

	mu sync.Mutex // rules run in parallel
	// Of functions that were asked about: instructions by where they stand, and sites.
	instrs map[*ssa.Function]map[effects.Position][]ssa.Instruction
	sites  map[*ssa.Function][]effects.Site
}

// sitesOf is [effects.Info.Sites], remembered.
func (x *Index) sitesOf(fn *ssa.Function) []effects.Site {
	x.mu.Lock()
	defer x.mu.Unlock()
	s, known := x.sites[fn]
	if !known {
		s = x.Info.Sites(fn)
		x.sites[fn] = s
	}
	return s
}

// Of returns what is known of a function, or nil: of those in test files nothing
// is asked.
func (x *Index) Of(fn ast.Node) *effects.Function { return x.byNode[fn] }

// A Place is where a function does something that a rule asks about.
type Place struct {
	Pos, End token.Pos // of the call, or of the operation
	Call     *ast.CallExpr
	Func     string // what is called, by its full name, or the operation
	Instr    ssa.Instruction
	Cold     bool
	Effects  []effects.Effect // those asked about, in the order of kinds
}

// Places returns where fn does something of the kinds asked about, in the order
// of the source. One call that may turn out to be several has a place for each.
//
// If covered is not nil, a chain that goes on in another function of the package
// that is covered is left out: that function has a place of its own.
func (x *Index) Places(fn ast.Node, kinds effects.Set, covered func(fn ast.Node) bool) []Place {
	f := x.byNode[fn]
	if f == nil {
		return nil
	}
	var places []Place
	for _, s := range x.sitesOf(f.SSA) {
		p := Place{Pos: s.Pos, End: s.Pos, Func: s.Func, Instr: s.Instr, Cold: s.Cold}
		for _, e := range s.Effects {
			if kinds.Has(e.Kind) && (covered == nil || !x.passes(e.Chain, covered)) {
				p.Effects = append(p.Effects, e)
			}
		}
		if len(p.Effects) == 0 {
			continue
		}
		if p.Instr == nil { // of what the caller gave, the place alone is known
			if at := x.instrsAt(f.SSA, x.position(s.Pos)); len(at) > 0 {
				p.Instr = at[0]
			}
		}
		if p.Call = x.call(fn, s.Pos); p.Call != nil {
			p.Pos, p.End = p.Call.Pos(), p.Call.End()
		}
		places = append(places, p)
	}
	slices.SortStableFunc(places, func(a, b Place) int { return cmp.Compare(a.Pos, b.Pos) })
	return places
}

func (x *Index) position(pos token.Pos) effects.Position {
	p := x.pass.Fset.Position(pos)
	return effects.Position{File: p.Filename, Line: p.Line, Column: p.Column}
}

// passes reports whether a chain enters a covered function of the package.
func (x *Index) passes(chain *effects.Step, covered func(ast.Node) bool) bool {
	for s := range chain.All {
		if node := x.byName[s.Func]; node != nil && covered(node) {
			return true
		}
	}
	return false
}

// Calls returns the calls by which fn, and the functions of the package that it
// calls, come to an effect of fn: the links of its chain that this package's
// source holds.
func (x *Index) Calls(fn ast.Node, e effects.Effect) []*ast.CallExpr {
	var calls []*ast.CallExpr
	for s := range e.Chain.All {
		c := x.callAt(fn, s.Pos)
		if c == nil {
			break
		}
		calls = append(calls, c)
		if fn = x.byName[s.Func]; fn == nil {
			break
		}
	}
	return calls
}

// callAt returns the call expression of fn whose parenthesis is at p, or nil.
func (x *Index) callAt(fn ast.Node, p effects.Position) *ast.CallExpr {
	f := x.funcs.Of(fn)
	if f == nil {
		return nil
	}
	for _, c := range f.Out {
		if x.position(c.Site.Lparen) == p {
			return c.Site
		}
	}
	return nil
}

// call returns the call expression of fn whose parenthesis is at pos, or nil.
func (x *Index) call(fn ast.Node, pos token.Pos) *ast.CallExpr {
	f := x.funcs.Of(fn)
	if f == nil {
		return nil
	}
	for _, c := range f.Out {
		if c.Site.Lparen == pos {
			return c.Site
		}
	}
	return nil
}
