package stw

import (
	_ "embed"
	"fmt"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
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
	Name:     "stw",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Tier:     rule.Proven,
	Requires: []*analysis.Analyzer{syntax.Analyzer, values.Analyzer, witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		Pass:    pass,
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
	}
	c.flows = dataflow.New(pass.TypesInfo)
	c.requests = requests.New(pass, root, c.values, c.flows)
	for _, f := range pass.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			c.function(f)
		}
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	values   *values.Index
	witness  *witness.Index
	flows    *dataflow.Index
	requests *requests.Index
}

// covered reports whether fn has findings of its own.
func (c *checker) covered(fn ast.Node) bool {
	return c.Hotness.Hot(fn) != nil || c.Hotness.Root(fn) != nil
}

// function looks at the places where f stops the world.
func (c *checker) function(f *funcs.Func) {
	seen := make(map[token.Pos]bool) // a call may turn out to be several
	for _, p := range c.witness.Places(f.Node, effects.SetOf(effects.STW), c.covered) {
		if seen[p.Pos] || p.Effects[0].ByCaller {
			continue
		}
		seen[p.Pos] = true
		c.place(f, p)
	}
}

// place judges one place of f.
func (c *checker) place(f *funcs.Func, p witness.Place) {
	e := p.Effects[0]
	if e.Cold && !c.Hotness.Cold(p.Pos) {
		return // only on a callee's way to an error, a panic or an exit
	}
	hot, root := c.Hotness.HotAt(p.Pos), c.Hotness.RootAt(p.Pos)
	if c.nonblocking(f) {
		return // hotblock says it, where the contract stands
	}
	switch {
	case hot != nil:
		tier := rule.Likely
		if e.Chain.Next == nil {
			tier = rule.Proven
		}
		c.report(p, tier, "in hot code", "in hot code ("+hot.Detail+")", c.requests.Seldom(f, p.Pos, hot.Via), hot)
	case root != nil && c.diagnosis(f, p, root): // whoever watches the process asked for it
	case root != nil:
		c.report(p, rule.Likely, "on a request", "on behalf of a request ("+root.Detail+")", c.doubtOnRequest(f, p, root), nil)
	case c.requests.Ticks(p.Pos) && !e.Cold && c.requests.Seldom(f, p.Pos, nil) == "":
		c.report(p, rule.Suspected, "periodically", "each time this loop comes round", "", nil)
	}
}

// diagnosis reports whether the request that p is reached on asks for the state
// of the process: by its path, or because the answer holds what is read.
func (c *checker) diagnosis(f *funcs.Func, p witness.Place, root *hotpath.Root) bool {
	return reports(p.Func) || c.requests.ForDiagnosis(f, p.Pos, root) || c.answers(f, p, root)
}

// doubtOnRequest says why a request may not pay for p, or returns "".
func (c *checker) doubtOnRequest(f *funcs.Func, p witness.Place, root *hotpath.Root) string {
	if why := c.requests.Doubt(f, p.Pos, root); why != "" {
		return why
	}
	if name := c.requests.NamedForDiagnosis(f, root); name != "" {
		return name + " is named as what serves diagnosis is"
	}
	if costOf(c.witness.Primitive(p.Effects[0])).admin {
		return "whoever asks for that most likely sets up or diagnoses the process"
	}
	if name := starts(f); name != "" {
		return name + " sets something going, which nobody does for each request"
	}
	if c.hands(f, p) {
		return "it is handed the answer to write to, as what reports is"
	}
	return ""
}

// starts returns the name of the function that f is or stands in, if by it that starts
// something, or "".
func starts(f *funcs.Func) string {
	if obj := f.Outermost().Obj; obj != nil && strings.HasPrefix(strings.ToLower(obj.Name()), "start") {
		return obj.Name()
	}
	return ""
}

// nonblocking reports whether f is under a nonblocking contract, or is hot because
// a function is that is.
func (c *checker) nonblocking(f *funcs.Func) bool {
	return c.Hotness.Contract(f.Node, directive.NonBlocking) != nil || c.Hotness.Hot(f.Node).Under(directive.NonBlocking)
}

// report reports the place. A doubt makes it a suspicion.
func (c *checker) report(p witness.Place, tier rule.Tier, cause, when, doubt string, hot *hotpath.Hotness) {
	e := p.Effects[0]
	primitive := c.witness.Primitive(e)
	does := costOf(primitive)
	message := fmt.Sprintf("%s %s, %s", c.witness.Short(p.Func), does.what, when)
	if e.Chain.Next != nil {
		message = fmt.Sprintf("%s ends in %s, which %s, %s", c.witness.Short(p.Func), c.witness.Short(primitive), does.what, when)
	}
	if doubt != "" {
		tier = rule.Suspected
		message += " (but " + doubt + ")"
	}
	var chain []rule.Step
	if e.Chain.Next != nil {
		chain = c.witness.Chain(e)
	}
	c.Report(rule.Finding{
		Pos:       p.Pos,
		End:       p.End,
		Tier:      tier,
		Message:   message,
		Cause:     cause,
		Primitive: primitive,
		Chain:     chain,
		Mend:      does.mend,
		Hot:       hot,
	})
}
