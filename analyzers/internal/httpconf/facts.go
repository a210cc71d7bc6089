package httpconf

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"sort"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// handles is the fact about a function that returns what is followed, or is handed it.
type handles struct {
	Results []result
	Params  []param
}

// AFact marks handles as a fact.
func (*handles) AFact() {}

func (h *handles) String() string { return fmt.Sprint("returns ", h.Results, " is handed ", h.Params) }

// holds is the fact about a package variable that holds one value.
type holds struct{ Value made }

// AFact marks holds as a fact.
func (*holds) AFact() {}

func (h *holds) String() string { return fmt.Sprint("holds ", h.Value) }

// A result is what a function returns.
type result struct {
	Index int
	Value made
}

// made is a value as other packages know it.
type made struct {
	Kind   Kind
	Fields []fieldFact // those that are not unset
	Posn   token.Position
	// Inner is the transport of a client: none or one. Default is set if that is
	// http.DefaultTransport.
	Inner   []made
	Default bool
}

func (m made) String() string { return fmt.Sprint(m.Kind, m.Fields, m.Inner) }

// A fieldFact is a field as other packages know it.
type fieldFact struct {
	Name  string
	State State
	Const bool
	Int   int64
}

// A param is what a function does with what it is handed.
type param struct {
	Index int
	Sets  []fieldFact
	Calls []string // methods
	Lost  bool     // it may set any field
}

// export tells the packages that import this one what its functions do.
func (x *Index) export() {
	facts := make(map[*types.Func]*handles)
	of := func(fn *types.Func) *handles {
		if facts[fn] == nil {
			facts[fn] = new(handles)
		}
		return facts[fn]
	}
	for _, f := range x.funcs.Funcs {
		if f.Obj == nil || !f.Obj.Exported() || x.values.InTest(f.Node.Pos()) {
			continue
		}
		for i := range f.Sig.Results().Len() {
			if m, ok := x.summary(origin{nodes: []node{{fn: f, i: i}}}); ok {
				of(f.Obj).Results = append(of(f.Obj).Results, result{i, m})
			}
		}
	}
	for _, v := range x.params {
		p := x.paramFact(v)
		if len(p.Sets) > 0 || len(p.Calls) > 0 || p.Lost {
			of(v.Func.Obj).Params = append(of(v.Func.Obj).Params, p)
		}
	}
	for fn, h := range facts {
		x.pass.ExportObjectFact(fn, h)
	}
	for _, name := range x.pass.Pkg.Scope().Names() {
		v, ok := x.pass.Pkg.Scope().Lookup(name).(*types.Var)
		if !ok || !v.Exported() || KindOf(v.Type()) == 0 {
			continue
		}
		if m, ok := x.summary(origin{nodes: []node{{v: v}}}); ok {
			x.pass.ExportObjectFact(v, &holds{m})
		}
	}
}

// summary joins what comes from o. It reports false if that is not all of one kind
// and from this package.
func (x *Index) summary(o origin) (made, bool) {
	list := x.held(o)
	for _, n := range o.nodes {
		if x.open[n] {
			return made{}, false
		}
	}
	if len(list) == 0 {
		return made{}, false
	}
	m := made{Kind: list[0].Kind, Posn: x.pass.Fset.Position(list[0].Expr.Pos())}
	if from := list[0].From; from != nil {
		m.Posn = from.Posn
	}
	joined := make(map[string]Field)
	for _, v := range list {
		if v.Kind != m.Kind || v.Lost {
			return made{}, false
		}
		for _, name := range v.names() {
			joined[name] = joined[name].or(v.Field(name))
		}
	}
	m.Fields = fieldFacts(joined)
	if m.Kind == Client && len(list) == 1 {
		if t, way := x.Transport(list[0]); way == Direct && t != nil {
			inner := made{Kind: Transport, Default: t.Default}
			if t.Expr != nil {
				inner.Posn = x.pass.Fset.Position(t.Expr.Pos())
			}
			fields := make(map[string]Field)
			for _, name := range t.names() {
				fields[name] = t.Field(name)
			}
			inner.Fields = fieldFacts(fields)
			m.Inner = []made{inner}
		}
	}
	return m, true
}

// names returns the names of the fields that v is given something for.
func (v *Value) names() []string {
	var names []string
	for name := range v.fields {
		if name != "" {
			names = append(names, name)
		}
	}
	for _, w := range v.base.values {
		for name := range w.fields {
			if name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

func fieldFacts(fields map[string]Field) []fieldFact {
	var list []fieldFact
	for name, f := range fields {
		list = append(list, fieldFact{name, f.State, f.Const, f.Int})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// paramFact returns what the function of v does with its parameter.
func (x *Index) paramFact(v *Value) param {
	p := param{Lost: v.Lost}
	for i := range v.Func.Sig.Params().Len() {
		if v.Func.Sig.Params().At(i) == v.starts[0].v {
			p.Index = i
		}
	}
	b := x.b
	fields := make(map[string]Field)
	of := func(o origin) bool { return slices.Contains(x.held(o), v) }
	for _, s := range b.sets {
		if of(s.to) {
			fields[s.field] = fields[s.field].or(b.constant(s.value))
		}
	}
	for _, s := range b.foreignSets {
		if of(s.to) {
			fields[s.field.Name] = Field{s.field.State, s.field.Const, s.field.Int}
		}
	}
	p.Sets = fieldFacts(fields)
	for _, u := range b.uses {
		if of(u.of) && !slices.Contains(p.Calls, u.call.Method) {
			p.Calls = append(p.Calls, u.call.Method)
		}
	}
	for _, o := range b.lost {
		p.Lost = p.Lost || of(o)
	}
	return p
}

// handed notes what a function of another package does with argument i.
func (b *builder) handed(call *funcs.Call, i int, arg ast.Expr) {
	var h handles
	if !b.pass.ImportObjectFact(call.Func, &h) {
		return
	}
	for _, p := range h.Params {
		if p.Index != i {
			continue
		}
		of := b.source(arg, 0)
		for _, m := range p.Calls {
			b.uses = append(b.uses, use{of, Call{Call: call, Method: m, Via: call.Func}})
		}
		for _, f := range p.Sets {
			b.foreignSets = append(b.foreignSets, foreignSet{of, f})
		}
		if p.Lost {
			b.lose(arg)
		}
	}
}

// imported returns the value that e is, made in another package.
func (b *builder) imported(e ast.Expr, m made, name string) *Value {
	v := b.made[e]
	if v != nil {
		return v
	}
	v = b.value(e, m.Kind)
	v.From = &Origin{name, m.Posn}
	v.fields = fieldsOf(m)
	if len(m.Inner) > 0 {
		v.inner = &Value{Kind: Transport, Expr: e, Default: m.Inner[0].Default, From: &Origin{name, m.Inner[0].Posn}, fields: fieldsOf(m.Inner[0])}
	}
	return v
}

func fieldsOf(m made) map[string]Field {
	fields := make(map[string]Field)
	for _, f := range m.Fields {
		fields[f.Name] = Field{f.State, f.Const, f.Int}
	}
	return fields
}
