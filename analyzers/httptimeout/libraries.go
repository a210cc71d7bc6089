package httptimeout

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A library is a struct of a well-known dependency by which one says how long to wait
// for another machine, and whose documentation says that nothing said is for ever.
type library struct {
	typ    string   // the full name, without major versions
	fields []string // any of which bounds the wait
	// starts are the functions that are given the struct, or its methods, that wait.
	starts []string
	// with are fields of which one must be given for there to be a wait at all.
	with []string
	what string // what waits for what
	mend string
}

var libraries = []library{
	{
		typ: "golang.org/x/crypto/ssh.ClientConfig", fields: []string{"Timeout"}, starts: []string{"Dial"},
		what: "ssh.Dial waits for as long as the kernel tries to connect", mend: "set Timeout",
	},
	{
		typ: "github.com/coreos/etcd/clientv3.Config", fields: []string{"DialTimeout"}, starts: []string{"New"},
		what: "the client waits for ever for a member that does not answer", mend: "set DialTimeout",
	},
	{
		// Connecting does not wait any more, unless it logs in or is told to.
		typ: "go.etcd.io/etcd/clientv3.Config", fields: []string{"DialTimeout"}, starts: []string{"New"}, with: []string{"Username", "DialOptions"},
		what: "the client waits for ever for a member that does not answer", mend: "set DialTimeout",
	},
	{
		typ: "go.etcd.io/etcd/client.Config", fields: []string{"DialTimeout"}, starts: []string{"New"}, with: []string{"Username", "DialOptions"},
		what: "the client waits for ever for a member that does not answer", mend: "set DialTimeout",
	},
	{
		typ: "github.com/gorilla/websocket.Dialer", fields: []string{"HandshakeTimeout"}, starts: []string{"Dial"},
		what: "the handshake waits for ever for a server that accepts and does not answer", mend: "set HandshakeTimeout, or use DialContext with a context that has a deadline",
	},
	{
		typ: "github.com/segmentio/kafka-go.Dialer", fields: []string{"Timeout", "Deadline"}, starts: []string{"Dial"},
		what: "it waits for as long as the kernel tries to connect", mend: "set Timeout",
	},
	{
		typ: "github.com/valyala/fasthttp.Server", fields: []string{"ReadTimeout"},
		starts: []string{"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"},
		what:   trickles, mend: "set ReadTimeout, and IdleTimeout for the time between requests",
	},
}

// dependencies judges the structs of well-known dependencies.
func (c *checker) dependencies() {
	for i := range libraries {
		l := &libraries[i]
		pkg, _, _ := strings.Cut(l.typ[strings.LastIndexByte(l.typ, '/')+1:], ".")
		path := l.typ[:strings.LastIndexByte(l.typ, '/')+1] + pkg
		if withoutMajor(c.Pkg.Path()) == path || slices.ContainsFunc(c.Pkg.Imports(), func(p *types.Package) bool { return withoutMajor(p.Path()) == path }) {
			c.library(l)
		}
	}
}

// withoutMajor removes a major version from an import path.
func withoutMajor(path string) string {
	elems := strings.Split(path, "/")
	return strings.Join(slices.DeleteFunc(elems, func(e string) bool {
		return len(e) > 1 && e[0] == 'v' && strings.Trim(e[1:], "0123456789") == ""
	}), "/")
}

// library judges the literals of l.
func (c *checker) library(l *library) {
	// Of its own package only the defaults that importers go by count: the rest is how it
	// works.
	own := strings.HasPrefix(l.typ, withoutMajor(c.Pkg.Path())+".")
	started := !own && c.starts(l)
	for cur := range c.root.Preorder((*ast.CompositeLit)(nil)) {
		lit := cur.Node().(*ast.CompositeLit)
		t := c.TypesInfo.TypeOf(lit)
		if c.values.InTest(lit.Pos()) || !l.is(t) || lit.Type == nil || !started && !(own && c.offered(lit)) || c.sets(l, lit, t) {
			continue
		}
		f := rule.Finding{
			Pos:       lit.Pos(),
			End:       lit.Type.End(),
			Tier:      rule.Likely,
			Message:   "without " + l.fields[0] + " " + l.what,
			Cause:     "dependency without a timeout",
			Primitive: l.typ,
			Mend:      l.mend,
		}
		if fn := c.Funcs.At(lit.Pos()); fn != nil && c.runsOnce(fn) {
			doubtful(&f, "it is done by a command, which whoever runs it can break off")
		}
		c.Report(f)
	}
}

// is reports whether t is the struct of l.
func (l *library) is(t types.Type) bool {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && withoutMajor(n.Obj().Pkg().Path())+"."+n.Obj().Name() == l.typ
}

// starts reports whether the package calls a function or method of l that waits.
func (c *checker) starts(l *library) bool {
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if call.Func == nil || !slices.Contains(l.starts, call.Func.Name()) {
				continue
			}
			if recv := call.Func.Signature().Recv(); recv != nil && l.is(recv.Type()) {
				return true
			}
			for p := range call.Func.Signature().Params().Variables() {
				if l.is(p.Type()) {
					return true
				}
			}
		}
	}
	return false
}

// offered reports whether lit is the value of a package variable that importers go by.
func (c *checker) offered(lit *ast.CompositeLit) bool {
	scope := c.Pkg.Scope()
	for _, name := range scope.Names() {
		if v, ok := scope.Lookup(name).(*types.Var); ok && v.Exported() {
			given, _ := c.values.Given(v)
			for _, e := range given {
				if e.Pos() <= lit.Pos() && lit.End() <= e.End() {
					return true
				}
			}
		}
	}
	return false
}

// sets reports whether lit has one of the fields that bound the wait, or lacks those
// without which there is none, or the package assigns one anywhere.
func (c *checker) sets(l *library, lit *ast.CompositeLit, t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok || len(lit.Elts) > 0 && !isKeyed(lit) {
		return true
	}
	if len(l.with) > 0 && !slices.ContainsFunc(l.with, func(name string) bool { return values.Element(lit, name) != nil }) {
		return true
	}
	for f := range st.Fields() {
		if !slices.Contains(l.fields, f.Name()) {
			continue
		}
		if values.Element(lit, f.Name()) != nil || c.assigned(f) {
			return true
		}
	}
	return false
}

func isKeyed(lit *ast.CompositeLit) bool {
	_, ok := lit.Elts[0].(*ast.KeyValueExpr)
	return ok
}

// assigned reports whether the package assigns to the field, on whatever struct.
func (c *checker) assigned(field *types.Var) bool {
	for cur := range c.root.Preorder((*ast.AssignStmt)(nil)) {
		for _, l := range cur.Node().(*ast.AssignStmt).Lhs {
			if sel, ok := ast.Unparen(l).(*ast.SelectorExpr); ok && c.TypesInfo.Uses[sel.Sel] == field {
				return true
			}
		}
	}
	return false
}
