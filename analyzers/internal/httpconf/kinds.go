package httpconf

import (
	"go/types"
	"slices"
	"time"
)

// A Kind is a type whose values are followed.
type Kind int

// The types that are followed.
const (
	Client    Kind = iota + 1 // net/http.Client
	Transport                 // net/http.Transport
	Server                    // net/http.Server
	Dialer                    // net.Dialer
)

// KindOf returns the kind of t, or of what it points to; 0 if it is none.
func KindOf(t types.Type) Kind {
	switch typeName(t) {
	case "net/http.Client":
		return Client
	case "net/http.Transport":
		return Transport
	case "net/http.Server":
		return Server
	case "net.Dialer":
		return Dialer
	}
	return 0
}

// typeName returns the full name of a named type, or of what points to it.
func typeName(t types.Type) string {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// A State says whether a field is given a value.
type State int

// The states of a field, from what leaves most to be said to what leaves least.
const (
	Unset   State = iota // nothing gives it a value
	Zero                 // it is given a constant zero, on purpose
	Set                  // it is given something
	Unknown              // code out of sight may give it something
)

// A Field is what is known of a field of a value.
type Field struct {
	State State
	Const bool  // Int is what it is given, whatever the way
	Int   int64 // a number, a duration in nanoseconds, or 1 for true and for the method of a net.Dialer
}

// Duration returns the constant duration that the field is given, or 0.
func (f Field) Duration() time.Duration {
	if !f.Const {
		return 0
	}
	return time.Duration(f.Int)
}

// Given reports whether the field has a value that counts, or may have one.
func (f Field) Given() bool { return f.State >= Set }

// or joins what two ways give one field.
func (f Field) or(g Field) Field {
	switch {
	case f.State == Unset:
		return g
	case g.State == Unset:
		return f
	}
	j := Field{State: max(f.State, g.State)}
	if f.Const && g.Const && f.Int == g.Int {
		j.Const, j.Int = true, f.Int
	}
	return j
}

// defaults are the fields of http.DefaultTransport (net/http/transport.go).
var defaults = []struct {
	name  string
	field Field
}{
	{"Proxy", Field{State: Set}},
	{"DialContext", Field{Set, true, 1}}, // a net.Dialer with a Timeout of 30 s
	{"ForceAttemptHTTP2", Field{Set, true, 1}},
	{"MaxIdleConns", Field{Set, true, 100}},
	{"IdleConnTimeout", Field{Set, true, int64(90 * time.Second)}},
	{"TLSHandshakeTimeout", Field{Set, true, int64(10 * time.Second)}},
	{"ExpectContinueTimeout", Field{Set, true, int64(time.Second)}},
}

// requestMethods are the methods of net/http.Client that send a request.
var requestMethods = []string{"Do", "Get", "Head", "Post", "PostForm"}

// Sends reports whether a method of that name of a [Client] or a [Transport] sends a request.
func Sends(method string) bool {
	return method == "RoundTrip" || slices.Contains(requestMethods, method)
}

// Serves reports whether a method of that name of a [Server] serves.
func Serves(method string) bool {
	return slices.Contains([]string{"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"}, method)
}
