package deadlineorder

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"time"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "deadlineorder",
	Doc:       doc,
	Group:     rule.Deadlines,
	Class:     rule.Context,
	Severity:  rule.Medium,
	Tier:      rule.Proven,
	Since:     "go1.7",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, budgets.Analyzer, httpconf.Analyzer},
	FactTypes: []analysis.Fact{new(longest)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:    pass,
		root:    pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		budgets: pass.ResultOf[budgets.Analyzer].(*budgets.Index),
		conf:    pass.ResultOf[httpconf.Analyzer].(*httpconf.Index),
	}
	for _, f := range pass.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if d, ok := c.budgets.Timeout(call.Site); ok && d > 0 {
				c.context(f, call, d)
			}
		}
	}
	for _, v := range c.conf.Values {
		switch v.Kind {
		case httpconf.Client:
			c.client(v)
		case httpconf.Server:
			c.server(v)
		}
	}
	c.handlers()
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root    inspector.Cursor
	values  *values.Index
	budgets *budgets.Index
	conf    *httpconf.Index
	inner   []*inner // the budgets of handlers
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }

// doubtful makes a finding a suspicion, and says why.
func doubtful(f *rule.Finding, doubt string) {
	f.Tier = rule.Suspected
	f.Message += " (but " + doubt + ")"
}

// context judges a deadline of d that call sets on a context, in f.
func (c *checker) context(f *funcs.Func, call *funcs.Call, d time.Duration) {
	outer := c.budgets.Context(f, call.Site.Args[0])
	if outer.State == budgets.Incoming {
		c.inner = append(c.inner, &inner{pos: call.Site.Pos(), end: call.Site.End(), limit: d, what: "this deadline", handler: c.handlerAt(outer.Pos)})
		return
	}
	if outer.State != budgets.Bounded || outer.Limit <= 0 || outer.Limit > d {
		return
	}
	finding := rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   fmt.Sprintf("this deadline of %v is never reached: the context that it is derived from ends after %v", d, outer.Limit),
		Cause:     "deadline under a shorter one",
		Primitive: call.FullName(),
		Chain:     []rule.Step{step(outer.Pos, fmt.Sprintf("sets a deadline of %v", outer.Limit))},
		Mend:      "give the work inside less time than the whole has, or derive its context from one that is not bounded if it is to outlive the caller",
	}
	again := c.inLoop(call.Site)
	if again {
		finding.Message += ", and so no attempt after one that takes that long"
		finding.Mend = "give each attempt a part of the time that all have"
	}
	switch same := c.Funcs.At(outer.Pos); {
	case outer.Partial:
		doubtful(&finding, "callers that are not seen may give it more time")
	case outer.Limit == d && !again:
		doubtful(&finding, "they are equal, and little is lost")
	case same != nil && same == f:
		finding.Tier = rule.Proven
	}
	c.Report(finding)
}

// inLoop reports whether n is in a loop of its function.
func (c *checker) inLoop(n ast.Node) bool {
	cur, ok := syntax.Find(c.root, n)
	if !ok {
		return false
	}
	for e := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch e.Node().(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			return true
		}
		return false
	}
	return false
}

// given returns the one expression that a field is given here, or nil.
func given(v *httpconf.Value, field string) ast.Expr {
	if list := v.Given(field); len(list) == 1 {
		return list[0]
	}
	return nil
}
