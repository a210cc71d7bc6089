package retrystorm

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/retries"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// few is how many attempts without a pause are taken for a second chance rather
// than for a storm: a connection of the pool that has gone stale fails at once, and
// so may the next one.
const few = 3

// A bound is what ends a retry loop though the call goes on failing.
type bound struct {
	attempts bool  // a count
	limit    int64 // of attempts, if it is a constant; else 0
	deadline bool  // a time
	failure  bool  // what the error, or the answer, is
	other    bool  // a context, a flag, a channel
}

func (b bound) none() bool { return b == bound{} }

// judge reports the retry of a call, if it is one that makes things worse.
func (c *checker) judge(f *funcs.Func, call downstream.Call, r *retries.Retry) {
	if c.polls(call) {
		return
	}
	b := c.bound(f, r)
	if inner := c.inner(f, call, r); inner != nil && !r.Anyway {
		c.nested(f, call, r, b, inner)
		return
	}
	switch {
	case r.Hot && c.paces(f, call): // the call itself takes its time
	case r.Hot && r.Anyway:
		c.report(call, r, rule.Suspected, "no pause after failures either",
			fmt.Sprintf("%s is repeated at once whether it fails or not: if it fails without waiting, as many requests are made as this process can", c.name(call.Call)),
			"wait after a failure, longer each time and by a random share")
	case r.Hot && b.none():
		c.report(call, r, rule.Likely, "no pause, no limit",
			fmt.Sprintf("%s is repeated at once and for ever while it fails: a dependency that is down is answered with as many requests as this process can make", c.name(call.Call)),
			"wait between the attempts, longer each time and by a random share, and give up after some or when the context is done")
	case r.Hot && b.failure, r.Hot && b.attempts && b.limit > 0 && b.limit <= few:
		c.report(call, r, rule.Suspected, "no pause",
			fmt.Sprintf("%s is repeated at once after some errors: when a dependency is overloaded, that doubles its load", c.name(call.Call)),
			"wait between the attempts, longer each time and by a random share")
	case r.Hot && r.Paused:
		c.report(call, r, rule.Suspected, "no pause on some path",
			fmt.Sprintf("%s is repeated at once on a way round the loop that leaves out its pause", c.name(call.Call)),
			"let every way back to the call pass the pause")
	case r.Hot:
		c.report(call, r, rule.Likely, "no pause",
			fmt.Sprintf("%s is repeated at once while it fails: a dependency that is down or overloaded is answered with as many requests as this process can make", c.name(call.Call)),
			"wait between the attempts, longer each time and by a random share")
	case b.none() && r.Periodic:
	case b.none():
		c.endless(f, call, r)
	default:
		c.inStep(f, call, r)
	}
}

// polls reports whether the call waits for what comes in: that it is made again is
// its purpose, and a library's has a pace of its own.
func (c *checker) polls(call downstream.Call) bool {
	if call.Func == nil {
		return false
	}
	return call.Kind == downstream.Client && consuming.MatchString(call.Func.Name())
}

// paces reports whether the call sleeps before it fails, in code that is not the
// standard library's.
func (c *checker) paces(f *funcs.Func, call downstream.Call) bool {
	for _, p := range c.witness.Places(f.Node, effects.SetOf(effects.Sleep), nil) {
		if p.Call != call.Site {
			continue
		}
		if _, ok := c.sleeping.Find(f.Node, p, func(e effects.Effect) bool {
			return e.Kind == effects.Sleep && !c.stdSleeps(e)
		}); ok {
			return true
		}
	}
	return false
}

// stdSleeps reports whether a function of the standard library other than time.Sleep
// is the first foreign one on the way to the sleep.
func (c *checker) stdSleeps(e effects.Effect) bool {
	for s := range e.Chain.All {
		if path := witness.PathOf(s.Func); modules.IsStd(path) {
			return path != "time"
		} else if !modules.OursPath(c.Pass.Pass, path) {
			return false
		}
	}
	return false
}

// bound returns what ends the loop.
func (c *checker) bound(f *funcs.Func, r *retries.Retry) bound {
	var b bound
	for _, e := range r.Exits {
		switch {
		case e.Cond != nil && c.prepares(f, e.Cond): // what the call needs could not be made
		case e.Cond != nil && c.tellsFailure(f, r, e.Cond), e.Tag != nil && c.tellsFailure(f, r, e.Tag):
			b.failure = true
		case e.Cond != nil && c.counts(e.Cond, &b):
		case e.Cond != nil && c.mentions(e.Cond, isTime):
			b.deadline = true
		default:
			if n, ok := e.Stmt.(*ast.RangeStmt); ok && c.counted(n, &b) {
				continue
			}
			b.other = true
		}
	}
	return b
}

// prepares reports whether the condition asks for the error of a function of the
// standard library that makes something, as a request is made.
func (c *checker) prepares(f *funcs.Func, cond ast.Expr) bool {
	cmp, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok || !c.TypesInfo.Types[cmp.Y].IsNil() || !isError(c.TypesInfo.TypeOf(cmp.X)) {
		return false
	}
	v := c.flows.Of(f).Local(ast.Unparen(cmp.X))
	if v == nil {
		return false
	}
	for _, d := range c.flows.Of(f).Defs[v] {
		if d.Pos > cond.Pos() {
			continue
		}
		call, ok := ast.Unparen(d.RHS).(*ast.CallExpr)
		if !ok {
			return false
		}
		k := c.Funcs.Call(call)
		if k == nil || k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() == "context" || !modules.IsStd(k.Func.Pkg().Path()) {
			return false
		}
	}
	return true
}

// tellsFailure reports whether the condition looks at the error, or at what else the
// call has returned.
func (c *checker) tellsFailure(f *funcs.Func, r *retries.Retry, cond ast.Expr) bool {
	fl := c.flows.Of(f)
	for v := range fl.From(dataflow.Mentioned(c.TypesInfo, cond)) {
		if v == r.Error {
			return true
		}
		for _, d := range fl.Defs[v] {
			if d.RHS == r.Call.Site && !isCount(v.Type()) {
				return true
			}
		}
	}
	return false
}

// counts reports whether the condition compares a count.
func (c *checker) counts(cond ast.Expr, b *bound) (found bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		cmp, ok := n.(*ast.BinaryExpr)
		if !ok || !ordered(cmp.Op) || !isCount(c.TypesInfo.TypeOf(cmp.X)) || isTime(c.TypesInfo.TypeOf(cmp.X)) {
			return true
		}
		found, b.attempts = true, true
		for _, e := range []ast.Expr{cmp.X, cmp.Y} {
			if v := c.TypesInfo.Types[e].Value; v != nil {
				b.limit, _ = constant.Int64Val(constant.ToInt(v))
				if cmp.Op == token.LEQ || cmp.Op == token.GTR {
					b.limit++
				}
			}
		}
		return false
	})
	return found
}

// counted reports whether the loop ranges over a number.
func (c *checker) counted(n *ast.RangeStmt, b *bound) bool {
	tv := c.TypesInfo.Types[n.X]
	if !isCount(tv.Type) {
		return false
	}
	b.attempts = true
	if tv.Value != nil {
		b.limit, _ = constant.Int64Val(tv.Value)
	}
	return true
}

func ordered(op token.Token) bool {
	switch op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
		return true
	}
	return false
}

func isCount(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func isTime(t types.Type) bool { return isNamed(t, "time", "Duration") || isNamed(t, "time", "Time") }

func (c *checker) mentions(e ast.Expr, is func(types.Type) bool) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			t := c.TypesInfo.TypeOf(e)
			found = found || t != nil && is(t)
		}
		return !found
	})
	return found
}

// endless judges a loop that pauses and never gives up.
func (c *checker) endless(f *funcs.Func, call downstream.Call, r *retries.Retry) {
	mend := "give up after some attempts, or when the context is done: select on ctx.Done() beside the timer"
	if root := c.Hotness.RootAt(call.Site.Pos()); root != nil && !c.spawned(f) && !c.requests.Detached(f, root) {
		c.report(call, r, rule.Likely, "no limit on a request",
			fmt.Sprintf("%s is repeated for as long as it fails, on behalf of a request (%s): while the dependency is down, requests and what they hold pile up", c.name(call.Call), root.Detail), mend)
		return
	}
	place := c.contexts.At(call.Call)
	if s := place.Source; s != nil && s.Doubt == "" && !s.Stored && place.Apart == "" {
		c.report(call, r, rule.Likely, "no context check",
			fmt.Sprintf("%s is repeated for as long as it fails, though %s may be done: the loop goes on after whoever waits for it has left", c.name(call.Call), s.Expr), mend)
		return
	}
	c.report(call, r, rule.Suspected, "no limit",
		fmt.Sprintf("%s is repeated for as long as it fails, and nothing ends that: neither a number of attempts nor a deadline nor a context", c.name(call.Call)), mend)
}

// spawned reports whether f runs in a goroutine of its own, wherever it stands.
func (c *checker) spawned(f *funcs.Func) bool {
	for g := f; g != nil; g = g.Parent {
		if g.Use == funcs.Spawned {
			return true
		}
		for _, in := range g.In {
			if in.Mode == funcs.Go {
				return true
			}
		}
	}
	return false
}

// inStep suspects a loop whose pause is the same in every process.
func (c *checker) inStep(f *funcs.Func, call downstream.Call, r *retries.Retry) {
	for _, p := range r.Pauses {
		d := c.duration(p)
		if d == nil || !c.computed(f, d) {
			return
		}
	}
	if len(r.Pauses) > 0 {
		c.report(call, r, rule.Suspected, "no jitter",
			fmt.Sprintf("%s is repeated after the same pause in every process: those that failed together come back together", c.name(call.Call)),
			"add a random share to the pause")
	}
}

// duration returns how long the pause is, if it shows.
func (c *checker) duration(pause ast.Node) (d ast.Expr) {
	ast.Inspect(pause, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return d == nil
		}
		if k := c.Funcs.Call(call); k != nil && k.Func != nil && len(call.Args) > 0 {
			switch k.FullName() {
			case "time.Sleep", "time.After", "time.NewTimer":
				d = call.Args[0]
			}
		}
		return d == nil
	})
	return d
}

// computed reports whether e is made of constants and arithmetic alone.
func (c *checker) computed(f *funcs.Func, e ast.Expr) bool {
	fl := c.flows.Of(f)
	seen := make(dataflow.Vars)
	var plain func(e ast.Expr) bool
	plain = func(e ast.Expr) bool {
		if c.TypesInfo.Types[e].Value != nil {
			return true
		}
		switch e := ast.Unparen(e).(type) {
		case *ast.BinaryExpr:
			return plain(e.X) && plain(e.Y)
		case *ast.CallExpr:
			return c.TypesInfo.Types[e.Fun].IsType() && plain(e.Args[0])
		case *ast.Ident:
			v := fl.Local(e)
			if v == nil || dataflow.IsParam(f, v) {
				return false
			}
			if seen[v] {
				return true
			}
			seen[v] = true
			for _, d := range fl.Defs[v] {
				if d.Kind != dataflow.Whole || !plain(d.RHS) {
					return false
				}
			}
			return true
		}
		return false
	}
	return plain(e)
}

// report reports a retry. The finding stands at the call.
func (c *checker) report(call downstream.Call, r *retries.Retry, tier rule.Tier, cause, message, mend string) {
	c.told[r.Loop] = true
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      tier,
		Message:   message,
		Cause:     cause,
		Primitive: call.By,
		Chain:     append([]rule.Step{line(r.Loop.Pos(), "this loop makes it again")}, c.downstream.Chain(call)...),
		Mend:      mend,
	})
}
