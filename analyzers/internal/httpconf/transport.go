package httpconf

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A Way is how a client comes by its transport.
type Way int

// The ways.
const (
	Direct  Way = iota // it is the transport
	Wrapped            // it is behind RoundTrippers that set no deadline, as far as these are seen
	Bounded            // a RoundTripper in between gives each request a deadline
	Hidden             // not known
)

// Transport returns the transport that a client sends by, and how surely: the
// default one if it has none of its own. Of several it is the one with the most
// timeouts.
func (x *Index) Transport(c *Value) (*Value, Way) {
	if c.inner != nil {
		return c.inner, Direct
	}
	f := c.Field("Transport")
	if f.State == Unset {
		if x.b != nil && x.b.shared["DefaultTransport"] != nil {
			return x.b.shared["DefaultTransport"], Direct
		}
		return theDefault(), Direct
	}
	given := c.Given("Transport")
	if len(given) == 0 {
		return nil, Hidden
	}
	var best *Value
	worst := Direct
	for _, e := range given {
		t, way := x.behind(e, 0)
		worst = max(worst, way)
		if best == nil || t != nil && timeouts(t) > timeouts(best) {
			best = t
		}
	}
	return best, worst
}

// theDefault is http.DefaultTransport of a package that does not mention it.
func theDefault() *Value {
	v := &Value{Kind: Transport, Default: true, fields: make(map[string]Field)}
	for _, d := range defaults {
		v.fields[d.name] = d.field
	}
	return v
}

func timeouts(t *Value) int {
	n := 0
	for _, name := range []string{"ResponseHeaderTimeout", "TLSHandshakeTimeout", "DialContext", "Dial"} {
		if t.Field(name).Given() {
			n++
		}
	}
	return n
}

// maxWrappers bounds how many RoundTrippers around each other are looked through.
const maxWrappers = 4

// behind returns the transport behind a RoundTripper.
func (x *Index) behind(e ast.Expr, depth int) (*Value, Way) {
	if depth > maxWrappers {
		return nil, Hidden
	}
	list, all := x.Of(e)
	if all && len(list) > 0 {
		return slices.MaxFunc(list, func(a, b *Value) int { return timeouts(a) - timeouts(b) }), Direct
	}
	e = ast.Unparen(e)
	if w := x.values.Value(e); w != nil {
		e = ast.Unparen(w)
	}
	if way := x.roundTripper(x.info.TypeOf(e)); way == Bounded {
		return nil, Bounded
	}
	inner := x.inside(e)
	if inner == nil {
		return nil, Hidden
	}
	t, way := x.behind(inner, depth+1)
	return t, max(way, Wrapped)
}

// inside returns the RoundTripper that e, a literal of another RoundTripper or a call
// that returns one, is made around, or nil.
func (x *Index) inside(e ast.Expr) ast.Expr {
	if u, ok := e.(*ast.UnaryExpr); ok {
		e = ast.Unparen(u.X)
	}
	var parts []ast.Expr
	switch e := e.(type) {
	case *ast.CompositeLit:
		for _, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				el = kv.Value
			}
			parts = append(parts, el)
		}
	case *ast.CallExpr:
		parts = e.Args
	}
	for _, p := range parts {
		if t := x.info.TypeOf(p); t != nil && roundTrip(t) != nil {
			return p
		}
	}
	return nil
}

func roundTrip(t types.Type) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "RoundTrip")
	fn, _ := obj.(*types.Func)
	return fn
}

// roundTripper says whether the RoundTrip method of t gives requests a deadline.
func (x *Index) roundTripper(t types.Type) Way {
	if t == nil {
		return Hidden
	}
	fn := roundTrip(t)
	if fn == nil {
		return Hidden
	}
	if f := x.funcs.Declared(fn); f != nil && Deadlines(f) {
		return Bounded
	}
	return Hidden
}

// Deadlines reports whether f itself sets a deadline on a context.
func Deadlines(f *funcs.Func) bool {
	return slices.ContainsFunc(f.Out, func(c *funcs.Call) bool {
		if c.Func == nil {
			return false
		}
		switch c.FullName() {
		case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
			return true
		}
		return false
	})
}
