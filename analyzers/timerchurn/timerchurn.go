package timerchurn

import (
	_ "embed"
	"go/ast"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "timerchurn",
	Doc:       doc,
	Group:     rule.Timers,
	Class:     rule.Performance,
	Severity:  rule.Medium,
	Trial:     true,
	Fixes:     true,
	Tier:      rule.Proven,
	NeedsHot:  true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, lifetimes.Analyzer},
	FactTypes: []analysis.Fact{new(Makes)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	c := &checker{
		Pass:      pass,
		root:      root,
		values:    vs,
		seldom:    seldom.New(pass.Pass, pass.Funcs, root),
		requests:  requests.New(pass, root, vs, dataflow.New(pass.TypesInfo)),
		lives:     pass.ResultOf[lifetimes.Analyzer].(*lifetimes.Index),
		collected: timing.Collected(pass.Pass),
	}
	c.makers = c.findMakers()
	for _, f := range pass.Funcs.Funcs {
		if vs.InTest(f.Node.Pos()) {
			continue
		}
		for _, k := range f.Out {
			if s := c.site(f, k); s != nil {
				c.judge(s)
			}
		}
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root      inspector.Cursor
	values    *values.Index
	seldom    *seldom.Index
	requests  *requests.Index
	lives     *lifetimes.Index
	collected bool // a timer that nothing refers to is collected before it fires
	makers    map[*funcs.Func]*Makes
}

// judge reports a site where the timer costs: in hot code, in a tight loop, or
// where old timers stay behind.
func (c *checker) judge(s *site) {
	if c.Hotness.Hot(s.fn.Node) != nil {
		if hot := c.Hotness.HotAt(s.call.Pos()); hot != nil && s.mine {
			c.hot(s, hot)
		}
		return
	}
	loop := c.loop(s)
	switch {
	case loop != nil && c.tight(s, loop):
	case !c.collected && s.made == "time.After" && c.retained(s, loop):
	case loop != nil && s.by == nil && s.comm != nil && c.comesRound(s, loop):
		c.Report(rule.Finding{
			Pos:       s.call.Pos(),
			End:       s.call.End(),
			Tier:      rule.Likely,
			Message:   s.made + " makes a timer and a channel each time this loop waits, also if another case is ready: " + price,
			Cause:     "in a loop",
			Primitive: s.made,
			Mend:      reuse,
			NeedsHot:  true,
		})
	}
}

// loop returns the innermost loop that the timer is made in, in the same function.
func (c *checker) loop(s *site) ast.Node { return c.seldom.Loop(c.anchor(s.call)) }
