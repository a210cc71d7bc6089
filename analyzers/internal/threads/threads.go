package threads

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/ctrlflow"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// Analyzer follows locked threads through a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetthreads",
	Doc:        "tell where goroutines are wired to their threads",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, ctrlflow.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
	FactTypes:  []analysis.Fact{new(Delta)},
}

// Delta is the fact of a function that leaves its caller's thread locked N times more
// than before, or fewer if N is negative, whichever way it returns.
type Delta struct{ N int }

// AFact marks a fact.
func (*Delta) AFact() {}

func (d *Delta) String() string { return fmt.Sprintf("locks its thread %+d times", d.N) }

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:  pass,
		funcs: pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		flows: pass.ResultOf[ctrlflow.Analyzer].(*ctrlflow.CFGs),
		known: make(map[*funcs.Func]*Summary),
		delta: make(map[*types.Func]int),
		lits:  make(map[*funcs.Func][]*funcs.Func),
	}
	if modules.Std(pass) || !x.mentioned() {
		return x, nil // the standard library's own locks are undone where they are made
	}
	x.refer(pass.ResultOf[syntax.Analyzer].(*inspector.Inspector))
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil || !x.concerns(f) {
			continue
		}
		if n, ok := x.Of(f).Fixed(); ok && n != 0 {
			pass.ExportObjectFact(f.Obj, &Delta{n})
		}
	}
	return x, nil
}

// An Index answers for one package.
type Index struct {
	pass  *analysis.Pass
	funcs *funcs.Index
	flows *ctrlflow.CFGs
	known map[*funcs.Func]*Summary
	delta map[*types.Func]int           // of functions of other packages
	named map[*types.Func]bool          // functions whose name stands for more than a call
	lits  map[*funcs.Func][]*funcs.Func // the literals in a function
	any   bool                          // something in the package locks or unlocks
}

// mentioned reports whether the package calls anything that locks or unlocks.
func (x *Index) mentioned() bool {
	for _, f := range x.funcs.Funcs {
		if f.Parent != nil {
			x.lits[f.Parent] = append(x.lits[f.Parent], f)
		}
		for _, k := range f.Out {
			x.any = x.any || k.Callee == nil && x.effect(k) != 0
		}
	}
	return x.any
}

// A Summary is what a function does to its thread.
type Summary struct {
	Func *funcs.Func
	// Locks and Unlocks are the calls that lock and unlock, by themselves or through
	// a helper, deferred ones included, in the order of the source.
	Locks, Unlocks []*ast.CallExpr
	// Returns are the ways out, with each number of locks that one may leave behind.
	Returns []Return
	// Unclear is set if something happens that cannot be followed.
	Unclear bool

	before map[ast.Node]*extent // by the call or the node of the graph: how often the thread is locked
}

// A Return is a way out of a function.
type Return struct {
	Pos  token.Pos
	Left int // the locks that are left behind, less those of the caller that are undone
}

// Fixed returns what is left behind at every return, if it is the same.
func (s *Summary) Fixed() (n int, ok bool) {
	if s.Unclear || len(s.Returns) == 0 {
		return 0, false
	}
	for _, r := range s.Returns {
		if r.Left != s.Returns[0].Left {
			return 0, false
		}
	}
	return s.Returns[0].Left, true
}

// An extent is a range of numbers of locks.
type extent struct{ min, max int }

func (e *extent) add(n int) { e.min, e.max = min(e.min, n), max(e.max, n) }

// Of returns what f does to its thread. A function that calls itself is taken to
// leave nothing behind where it does.
func (x *Index) Of(f *funcs.Func) *Summary {
	if s := x.known[f]; s != nil {
		return s
	}
	s := &Summary{Func: f, before: make(map[ast.Node]*extent)}
	x.known[f] = s
	if x.concerns(f) {
		x.walk(s)
	}
	return s
}

// concerns reports whether f calls anything that locks or unlocks a thread.
func (x *Index) concerns(f *funcs.Func) bool {
	if !x.any {
		return false
	}
	for _, k := range f.Out {
		if x.effect(k) != 0 || k.Callee != nil && k.Mode != funcs.Go && x.Of(k.Callee).Unclear {
			return true
		}
	}
	return slices.ContainsFunc(x.lits[f], x.concerns)
}

// effect returns what a call does to the number of locks once it has returned.
func (x *Index) effect(k *funcs.Call) int {
	if k.Func != nil {
		switch k.FullName() {
		case "runtime.LockOSThread":
			return 1
		case "runtime.UnlockOSThread":
			return -1
		}
	}
	if k.Callee != nil {
		n, _ := x.Of(k.Callee).Fixed()
		return n
	}
	if k.Func == nil || k.Dynamic || k.Func.Pkg() == nil || modules.IsStd(k.Func.Pkg().Path()) {
		return 0
	}
	n, ok := x.delta[k.Func]
	if !ok {
		var d Delta
		if x.pass.ImportObjectFact(k.Func, &d) {
			n = d.N
		}
		x.delta[k.Func] = n
	}
	return n
}

// refer finds the functions that are named where they are not called: whoever is
// given one may run it anywhere.
func (x *Index) refer(in *inspector.Inspector) {
	x.named = make(map[*types.Func]bool)
	called := make(map[*ast.Ident]bool)
	for cur := range in.Root().Preorder((*ast.CallExpr)(nil)) {
		if fn, ok := typeutil.Callee(x.pass.TypesInfo, cur.Node().(*ast.CallExpr)).(*types.Func); ok {
			ast.Inspect(cur.Node().(*ast.CallExpr).Fun, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && x.pass.TypesInfo.Uses[id] == fn {
					called[id] = true
				}
				return true
			})
		}
	}
	for id, obj := range x.pass.TypesInfo.Uses {
		if fn, ok := obj.(*types.Func); ok && !called[id] {
			x.named[fn.Origin()] = true
		}
	}
}
