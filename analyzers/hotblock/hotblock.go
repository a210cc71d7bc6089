package hotblock

import (
	_ "embed"
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "hotblock",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Concurrency,
	Severity: rule.High,
	Tier:     rule.Proven,
	NeedsHot: true,
	Requires: []*analysis.Analyzer{witness.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{pass, pass.ResultOf[witness.Analyzer].(*witness.Index)}
	for _, f := range pass.Funcs.Funcs {
		if k := pass.Hotness.Contract(f.Node, directive.NonBlocking); k != nil {
			c.contract(f, k)
		} else if hot := pass.Hotness.Hot(f.Node); hot != nil && !hot.Under(directive.NonBlocking) {
			c.hot(f, hot) // what one under contract calls is said at the contract
		}
	}
	for _, conv := range pass.Hotness.Conversions() {
		if conv.Contract.Kind == directive.NonBlocking {
			c.conversion(conv)
		}
	}
	return nil
}

type checker struct {
	pass  *rule.Pass
	index *witness.Index
}

// forbidden are the kinds of effects that break the contract.
func (c *checker) forbidden() effects.Set {
	if c.pass.Hotness.Strict {
		return effects.Blocking | effects.SetOf(effects.Unknown)
	}
	return effects.Blocking
}

// contract judges a function under contract: each thing called in it that can
// wait makes a finding at its declaration.
func (c *checker) contract(f *funcs.Func, k *hotpath.Contract) {
	pos, end := f.Heading()
	hot := c.pass.Hotness.Hot(f.Node)
	var said []rule.Step
	if hot.By != k { // else it is said already, as what makes the function hot
		said = contractStep(k)
	}
	itself := func(fn ast.Node) bool { return fn == f.Node } // a recursion says nothing new
	for _, p := range merged(c.index.Places(f.Node, c.forbidden(), itself)) {
		e := gravest(p.Effects)
		c.pass.Report(rule.Finding{
			Pos:       pos,
			End:       end,
			Tier:      c.tier(p, e),
			Func:      f.Name(c.pass.Pkg),
			Message:   fmt.Sprintf("%s is nonblocking, and %s %s: %s", c.name(f), c.index.Short(p.Func), can(p.Effects), cost[e.Kind]),
			Cause:     e.Kind.String() + " by " + p.Func,
			Primitive: c.index.Primitive(e),
			Chain:     append(said[:len(said):len(said)], c.index.Chain(e)...),
			Mend:      mend(e.Kind),
			Hot:       hot,
			Allowed:   c.pass.Allow(p.Pos),
		})
	}
}

func contractStep(k *hotpath.Contract) []rule.Step {
	return []rule.Step{{Posn: k.Posn, Text: k.Said}}
}

// conversion judges a function of another package that comes under contract here.
func (c *checker) conversion(conv hotpath.Conversion) {
	var broken []effects.Effect
	for _, e := range c.index.Info.Of(conv.Func).All() {
		if c.forbidden().Has(e.Kind) {
			broken = append(broken, e)
		}
	}
	if len(broken) == 0 {
		return
	}
	e := gravest(broken)
	tier := rule.Likely
	if e.Cold && !c.pass.Hotness.Strict {
		tier = rule.Suspected
	}
	name := c.index.Short(conv.Func.FullName())
	c.pass.Report(rule.Finding{
		Pos:       conv.Pos,
		End:       conv.End,
		Tier:      tier,
		Message:   fmt.Sprintf("%s is bound to be nonblocking here, and %s: %s", name, can(broken), cost[e.Kind]),
		Cause:     e.Kind.String() + " where it is converted",
		Primitive: name + ", " + c.index.Primitive(e),
		Chain:     append(contractStep(conv.Contract), c.index.Chain(e)...),
		Mend:      mend(e.Kind),
		Hot:       c.pass.Hotness.HotAt(conv.Pos),
	})
}

// unwanted is what a function that is only hot should not wait for.
var unwanted = effects.SetOf(effects.Net, effects.Disk, effects.Sleep)

// hot reports what a hot function waits for, unless another hot function of the
// package, which it calls, has that finding.
func (c *checker) hot(f *funcs.Func, hot *hotpath.Hotness) {
	said := func(fn ast.Node) bool { return c.pass.Hotness.Hot(fn) != nil }
	for _, p := range merged(c.index.Places(f.Node, unwanted, said)) {
		e := gravest(p.Effects)
		at := c.pass.Hotness.HotAt(p.Pos)
		if at == nil || e.Cold {
			continue
		}
		tier := rule.Likely
		if hot.Source != hotpath.FromDirective && e.Kind != effects.Sleep {
			tier = rule.Suspected
		}
		c.pass.Report(rule.Finding{
			Pos:       p.Pos,
			End:       p.End,
			Tier:      tier,
			Message:   fmt.Sprintf("%s is hot, and %s %s: %s", c.name(f), c.index.Short(p.Func), can(p.Effects), cost[e.Kind]),
			Cause:     e.Kind.String() + " by " + p.Func + " in hot code",
			Primitive: c.index.Primitive(e),
			Chain:     c.index.Chain(e),
			Mend:      mend(e.Kind),
			Hot:       at,
		})
	}
}

// tier says how sure a violation is: what the function itself does is there to
// see, of what it calls a condition may stand in between.
func (c *checker) tier(p witness.Place, e effects.Effect) rule.Tier {
	switch {
	case (e.Cold || p.Cold) && !c.pass.Hotness.Strict:
		return rule.Suspected
	case e.Chain == nil || e.Chain.Next == nil && e.Kind != effects.Unknown:
		return rule.Proven
	}
	return rule.Likely
}

// name names a function in a message.
func (c *checker) name(f *funcs.Func) string {
	if f.Obj == nil {
		return "this func literal"
	}
	return c.index.Short(f.Obj.FullName())
}

// merged returns one place for each thing called: where it is not cold, or
// else first, with all that any of its calls does.
func merged(places []witness.Place) []witness.Place {
	var out []witness.Place
	index := make(map[string]int)
	for _, p := range places {
		i, ok := index[p.Func]
		if !ok {
			index[p.Func] = len(out)
			out = append(out, p)
		} else if worse(p, out[i]) {
			out[i] = p
		}
	}
	return out
}

// worse reports whether what a does is graver than what b does.
func worse(a, b witness.Place) bool {
	x, y := gravest(a.Effects), gravest(b.Effects)
	if cold := x.Cold || a.Cold; cold != (y.Cold || b.Cold) {
		return !cold
	}
	return rank(x.Kind) < rank(y.Kind)
}

// gravest returns the effect that a finding is about: one that is not cold, by
// how long it may take.
func gravest(es []effects.Effect) effects.Effect {
	best := es[0]
	for _, e := range es[1:] {
		if e.Cold != best.Cold {
			if best.Cold {
				best = e
			}
		} else if rank(e.Kind) < rank(best.Kind) {
			best = e
		}
	}
	return best
}
