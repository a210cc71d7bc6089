package tickerleak

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/owners"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// endless reports v if a goroutine waits for it that never ends. It is true if
// there is such a goroutine, reported or not.
func (c *checker) endless(v *lifetimes.Value) bool {
	for _, u := range v.Uses {
		if u.Op != lifetimes.Wait {
			continue
		}
		ever, dead := c.lives.Endless(v, u)
		if !ever || v.Kind == lifetimes.Timer && !c.rearmed(v, u) || c.elsewhere(v) {
			continue
		}
		stop := c.stop(v, u)
		if stop != nil && !c.stuck(v, u) {
			continue
		}
		// A ticker of a package-level variable is one for the process.
		if o := c.lives.Origin(u.Func, false); v.Func != nil && !c.process(o) {
			c.reportEndless(v, u, stop, o, dead)
		}
		return true
	}
	return false
}

// process reports whether what comes to run that way runs once, for as long as
// the process lives.
func (c *checker) process(o lifetimes.Origin) bool {
	serves := func(f *funcs.Func) bool { return connection(f) || c.root(f) != nil }
	ends := func(f *funcs.Func) bool { return serves(f) || c.ending(f) != nil }
	return o.Process && !slices.ContainsFunc(o.Funcs, serves) && !slices.ContainsFunc(o.Begins, ends)
}

// root returns the request root that f is, or nil. That f is reached from one by
// many calls says little: in a server most things are.
func (c *checker) root(f *funcs.Func) *hotpath.Root {
	if r := c.Hotness.Root(f.Node); r != nil && len(r.Via) == 0 {
		return r
	}
	return nil
}

// rearmed reports whether the goroutine that waits for a timer starts it anew
// each time it has fired.
func (c *checker) rearmed(v *lifetimes.Value, wait lifetimes.Use) bool {
	for _, u := range v.Uses {
		if u.Op == lifetimes.Rearm && u.Func == wait.Func && c.lives.Follows(wait, u.Node) {
			return true
		}
	}
	return false
}

// stop returns what stops v while the endless wait goes on, or nil.
func (c *checker) stop(v *lifetimes.Value, wait lifetimes.Use) *lifetimes.Use {
	for i, u := range v.Uses {
		if u.Op != lifetimes.Release {
			continue
		}
		switch {
		case u.Func == wait.Func:
			if u.Mode != funcs.Defer && c.lives.Reaches(wait, u.Node) {
				return &v.Uses[i]
			}
		case u.Func != nil && u.Func.Parent == wait.Func && u.Func.Use == funcs.Deferred:
			// A function that does not return runs no deferred call.
		default:
			return &v.Uses[i]
		}
	}
	return nil
}

// stuck reports whether a goroutine that waits for nothing but the ticker is left
// behind when another function stops it: Stop does not close the channel.
func (c *checker) stuck(v *lifetimes.Value, wait lifetimes.Use) bool {
	if v.Kind != lifetimes.Ticker || wait.Comm != nil {
		return false
	}
	for _, u := range v.Uses {
		if u.Op == lifetimes.Rearm && u.Func != wait.Func || u.Op == lifetimes.Release && u.Func == wait.Func && u.Mode != funcs.Defer {
			return false // it is halted and goes on
		}
	}
	return true
}

func (c *checker) reportEndless(v *lifetimes.Value, u lifetimes.Use, stop *lifetimes.Use, o lifetimes.Origin, dead []*ast.CommClause) {
	why, tier, chain := c.multiplicity(o)
	msg, cause := fmt.Sprintf("this %s fires for ever: the goroutine that waits for it never ends, and %s", v.Kind.Name, why), "endless wait"
	if c.collected {
		msg += " (Go 1.23 collects a " + v.Kind.Name + " only when nothing waits for it)"
	}
	chain = append(chain, step(u.Node.Pos(), "waits for the "+v.Kind.Name+" in a loop without a way out"))
	if stop != nil {
		msg, cause = "Stop does not close this ticker's channel: the goroutine that waits for it hangs for ever, and "+why, "wait for a stopped ticker"
		chain = append(chain, step(stop.Node.Pos(), "stops the ticker"))
	}
	for _, d := range dead {
		chain = append(chain, step(d.Pos(), "nothing makes this case ready"))
	}
	c.Report(rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      tier,
		Message:   msg,
		Cause:     cause,
		Primitive: v.New,
		Chain:     chain,
		Mend:      "let the goroutine end: select on a done channel or a context beside the " + v.Kind.Name + ", and stop it by defer",
	})
}

// multiplicity tells why there is more than one of what never ends, or why it
// ought to end. What is nearest counts.
func (c *checker) multiplicity(o lifetimes.Origin) (why string, tier rule.Tier, chain []rule.Step) {
	for _, f := range o.Funcs {
		if r := c.root(f); r != nil {
			return "one is started for each request", rule.Likely, []rule.Step{step(f.Node.Pos(), r.Detail)}
		}
		if connection(f) {
			return "one is started for each connection", rule.Likely, []rule.Step{step(f.Node.Pos(), "is called for each connection")}
		}
		if end := c.ending(f); end != nil {
			name := types.TypeString(end.Signature().Recv().Type(), types.RelativeTo(c.Pkg))
			return fmt.Sprintf("(%s).%s does not end it", name, end.Name()), rule.Likely, []rule.Step{step(end.Pos(), "ends the owner, but not this")}
		}
	}
	if o.Loop != nil {
		return "one more is started in each turn of a loop", rule.Likely, []rule.Step{step(o.Loop.Pos(), "started in a loop")}
	}
	return "nothing stops it", rule.Suspected, nil
}

// ending returns the method that ends the object which f is a method or the
// constructor of, or nil.
func (c *checker) ending(f *funcs.Func) *types.Func {
	return owners.End(c.Pkg, f.Outermost().Obj)
}

// connection reports whether f is given a connection to serve.
func connection(f *funcs.Func) bool { return owners.Connection(f.Sig) }
