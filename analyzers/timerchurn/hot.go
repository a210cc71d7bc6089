package timerchurn

import (
	"go/ast"
	"go/token"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const (
	price = "three allocations of 250 bytes together, and 300 ns, where Reset of one that is kept allocates nothing and takes half as long"
	reuse = "make one timer, keep it, and Reset it before each wait"
)

// hot reports a timer that hot code makes, in each call or each turn of a loop.
func (c *checker) hot(s *site, hot *hotpath.Hotness) {
	if hot.Under(directive.NoAlloc) || hot.Under(directive.NonBlocking) && (s.comm != nil || c.received(s) != nil) {
		return // the contract has a finding of its own
	}
	doubt := c.doubt(s, hot)
	switch doubt {
	case seldom.Error, seldom.Diagnostics, seldom.Before:
		return
	}
	f := c.finding(s, sure(hot, doubt, c.conditional(s, hot)), "in hot code")
	f.Message = c.what(s) + " in hot code: " + price
	if doubt != "" {
		f.Message += "; but " + doubt
	}
	f.Hot = hot
	c.Report(f)
}

// sure says how sure it is that hot code pays for the timer each time.
func sure(hot *hotpath.Hotness, doubt string, conditional bool) rule.Tier {
	switch {
	case doubt != "", hot.Source != hotpath.FromDirective && hot.Line < costly.MinLine:
		return rule.Suspected
	case hot.Source != hotpath.FromDirective, conditional:
		return rule.Likely
	}
	return rule.Proven
}

// doubt says why hot code does not make the timer each time, or returns "".
func (c *checker) doubt(s *site, hot *hotpath.Hotness) string {
	if hot.Line >= costly.MinLine {
		return ""
	}
	return c.requests.Seldom(s.fn, c.anchor(s.call), hot.Via)
}

func (c *checker) conditional(s *site, hot *hotpath.Hotness) bool {
	return c.seldom.Conditional(c.anchor(s.call)) ||
		slices.ContainsFunc(hot.Via, func(v hotpath.Step) bool { return c.seldom.Conditional(v.Pos) })
}

// what names what makes the timer.
func (c *checker) what(s *site) string {
	if s.by != nil {
		return c.callee(s) + " makes a timer in each call, by " + s.made + ","
	}
	return s.made + " makes a timer"
}

// callee names the function called as this package writes it.
func (c *checker) callee(s *site) string {
	k := c.Funcs.Call(s.call)
	if k.Func.Pkg() == c.Pkg {
		return k.Func.Name()
	}
	return k.Func.Pkg().Name() + "." + k.Func.Name()
}

// finding returns what all findings about s have in common.
func (c *checker) finding(s *site, tier rule.Tier, cause string) rule.Finding {
	f := rule.Finding{
		Pos:       s.call.Pos(),
		End:       s.call.End(),
		Tier:      tier,
		Cause:     cause,
		Primitive: s.made,
		Chain:     s.chain(),
		Mend:      reuse,
	}
	if wait := c.received(s); wait != nil {
		f.Mend = "sleep instead: a goroutine has a timer of its own for that"
		f.Fixes = c.sleep(s, wait)
	}
	return f
}

// shortest is the period below which a loop is tight, as the rule's page says.
const shortest = time.Millisecond

// tight reports a timer that is made in each turn of a loop whose period is, by
// its constants, below a millisecond.
func (c *checker) tight(s *site, loop ast.Node) bool {
	period, ok := c.period(s, loop)
	if !ok || c.seldom.Conditional(c.anchor(s.call)) {
		return false
	}
	f := c.finding(s, rule.Likely, "in a tight loop")
	f.Message = c.what(s) + " in each turn of a loop that comes round every " + period.String() + ": " + price
	c.Report(f)
	return true
}

// period returns how often the loop comes round, if that is below a millisecond:
// what it waits for is the timer itself, a ticker, or a sleep.
func (c *checker) period(s *site, loop ast.Node) (time.Duration, bool) {
	if brief(s.d, s.known) && (c.received(s) != nil || s.comm != nil && !c.leaves(s.comm.Body, loop) || s.by != nil && !s.by.Left) {
		return s.d, true
	}
	var found time.Duration
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.RangeStmt:
			if n == loop {
				found, _ = c.ticks(n.X)
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				found, _ = c.ticks(n.X)
			}
		case *ast.CallExpr:
			k := c.Funcs.Call(n)
			if k == nil || k.FullName() != "time.Sleep" || c.seldom.Conditional(n.Lparen) {
				return true
			}
			if d, ok := timing.Constant(c.TypesInfo, n.Args[0]); brief(d, ok) {
				found = d
			}
		}
		return found == 0
	})
	return found, found != 0
}

func brief(d time.Duration, known bool) bool { return known && 0 < d && d < shortest }

// ticks returns the period of the ticker whose channel e is, if it is tight.
func (c *checker) ticks(e ast.Expr) (time.Duration, bool) {
	e = ast.Unparen(e)
	if sel, ok := e.(*ast.SelectorExpr); ok && sel.Sel.Name == "C" {
		e = sel.X
	}
	call, ok := ast.Unparen(c.values.Value(e)).(*ast.CallExpr)
	if !ok {
		return 0, false
	}
	if name := values.Callee(c.TypesInfo, call); name != "time.NewTicker" && name != "time.Tick" {
		return 0, false
	}
	if d, known := timing.Constant(c.TypesInfo, call.Args[0]); brief(d, known) {
		return d, true
	}
	return 0, false
}
