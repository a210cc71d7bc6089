package downstream

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A Kind says what is asked of another process, as a message names it.
type Kind string

// What may be asked.
const (
	Connection Kind = "connection"
	Lookup     Kind = "name lookup"
	HTTP       Kind = "HTTP request"
	Database   Kind = "database call"
	RPC        Kind = "remote call"
	Mail       Kind = "mail"
	Command    Kind = "command"
	Client     Kind = "client library's request"
)

// One returns the kind with its article: "an HTTP request".
func (k Kind) One() string {
	if k == HTTP {
		return "an " + string(k)
	}
	return "a " + string(k)
}

// A Call is one that asks something of another process.
type Call struct {
	*funcs.Call
	Kind Kind
	By   string // the full name of the function that is known to ask
	// Effect has the chain to it. It is nil if what is called is known by its
	// signature alone.
	Effect *effects.Effect
}

// An Index answers for one package.
type Index struct {
	pass    *rule.Pass
	witness *witness.Index
	asks    *witness.Search
	kinds   map[string]Kind // memo of byName: the same few functions are at the end of most chains
}

// New returns the index of the package of pass.
func New(pass *rule.Pass, w *witness.Index) *Index {
	x := &Index{pass: pass, witness: w, kinds: make(map[string]Kind)}
	x.asks = w.Search(asked, x.mayAsk)
	return x
}

// Chain returns the steps that lead from the call to the function that asks: none, if
// the call is one of it.
func (x *Index) Chain(c Call) []rule.Step {
	if c.Effect == nil {
		return nil
	}
	steps := x.witness.Chain(*c.Effect)
	i := 0
	for s := range c.Effect.Chain.All {
		if s.Func == c.By && i < len(steps) {
			steps[i].Text = x.witness.Short(c.By) + " makes the " + string(c.Kind)
			if i == 0 {
				return nil
			}
			return steps[:i+1]
		}
		i++
	}
	return steps
}

var asked = effects.SetOf(effects.Net, effects.Disk, effects.Syscall)

// Calls returns the calls of f that ask something of another process, in the order
// of the source. Those that only a function of the package which is covered makes are
// left out: that one has them.
func (x *Index) Calls(f *funcs.Func, covered func(fn ast.Node) bool) []Call {
	places := make(map[*ast.CallExpr][]witness.Place)
	for _, p := range x.witness.Places(f.Node, asked, covered) {
		if p.Call != nil {
			places[p.Call] = append(places[p.Call], p)
		}
	}
	var calls []Call
	for _, c := range f.Out {
		if covered != nil && c.Callee != nil && covered(c.Callee.Node) {
			continue
		}
		if d, ok := x.of(f, c, places[c.Site]); ok {
			calls = append(calls, d)
		}
	}
	return calls
}

// of returns what the call asks, if anything.
func (x *Index) of(f *funcs.Func, c *funcs.Call, places []witness.Place) (Call, bool) {
	answers := x.answers(c)
	for _, p := range places {
		d := Call{Call: c}
		e, ok := x.asks.Find(f.Node, p, func(e effects.Effect) bool {
			if e.ByCaller {
				return false
			}
			d.Kind, d.By = x.byChain(e)
			return d.Kind != "" && !(d.Kind == Client && answers) && x.witness.Possible(f.Node, e)
		})
		if ok {
			d.Effect = &e
			return d, true
		}
	}
	if k := x.bySignature(c); k != "" {
		name := "function value"
		if c.Func != nil {
			name = c.FullName()
		}
		return Call{Call: c, Kind: k, By: name}, true
	}
	return Call{}, false
}

// answers reports whether the call is given what a client is answered by: what a library
// does with that is no request of ours.
func (x *Index) answers(c *funcs.Call) bool {
	for _, a := range c.Site.Args {
		if t := x.pass.TypesInfo.TypeOf(a); t != nil && isNamed(t, "net/http", "ResponseWriter") {
			return true
		}
	}
	return false
}

// mayAsk reports whether a chain that leads to e may ask for something. What lies
// before that is this package's, which byChain passes over but in the standard library.
func (x *Index) mayAsk(e effects.Effect) bool {
	path := x.pass.Pkg.Path()
	if modules.IsStd(path) || !modules.OursPath(x.pass.Pass, path) {
		return true
	}
	k, _ := x.byChain(e)
	return k != "" && !e.ByCaller
}

// byChain returns what is asked on the way to an effect, and by which function.
func (x *Index) byChain(e effects.Effect) (Kind, string) {
	end := x.witness.Primitive(e)
	for s := range e.Chain.All {
		path := witness.PathOf(s.Func)
		switch {
		case path == "":
			return "", ""
		case modules.IsStd(path):
			return x.named(s.Func), s.Func
		case modules.OursPath(x.pass.Pass, path):
		case e.Kind != effects.Net || serves(s.Func) || answer.MatchString(end) || asksKernel(e):
			return "", ""
		default:
			return Client, s.Func
		}
	}
	return "", ""
}

// asksKernel reports whether an effect is the question which interfaces this machine has,
// as makers of identifiers put it: no other process answers that.
func asksKernel(e effects.Effect) bool {
	for s := range e.Chain.All {
		if witness.AsksInterfaces(s.Func) {
			return true
		}
	}
	return false
}

// starters are the functions of the standard library that begin an exchange with
// another process and wait for it.
var starters = []struct {
	name *pattern.Pattern
	kind Kind
}{
	{pattern.New(`^net\.Dial\w*$|^\(\*net\.Dialer\)\.Dial\w*$|^crypto/tls\.Dial\w*$|^\(\*crypto/tls\.Dialer\)\.Dial\w*$`), Connection},
	{pattern.New(`^net\.(Lookup\w+|Resolve(TCP|UDP|IP)Addr)$|^\(\*net\.Resolver\)\.Lookup\w+$`), Lookup},
	{pattern.New(`^net/http\.(Get|Head|Post|PostForm)$|^\(\*net/http\.Client\)\.(Do|Get|Head|Post|PostForm)$|^\(\*?net/http\.(Transport|RoundTripper)\)\.RoundTrip$|^\(\*net/http/httputil\.ReverseProxy\)\.ServeHTTP$`), HTTP},
	{pattern.New(`^\(\*database/sql\.(DB|Conn|Tx|Stmt)\)\.(Query|Exec|Prepare|Ping|Begin|Conn|Commit)\w*$`), Database},
	{pattern.New(`^net/rpc\.Dial\w*$|^\(\*net/rpc\.Client\)\.Call$`), RPC},
	{pattern.New(`^net/smtp\.(SendMail|Dial)$|^\(\*net/smtp\.Client\)\.(Mail|Rcpt|Data|Auth|StartTLS|Verify)$`), Mail},
	{pattern.New(`^\(\*os/exec\.Cmd\)\.(Run|Start|Output|CombinedOutput)$|^os\.StartProcess$`), Command},
}

func (x *Index) named(name string) Kind {
	k, known := x.kinds[name]
	if !known {
		k = byName(name)
		x.kinds[name] = k
	}
	return k
}

func byName(name string) Kind {
	for _, s := range starters {
		if s.name.MatchString(name) {
			return s.kind
		}
	}
	return ""
}

var (
	// Types whose methods use a connection that there is, or serve one.
	streams = pattern.New(`(Conn|Stream|Listener|Server|Writer|Reader|Ctx|Context|Logger|Encoder|Decoder)(\[.*\])?\)`)
	serving = pattern.New(`(?i)^(accept|serve|listen|read|recv|receive|next|write|close|shutdown|stop|flush|log|print|debug|info|warn|error|render|json|respond|reply|ack|nack|encode|decode|copy)`)
	answer  = pattern.New(`^\(net/http\.(ResponseWriter|Flusher|Pusher|Hijacker)\)`)
)

// serves reports whether a function of that name uses a connection that there is.
func serves(name string) bool {
	if streams.MatchString(name) {
		return !strings.HasSuffix(name, ".Invoke") && !strings.HasSuffix(name, ".NewStream")
	}
	return serving.MatchString(name[strings.LastIndexByte(name, '.')+1:]) && witness.PathOf(name) != "net"
}

// bySignature returns what is asked by a call of which only the signature is known:
// that of a generated gRPC client, or a function that dials.
func (x *Index) bySignature(c *funcs.Call) Kind {
	if c.Func != nil && !c.Dynamic {
		return ""
	}
	sig, ok := x.pass.TypesInfo.TypeOf(c.Site.Fun).Underlying().(*types.Signature)
	if !ok {
		return ""
	}
	if n := sig.Params().Len(); sig.Variadic() && n > 0 {
		last := sig.Params().At(n - 1).Type().(*types.Slice)
		if isNamed(last.Elem(), "google.golang.org/grpc", "CallOption") {
			return RPC
		}
	}
	if n := sig.Results().Len(); n == 2 && isNamed(sig.Results().At(0).Type(), "net", "Conn") && dials(c) {
		return Connection
	}
	return ""
}

func dials(c *funcs.Call) bool {
	name := ""
	switch fun := ast.Unparen(c.Site.Fun).(type) {
	case *ast.SelectorExpr:
		name = fun.Sel.Name
	case *ast.Ident:
		name = fun.Name
	}
	return strings.Contains(strings.ToLower(name), "dial")
}

func isNamed(t types.Type, pkg, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Name() == name && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == pkg
}
