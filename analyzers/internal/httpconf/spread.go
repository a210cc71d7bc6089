package httpconf

import (
	"go/ast"
	"go/constant"
)

// spread carries each value to all that may hold it, and joins what is done there.
func (b *builder) spread() {
	for _, z := range b.zeros {
		if !b.given(z.starts[0]) {
			b.Values = append(b.Values, z)
		}
	}
	for _, name := range []string{"DefaultClient", "DefaultTransport"} {
		if v := b.shared[name]; v != nil {
			b.Values = append(b.Values, v)
		}
	}
	for n := range b.reach(b.unseen()) {
		b.open[n] = true
	}
	for _, list := range [][]*Value{b.Values, b.params} {
		for _, v := range list {
			v.nodes = b.reach(v.starts)
			for n := range v.nodes {
				b.holder[n] = append(b.holder[n], v)
			}
		}
	}
	for _, v := range b.Values {
		v.base.values = b.held(v.base)
		v.base.open = b.isOpen(v.base)
	}
	for _, s := range b.sets {
		for _, v := range b.held(s.to) {
			v.give(s, b.constant(s.value))
		}
	}
	for _, s := range b.foreignSets {
		f := Field{s.field.State, s.field.Const, s.field.Int}
		for _, v := range b.held(s.to) {
			if v.fields == nil {
				v.fields = make(map[string]Field)
			}
			v.fields[s.field.Name] = v.fields[s.field.Name].or(f)
		}
	}
	for _, u := range b.uses {
		for _, v := range b.held(u.of) {
			v.Calls = append(v.Calls, u.call)
		}
	}
	for _, o := range b.out {
		for _, v := range b.held(o) {
			v.out = true
		}
	}
	for _, o := range b.lost {
		for _, v := range b.held(o) {
			v.Lost = true
		}
	}
}

// unseen returns what code that is not seen gives values: from there they spread like
// any others.
func (b *builder) unseen() []node {
	from := []node{{}}
	for n := range b.edges {
		if b.settable(n) {
			from = append(from, n)
		}
	}
	return from
}

// given reports whether anything is given to n.
func (b *builder) given(n node) bool {
	for _, tos := range b.edges {
		for _, to := range tos {
			if to == n {
				return true
			}
		}
	}
	for _, v := range b.Values {
		for _, s := range v.starts {
			if s == n {
				return true
			}
		}
	}
	return false
}

func (b *builder) reach(from []node) map[node]bool {
	seen := make(map[node]bool)
	queue := append([]node(nil), from...)
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if seen[n] {
			continue
		}
		seen[n] = true
		queue = append(queue, b.edges[n]...)
	}
	return seen
}

// give notes that a field of v is given something.
func (v *Value) give(s set, f Field) {
	if v.fields == nil {
		v.fields = make(map[string]Field)
	}
	v.fields[s.field] = v.fields[s.field].or(f)
	if s.value != nil {
		if v.exprs == nil {
			v.exprs = make(map[string][]ast.Expr)
		}
		v.exprs[s.field] = append(v.exprs[s.field], s.value)
	}
	if s.pos.IsValid() {
		v.Sets = append(v.Sets, Assignment{s.pos, s.end, s.field})
	}
}

// constant returns what a field is that is given e.
func (b *builder) constant(e ast.Expr) Field {
	if e == nil {
		return Field{State: Set}
	}
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok && KindOf(b.info.TypeOf(sel.X)) == Dialer {
		return Field{State: Set, Const: true, Int: 1}
	}
	c := b.info.Types[e].Value
	if c == nil {
		if b.info.Types[e].IsNil() {
			return Field{}
		}
		// A variable that is only ever given one constant.
		if w := b.values.Value(ast.Unparen(e)); w != nil {
			c = b.info.Types[w].Value
		}
	}
	if c == nil {
		return Field{State: Set}
	}
	n := int64(0)
	switch c.Kind() {
	case constant.Bool:
		if constant.BoolVal(c) {
			n = 1
		}
	case constant.Int, constant.Float:
		var exact bool
		if n, exact = constant.Int64Val(constant.ToInt(c)); !exact {
			return Field{State: Set}
		}
	default:
		return Field{State: Set}
	}
	if n == 0 {
		return Field{State: Zero, Const: true}
	}
	return Field{State: Set, Const: true, Int: n}
}
