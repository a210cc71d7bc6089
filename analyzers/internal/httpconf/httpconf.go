package httpconf

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/places"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Analyzer follows the values of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvethttpconf",
	Doc:        "follow HTTP clients, transports and servers and what their fields are given",
	Requires:   []*analysis.Analyzer{syntax.Analyzer, funcs.Analyzer, values.Analyzer},
	FactTypes:  []analysis.Fact{new(handles), new(holds)},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	x := &Index{
		pass:   pass,
		info:   pass.TypesInfo,
		root:   pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		funcs:  pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		holder: make(map[node][]*Value),
		open:   make(map[node]bool),
	}
	// The standard library is what is followed, and sets nothing that counts.
	if modules.IsStd(pass.Pkg.Path()) || !concerned(pass.Pkg) {
		return x, nil
	}
	b := newBuilder(x)
	b.collect()
	b.spread()
	x.b = b
	x.export()
	return x, nil
}

// concerned reports whether p can name what is followed.
func concerned(p *types.Package) bool {
	for _, q := range p.Imports() {
		if q.Path() == "net/http" || q.Path() == "net" {
			return true
		}
	}
	return false
}

// Index is the result of Analyzer.
type Index struct {
	// Values are the creations of the package, tests excepted, in source order. The
	// shared values of net/http come last, if the package mentions them.
	Values []*Value

	pass   *analysis.Pass
	info   *types.Info
	root   inspector.Cursor
	funcs  *funcs.Index
	values *values.Index
	b      *builder
	params []*Value // what parameters hold, for facts
	holder map[node][]*Value
	open   map[node]bool // may hold what comes from out of sight
}

// A Value is one creation of a value that is followed.
type Value struct {
	Kind Kind
	// Expr is where it is made: a literal, a call, or the name of a variable or field.
	Expr ast.Expr
	// Func is the function that it is made in; nil at package level.
	Func *funcs.Func
	// Lit is the literal that it is made by, or nil.
	Lit *ast.CompositeLit
	// Default is set for http.DefaultClient and http.DefaultTransport.
	Default bool
	// From says where a function or a variable of another package has it from.
	From *Origin
	// Calls are the calls of its methods in this package, or by functions that are
	// handed it.
	Calls []Call
	// Sets are the assignments to its fields; one without a field replaces a shared
	// value by another.
	Sets []Assignment
	// Lost is set if code out of sight has it and may set its fields.
	Lost bool

	fields map[string]Field
	exprs  map[string][]ast.Expr // what a field is given
	base   origin                // what it is a clone of
	out    bool                  // a function of another package, or out of sight, is handed it
	starts []node
	nodes  map[node]bool
	inner  *Value // the transport of a client of another package
}

// An Origin is a place in another package.
type Origin struct {
	Name string // the full name of the function or variable
	Posn token.Position
}

// A Call is a call of a method of a value.
type Call struct {
	*funcs.Call
	Method string
	Via    *types.Func // the function of another package that is handed the value and calls it, or nil
}

// An Assignment gives a field of a value something.
type Assignment struct {
	Pos, End token.Pos
	Field    string
}

// Field returns what is known of a field.
func (v *Value) Field(name string) Field { return v.field(name, nil) }

// field is asked on behalf of asking: values may be clones of each other. Nothing of
// this is kept in the value, which rules that run side by side ask.
func (v *Value) field(name string, asking []*Value) Field {
	f := v.fields[name]
	if v.Lost && f.State < Set {
		return Field{State: Unknown}
	}
	if f.State != Unset || slices.Contains(asking, v) {
		return f
	}
	return v.base.field(name, append(slices.Clip(asking), v))
}

func (o origin) field(name string, asking []*Value) Field {
	if o.open {
		return Field{State: Unknown}
	}
	var f Field
	for _, v := range o.values {
		f = f.or(v.field(name, asking))
	}
	return f
}

// Given returns the expressions that a field is given in this package.
func (v *Value) Given(name string) []ast.Expr { return v.exprs[name] }

// Local reports whether nothing but local variables of the function that makes v
// holds it, and the clients that it is the transport of.
func (x *Index) Local(v *Value) bool {
	if v.Func == nil || v.Lost || v.out {
		return false
	}
	for n := range v.nodes {
		w, ok := n.v.(*types.Var)
		switch {
		case !ok:
			return false
		case w.IsField():
			if x.b.ownerOf[w] != "net/http.Client" {
				return false
			}
		case dataflow.LocalVar(w) == nil || values.IsParam(x.funcs.At(w.Pos()), w):
			return false
		}
	}
	return true
}

// dials are the fields of a transport that make its connections.
var dials = []string{"Dial", "DialContext", "DialTLS", "DialTLSContext"}

// DialsPlainly reports whether the connections of a transport are those of net and
// crypto/tls as they come, as far as is seen: other dial functions may return some that
// set deadlines. A function of this package that is given is said to be plain.
func (x *Index) DialsPlainly(v *Value) bool {
	for _, name := range dials {
		f := v.Field(name)
		if !f.Given() || f.Const {
			continue
		}
		given := v.exprs[name]
		for _, e := range given {
			if _, lit := ast.Unparen(e).(*ast.FuncLit); lit {
				continue
			}
			if fn := x.values.Function(e); fn == nil || x.funcs.Declared(fn) == nil {
				return false
			}
		}
		if len(given) == 0 {
			return false
		}
	}
	return true
}

// DialsSocket reports whether a transport dials a socket of this machine, as far as the
// dial functions that it is given here tell.
func (x *Index) DialsSocket(v *Value) bool {
	for _, name := range dials {
		for _, e := range v.exprs[name] {
			if x.namesSocket(e) {
				return true
			}
		}
	}
	return false
}

// namesSocket reports whether e, a function or a call that returns one, names a network
// or calls a function that stays on this machine.
func (x *Index) namesSocket(e ast.Expr) (found bool) {
	var body ast.Node = e
	if fn := x.values.Function(e); fn != nil {
		if f := x.funcs.Declared(fn); f != nil {
			body = f.Body
		}
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		if k := x.funcs.Call(call); k != nil && k.Callee != nil {
			body = k.Callee.Body
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			found = found || places.Socket(places.Text(x.info, n))
		case *ast.Ident:
			fn, ok := x.info.Uses[n].(*types.Func)
			found = found || ok && (strings.Contains(fn.Name(), "Pipe") || strings.Contains(fn.Name(), "Unix"))
		}
		return !found
	})
	return found
}

// In reports whether the field of that name of a struct of that full name may hold v.
func (x *Index) In(v *Value, typ, field string) bool {
	for n := range v.nodes {
		if f, ok := n.v.(*types.Var); ok && f.IsField() && f.Name() == field && x.b.ownerOf[f] == typ {
			return true
		}
	}
	return false
}

// Returned reports whether a function that other packages may call returns v, or
// they may read it from a variable or field.
func (x *Index) Returned(v *Value) bool {
	for n := range v.nodes {
		switch {
		case n.fn != nil && n.fn.Obj != nil && n.fn.Obj.Exported():
			return true
		case n.v != nil && n.v.Pkg() == x.pass.Pkg && n.v.Exported() && x.values.Settable(n.v.(*types.Var)):
			owner := x.b.ownerOf[n.v.(*types.Var)]
			if name := owner[strings.LastIndexByte(owner, '.')+1:]; name == "" || token.IsExported(name) {
				return true
			}
		}
	}
	return false
}

// Of returns the values that e, in this package, may denote, and whether these are all.
func (x *Index) Of(e ast.Expr) (list []*Value, all bool) {
	if x.b == nil {
		return nil, false
	}
	o := x.b.source(e, 0)
	return x.held(o), !x.isOpen(o)
}

// held returns the values that come from o.
func (x *Index) held(o origin) []*Value {
	list := append([]*Value(nil), o.values...)
	for _, n := range o.nodes {
		for _, v := range x.holder[n] {
			list = appendNew(list, v)
		}
	}
	return list
}

func appendNew(list []*Value, v *Value) []*Value {
	for _, w := range list {
		if w == v {
			return list
		}
	}
	return append(list, v)
}

func (x *Index) isOpen(o origin) bool {
	for _, n := range o.nodes {
		if x.open[n] || x.settable(n) {
			return true
		}
	}
	return o.open
}

// settable reports whether code that is not seen may give n a value.
func (x *Index) settable(n node) bool {
	v, ok := n.v.(*types.Var)
	if !ok {
		return false
	}
	if v.Pkg() != x.pass.Pkg {
		return false // its origin says so
	}
	if f := x.funcs.At(v.Pos()); values.IsParam(f, v) {
		return len(f.In) == 0 || f.Obj != nil && f.Obj.Exported()
	}
	return x.values.Settable(v)
}
