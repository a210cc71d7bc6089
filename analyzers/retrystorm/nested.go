package retrystorm

import (
	"fmt"
	"go/ast"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/retries"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// inner returns the step that shows where the retried call retries by itself, or nil.
func (c *checker) inner(f *funcs.Func, call downstream.Call, r *retries.Retry) *rule.Step {
	if len(r.Outer) > 0 {
		s := line(r.Loop.Pos(), "this loop inside it has made the call several times by then")
		return &s
	}
	if call.Func == nil || call.Dynamic {
		return nil
	}
	return c.repeats(call.Func)
}

// repeats returns the step that shows where fn retries, or nil.
func (c *checker) repeats(fn *types.Func) *rule.Step {
	rep := c.retries.Repeats(fn)
	if rep == nil {
		return nil
	}
	return &rule.Step{Posn: rep.Posn, Text: c.witness.Short(rep.Func) + " has repeated it by then"}
}

// nested reports a retry around a retry. One that goes on for ever is how a
// connection is kept up, and its inside may give up as often as it likes.
func (c *checker) nested(f *funcs.Func, call downstream.Call, r *retries.Retry, b bound, inner *rule.Step) {
	loop := r.Loop
	if len(r.Outer) > 0 {
		loop = r.Outer[len(r.Outer)-1]
	}
	tier := rule.Suspected
	if b.attempts && !b.failure {
		tier = rule.Likely
	}
	c.told[loop] = true
	c.told[r.Loop] = true
	c.Report(rule.Finding{
		Pos:       loop.Pos(),
		End:       loop.Pos() + 3,
		Tier:      tier,
		Message:   fmt.Sprintf("%s is retried here after it has been retried inside: the attempts multiply, and an outage is met with a many times higher load", c.name(call.Call)),
		Cause:     "nested retries",
		Primitive: call.By,
		Chain:     append([]rule.Step{line(call.Site.Pos(), "calls "+c.name(call.Call)), *inner}, c.downstream.Chain(call)...),
		Mend:      "retry in one place only, the outermost that knows the deadline; let the others return the error",
	})
}

// handed reports functions that f hands to something which retries them, though they
// retry by themselves.
func (c *checker) handed(f *funcs.Func) {
	for _, call := range f.Out {
		if call.Func == nil {
			continue
		}
		i, ok := c.retries.Retrier(call.Func)
		if !ok || i >= len(call.Site.Args) {
			continue
		}
		inner := c.retriedBy(call.Site.Args[i])
		if inner == nil {
			continue
		}
		c.Report(rule.Finding{
			Pos:       call.Site.Pos(),
			End:       call.Site.End(),
			Tier:      rule.Likely,
			Message:   fmt.Sprintf("%s retries what retries by itself: the attempts multiply, and an outage is met with a many times higher load", c.name(call)),
			Cause:     "nested retries",
			Primitive: call.FullName(),
			Chain:     inner,
			Mend:      "retry in one place only, the outermost that knows the deadline; let the others return the error",
		})
	}
}

// retriedBy returns the chain to what the function that e denotes retries, or nil.
func (c *checker) retriedBy(e ast.Expr) []rule.Step {
	if fn := c.values.Function(e); fn != nil {
		if s := c.repeats(fn); s != nil {
			return []rule.Step{*s}
		}
		return nil
	}
	lit, ok := ast.Unparen(e).(*ast.FuncLit)
	if !ok {
		return nil
	}
	g := c.Funcs.Of(lit)
	for _, k := range g.Out {
		if k.Func == nil || k.Mode != funcs.Plain {
			continue
		}
		s := c.repeats(k.Func)
		if j, ok := c.retries.Retrier(k.Func); ok && s == nil && j < len(k.Site.Args) {
			return []rule.Step{line(k.Site.Pos(), c.name(k)+" has retried it by then")}
		}
		if s != nil && c.asks(g, k) {
			return []rule.Step{line(k.Site.Pos(), "calls "+c.name(k)), *s}
		}
	}
	return nil
}

// asks reports whether the call, which stands in f, asks something of another process.
func (c *checker) asks(f *funcs.Func, call *funcs.Call) bool {
	for _, d := range c.downstream.Calls(f, nil) {
		if d.Call == call {
			return true
		}
	}
	return false
}
