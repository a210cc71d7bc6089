package deadlineorder

import (
	"fmt"
	"go/ast"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// client judges the Timeout of a client against the contexts of its requests, and the
// timeouts of its transport against it.
func (c *checker) client(v *httpconf.Value) {
	whole := v.Field("Timeout").Duration()
	at := given(v, "Timeout")
	if whole <= 0 {
		return
	}
	c.parts(v, whole)
	if at == nil {
		return
	}
	short, sent := time.Duration(0), 0
	var chain []rule.Step
	for _, call := range v.Calls {
		if !httpconf.Sends(call.Method) {
			continue
		}
		sent++
		if call.Via != nil || call.Caller == nil {
			continue
		}
		b := c.budget(call)
		if b.State == budgets.Bounded && b.Limit > 0 && b.Limit <= whole {
			short = max(short, b.Limit)
			chain = append(chain, step(b.Pos, fmt.Sprintf("sets a deadline of %v", b.Limit)))
		}
		c.sentFor(call, b, at, whole)
	}
	if len(chain) == 0 || len(chain) < sent {
		return
	}
	f := rule.Finding{
		Pos:       at.Pos(),
		End:       at.End(),
		Message:   fmt.Sprintf("this Timeout of %v is never reached: each request has a context that ends after %v", whole, short),
		Cause:     "client timeout over a shorter context",
		Primitive: "net/http.Client",
		Chain:     chain,
		Mend:      "make one of them the budget, and the other follow from it",
	}
	doubtful(&f, "it may be meant as a backstop")
	c.Report(f)
}

// budget says what bounds the request that call sends.
func (c *checker) budget(call httpconf.Call) budgets.Budget {
	if call.Method == "Do" && len(call.Site.Args) == 1 {
		return c.budgets.Request(call.Caller, call.Site.Args[0])
	}
	return budgets.Budget{State: budgets.Endless, Pos: call.Site.Pos()}
}

// sentFor notes the budget of a request that a handler waits for, and nothing shorter
// than the client's Timeout bounds.
func (c *checker) sentFor(call httpconf.Call, b budgets.Budget, at ast.Expr, whole time.Duration) {
	var handler *funcs.Func
	switch {
	case b.State == budgets.Incoming:
		handler = c.handlerAt(b.Pos)
	case b.State == budgets.Endless || b.State == budgets.Unseen:
		handler = c.handlerOf(call.Site)
	}
	if handler == nil {
		return
	}
	for _, in := range c.inner {
		if in.pos == at.Pos() && in.handler == handler {
			return
		}
	}
	c.inner = append(c.inner, &inner{
		pos: at.Pos(), end: at.End(), limit: whole, what: "this Timeout", handler: handler,
		chain: []rule.Step{step(call.Site.Pos(), "a request that a handler waits for")},
	})
}

// handlerOf returns the HTTP handler on whose behalf site runs, if it waits for it.
func (c *checker) handlerOf(site *ast.CallExpr) *funcs.Func {
	root := c.Hotness.RootAt(site.Pos())
	if root == nil || root.Detail != "HTTP handler" {
		return nil
	}
	pos := site.Pos()
	if len(root.Via) > 0 {
		pos = root.Via[0].Pos
	}
	f := c.Funcs.At(pos)
	if f == nil {
		return nil
	}
	// What a goroutine does nobody waits for, as far as is seen.
	for g := c.Funcs.At(site.Pos()); g != nil; g = g.Parent {
		if g.Use == funcs.Spawned || g.Use == funcs.Passed {
			return nil
		}
	}
	for _, s := range root.Via {
		if g := c.Funcs.At(s.Pos); g != nil {
			for _, k := range g.Out {
				if k.Site.Pos() == s.Pos && k.Mode != funcs.Plain {
					return nil
				}
			}
		}
	}
	return f.Outermost()
}

// parts judges the timeouts of a client's transport against that of the whole.
func (c *checker) parts(v *httpconf.Value, whole time.Duration) {
	t, way := c.conf.Transport(v)
	if t == nil || way != httpconf.Direct || t.Default || t.From != nil {
		return
	}
	for _, p := range []struct {
		name, what string
		copied     bool // from the default transport as often as not
	}{
		{"ResponseHeaderTimeout", "the head of the answer", false},
		{"TLSHandshakeTimeout", "the handshake", true},
	} {
		if at := given(t, p.name); at != nil && t.Field(p.name).Duration() > whole {
			c.part(v, t, p.name, p.what, at, t.Field(p.name).Duration(), whole, p.copied)
		}
	}
	for _, name := range []string{"DialContext", "Dial"} {
		sel, ok := given(t, name).(*ast.SelectorExpr)
		if !ok {
			continue
		}
		list, all := c.conf.Of(sel.X)
		if !all || len(list) != 1 || list[0].Kind != httpconf.Dialer {
			continue
		}
		if at := given(list[0], "Timeout"); at != nil && list[0].Field("Timeout").Duration() > whole {
			c.part(v, t, "dialer's Timeout", "the connection", at, list[0].Field("Timeout").Duration(), whole, true)
		}
	}
}

// part reports a timeout of a part that is longer than that of the whole.
func (c *checker) part(v, t *httpconf.Value, name, what string, at ast.Expr, d, whole time.Duration, copied bool) {
	f := rule.Finding{
		Pos:       at.Pos(),
		End:       at.End(),
		Tier:      rule.Likely,
		Message:   fmt.Sprintf("this %s of %v is never reached: the client gives the whole request %v, and %s is a part of it", name, d, whole, what),
		Cause:     "part of a request with more time than the whole",
		Primitive: "net/http.Transport",
		Mend:      "give the part less time than the whole",
	}
	if e := given(v, "Timeout"); e != nil {
		f.Chain = []rule.Step{step(e.Pos(), fmt.Sprintf("gives the whole request %v", whole))}
	}
	switch {
	case copied:
		doubtful(&f, "it may come from the default transport")
	case c.sharedTransport(v, t):
		doubtful(&f, "another client has the transport too")
	}
	c.Report(f)
}

// sharedTransport reports whether t may be the transport of a client other than v.
func (c *checker) sharedTransport(v, t *httpconf.Value) bool {
	for _, w := range c.conf.Values {
		if w.Kind != httpconf.Client || w == v {
			continue
		}
		if u, _ := c.conf.Transport(w); u == t {
			return true
		}
	}
	return c.conf.Returned(t)
}

// server judges the timeouts of a server against each other.
func (c *checker) server(v *httpconf.Value) {
	head, whole := v.Field("ReadHeaderTimeout").Duration(), v.Field("ReadTimeout").Duration()
	at := given(v, "ReadHeaderTimeout")
	if at == nil || whole <= 0 || head <= whole {
		return
	}
	f := rule.Finding{
		Pos:       at.Pos(),
		End:       at.End(),
		Tier:      rule.Likely,
		Message:   fmt.Sprintf("this ReadHeaderTimeout of %v is never reached: ReadTimeout gives the whole request, of which the head is a part, %v", head, whole),
		Cause:     "part of a request with more time than the whole",
		Primitive: "net/http.Server",
		Mend:      "give the head less time than the whole",
	}
	if e := given(v, "ReadTimeout"); e != nil {
		f.Chain = []rule.Step{step(e.Pos(), fmt.Sprintf("gives the whole request %v", whole))}
	}
	c.Report(f)
}
