package httptimeout

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/budgets"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/outgoing"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

const (
	holds      = "a server that accepts and does not answer holds the goroutine, its memory and the connection for ever"
	mendClient = "give the client a Timeout (30 * time.Second, say) or, where answers are streams, each request a context with a deadline"
)

// A sending is a request that is sent, and what bounds it.
type sending struct {
	call   httpconf.Call
	budget budgets.Budget
}

// sendings returns the requests that v is seen to send.
func (c *checker) sendings(v *httpconf.Value) []sending {
	var list []sending
	for _, call := range v.Calls {
		if !httpconf.Sends(call.Method) || call.Via != nil || call.Caller == nil || forwards(call) {
			continue
		}
		list = append(list, sending{call, c.budget(call)})
	}
	return list
}

// forwards reports whether call passes on what a RoundTripper is given: the client
// that goes by that one sends it.
func forwards(call httpconf.Call) bool {
	sig := call.Caller.Outermost().Sig
	return call.Method == "RoundTrip" && sig != nil && outgoing.Sends(sig)
}

// budget says what bounds the request that call sends.
func (c *checker) budget(call httpconf.Call) budgets.Budget {
	if call.Method == "Do" || call.Method == "RoundTrip" {
		if len(call.Site.Args) != 1 {
			return budgets.Budget{State: budgets.Unknown}
		}
		return c.budgets.Request(call.Caller, call.Site.Args[0])
	}
	return budgets.Budget{State: budgets.Endless, Pos: call.Site.Pos(), Why: "(*http.Client)." + call.Method + " takes no context"}
}

// worst returns the sending that is bounded least, or nil if each has a deadline or
// cannot be told. Of several it is one whose answer is no stream.
func (c *checker) worst(list []sending) *sending {
	var w *sending
	for i, s := range list {
		if s.budget.State < budgets.Unseen {
			continue
		}
		if w == nil || s.budget.State > w.budget.State || s.budget.State == w.budget.State && c.streams(w) && !c.streams(&list[i]) {
			w = &list[i]
		}
	}
	return w
}

// streams reports whether the answer to s is read bit by bit.
func (c *checker) streams(s *sending) bool { return c.reading(s.call.Caller) == stream }

// client judges a client of the package.
func (c *checker) client(v *httpconf.Value) {
	if v.Field("Timeout").Given() {
		return
	}
	t, way := c.conf.Transport(v)
	if way == httpconf.Bounded || t != nil && t.Field("ResponseHeaderTimeout").Given() {
		return
	}
	s := c.worst(c.sendings(v))
	if s == nil {
		return
	}
	f := rule.Finding{
		Message:   "this client has no Timeout, and sends a request without a deadline: " + holds,
		Cause:     "client without a timeout",
		Primitive: "net/http.Client",
		Mend:      mendClient,
	}
	f.Pos, f.End = place(v)
	f.Chain = append(origin(v), c.sent(s)...)
	c.judge(&f, s)
	switch {
	case f.Tier == rule.Suspected:
	case v.Field("Timeout").State == httpconf.Zero:
		doubtful(&f, "the Timeout is zero on purpose")
	case way == httpconf.Hidden:
		doubtful(&f, "its RoundTripper, which is not seen, may set one")
	case c.fallsBack(s):
		doubtful(&f, "another one, which is not seen, takes its place where there is one")
	case c.streams(s):
		doubtful(&f, "its answer is a stream, which a Timeout would cut")
	case t != nil && c.mayBound(t):
		doubtful(&f, "its dial function may set deadlines on connections")
	case t != nil && c.conf.DialsSocket(t):
		doubtful(&f, "the other side is on this machine")
	}
	if f.Tier == rule.Likely && c.readsWhole(v) {
		f.Fixes = c.addField(v.Lit, "Timeout", "30 * time.Second")
	}
	c.Report(f)
}

// fallsBack reports whether what sends s holds another client where there is one in a
// context or another value of any type, or a copy of that.
func (c *checker) fallsBack(s *sending) bool {
	sel, ok := ast.Unparen(s.call.Site.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	v := c.values.Variable(sel.X)
	return v != nil && !v.IsField() && c.asserted(v, 0)
}

// asserted reports whether v may be given what a type assertion yields.
func (c *checker) asserted(v *types.Var, depth int) bool {
	given, _ := c.values.Given(v)
	return depth < farthest && slices.ContainsFunc(given, func(e ast.Expr) bool {
		e = ast.Unparen(e)
		if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.AND {
			e = ast.Unparen(u.X)
		}
		if star, ok := e.(*ast.StarExpr); ok {
			e = ast.Unparen(star.X)
		}
		if _, ok := e.(*ast.TypeAssertExpr); ok {
			return true
		}
		w := c.values.Variable(e)
		return w != nil && w != v && !w.IsField() && c.asserted(w, depth+1)
	})
}

// readsWhole reports whether all answers to the requests that v sends are read at once:
// a Timeout cuts no stream then.
func (c *checker) readsWhole(v *httpconf.Value) bool {
	for _, call := range v.Calls {
		if httpconf.Sends(call.Method) && (call.Via != nil || call.Caller == nil || c.reading(call.Caller) != whole) {
			return false
		}
	}
	return true
}

// sent are the steps that show how s comes to be sent.
func (c *checker) sent(s *sending) []rule.Step {
	steps := []rule.Step{step(s.call.Site.Pos(), "is sent here")}
	if s.budget.Pos.IsValid() && s.budget.Pos != s.call.Site.Pos() && s.budget.Why != "" {
		steps = append(steps, step(s.budget.Pos, s.budget.Why))
	} else if s.budget.Why != "" {
		steps[0].Text = s.budget.Why
	}
	return steps
}

// judge says how sure a finding is by what bounds s.
func (c *checker) judge(f *rule.Finding, s *sending) {
	f.Tier = rule.Likely
	switch {
	case s.budget.State == budgets.Unseen:
		doubtful(f, "its context comes from a caller that is not seen")
	case s.budget.State == budgets.Incoming:
		doubtful(f, "it ends when the client of the request that it is sent for goes away")
	case c.runsOnce(s.call.Caller):
		doubtful(f, "it is sent by a command, which whoever runs it can break off")
	case c.nearby(s.call.Site):
		doubtful(f, "the other side is on this machine")
	}
}

// runsOnce reports whether f runs for a command.
func (c *checker) runsOnce(f *funcs.Func) bool {
	return c.commands.Runs(f) && c.Hotness.RootAt(f.Node.Pos()) == nil
}

// defaultClient judges each request that is sent by http.DefaultClient: there is no
// literal to mend.
func (c *checker) defaultClient(v *httpconf.Value) {
	if v.Field("Timeout").Given() {
		return
	}
	for _, s := range c.sendings(v) {
		if s.budget.State < budgets.Unseen || c.lacksContext(&s) {
			continue
		}
		f := rule.Finding{
			Pos:       s.call.Site.Pos(),
			End:       s.call.Site.End(),
			Message:   "http.DefaultClient has no Timeout, and this request no deadline: " + holds,
			Cause:     "default client without a timeout",
			Primitive: "net/http.DefaultClient",
			Mend:      "send it by a client of your own with a Timeout, or with a context that has a deadline",
		}
		if steps := c.sent(&s); len(steps) > 1 {
			f.Chain = steps[1:]
		}
		c.judge(&f, &s)
		if f.Tier != rule.Suspected && c.streams(&s) {
			doubtful(&f, "its answer is a stream, which a Timeout would cut")
		}
		c.Report(f)
	}
}

// lacksContext reports whether the request of s is made without a context where
// one is in scope: that is ctxless' finding, whose mend bounds it too.
func (c *checker) lacksContext(s *sending) bool {
	return s.budget.State == budgets.Endless && !strings.HasPrefix(s.budget.Why, "context.") && c.inScope(s.call.Call)
}

// inScope reports whether rule ctxless speaks of a call without a context: one is in
// scope there, or at a call of its function, or a request leads to it.
func (c *checker) inScope(call *funcs.Call) bool {
	queue, seen := []*funcs.Call{call}, make(map[*funcs.Func]bool)
	for len(queue) > 0 {
		k := queue[0]
		queue = queue[1:]
		if k.Caller == nil || c.values.InTest(k.Site.Pos()) {
			continue
		}
		if src := c.contexts.At(k).Source; src != nil && src.Doubt == "" || c.Hotness.RootAt(k.Site.Pos()) != nil {
			return true
		}
		if f := k.Caller.Outermost(); !seen[f] {
			seen[f] = true
			queue = append(queue, f.In...)
		}
	}
	return false
}

// functions judges the functions of net/http that go by shared or fixed settings.
func (c *checker) functions() {
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if call.Func == nil || call.Func.Pkg() == nil || call.Func.Pkg().Path() != "net/http" || call.Func.Signature().Recv() != nil {
				continue
			}
			switch name := call.Func.Name(); name {
			case "Get", "Head", "Post", "PostForm":
				c.get(call, name)
			case "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
				c.serve(call, name)
			}
		}
	}
}

// get judges http.Get and its kin.
func (c *checker) get(call *funcs.Call, name string) {
	if c.defaultTimeout() || c.inScope(call) {
		return
	}
	f := rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   "http." + name + " goes by http.DefaultClient, which has no Timeout: " + holds,
		Cause:     "default client without a timeout",
		Primitive: "net/http." + name,
		Mend:      "send it by a client of your own with a Timeout",
	}
	switch {
	case c.runsOnce(call.Caller):
		doubtful(&f, "it is sent by a command, which whoever runs it can break off")
	case c.nearby(call.Site):
		doubtful(&f, "the other side is on this machine")
	}
	c.Report(f)
}

// defaultTimeout reports whether the package gives http.DefaultClient a Timeout.
func (c *checker) defaultTimeout() bool {
	for _, v := range c.conf.Values {
		if v.Kind == httpconf.Client && v.Default && v.Field("Timeout").Given() {
			return true
		}
	}
	return false
}

// transport judges a transport that requests are sent by without a client.
func (c *checker) transport(v *httpconf.Value) {
	if v.Field("ResponseHeaderTimeout").Given() || c.conf.DialsSocket(v) {
		return
	}
	if c.conf.In(v, "net/http/httputil.ReverseProxy", "Transport") {
		c.proxying(v)
		return
	}
	s := c.worst(c.sendings(v))
	if s == nil || c.behindClient(v) {
		return
	}
	f := rule.Finding{
		Message:   "this transport has no ResponseHeaderTimeout, and sends a request without a deadline: " + holds,
		Cause:     "transport without a timeout",
		Primitive: "net/http.Transport",
		Chain:     append(origin(v), c.sent(s)...),
		Mend:      "give the transport a ResponseHeaderTimeout, or each request a context with a deadline",
	}
	f.Pos, f.End = place(v)
	c.judge(&f, s)
	if f.Tier == rule.Likely && c.mayBound(v) {
		doubtful(&f, "its dial function may set deadlines on connections")
	}
	c.Report(f)
}

// mayBound reports whether the dial functions of a transport may return connections that
// set deadlines.
func (c *checker) mayBound(t *httpconf.Value) bool {
	return !c.conf.DialsPlainly(t) || c.setsDeadlines() && c.dialsHere(t)
}

// dialsHere reports whether a function of this package makes the connections of t.
func (c *checker) dialsHere(t *httpconf.Value) bool {
	for _, name := range []string{"Dial", "DialContext", "DialTLS", "DialTLSContext"} {
		if f := t.Field(name); f.Given() && !f.Const {
			return true
		}
	}
	return false
}

// behindClient reports whether v is the transport of a client, which has the finding.
func (c *checker) behindClient(v *httpconf.Value) bool {
	return c.conf.In(v, "net/http.Client", "Transport")
}

// proxying judges the transport of a reverse proxy: what its backends do not answer
// waits as long as the client does, and no timeout of the kernel's is short.
func (c *checker) proxying(v *httpconf.Value) {
	for _, name := range []string{"Dial", "DialContext", "DialTLS", "DialTLSContext"} {
		if v.Field(name).State != httpconf.Unset {
			return
		}
	}
	f := rule.Finding{
		Tier:      rule.Likely,
		Message:   "this transport of a reverse proxy has no timeout, neither for dialling nor for the head of the answer: a backend that is gone holds each request for minutes",
		Cause:     "transport without a timeout",
		Primitive: "net/http.Transport",
		Chain:     origin(v),
		Mend:      "set DialContext to that of a net.Dialer with a Timeout, TLSHandshakeTimeout and ResponseHeaderTimeout, or clone http.DefaultTransport and set the last",
	}
	f.Pos, f.End = place(v)
	c.Report(f)
}
