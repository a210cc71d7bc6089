package hotcall

import (
	_ "embed"
	"fmt"
	"go/ast"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "hotcall",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Tier:     rule.Proven,
	NeedsHot: true,
	Requires: []*analysis.Analyzer{witness.Analyzer, syntax.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		pass:   pass,
		index:  pass.ResultOf[witness.Analyzer].(*witness.Index),
		seldom: seldom.New(pass.Pass, pass.Funcs, root),
	}
	locked, sure := c.lockedRandom()
	for _, f := range pass.Funcs.Funcs {
		hot := pass.Hotness.Hot(f.Node)
		if hot == nil {
			continue
		}
		c.function(f, hot)
		if locked != "" {
			c.random(f, locked, sure)
		}
	}
	return nil
}

type checker struct {
	pass   *rule.Pass
	index  *witness.Index
	seldom *seldom.Index
}

// A call is a costly one in a hot function.
type call struct {
	witness.Place
	what costly.Call
	name string           // what is costly, by its full name
	by   *effects.Effect  // whose chain leads there, if that is not what is called here
	hot  *hotpath.Hotness // at the call
	rare string           // why it does not happen each time
}

// everything is asked for: most that is costly allocates, and what else it does
// says whose it is.
const everything = ^effects.Set(0)

// function judges the calls of a hot function. What another hot function of the
// package does is judged there.
func (c *checker) function(f *funcs.Func, hot *hotpath.Hotness) {
	covered := func(fn ast.Node) bool { // what is generated nobody can mend there: cgo's functions for instance
		return fn != f.Node && c.pass.Hotness.Hot(fn) != nil && !c.pass.Generated(fn.Pos())
	}
	seen := make(map[*ast.CallExpr]bool)
	var reflected []*call
	for _, p := range c.index.Places(f.Node, everything, covered) {
		if p.Call == nil || seen[p.Call] || spawns(p) || owned(p, hot) || c.panics(p.Call.Lparen) {
			continue
		}
		k := c.costly(p, hot)
		if k == nil || !c.heed(k, hot) {
			continue
		}
		seen[p.Call] = true
		if k.what.Kind == costly.Reflects {
			reflected = append(reflected, k)
		} else {
			c.report(k)
		}
	}
	c.reflection(reflected)
}

// heed reports whether a call is worth a word where it stands, and notes what it
// is told with. A strict contract holds on the way to an error too.
func (c *checker) heed(k *call, hot *hotpath.Hotness) bool {
	if c.pass.Hotness.Strict && hot.By != nil && hot.By.Kind != directive.Hot {
		k.hot = hot
		return true
	}
	if k.hot = c.pass.Hotness.HotAt(k.Pos); k.hot == nil || k.Cold {
		return false
	}
	k.rare = c.rare(k)
	return !silent(k.rare)
}

func spawns(p witness.Place) bool {
	_, ok := p.Instr.(*ssa.Go)
	return ok
}

// owned reports whether hotblock speaks of a place: under a nonblocking contract
// of whatever waits, in what a directive calls hot of some kinds.
func owned(p witness.Place, hot *hotpath.Hotness) bool {
	var blocking effects.Set
	switch {
	case hot.Under(directive.NonBlocking):
		blocking = effects.Blocking
	case hot.Source == hotpath.FromDirective:
		blocking = effects.SetOf(effects.Net, effects.Disk, effects.Sleep)
	}
	for _, e := range p.Effects {
		if blocking.Has(e.Kind) && !e.Cold {
			return true
		}
	}
	return false
}

// reflection reports the reflection of one function, once: there is one thing to
// mend.
func (c *checker) reflection(calls []*call) {
	if len(calls) == 0 {
		return
	}
	best := calls[0]
	for _, k := range calls[1:] {
		if c.tier(best) == rule.Suspected && c.tier(k) != rule.Suspected {
			best = k
		}
	}
	f := c.finding(best)
	for _, k := range calls {
		f.Chain = append(f.Chain, rule.Step{Pos: k.Pos, Text: "calls " + c.index.Short(k.name)})
	}
	c.pass.Report(f)
}

func (c *checker) report(k *call) { c.pass.Report(c.finding(k)) }

// finding words what is said of a call.
func (c *checker) finding(k *call) rule.Finding {
	cost := costs[k.what.Kind]
	f := rule.Finding{
		Pos:       k.Pos,
		End:       k.End,
		Tier:      c.tier(k),
		Message:   c.index.Short(k.name) + " " + cost.text,
		Cause:     cost.cause,
		Primitive: k.name,
		Mend:      cost.mend,
		Hot:       k.hot,
	}
	if k.by != nil {
		f.Message = fmt.Sprintf("%s calls %s, which %s", c.index.Short(k.Func), c.index.Short(k.name), cost.text)
		f.Cause = strings.Join([]string{cost.cause, "by", k.Func}, " ")
		f.Chain = c.index.Chain(*k.by)
	}
	if k.rare != "" {
		f.Message += "; but " + k.rare
	}
	return f
}

// tier says how sure it is that the call costs each time that the function runs.
func (c *checker) tier(k *call) rule.Tier {
	switch {
	case k.by != nil || k.what.Light || k.rare != "":
		return rule.Suspected
	case k.hot.Line >= costly.MinLine:
		return rule.Likely
	case k.hot.Source != hotpath.FromDirective:
		return rule.Suspected
	case k.what.Kind == costly.Logs || slices.ContainsFunc(k.way(), c.seldom.Conditional):
		return rule.Likely // a level, or the condition, may say no
	}
	return rule.Proven
}
