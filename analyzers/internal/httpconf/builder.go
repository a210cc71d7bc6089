package httpconf

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A node is what may hold a value: a variable or field, or a result of a function.
// The zero node is what comes from out of sight.
type node struct {
	v  types.Object
	fn *funcs.Func
	i  int
}

// An origin is where the value of an expression comes from.
type origin struct {
	nodes  []node
	values []*Value
	open   bool // from out of sight too
}

func (o origin) none() bool { return len(o.nodes) == 0 && len(o.values) == 0 && !o.open }

// A set is an assignment to a field of what comes from an origin.
type set struct {
	to       origin
	field    string
	value    ast.Expr // nil if it is not known
	pos, end token.Pos
}

// A use is what is done with what comes from an origin.
type use struct {
	of   origin
	call Call
}

// A foreignSet is a field of what comes from an origin that a function of another
// package gives something.
type foreignSet struct {
	to    origin
	field fieldFact
}

// A builder gathers what an Index knows.
type builder struct {
	*Index
	edges  map[node][]node
	made   map[ast.Node]*Value
	shared map[string]*Value // http.DefaultClient and DefaultTransport
	zeros  []*Value          // fields without a value, unless one is given
	sets   []set
	uses   []use
	lost   []origin
	out    []origin // what functions of other packages are handed
	// foreignSets are the assignments to fields by functions of other packages.
	foreignSets []foreignSet
	ways        []types.Type // pointers to what is followed, as far as the package knows them
	memo        map[types.Type]bool
	ownerOf     map[*types.Var]string // the full name of the struct that a field is in
}

func newBuilder(x *Index) *builder {
	b := &builder{
		Index:   x,
		edges:   make(map[node][]node),
		made:    make(map[ast.Node]*Value),
		shared:  make(map[string]*Value),
		memo:    make(map[types.Type]bool),
		ownerOf: make(map[*types.Var]string),
	}
	for _, p := range x.pass.Pkg.Imports() {
		for _, name := range []string{"Client", "Transport", "Server", "Dialer"} {
			if tn, ok := p.Scope().Lookup(name).(*types.TypeName); ok && KindOf(tn.Type()) != 0 {
				b.ways = append(b.ways, types.NewPointer(tn.Type()))
			}
		}
	}
	return b
}

// follows reports whether a variable of type t may hold what is followed: by its
// type, or as an interface with methods that it has.
func (b *builder) follows(t types.Type) bool {
	if t == nil {
		return false
	}
	if KindOf(t) != 0 {
		return true
	}
	got, ok := b.memo[t]
	if ok {
		return got
	}
	i, _ := t.Underlying().(*types.Interface)
	if i != nil && i.NumMethods() > 0 {
		for _, w := range b.ways {
			got = got || types.Implements(w, i)
		}
	}
	b.memo[t] = got
	return got
}
