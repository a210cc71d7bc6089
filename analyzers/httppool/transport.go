package httppool

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/edit"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

const (
	// defaultPerHost is http.DefaultMaxIdleConnsPerHost.
	defaultPerHost = 2
	// defaultIdle is the MaxIdleConns of http.DefaultTransport, which is copied
	// without much thought.
	defaultIdle = 100
)

// forces are the fields that turn the automatic use of HTTP/2 off if they are set
// (net/http.Transport.ForceAttemptHTTP2).
var forces = []string{"TLSClientConfig", "Dial", "DialContext", "DialTLS", "DialTLSContext"}

// onlyHTTP1 returns the field by which v has lost HTTP/2, or "": then it may speak it.
func (c *checker) onlyHTTP1(v *httpconf.Value) string {
	force := v.Field("ForceAttemptHTTP2")
	if force.Given() || v.Field("Protocols").Given() || v.Field("HTTP2").Given() || v.Field("TLSNextProto").Given() || c.configured(v) {
		return ""
	}
	for _, name := range forces {
		if v.Field(name).State == httpconf.Set {
			return name
		}
	}
	return ""
}

// configured reports whether v is handed to golang.org/x/net/http2, which makes it
// speak HTTP/2.
func (c *checker) configured(v *httpconf.Value) bool {
	for _, f := range c.Funcs.Funcs {
		for _, call := range f.Out {
			if call.Func == nil || call.Func.Pkg() == nil || !strings.HasSuffix(call.Func.Pkg().Path(), "golang.org/x/net/http2") {
				continue
			}
			for _, a := range call.Site.Args {
				if list, _ := c.conf.Of(a); has(list, v) {
					return true
				}
			}
		}
	}
	return false
}

func has(list []*httpconf.Value, v *httpconf.Value) bool {
	for _, w := range list {
		if w == v {
			return true
		}
	}
	return false
}

// perHost judges how many idle connections v keeps to a host.
func (c *checker) perHost(v *httpconf.Value, u *use) {
	lost := c.onlyHTTP1(v)
	if v.Field("MaxIdleConnsPerHost").State != httpconf.Unset || c.conf.DialsSocket(v) {
		c.lostHTTP2(v, u, lost)
		return
	}
	idle, most := v.Field("MaxIdleConns"), v.Field("MaxConnsPerHost")
	meant := ""
	switch {
	case most.Const && most.Int > defaultPerHost:
		meant = fmt.Sprintf("MaxConnsPerHost lets %d be made", most.Int)
	case idle.Const && idle.Int > defaultIdle:
		meant = fmt.Sprintf("MaxIdleConns is %d", idle.Int)
	}
	if u.concurrent == "" && meant == "" {
		c.lostHTTP2(v, u, lost)
		return
	}
	f := rule.Finding{
		Tier:      rule.Likely,
		Cause:     "two idle connections to a host",
		Primitive: "net/http.Transport",
		Chain:     u.step(),
		Mend:      "set MaxIdleConnsPerHost to about the number of requests that are under way to one host at a time",
	}
	f.Pos, f.End = place(v)
	f.Message = "this transport keeps 2 idle connections to a host at most, because MaxIdleConnsPerHost is not set"
	if meant != "" {
		f.Message += " though " + meant
	}
	f.Message += ": of more requests at a time the rest dial and shake hands anew, each time, and leave ports in TIME_WAIT"
	if lost != "" {
		f.Message += fmt.Sprintf("; it speaks HTTP/1 only, because %s is set and ForceAttemptHTTP2 is not", lost)
		f.Mend += ", or ForceAttemptHTTP2 if the other side speaks HTTP/2"
	}
	switch {
	case lost == "" && !u.plain:
		doubtful(&f, "over HTTP/2 one connection serves them all")
	case c.once(v.Func):
		doubtful(&f, "it is made by a command")
	case u.apart && meant == "":
		doubtful(&f, "the requests may go to a host each")
	default:
		f.Fixes = c.fix(v, idle)
	}
	c.Report(f)
}

// fix sets MaxIdleConnsPerHost to what MaxIdleConns is, or its default.
func (c *checker) fix(v *httpconf.Value, idle httpconf.Field) []analysis.SuggestedFix {
	if v.Lit == nil {
		return nil
	}
	value := fmt.Sprint(defaultIdle)
	if e := values.Element(v.Lit, "MaxIdleConns"); e != nil && idle.Const {
		value = types.ExprString(e)
	}
	e, ok := edit.Field(c.Fset, v.Lit, "MaxIdleConnsPerHost: "+value)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Set MaxIdleConnsPerHost", TextEdits: []analysis.TextEdit{e}}}
}

// lostHTTP2 says that v speaks HTTP/1 only, perhaps without anybody's having meant it.
func (c *checker) lostHTTP2(v *httpconf.Value, u *use, lost string) {
	if lost == "" || c.conf.DialsSocket(v) || c.once(v.Func) || v.Field("MaxConnsPerHost").State != httpconf.Unset || c.namesProtocols(v) || refuses(v) {
		return
	}
	f := rule.Finding{
		Tier: rule.Suspected,
		Message: fmt.Sprintf("this transport speaks HTTP/1 only, because %s is set and ForceAttemptHTTP2 is not: "+
			"each request under way needs a connection of its own", lost),
		Cause:     "HTTP/2 lost",
		Primitive: "net/http.Transport",
		Chain:     u.step(),
		Mend:      "set ForceAttemptHTTP2, or begin with http.DefaultTransport.(*http.Transport).Clone(), if the other side speaks HTTP/2",
	}
	f.Pos, f.End = place(v)
	c.Report(f)
}

// refuses reports whether v is told in so many words not to speak HTTP/2.
func refuses(v *httpconf.Value) bool {
	return slices.ContainsFunc([]string{"ForceAttemptHTTP2", "TLSNextProto", "Protocols"}, func(name string) bool {
		return v.Field(name).State == httpconf.Zero
	})
}

// namesProtocols reports whether the TLS configuration of v says which protocols are
// spoken: then it is meant so.
func (c *checker) namesProtocols(v *httpconf.Value) bool {
	for _, e := range v.Given("TLSClientConfig") {
		if lit := c.values.Literal(e); lit != nil && values.Element(lit, "NextProtos") != nil {
			return true
		}
	}
	return false
}

// keepsNone judges a transport that is told to keep no connections.
func (c *checker) keepsNone(v *httpconf.Value, u *use) {
	f := rule.Finding{
		Tier:      rule.Likely,
		Message:   "this transport is told to keep no connections: each request dials and shakes hands anew, and leaves a port in TIME_WAIT",
		Cause:     "keep-alive off",
		Primitive: "net/http.Transport",
		Chain:     u.step(),
		Mend:      "leave DisableKeepAlives off and bound how long idle connections stay by IdleConnTimeout",
	}
	f.Pos, f.End = place(v)
	switch {
	case u.concurrent == "" || u.apart:
		doubtful(&f, "nothing shows that it sends many requests to one host")
	case c.conf.DialsSocket(v):
		doubtful(&f, "the other side is on this machine")
	}
	c.Report(f)
}

// changed judges the assignments to what is shared by the whole process.
func (c *checker) changed(v *httpconf.Value) {
	name := "http.DefaultClient"
	if v.Kind == httpconf.Transport {
		name = "http.DefaultTransport"
	}
	for _, s := range v.Sets {
		fn := c.Funcs.At(s.Pos)
		f := rule.Finding{
			Pos:       s.Pos,
			End:       s.End,
			Tier:      rule.Likely,
			Message:   name + " is shared by the whole process: what is changed here changes for every package that goes by it, and races with requests that are under way",
			Cause:     "shared default changed",
			Primitive: "net/" + name,
			Mend:      "make a client of your own, with a clone of http.DefaultTransport, and hand it to those who need it",
		}
		switch {
		case fn == nil || fn.StartsUp() || c.Pkg.Name() == "main" && c.Hotness.RootAt(s.Pos) == nil:
			doubtful(&f, "before there are requests, as far as is seen")
		case c.once(fn):
			doubtful(&f, "in a command")
		}
		c.Report(f)
	}
}

// once reports whether f runs for a command.
func (c *checker) once(f *funcs.Func) bool {
	return f != nil && c.commands.Runs(f) && c.Hotness.RootAt(f.Node.Pos()) == nil
}

// doubtful makes a finding a suspicion, and says why.
func doubtful(f *rule.Finding, doubt string) {
	f.Tier = rule.Suspected
	f.Message += " (but " + doubt + ")"
}
