package retries

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Analyzer makes the index of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetretries",
	Doc:        "find what is done again after it has failed",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer},
	FactTypes:  []analysis.Fact{new(Repeats), new(Retrier)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:     pass,
		info:     pass.TypesInfo,
		root:     pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:    pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		flows:    dataflow.New(pass.TypesInfo),
		graphs:   make(map[*funcs.Func]*graph),
		repeats:  make(map[*types.Func]*Repeats),
		retriers: make(map[*types.Func]*Retrier),
	}
	x.learn()
	return x, nil
}

// An Index answers for one package.
type Index struct {
	pass   *analysis.Pass
	info   *types.Info
	root   inspector.Cursor
	funcs  *funcs.Index
	flows  *dataflow.Index
	graphs map[*funcs.Func]*graph

	repeats  map[*types.Func]*Repeats
	retriers map[*types.Func]*Retrier
}

// A Retry is what happens after a call has failed, if it is made again.
type Retry struct {
	Call *funcs.Call
	// Loop is the loop that brings the call round again.
	Loop ast.Stmt
	// Error is the variable that holds the error, or nil if it is compared at once.
	Error *types.Var
	// Paused is set if a way back to the call waits, Hot if one does not.
	Paused, Hot bool
	// Pauses are what waits on the ways back.
	Pauses []ast.Node
	// Exits are what leaves the loop though the call goes on failing.
	Exits []Exit
	// Anyway is set if the call is made again without a pause when it has succeeded,
	// too: then it is no retry, and may wait by itself.
	Anyway bool
	// Periodic is set if the call is made again after the same pauses when it has
	// succeeded, too, and nothing else ends that: work that is done at intervals.
	Periodic bool
	// Outer are the loops that make the call again after Loop has given up,
	// innermost first.
	Outer []ast.Stmt
}

// An Exit is where the ways after a failure part: one leaves, one may come back.
type Exit struct {
	Cond ast.Expr // what decides; nil for a select statement and a counting range
	Tag  ast.Expr // what it is compared with in a switch statement, or nil
	Stmt ast.Stmt // the statement that parts the ways
}

// After returns what happens after call, which stands in f, has failed; nil if it is
// not made again, or if its error is not looked at. Calls for which waits returns
// true pause.
func (x *Index) After(f *funcs.Func, call *funcs.Call, waits func(*ast.CallExpr) bool) *Retry {
	loops := x.loops(call)
	if len(loops) == 0 || call.Mode != funcs.Plain {
		return nil
	}
	w := &walk{x: x, f: f, call: call, g: x.graph(f), waits: waits, loops: loops}
	if !w.begin() {
		return nil
	}
	for _, l := range loops {
		w.items = append(w.items, x.iterates(f, l, call))
	}
	r := w.run(0, false)
	if r == nil {
		return nil
	}
	if well := w.run(0, true); well != nil {
		alike := !slices.ContainsFunc(well.Exits, func(e Exit) bool { return !slices.Contains(r.Exits, e) })
		r.Anyway = alike && well.Hot
		r.Periodic = alike && !well.Hot && !r.Hot && slices.Equal(well.Pauses, r.Pauses)
	}
	for i, l := range loops {
		if r.Loop != nil && l.Pos() < r.Loop.Pos() && !w.items[i] {
			// Once more, as if the loops inside had given up.
			if again := w.run(i, false); again != nil && again.Loop == l {
				r.Outer = append(r.Outer, l)
			}
		}
	}
	return r
}

// loops returns the loops around the call in its function, innermost first.
func (x *Index) loops(call *funcs.Call) (loops []ast.Stmt) {
	cur, ok := syntax.Find(x.root, call.Site)
	if !ok {
		return nil
	}
	child := cur
	for cur := range cur.Parent().Enclosing() {
		switch n := cur.Node().(type) {
		case *ast.ForStmt:
			if child.Node() != n.Init {
				loops = append(loops, n)
			}
		case *ast.RangeStmt:
			if child.Node() == n.Body {
				loops = append(loops, n)
			}
		case *ast.FuncDecl, *ast.FuncLit:
			return loops
		}
		child = cur
	}
	return loops
}

// iterates reports whether the call is given something else in each turn of the
// loop: it goes through a list, or takes from a queue.
func (x *Index) iterates(f *funcs.Func, loop ast.Stmt, call *funcs.Call) bool {
	switch n := loop.(type) {
	case *ast.RangeStmt:
		if basic, ok := x.info.TypeOf(n.X).Underlying().(*types.Basic); !ok || basic.Info()&types.IsInteger == 0 {
			return true
		}
		if x.given(f, loop, call, x.variable(n.Key)) {
			return true
		}
	case *ast.ForStmt:
		if as, ok := n.Init.(*ast.AssignStmt); ok && n.Post != nil {
			for _, l := range as.Lhs {
				if x.given(f, loop, call, x.variable(l)) {
					return true
				}
			}
		}
	}
	return x.takes(f, loop, call) || x.advances(f, loop, call)
}

// advances reports whether what the call is given moves on with each turn: the next
// node of a list, the address of a redirection.
func (x *Index) advances(f *funcs.Func, loop ast.Stmt, call *funcs.Call) bool {
	fl := x.flows.Of(f)
	body := bodyOf(loop)
	counted := x.counted(body)
	for v := range x.inputs(f, loop, call) {
		if counted[v] {
			return true // an index, as like as not
		}
		if within(body, v.Pos()) || isError(v.Type()) || isContext(v.Type()) {
			continue // made anew in each turn
		}
		for _, d := range fl.Defs[v] {
			if d.Kind == dataflow.Whole && within(body, d.Pos) && d.RHS != call.Site && !copies(d.RHS) {
				return true
			}
		}
	}
	return false
}

// given reports whether what the call is given depends on v, within the loop.
func (x *Index) given(f *funcs.Func, loop ast.Stmt, call *funcs.Call, v *types.Var) bool {
	return v != nil && x.inputs(f, loop, call)[v]
}

// inputs returns the local variables that the call's operands come from, as they
// are set within the loop.
func (x *Index) inputs(f *funcs.Func, loop ast.Stmt, call *funcs.Call) dataflow.Vars {
	fl := x.flows.Of(f)
	all := make(dataflow.Vars)
	var add func(vars dataflow.Vars)
	add = func(vars dataflow.Vars) {
		for v := range vars {
			if all[v] {
				continue
			}
			all[v] = true
			for _, d := range fl.Defs[v] {
				if within(loop, d.Pos) && !within(call.Site, d.Pos) && d.RHS != call.Site {
					add(dataflow.Mentioned(x.info, d.RHS))
				}
			}
		}
	}
	add(dataflow.Mentioned(x.info, call.Site))
	return all
}

// counted returns the variables that the body counts up or down.
func (x *Index) counted(body *ast.BlockStmt) dataflow.Vars {
	vars := make(dataflow.Vars)
	ast.Inspect(body, func(n ast.Node) bool {
		if n, ok := n.(*ast.IncDecStmt); ok {
			if v := x.variable(n.X); v != nil {
				vars[v] = true
			}
		}
		return true
	})
	return vars
}

func bodyOf(loop ast.Stmt) *ast.BlockStmt {
	switch n := loop.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

// copies reports whether e is a copy of what there was: req.Clone(ctx).
func copies(e ast.Expr) bool {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	return ok && (calleeName(call) == "Clone" || calleeName(call) == "WithContext")
}

func isContext(t types.Type) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// takes reports whether what the call is given is taken, in each turn, from
// something that has more: a channel, a queue, a list.
func (x *Index) takes(f *funcs.Func, loop ast.Stmt, call *funcs.Call) bool {
	fl := x.flows.Of(f)
	for v := range x.inputs(f, loop, call) {
		for _, d := range fl.Defs[v] {
			if !within(loop, d.Pos) || d.RHS == call.Site {
				continue
			}
			if d.Kind == dataflow.Element || x.pulls(d.RHS) {
				return true
			}
		}
	}
	return false
}

// pulls reports whether e takes the next of several things.
func (x *Index) pulls(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			found = found || n.Op == token.ARROW
		case *ast.IndexExpr:
			_, generic := x.info.TypeOf(n.X).(*types.Signature)
			found = found || !generic && !x.info.Types[n.X].IsType()
		case *ast.CallExpr:
			found = found || taking.MatchString(calleeName(n))
		}
		return !found
	})
	return found
}

func (x *Index) variable(e ast.Expr) *types.Var {
	if id, ok := e.(*ast.Ident); ok {
		return dataflow.LocalVar(x.info.ObjectOf(id))
	}
	return nil
}

// fails returns the variable that holds the error of the call, and whether the
// error is looked at at all.
func (x *Index) fails(call *funcs.Call) (err *types.Var, ok bool) {
	sig, isSig := x.info.TypeOf(call.Site.Fun).Underlying().(*types.Signature)
	if !isSig || !returnsError(sig) {
		return nil, false
	}
	cur, found := syntax.Find(x.root, call.Site)
	if !found {
		return nil, false
	}
	switch n := cur.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Rhs) == 1 {
			err = x.variable(n.Lhs[len(n.Lhs)-1])
		}
	case *ast.ValueSpec:
		if len(n.Values) == 1 {
			err = x.variable(n.Names[len(n.Names)-1])
		}
	case *ast.BinaryExpr:
		return nil, x.info.Types[n.Y].IsNil()
	}
	return err, err != nil && err.Name() != "_"
}

func returnsError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && isError(sig.Results().At(n-1).Type())
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }

// mayReturn reports whether a call may come back, as far as its name tells.
func (x *Index) mayReturn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(x.info, call).(type) {
	case *types.Builtin:
		return fn.Name() != "panic"
	case *types.Func:
		return !leaving.MatchString(fn.Name())
	}
	return true
}

// A graph is the control flow of a function, and what its conditions belong to.
type graph struct {
	*cfg.CFG
	branch map[ast.Node]ast.Stmt // by condition: the if or switch statement
	polls  map[ast.Node]bool     // communications of select statements that do not wait
}

func (x *Index) graph(f *funcs.Func) *graph {
	if g := x.graphs[f]; g != nil {
		return g
	}
	g := &graph{cfg.New(f.Body, x.mayReturn), make(map[ast.Node]ast.Stmt), make(map[ast.Node]bool)}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			g.branch[n.Cond] = n
		case *ast.SwitchStmt:
			for _, c := range n.Body.List {
				for _, e := range c.(*ast.CaseClause).List {
					g.branch[e] = n
				}
			}
		case *ast.SelectStmt:
			if hasDefault(n) {
				for _, c := range n.Body.List {
					if comm := c.(*ast.CommClause).Comm; comm != nil {
						g.polls[comm] = true
					}
				}
			}
		}
		return true
	})
	x.graphs[f] = g
	return g
}

func hasDefault(s *ast.SelectStmt) bool {
	for _, c := range s.Body.List {
		if c.(*ast.CommClause).Comm == nil {
			return true
		}
	}
	return false
}
