package exits

import (
	"go/ast"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer finds the functions that end the process because of an error. Its result is
// an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetexits",
	Doc:        "tell which functions end the process because of an error",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
	FactTypes:  []analysis.Fact{new(OnError)},
}

// OnError is the fact of a function that ends the process, by a call of its own, because
// of an error, or whenever it is called.
type OnError struct{ Yes bool }

// AFact marks a fact.
func (*OnError) AFact() {}

func (*OnError) String() string { return "ends the process on an error" }

func run(pass *analysis.Pass) (any, error) {
	flows := dataflow.New(pass.TypesInfo)
	fs := pass.ResultOf[funcs.Analyzer].(*funcs.Index)
	x := &Index{
		pass:    pass,
		root:    pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		flows:   flows,
		guards:  guards.New(pass.TypesInfo, fs, flows),
		onError: make(map[string]bool),
	}
	if modules.Std(pass) {
		return x, nil
	}
	for _, f := range fs.Funcs {
		if o := f.Outermost().Obj; o != nil && x.exits(f) && !x.onError[o.FullName()] {
			x.onError[o.FullName()] = true
			pass.ExportObjectFact(o, &OnError{true})
		}
	}
	return x, nil
}

// An Index answers for one package.
type Index struct {
	pass    *analysis.Pass
	root    inspector.Cursor
	flows   *dataflow.Index
	guards  *guards.Index
	onError map[string]bool // by full name: functions of this package, then of all
	facts   bool            // those of other packages are in onError
}

// exits reports whether a call in f ends the process because of an error.
func (x *Index) exits(f *funcs.Func) bool {
	return slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		if k.Func == nil || k.Callee != nil || !Named(k.Func.Name()) {
			return false
		}
		name := k.FullName()
		return (Known(name) || !modules.IsStd(Package(name))) && x.Failed(f, k.Site)
	})
}

// OnError reports whether the function of that full name, or a literal in it, ends the
// process because of an error. It must not be asked from several goroutines.
func (x *Index) OnError(name string) bool {
	if !x.facts {
		x.facts = true
		for _, f := range x.pass.AllObjectFacts() {
			if fn, ok := f.Object.(*types.Func); ok {
				if _, ok := f.Fact.(*OnError); ok {
					x.onError[fn.FullName()] = true
				}
			}
		}
	}
	if x.onError[name] {
		return true
	}
	i := strings.Index(name, ".func")
	return i > 0 && x.onError[name[:i]]
}

// Known reports whether the function of that full name is one of those that every
// reader knows to end the process.
func Known(name string) bool { return slices.Contains(stops, name) }

var stops = []string{
	"os.Exit", "syscall.Exit",
	"log.Fatal", "log.Fatalf", "log.Fatalln",
	"(*log.Logger).Fatal", "(*log.Logger).Fatalf", "(*log.Logger).Fatalln",
}

// Named reports whether a function of that name says that it ends the process.
func Named(name string) bool {
	for _, p := range []string{"Fatal", "fatal", "Exit", "exit", "Die", "die"} {
		rest, ok := strings.CutPrefix(name, p)
		if !ok {
			continue
		}
		if rest == "" || rest[0] < 'a' || rest[0] > 'z' || slices.Contains([]string{"f", "ln", "w"}, rest) {
			return true
		}
	}
	return false
}

// Package returns the path of the package in the full name of a function: net/http in
// "(*net/http.Server).Serve".
func Package(name string) string {
	name = strings.TrimLeft(name, "(*")
	slash := strings.LastIndexByte(name, '/') + 1
	dot := strings.IndexByte(name[slash:], '.')
	if dot < 0 {
		return ""
	}
	return name[:slash+dot]
}

// Failed reports whether an error leads to the call in f, or nothing at all has to: what
// else is asked before an exit is mostly whether the program is sane. So is an error that
// nothing but the program itself can make.
func (x *Index) Failed(f *funcs.Func, call *ast.CallExpr) bool {
	cur, ok := syntax.Find(x.root, call)
	if !ok || x.ownError(f, call) {
		return false
	}
	conds := x.guards.Conditions(f, cur)
	if len(conds) == 0 || slices.ContainsFunc(call.Args, func(a ast.Expr) bool { return isError(x.pass.TypesInfo.TypeOf(a)) }) {
		return true
	}
	return slices.ContainsFunc(conds, func(c guards.Condition) bool {
		return x.MentionsError(c.Expr) && around(f, c.Expr, call)
	})
}

// ownError reports whether the error that the call is told of is that of a function
// which fails only for what the program hands it: an encoder's of values in memory.
func (x *Index) ownError(f *funcs.Func, call *ast.CallExpr) bool {
	own, others := false, false
	for v := range dataflow.Mentioned(x.pass.TypesInfo, call) {
		if !isError(v.Type()) {
			continue
		}
		var last dataflow.Def // the one that is nearest before the call
		for _, d := range x.flows.Of(f).Defs[v] {
			if d.Pos < call.Pos() && d.Pos > last.Pos {
				last = d
			}
		}
		made, ok := last.RHS.(*ast.CallExpr)
		if ok && encodes(values.Callee(x.pass.TypesInfo, made)) {
			own = true
		} else {
			others = true
		}
	}
	return own && !others
}

// encodes reports whether the function of that full name turns a value into bytes, or
// makes a cipher, a hash or a key of the right size.
func encodes(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.HasPrefix(last, "Marshal") || strings.HasPrefix(Package(name), "crypto/")
}

// around reports whether the condition is one of a statement around the call, not
// of one before it that leaves: after "if err != nil { return }" there is no error.
func around(f *funcs.Func, cond ast.Expr, call *ast.CallExpr) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IfStmt:
			found = found || n.Cond == cond && n.Pos() <= call.Pos() && call.End() <= n.End()
		case *ast.CaseClause:
			found = found || slices.Contains(n.List, cond) && n.Pos() <= call.Pos() && call.End() <= n.End()
		}
		return !found
	})
	return found
}

// MentionsError reports whether e is, or is made of, an error.
func (x *Index) MentionsError(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			found = found || isError(x.pass.TypesInfo.TypeOf(e))
		}
		return !found
	})
	return found
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// isError reports whether t is an interface that errors are known by.
func isError(t types.Type) bool {
	return t != nil && types.IsInterface(t) && types.Implements(t, errorType)
}
