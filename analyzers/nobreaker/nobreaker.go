package nobreaker

import (
	_ "embed"
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/protection"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "nobreaker",
	Doc:      doc,
	Group:    rule.Connections,
	Class:    rule.Dependency,
	Severity: rule.Low,
	Tier:     rule.Suspected,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, witness.Analyzer, protection.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	w := pass.ResultOf[witness.Analyzer].(*witness.Index)
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	c := &checker{
		Pass:       pass,
		witness:    w,
		downstream: downstream.New(pass, w),
		protection: pass.ResultOf[protection.Analyzer].(*protection.Index),
		requests:   requests.New(pass, root, vs, dataflow.New(pass.TypesInfo)),
	}
	if c.protection.Wraps(protection.Incoming) != "" {
		return nil // whoever mounts handlers here limits what comes in
	}
	for _, f := range pass.Funcs.Funcs {
		if c.Hotness.Root(f.Node) == nil && !c.consumes(f) || vs.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range c.downstream.Calls(f, c.covers(f)) {
			c.call(f, call)
		}
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	witness    *witness.Index
	downstream *downstream.Index
	protection *protection.Index
	requests   *requests.Index
}

// consumes reports whether a call of f runs for a request although f does not: it
// stands in a loop that receives messages.
func (c *checker) consumes(f *funcs.Func) bool {
	for _, k := range f.Out {
		if c.Hotness.RootAt(k.Site.Pos()) != nil {
			return true
		}
	}
	return false
}

// covers returns what tells the functions that have findings of their own.
func (c *checker) covers(f *funcs.Func) func(ast.Node) bool {
	return func(fn ast.Node) bool { return fn != f.Node && c.Hotness.Root(fn) != nil }
}

// call reports a call that nothing protects.
func (c *checker) call(f *funcs.Func, call downstream.Call) {
	root := c.Hotness.RootAt(call.Site.Pos())
	if root == nil || call.Kind == downstream.Command || c.requests.Detached(f, root) || c.protected(f, call, root) {
		return
	}
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Suspected,
		Message:   fmt.Sprintf("%s on behalf of a request (%s), with neither a breaker nor a limiter on the way: when what is asked is slow, requests wait for it until nothing else is served", call.Kind.One(), root.Detail),
		Cause:     "not protected",
		Primitive: call.By,
		Chain:     c.chain(f, call, root),
		Mend:      "call it through a circuit breaker or under a limit of concurrency, and answer without it when that refuses",
	})
}

// protected reports whether a breaker, a limiter or a budget stands on the way from the
// root to what is asked.
func (c *checker) protected(f *funcs.Func, call downstream.Call, root *hotpath.Root) bool {
	if c.protection.Before(f, call.Site.Pos()) != "" {
		return true
	}
	for _, s := range root.Via {
		if g := c.Funcs.At(s.Pos); g != nil && c.protection.Before(g, s.Pos) != "" {
			return true
		}
	}
	switch call.Kind {
	case downstream.HTTP:
		if c.protection.Wraps(protection.HTTP) != "" {
			return true
		}
	case downstream.RPC:
		if c.protection.Wraps(protection.RPC) != "" {
			return true
		}
	}
	return call.Func != nil && c.protection.Of(call.Func) != ""
}

// chain returns the steps from the root to what is asked.
func (c *checker) chain(f *funcs.Func, call downstream.Call, root *hotpath.Root) []rule.Step {
	var steps []rule.Step
	if h := c.requests.Handler(f, root); h != nil {
		pos, _ := h.Heading()
		steps = append(steps, rule.Step{Pos: pos, Text: root.Detail})
	}
	for _, s := range root.Via {
		steps = append(steps, rule.Step{Pos: s.Pos, Text: s.Text})
	}
	return append(steps, c.downstream.Chain(call)...)
}
