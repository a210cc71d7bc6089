package logsplit

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/telemetry"
)

// labels is the fact of a function that labels a metric with its parameters as they
// come.
type labels struct{ Params []int }

// AFact marks labels as a fact.
func (*labels) AFact() {}

func (l *labels) String() string { return fmt.Sprint("labels by ", l.Params) }

func (c *checker) export() {
	for f, params := range c.labelled {
		if f.Obj == nil || !f.Obj.Exported() {
			continue
		}
		l := new(labels)
		for i := range params {
			l.Params = append(l.Params, i)
		}
		slices.Sort(l.Params)
		c.ExportObjectFact(f.Obj, l)
	}
}

// A value is what becomes a label, and how.
type value struct {
	f     *funcs.Func
	expr  ast.Expr
	of    ast.Expr    // the metric, if it is named here
	chain []rule.Step // from expr to the metric
}

// labels reports the labels of values without bound: where they are given to the
// metric, or to a function that hands them on.
func (c *checker) labels() {
	var todo []value
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			for _, l := range telemetry.Labels(c.TypesInfo, call.Site) {
				todo = append(todo, value{f: f, expr: l.Value, of: l.Of})
			}
			todo = append(todo, c.spread(f, call)...)
			todo = append(todo, c.imported(f, call)...)
		}
	}
	for len(todo) > 0 {
		v := todo[0]
		todo = append(todo[1:], c.judge(v)...)
	}
}

// spread returns the values of the attributes that call, an option of OpenTelemetry,
// is given in a variable.
func (c *checker) spread(f *funcs.Func, call *funcs.Call) (list []value) {
	if call.FullName() != "go.opentelemetry.io/otel/metric.WithAttributes" {
		return nil
	}
	for _, a := range call.Site.Args {
		v := c.values.Variable(a)
		if v == nil || v.IsField() {
			continue
		}
		given, _ := c.values.Given(v)
		for _, g := range given {
			ast.Inspect(g, func(n ast.Node) bool {
				if made, ok := n.(*ast.CallExpr); ok {
					if e := telemetry.Attribute(c.TypesInfo, made); e != nil {
						list = append(list, value{f: f, expr: e})
						return false
					}
				}
				return true
			})
		}
	}
	return list
}

// imported returns the arguments that call hands to a function of another package
// which labels a metric with them.
func (c *checker) imported(f *funcs.Func, call *funcs.Call) (list []value) {
	var l labels
	if call.Func == nil || call.Callee != nil || !modules.Ours(c.Pass.Pass, call.Func.Pkg()) || !c.ImportObjectFact(call.Func, &l) {
		return nil
	}
	step := rule.Step{Pos: call.Site.Pos(), Text: callers.ShortName(call.Func, c.Pkg) + " labels a metric with it"}
	for _, i := range l.Params {
		if i < len(call.Site.Args) {
			list = append(list, value{f: f, expr: call.Site.Args[i], chain: []rule.Step{step}})
		}
	}
	return list
}

// maxChain bounds how many functions a value is followed up through.
const maxChain = 6

// judge reports v if it has no bound, and returns what callers give for it if it is a
// parameter.
func (c *checker) judge(v value) []value {
	s := c.source(v.f, v.expr, 0)
	if s.what != "" {
		c.unbounded(v, s)
		return nil
	}
	if s.param == nil || len(v.chain) >= maxChain {
		return nil
	}
	f, i := c.paramOf(v.f, s.param)
	if f == nil || c.labelled[f][i] != nil {
		return nil
	}
	if c.labelled[f] == nil {
		c.labelled[f] = make(map[int][]rule.Step)
	}
	chain := append([]rule.Step{{Pos: v.expr.Pos(), Text: c.step(v)}}, v.chain...)
	c.labelled[f][i] = chain
	var next []value
	for _, in := range c.callers.In(f) {
		if in.Caller != nil && i < len(in.Site.Args) {
			next = append(next, value{f: in.Caller, expr: in.Site.Args[i], chain: chain})
		}
	}
	return next
}

func (c *checker) step(v value) string {
	if v.of != nil {
		return "labels " + rule.Brief(types.ExprString(v.of)) + " with it"
	}
	return "hands it on"
}

// paramOf returns the declared function that v is a parameter of, and which one.
func (c *checker) paramOf(f *funcs.Func, v *types.Var) (*funcs.Func, int) {
	for ; f != nil; f = f.Parent {
		if f.Obj == nil || f.Sig.Variadic() {
			continue
		}
		for i := range f.Sig.Params().Len() {
			if f.Sig.Params().At(i) == v {
				return f, i
			}
		}
	}
	return nil, 0
}

// unbounded reports v, which has no bound for the reason s.
func (c *checker) unbounded(v value, s source) {
	key := v.f.Outermost().Name(c.Pkg) + " " + types.ExprString(v.expr) + " " + s.what
	if c.seen[key] {
		return // one value, several metrics
	}
	c.seen[key] = true
	tier := s.tier
	if tier != rule.Suspected && (c.bounded(v, s) || c.deletes(v.of)) {
		tier = rule.Suspected
	}
	if tier == rule.Suspected && s.tier == rule.Suspected && c.Hotness.RootAt(v.expr.Pos()) == nil {
		return // neither is it sure, nor does a request lead there
	}
	metric := "a metric"
	if v.of != nil {
		metric = rule.Brief(types.ExprString(v.of))
	}
	c.Report(rule.Finding{
		Pos: v.expr.Pos(), End: v.expr.End(),
		Tier:      tier,
		Cause:     "unbounded label",
		Primitive: s.what,
		Message:   fmt.Sprintf("%s labels %s: each value of it is a series of its own, kept in memory for as long as the process runs and sent with every scrape, and nothing bounds how many there are", s.what, metric),
		Mend:      s.mend,
		Chain:     v.chain,
	})
}

// bounded reports whether a condition that the label is reached under asks for what
// it is made of: a set of known values, a case of a switch.
func (c *checker) bounded(v value, s source) bool {
	cur, ok := syntax.Find(c.root, v.expr)
	if !ok {
		return false
	}
	names := make(map[types.Object]bool)
	for _, e := range []ast.Expr{v.expr, s.expr} {
		ast.Inspect(e, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if o, ok := c.TypesInfo.Uses[id].(*types.Var); ok && !isError(o.Type()) {
					names[o] = dataflow.LocalVar(o) != nil && basic(o.Type()) || o.IsField()
				}
			}
			return true
		})
	}
	for at := range cur.Enclosing((*ast.SwitchStmt)(nil)) {
		if sw := at.Node().(*ast.SwitchStmt); sw.Tag != nil && c.asks(sw.Tag, names) {
			return true
		}
	}
	return slices.ContainsFunc(c.guards.Conditions(v.f, cur), func(cond guards.Condition) bool { return c.asks(cond.Expr, names) })
}

func basic(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}

// asks reports whether e asks for one of the variables or fields by more than a
// comparison with the empty string.
func (c *checker) asks(e ast.Expr, names map[types.Object]bool) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if b, ok := n.(*ast.BinaryExpr); ok {
			if tv := c.TypesInfo.Types[b.Y]; tv.Value != nil && tv.Value.ExactString() == `""` || tv.IsNil() {
				return false
			}
		}
		if id, ok := n.(*ast.Ident); ok {
			found = found || names[c.TypesInfo.Uses[id]]
		}
		return !found
	})
	return found
}

// deletes reports whether the package takes series out of the metric again.
func (c *checker) deletes(of ast.Expr) bool {
	if of == nil {
		return false
	}
	metric := dataflow.Key(c.TypesInfo, of)
	if metric == nil {
		return false
	}
	for _, f := range c.Funcs.Funcs {
		for _, call := range f.Out {
			sel, ok := ast.Unparen(call.Site.Fun).(*ast.SelectorExpr)
			if ok && (strings.HasPrefix(sel.Sel.Name, "Delete") || sel.Sel.Name == "Reset") && dataflow.Key(c.TypesInfo, sel.X) == metric {
				return true
			}
		}
	}
	return false
}
