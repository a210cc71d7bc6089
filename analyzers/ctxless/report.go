package ctxless

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/callers"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A finding is a call that starts I/O without a context, and the context that
// it could have had, if any.
type finding struct {
	pending
	place  contexts.Place
	root   *hotpath.Root
	effect bool
	late   bool // it runs because something has failed, perhaps the context
	more   int  // calls of the package that lead to the same fault
}

// find records a finding and that it accounts for its start.
func (c *checker) find(p pending, at contexts.Place) {
	f := &finding{pending: p, place: at, effect: c.effect(p), late: c.pass.Hotness.Cold(p.call.Site.Pos())}
	if c.tier(f) != "" {
		p.wait.from.found = true
	}
	for _, g := range c.findings {
		// A function that calls the same wrapper twice has one thing to mend.
		if p.via != nil && g.via == p.via && g.call.Caller.Outermost() == p.call.Caller.Outermost() {
			return
		}
	}
	c.findings = append(c.findings, f)
}

// report reports the findings, and for each start that none accounts for what
// is left to say.
func (c *checker) report() {
	for _, f := range c.fold() {
		c.send(f, c.tier(f))
	}
	for _, s := range c.starts {
		if !s.answered() {
			c.unanswered(s)
		}
	}
}

// fold returns the findings, those that lead to one fault as one: whoever gives
// the wrapper a context mends them all. The surest and nearest stands for the
// others. A call that a directive allows answers for itself alone.
func (c *checker) fold() []*finding {
	var fs []*finding
	faults := make(map[any]*finding)
	for _, f := range c.findings {
		if c.tier(f) == "" {
			continue
		}
		if f.via == nil || c.pass.Allow(f.call.Site.Pos()) != nil {
			fs = append(fs, f)
			continue
		}
		var fault any = f.wait.from
		if via := f.wait.from.via; via != nil {
			fault = via // of another package, called from several places of this one
		}
		first := faults[fault]
		if first == nil {
			faults[fault] = f
			fs = append(fs, f)
			continue
		}
		if c.before(f, first) {
			more := first.more
			*first, *f = *f, *first
			first.more = more
		}
		first.more++
	}
	return fs
}

// before reports whether f says more than g of the fault that both lead to.
func (c *checker) before(f, g *finding) bool {
	if a, b := c.tier(f), c.tier(g); a != b {
		return b == rule.Suspected
	}
	return cmp.Or(
		cmp.Compare(len(f.wait.chain), len(g.wait.chain)),
		strings.Compare(c.pass.Fset.Position(f.call.Site.Pos()).Filename, c.pass.Fset.Position(g.call.Site.Pos()).Filename),
		cmp.Compare(f.call.Site.Pos(), g.call.Site.Pos()),
	) < 0
}

// unanswered reports a start for which no caller has a context.
func (c *checker) unanswered(s *start) {
	f := s.hint
	if f == nil {
		f = &finding{pending: pending{s.call, s.via, s.wait}}
	}
	src := f.place.Source
	if root := c.pass.Hotness.RootAt(s.call.Site.Pos()); root != nil && s.apart == "" && (src == nil || !src.Apart) && c.waits(root) {
		f = &finding{pending: pending{s.call, s.via, s.wait}, root: root}
		s.reported = true
		c.send(f, c.tier(f))
		return
	}
	switch {
	case (src == nil || src.Local) && oneShot(s.call.Caller):
		// A program that starts, does one thing and ends has nobody who gives up on it.
	case src == nil && (s.via != nil || s.wait.api.work == library):
		// The wrapper's own package speaks of its primitive.
	case s.wait.limit == unlimited || s.wait.limit == nearby:
		c.send(f, rule.Suspected)
	}
}

// oneShot reports whether f is a function that runs once, when the program starts.
func oneShot(f *funcs.Func) bool {
	o := f.Outermost()
	return o.Obj == nil || o.Sig.Recv() == nil && (o.Obj.Name() == "main" && o.Obj.Pkg().Name() == "main" || o.Obj.Name() == "init")
}

// waits reports whether the request waits for what it leads to: no link of the
// chain is a goroutine or a callback, whose work has a life of its own.
func (c *checker) waits(root *hotpath.Root) bool {
	for _, s := range root.Via {
		if !c.waitsAt(s.Pos) {
			return false
		}
	}
	return true
}

// waitsAt reports whether the call, or the argument of a call, that begins at
// pos is run before the code around it goes on.
func (c *checker) waitsAt(pos token.Pos) bool {
	at, ok := c.inspect.Root().FindByPos(pos, pos)
	if !ok {
		return false
	}
	for cur := range at.Enclosing((*ast.CallExpr)(nil)) {
		site := cur.Node().(*ast.CallExpr)
		call := c.pass.Funcs.Call(site)
		if call == nil {
			continue
		}
		for i, a := range site.Args {
			if sig, ok := c.pass.TypesInfo.TypeOf(a).Underlying().(*types.Signature); ok && a.Pos() == pos {
				return c.contexts.RunsArg(call, i, sig)
			}
		}
		if site.Pos() == pos {
			return call.Mode == funcs.Plain
		}
	}
	return false
}

// tier says how sure the finding is; empty if it is to be left unsaid.
func (c *checker) tier(f *finding) rule.Tier {
	onRequest := f.root != nil || f.place.Source != nil && f.place.Source.Entry || c.pass.Hotness.RootAt(f.call.Site.Pos()) != nil
	switch f.wait.limit {
	case nearby, deadlined:
		return rule.Suspected
	case timed:
		if !onRequest {
			return "" // it has a bound, and nobody waits for an answer
		}
	}
	switch {
	case f.wait.doubt != "", f.wait.api.unsure, f.effect, f.late:
		return rule.Suspected
	case f.via == nil && f.place.Source != nil && !f.place.Source.Stored && !f.place.Source.Unnamed && f.wait.api.work != library:
		return rule.Proven
	}
	return rule.Likely
}

// send reports f.
func (c *checker) send(f *finding, tier rule.Tier) {
	if tier == "" {
		return
	}
	a := f.wait.api
	r := rule.Finding{
		Pos:       f.call.Site.Pos(),
		End:       f.call.Site.End(),
		Tier:      tier,
		Primitive: f.wait.key,
		Cause:     "no context",
	}
	what := a.name
	if f.via != nil {
		what = callers.ShortName(f.via, c.pass.Pkg)
		r.Cause += " passed on"
		r.Fault = f.wait.from.name(c.pass.Pkg)
	}
	if f.via != nil || a.carrier != nil {
		r.Chain = f.wait.chain
	}
	if f.via == nil && a.carrier != nil {
		r.Chain = r.Chain[1:] // the first step is the finding itself
	}
	r.Message, r.Mend = c.words(f, what)
	if f.via == nil && tier != rule.Suspected && f.place.Source != nil && !f.place.Source.Unnamed && f.wait.from.named {
		r.Fixes = c.fix(a, f.call.Site, f.place.Source.Expr)
	}
	c.pass.Report(r)
}

// words returns the message of f and the way to mend it.
func (c *checker) words(f *finding, what string) (message, mend string) {
	a, src := f.wait.api, f.place.Source
	through := ""
	if f.via != nil {
		through = " ends in " + a.name + " and"
		mend = fmt.Sprintf("give %s a context and pass it on to %s", what, a.form)
	}
	switch {
	case f.root != nil:
		message = fmt.Sprintf("%s%s waits for the %s on behalf of a request (%s) without a context: when the request is over, nothing ends the wait", what, through, a.work, f.root.Detail)
		if mend == "" {
			mend = "pass the request's context down and use " + a.form
		}
	case src == nil:
		message = fmt.Sprintf("%s waits for the %s without a context: no caller can end the wait or bound it", what, a.work)
		mend = "take a context from the caller and use " + a.form
	default:
		message = fmt.Sprintf("%s%s ignores the context in scope: when the caller gives up or its time is over, this goroutine goes on waiting for the %s", what, through, a.work)
		if mend == "" {
			mend = fmt.Sprintf("use %s with %s", a.form, src.Expr)
		} else {
			mend += ": here " + src.Expr
		}
		switch {
		case src.Doubt != "":
			message += " (the context may be the wrong one: " + src.Doubt + ")"
		case f.effect:
			message += " (but the command is run for what it changes, and killed midway it may leave that half done)"
		case f.late:
			message += " (but it runs because something has failed, and that may be the context)"
		case f.wait.doubt != "":
			message += " (" + f.wait.doubt + ")"
		}
		if f.more > 0 {
			message += fmt.Sprintf(" (and %s of this package)", calls(f.more))
		}
	}
	return message, mend
}

func calls(n int) string {
	if n == 1 {
		return "one more call"
	}
	return fmt.Sprintf("%d more calls", n)
}
