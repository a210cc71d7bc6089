package goroutineleak

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/owners"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// near is the number of calls within which what calls a function still says how
// often it runs. Further up everything hangs together: a server calls whatever
// it does from the loop that accepts connections.
const near = 3

// An origin is how a go statement comes to be reached.
type origin struct {
	process bool            // from main or init alone, and not in a loop
	loop    *chanflow.Edge  // a call, or the go statement itself, in a loop that goes on
	funcs   []*ssa.Function // those around it, the nearest first
}

func (c *checker) origin(start *chanflow.Edge) origin {
	type reached struct {
		e     *chanflow.Edge
		calls int
	}
	var o origin
	process, open := false, false
	seen := make(map[*ssa.Function]bool)
	for queue := []reached{{start, 0}}; len(queue) > 0; queue = queue[1:] {
		r := queue[0]
		fn := r.e.Caller
		if o.loop == nil && r.calls <= near && c.repeats(r.e.Site) {
			o.loop = r.e
		}
		if seen[fn] {
			continue
		}
		seen[fn] = true
		if r.calls <= near {
			o.funcs = append(o.funcs, fn)
		}
		in := c.flow.In(fn)
		switch {
		case c.flow.Process(fn):
			process = true
		case c.flow.Foreign(fn), len(in) == 0:
			open = true
		}
		for _, e := range in {
			queue = append(queue, reached{e, r.calls + 1})
		}
	}
	o.process = process && !open && o.loop == nil
	return o
}

// repeats reports whether instr stands in a loop that goes on for as long as
// something comes in.
func (c *checker) repeats(instr ssa.Instruction) bool {
	for _, l := range chanflow.Around(instr.Block()) {
		if !l.Bounded() && (chanflow.Walk{}).Reaches(instr, instr) {
			return true
		}
	}
	return false
}

// once reports whether what the go statement starts is started once for the process.
func (c *checker) once(start *chanflow.Edge) bool { return c.origin(start).process }

// plural tells why there is more than one of what never ends, or why it ought to
// end. What is nearest counts.
func (c *checker) plural(start *chanflow.Edge) (why string, tier rule.Tier, chain []rule.Step) {
	o := c.origin(start)
	if o.process {
		return "nothing stops it", rule.Suspected, nil
	}
	for _, fn := range o.funcs {
		if fn.Syntax() == nil {
			continue
		}
		if r := c.Hotness.Root(fn.Syntax()); r != nil && len(r.Via) == 0 {
			return "one is started for each request", rule.Likely, []rule.Step{step(fn.Pos(), r.Detail)}
		}
		if owners.Connection(fn.Signature) {
			return "one is started for each connection", rule.Likely, []rule.Step{step(fn.Pos(), "is called for each connection")}
		}
		obj, _ := outermost(fn).Object().(*types.Func)
		if end := owners.End(c.Pkg, obj); end != nil {
			name := types.TypeString(end.Signature().Recv().Type(), types.RelativeTo(c.Pkg))
			return fmt.Sprintf("(%s).%s does not end it", name, end.Name()), rule.Likely, []rule.Step{step(end.Pos(), "ends the owner, but not this")}
		}
	}
	if o.loop != nil {
		return "one more is started in each turn of a loop", rule.Likely, []rule.Step{step(o.loop.Site.Pos(), "started in a loop")}
	}
	return "nothing stops it", rule.Suspected, nil
}
