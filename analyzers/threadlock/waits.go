package threadlock

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/threads"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// parking are the effects that make the goroutine wait for another one, or for the
// poller, so that its thread has to be put to sleep and woken by itself.
var parking = effects.SetOf(effects.Lock, effects.Chan, effects.Net, effects.Sleep)

// waits reports the first place where a function waits while its thread is locked: in hot
// code, or, for the audit, in a loop.
func (c *checker) waits(s *threads.Summary) {
	f := s.Func
	if c.startsUp(f) || c.Hotness.Contract(f.Node, directive.NonBlocking) != nil {
		return // rule hotblock says it where the contract stands
	}
	for _, p := range c.witness.Places(f.Node, parking, nil) {
		if p.Effects[0].ByCaller || p.Cold || c.spawned(p) || c.threads.HeldAt(f, p.Pos) != threads.Locked {
			continue
		}
		hot := c.Hotness.HotAt(p.Pos)
		if hot == nil && !c.inLoop(f, p.Pos) || hot.Under(directive.NonBlocking) {
			continue
		}
		c.waiting(s, p, hot)
		return
	}
}

func (c *checker) waiting(s *threads.Summary, p witness.Place, hot *hotpath.Hotness) {
	e := p.Effects[0]
	tier := rule.Suspected
	if hot != nil {
		tier = rule.Likely
	}
	c.Report(rule.Finding{
		Pos:       p.Pos,
		End:       max(p.End, p.Pos+1),
		Tier:      tier,
		Message:   c.witness.Short(p.Func) + " " + witness.Does(e.Kind) + " on a locked thread: where another goroutine is merely put in its place, here the kernel has to put this thread to sleep and wake another, and back",
		Cause:     "waits on a locked thread",
		Primitive: c.witness.Primitive(e),
		Chain:     append([]rule.Step{step(s.Locks[0].Pos(), "locks the thread")}, c.witness.Chain(e)...),
		Mend:      "hand work over by a ring that the locked thread polls, or do not lock it",
		Hot:       hot,
	})
}

// spawned reports whether the place only starts what waits.
func (c *checker) spawned(p witness.Place) bool {
	if p.Call == nil {
		return false
	}
	k := c.Funcs.Call(p.Call)
	return k != nil && k.Mode != funcs.Plain
}

func (c *checker) inLoop(f *funcs.Func, pos token.Pos) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = found || n.Pos() <= pos && pos < n.End()
		}
		return !found
	})
	return found
}
