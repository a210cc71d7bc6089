package timesheet

import (
	"go/ast"
	"go/types"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/downstream"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/httpconf"
	"github.com/lagvet/lagvet/analyzers/internal/routes"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// ask describes a call that leads out of the process.
func (b *builder) ask(f *funcs.Func, d downstream.Call) *Ask {
	a := &Ask{Kind: kind(d), By: d.By, Limit: Amount{State: Unknown}}
	for _, s := range b.down.Chain(d) {
		p := s.Posn
		if s.Pos.IsValid() {
			p = b.pass.Fset.Position(s.Pos)
		}
		posn := ""
		if p.IsValid() {
			posn = p.String()
		}
		a.Via = append(a.Via, Step{posn, s.Text})
	}
	switch a.Kind {
	case HTTP:
		b.request(a, d.Call)
	case GRPC:
		b.remote(a, d.Call)
	case Dial:
		b.connection(a, d.Call)
	case Command:
		a.Limit = Amount{State: None}
	}
	return a
}

// kind names what is asked; libraries are told by the packages that they are of.
func kind(d downstream.Call) string {
	switch d.Kind {
	case downstream.HTTP:
		return HTTP
	case downstream.RPC:
		return GRPC
	case downstream.Database:
		return SQL
	case downstream.Connection:
		return Dial
	case downstream.Lookup:
		return Lookup
	case downstream.Mail:
		return Mail
	case downstream.Command:
		return Command
	}
	switch path := witness.PathOf(d.By); {
	case strings.Contains(path, "redis"):
		return Redis
	case strings.HasPrefix(path, "github.com/jackc/pgx"), strings.HasPrefix(path, "gorm.io/"), strings.HasPrefix(path, "github.com/jmoiron/sqlx"):
		return SQL
	case strings.HasPrefix(path, "google.golang.org/grpc"):
		return GRPC
	}
	return Client
}

// request describes a request of HTTP: where it goes, and the client's timeout.
func (b *builder) request(a *Ask, c *funcs.Call) {
	a.Limit = b.clientLimit(c)
	url := b.url(c)
	if url == nil {
		return
	}
	a.To = b.text(url, 0)
	if _, rest, ok := strings.Cut(a.To.Const, "://"); ok && a.To.Whole {
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			a.Path, _, _ = strings.Cut(rest[i:], "?")
		}
	}
}

// url returns the expression of the address that a request goes to, or nil.
func (b *builder) url(c *funcs.Call) ast.Expr {
	if c.Func == nil {
		return nil
	}
	switch c.Func.Name() {
	case "Get", "Head", "Post", "PostForm":
		if len(c.Site.Args) > 0 {
			return c.Site.Args[0]
		}
	}
	for _, arg := range c.Site.Args {
		if t := b.info.TypeOf(arg); t != nil && isRequest(t) {
			return b.urlOf(arg, 0)
		}
	}
	return nil
}

// urlOf returns the address that a request is made with, or nil if that is not seen.
func (b *builder) urlOf(req ast.Expr, depth int) ast.Expr {
	if depth > maxSteps {
		return nil
	}
	req = ast.Unparen(req)
	if v := b.values.Variable(req); v != nil {
		given, _ := b.values.Given(v)
		for _, g := range given {
			if u := b.urlOf(g, depth+1); u != nil {
				return u
			}
		}
		return nil
	}
	call, ok := req.(*ast.CallExpr)
	if !ok {
		return nil
	}
	k := b.funcs.Call(call)
	if k == nil || k.Func == nil {
		return nil
	}
	switch k.FullName() {
	case "net/http.NewRequest":
		return call.Args[1]
	case "net/http.NewRequestWithContext":
		return call.Args[2]
	case "(*net/http.Request).WithContext", "(*net/http.Request).Clone":
		return b.urlOf(call.Fun.(*ast.SelectorExpr).X, depth+1)
	}
	return nil
}

// clientLimit says what the client gives a request.
func (b *builder) clientLimit(c *funcs.Call) Amount {
	sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr)
	if !ok {
		return Amount{State: Unknown}
	}
	if c.Func != nil && c.Func.Signature().Recv() == nil { // http.Get
		return b.defaultClient()
	}
	list, all := b.conf.Of(sel.X)
	if len(list) == 0 || !all {
		return Amount{State: Unknown}
	}
	whole := Amount{State: Known, What: "http.Client.Timeout"}
	for _, v := range list {
		one := b.valueLimit(v)
		if one.State != Known {
			return one
		}
		if one.Time > whole.Time {
			whole = one
		}
	}
	return whole
}

// defaultClient says what http.DefaultClient gives a request: nothing, unless the package
// sets it.
func (b *builder) defaultClient() Amount {
	for _, v := range b.conf.Values {
		if v.Default && v.Kind == httpconf.Client {
			return b.valueLimit(v)
		}
	}
	return Amount{State: None}
}

// valueLimit says what one client, or one transport that is asked directly, gives.
func (b *builder) valueLimit(v *httpconf.Value) Amount {
	if v.Kind != httpconf.Client {
		return Amount{State: None}
	}
	a := Amount{What: "http.Client.Timeout", Posn: b.posn(v.Expr.Pos())}
	if v.From != nil && v.From.Posn.IsValid() {
		a.Posn = v.From.Posn.String()
	}
	given := v.Given("Timeout")
	if len(given) == 1 {
		a.Posn = b.posn(given[0].Pos())
	}
	switch f := v.Field("Timeout"); {
	case f.Duration() > 0:
		a.State, a.Time = Known, f.Duration()
	case f.State == httpconf.Unset || f.State == httpconf.Zero:
		if _, way := b.conf.Transport(v); way == httpconf.Bounded || way == httpconf.Hidden {
			return Amount{State: Unknown}
		}
		return Amount{State: None}
	default:
		a.State = Unknown
		if len(given) == 1 {
			a.Given = b.given(given[0])
		}
	}
	return a
}

// remote describes a call of gRPC.
func (b *builder) remote(a *Ask, c *funcs.Call) {
	a.Limit = Amount{State: None}
	if c.Func == nil || c.Func.Signature().Recv() == nil {
		return
	}
	if res := c.Func.Signature().Results(); res.Len() > 0 && streams(res.At(0).Type()) {
		a.Stream, a.Limit = true, Amount{State: Unknown}
	}
	recv := c.Func.Signature().Recv().Type()
	n, ok := types.Unalias(recv).(*types.Named)
	if !ok || !strings.HasSuffix(n.Obj().Name(), "Client") || n.Obj().Pkg() == nil {
		return
	}
	a.RPC = routes.FullMethod(n.Obj().Pkg(), strings.TrimSuffix(n.Obj().Name(), "Client"), c.Func.Name())
	if sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr); ok {
		a.To = b.target(sel.X, 0)
	}
}

// streams reports whether t is the stream of a remote call.
func streams(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "RecvMsg")
	return obj != nil
}

// target returns where a client of gRPC, or a connection, leads.
func (b *builder) target(e ast.Expr, depth int) Text {
	e = ast.Unparen(e)
	if v := b.values.Value(e); v != nil {
		e = ast.Unparen(v)
	}
	call, ok := e.(*ast.CallExpr)
	if !ok || depth > maxSteps {
		return Text{}
	}
	k := b.funcs.Call(call)
	if k == nil || k.Func == nil || k.Func.Pkg() == nil {
		return Text{}
	}
	switch k.FullName() {
	case "google.golang.org/grpc.NewClient", "google.golang.org/grpc.Dial":
		return b.text(call.Args[0], 0)
	case "google.golang.org/grpc.DialContext":
		return b.text(call.Args[1], 0)
	}
	if strings.HasPrefix(k.Func.Name(), "New") && strings.HasSuffix(k.Func.Name(), "Client") && len(call.Args) > 0 {
		return b.target(call.Args[0], depth+1)
	}
	return Text{}
}

// connection describes a connection that is made.
func (b *builder) connection(a *Ask, c *funcs.Call) {
	a.Limit = Amount{State: None}
	if c.Func == nil {
		a.Limit = Amount{State: Unknown}
		return
	}
	args := c.Site.Args
	if len(args) > 0 && contexts.Is(b.info.TypeOf(args[0])) {
		args = args[1:]
	}
	if len(args) > 1 && isText(b.info.TypeOf(args[1])) {
		a.To = b.text(args[1], 0)
	}
	if c.FullName() == "net.DialTimeout" {
		a.Limit = Amount{State: Unknown, What: "net.DialTimeout", Posn: b.posn(c.Site.Args[2].Pos())}
		if d := b.budgets.Duration(c.Site.Args[2]); d > 0 {
			a.Limit.State, a.Limit.Time = Known, d
		}
		return
	}
	if sel, ok := ast.Unparen(c.Site.Fun).(*ast.SelectorExpr); ok && c.Func.Signature().Recv() != nil {
		a.Limit = b.dialer(sel.X)
	}
}

// dialer says what a net.Dialer gives a connection.
func (b *builder) dialer(e ast.Expr) Amount {
	list, all := b.conf.Of(e)
	if len(list) == 0 || !all {
		return Amount{State: Unknown}
	}
	var most time.Duration
	for _, v := range list {
		f := v.Field("Timeout")
		if f.Duration() <= 0 {
			if f.Given() {
				return Amount{State: Unknown}
			}
			return Amount{State: None}
		}
		most = max(most, f.Duration())
	}
	return Amount{State: Known, Time: most, What: "net.Dialer.Timeout", Posn: b.posn(list[0].Expr.Pos())}
}

func isText(t types.Type) bool {
	bt, ok := t.Underlying().(*types.Basic)
	return ok && bt.Info()&types.IsString != 0
}

// brief is an expression for people.
func brief(e ast.Expr) string { return rule.Brief(types.ExprString(e)) }
