package httptimeout

import (
	"go/version"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

const trickles = "clients that send their request a byte at a time, or never, keep a goroutine, memory and a file descriptor each until there are none left"

// oneClient is the doubt about a server of the streams of one connection.
const oneClient = "it serves one client alone, whose streams are its connections"

// header returns the field that bounds how long the head of a request may take: from
// Go 1.8 on it is one of its own.
func (c *checker) header() string {
	if v := c.Pkg.GoVersion(); v != "" && version.Compare(v, "go1.8") < 0 {
		return "ReadTimeout"
	}
	return "ReadHeaderTimeout"
}

// server judges a server.
func (c *checker) server(v *httpconf.Value) {
	if v.Field("ReadHeaderTimeout").Given() || v.Field("ReadTimeout").Given() {
		return
	}
	var served *httpconf.Call
	for i, call := range v.Calls {
		if httpconf.Serves(call.Method) {
			served = &v.Calls[i]
			break
		}
	}
	if served == nil {
		return
	}
	f := rule.Finding{
		Tier:      rule.Likely,
		Message:   "this server has no " + c.header() + ": " + trickles,
		Cause:     "server without a timeout",
		Primitive: "net/http.Server",
		Chain:     append(origin(v), step(served.Site.Pos(), "(*http.Server)."+served.Method+" serves")),
		Mend:      "set " + c.header() + " (10 * time.Second, say), which bounds the head of a request and no stream",
	}
	f.Pos, f.End = place(v)
	switch {
	case v.Field("ReadHeaderTimeout").State == httpconf.Zero || v.Field("ReadTimeout").State == httpconf.Zero:
		doubtful(&f, "it is zero on purpose")
	case c.Pkg.Name() != "main" && c.conf.Returned(v):
		doubtful(&f, "other packages have it, and may set one")
	case c.localServer(v, served):
		doubtful(&f, "its clients are on this machine")
	case served.Method[0] == 'S' && len(served.Site.Args) > 0 && c.oneClient(served.Site.Args[0]):
		doubtful(&f, oneClient)
	default:
		f.Fixes = c.addField(v.Lit, c.header(), "10 * time.Second")
	}
	c.Report(f)
}

// localServer reports whether a server listens on this machine alone.
func (c *checker) localServer(v *httpconf.Value, served *httpconf.Call) bool {
	for _, e := range v.Given("Addr") {
		if places.LocalAddress(c.text(e)) || c.loopback(e, 0) {
			return true
		}
	}
	return served.Method[0] == 'S' && (c.listensHere(served.Caller) || c.listensHere(v.Func))
}

// serve judges http.ListenAndServe and its kin, whose server cannot be given a timeout.
func (c *checker) serve(call *funcs.Call, name string) {
	f := rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      rule.Likely,
		Message:   "http." + name + " serves without any timeout: " + trickles,
		Cause:     "server without a timeout",
		Primitive: "net/http." + name,
		Mend:      "make an http.Server with " + c.header() + " and call its " + name,
	}
	listens, addr := name[0] == 'L', call.Site.Args[0]
	if listens && (places.LocalAddress(c.text(addr)) || c.loopback(addr, 0)) || !listens && c.listensHere(call.Caller) {
		doubtful(&f, "its clients are on this machine")
	} else if !listens && c.oneClient(addr) {
		doubtful(&f, oneClient)
	}
	c.Report(f)
}
