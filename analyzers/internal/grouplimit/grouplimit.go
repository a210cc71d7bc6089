package grouplimit

import (
	"fmt"
	"go/ast"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// Analyzer finds the groups that have a limit. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetgrouplimit",
	Doc:        "find the groups of goroutines that are given a limit",
	Requires:   []*analysis.Analyzer{funcs.Analyzer},
	FactTypes:  []analysis.Fact{new(Limits)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// Limits is the fact of a function that sets the limit of the errgroup it
// returns (Param -1) or is given.
type Limits struct{ Param int }

// AFact marks Limits as a fact.
func (*Limits) AFact() {}

func (l *Limits) String() string { return fmt.Sprintf("limits %d", l.Param) }

// An Index answers for one package.
type Index struct {
	pass     *analysis.Pass
	funcs    *funcs.Index
	groups   map[types.Type]bool // types that can be given a limit
	limits   dataflow.Objects    // groups with a limit, and functions that return one
	limiters dataflow.Objects    // variables that their function sets a limit for
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:     pass,
		funcs:    pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		groups:   make(map[types.Type]bool),
		limits:   make(dataflow.Objects),
		limiters: make(dataflow.Objects),
	}
	x.findLimits()
	x.exportLimits()
	return x, nil
}

// Limited reports whether the group in the variable or field is given a limit
// anywhere.
func (x *Index) Limited(group types.Object) bool { return x.limits[group] }

// findLimits finds the errgroups of the package that are given a limit
// anywhere, by themselves or through helpers: variables, fields, parameters.
func (x *Index) findLimits() {
	for more := true; more; {
		more = false
		for _, fn := range x.funcs.Funcs {
			for _, c := range fn.Out {
				more = x.limitCall(c) || more
			}
			more = x.limitDefs(fn) || more
		}
	}
}

// limit marks o, and reports whether that is new.
func (x *Index) limit(o types.Object) bool {
	if o == nil || x.limits[o] {
		return false
	}
	x.limits[o] = true
	return true
}

// limitCall marks the group that the call is made on or given to, if the call
// limits it, and the parameter that it is given to, if it is limited already.
func (x *Index) limitCall(c *funcs.Call) (more bool) {
	if c.Func == nil {
		return false
	}
	if sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr); ok && c.Func.Name() == "SetLimit" {
		k := dataflow.Key(x.pass.TypesInfo, sel.X)
		x.limiters[k] = true
		return x.limit(k)
	}
	sig := c.Func.Signature()
	for i := range min(sig.Params().Len(), len(c.Site.Args)) {
		p := sig.Params().At(i)
		arg := dataflow.Key(x.pass.TypesInfo, c.Site.Args[i])
		if arg == nil || !x.isGroup(p.Type()) {
			continue
		}
		switch {
		case x.limiters[p], x.limitsArg(c, i):
			x.limiters[arg] = true
			more = x.limit(arg) || more
		case x.limits[arg]:
			more = x.limit(p) || more
		}
	}
	return more
}

// limitsArg reports whether a function of another package limits its i-th argument.
func (x *Index) limitsArg(c *funcs.Call, i int) bool {
	var l Limits
	return c.Callee == nil && x.pass.ImportObjectFact(c.Func, &l) && l.Param == i
}

// exportLimits says which exported functions limit what they return or are given.
// None of the standard library does, which some hosts do not analyse.
func (x *Index) exportLimits() {
	if modules.Std(x.pass) {
		return
	}
	for _, fn := range x.funcs.Funcs {
		if fn.Obj == nil || !fn.Obj.Exported() || x.pass.Pkg.Name() == "main" {
			continue
		}
		if x.limits[fn.Obj] {
			x.pass.ExportObjectFact(fn.Obj, &Limits{-1})
			continue
		}
		for i := range fn.Sig.Params().Len() {
			if x.limiters[fn.Sig.Params().At(i)] {
				x.pass.ExportObjectFact(fn.Obj, &Limits{i})
				break
			}
		}
	}
}

// limitDefs marks the variables of fn that are given a limited group, and fn
// itself if it returns one.
func (x *Index) limitDefs(fn *funcs.Func) (more bool) {
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			for _, r := range n.Results {
				if k := dataflow.Key(x.pass.TypesInfo, r); k != nil && x.limits[k] && fn.Obj != nil {
					more = x.limit(fn.Obj) || more
				}
			}
		case *ast.AssignStmt:
			if x.isGroup(x.pass.TypesInfo.TypeOf(n.Lhs[0])) && x.limitedValue(n.Rhs[0]) {
				more = x.limit(dataflow.Key(x.pass.TypesInfo, n.Lhs[0])) || more
			}
		case *ast.KeyValueExpr:
			if x.isGroup(x.pass.TypesInfo.TypeOf(n.Value)) && x.limitedValue(n.Value) {
				more = x.limit(dataflow.Key(x.pass.TypesInfo, n.Key)) || more
			}
		}
		return true
	})
	return more
}

func (x *Index) limitedValue(e ast.Expr) bool {
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		c := x.funcs.Call(call)
		if c == nil || c.Func == nil {
			return false
		}
		var l Limits
		return x.limits[c.Func] || c.Callee == nil && x.pass.ImportObjectFact(c.Func, &l) && l.Param == -1
	}
	k := dataflow.Key(x.pass.TypesInfo, e)
	return k != nil && x.limits[k]
}

// isGroup reports whether t has a SetLimit method, as errgroup.Group and the
// likes of it do.
func (x *Index) isGroup(t types.Type) bool {
	if t == nil {
		return false
	}
	is, ok := x.groups[t]
	if !ok {
		o, _, _ := types.LookupFieldOrMethod(t, true, nil, "SetLimit")
		_, is = o.(*types.Func)
		x.groups[t] = is
	}
	return is
}
