package chanflow

import (
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// Analyzer follows the channels of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetchanflow",
	Doc:        "find which goroutines meet at which channel, wait group or lock",
	Requires:   []*analysis.Analyzer{buildssa.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

// A Kind is what an object is.
type Kind int

// The kinds of objects.
const (
	Chan     Kind = iota
	Done          // the Done channel of a context
	Group         // a sync.WaitGroup
	Cond          // a sync.Cond
	Lock          // a sync.Mutex or sync.RWMutex
	context       // a context.Context
	cancel        // the function that cancels one
	function      // a function value
	unknown       // anything that comes from out of sight
)

// An Object is something that goroutines wait for each other with.
type Object struct {
	Kind Kind
	Site ssa.Value // what makes it, or the variable that is it; nil for a field
	Var  *types.Var
	Ops  []*Op
	// Out is set if code that is not in sight may use it too.
	Out bool
	// Kept is set if a field or a package-level variable holds it.
	Kept bool

	fn      *ssa.Function // of a function
	bound   bool          // its receiver is given already
	timed   bool          // of a context: it ends by itself
	parents *node         // of a context
	locker  *node         // of a condition variable
	of      *Object       // of a Done channel or a cancel function: the context
}

// Name is what to call the object: the field or variable, or what makes it.
func (o *Object) Name() string {
	if o.Var != nil {
		return o.Var.Name()
	}
	if o.Site != nil {
		if c, ok := o.Site.(*ssa.Alloc); ok && c.Comment != "" {
			return c.Comment
		}
	}
	return ""
}

// Lockers returns the mutexes that a wait for a condition variable lets go of, and takes
// again before it is over.
func (o *Object) Lockers() (locks []*Object) {
	if o.locker == nil {
		return nil
	}
	for _, l := range o.locker.objs {
		if l.Kind == Lock {
			locks = append(locks, l)
		}
	}
	return locks
}

// Pos returns where the object is made or declared.
func (o *Object) Pos() token.Pos {
	switch {
	case o.Var != nil:
		return o.Var.Pos()
	case o.Site != nil:
		return o.Site.Pos()
	case o.of != nil:
		return o.of.Pos()
	}
	return token.NoPos
}

// Index holds the objects of a package and what is done with them.
type Index struct {
	Objects []*Object
	Funcs   []*ssa.Function // those of the source, tests left out, that something may call

	b     *builder
	ops   map[*ssa.Function][]*Op
	in    map[*ssa.Function][]*Edge
	calls map[*ssa.Function][]*Edge
	sites map[ssa.CallInstruction][]*Edge
	live  map[*ssa.Function]bool
	conds map[*ssa.BasicBlock][]given
}

func run(pass *analysis.Pass) (any, error) {
	src := pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA)
	x := &Index{
		ops:   make(map[*ssa.Function][]*Op),
		in:    make(map[*ssa.Function][]*Edge),
		calls: make(map[*ssa.Function][]*Edge),
		sites: make(map[ssa.CallInstruction][]*Edge),
		live:  make(map[*ssa.Function]bool),
		conds: make(map[*ssa.BasicBlock][]given),
	}
	b := newBuilder(pass, src)
	x.b = b
	if !b.concurrent() {
		return x, nil
	}
	b.solve()
	x.graph(b.edges)
	x.collect()
	return x, nil
}

// Of returns the operations of a function, in the order of its blocks.
func (x *Index) Of(fn *ssa.Function) []*Op { return x.ops[fn] }

// May returns the objects of the given kind that v may be, and whether these are all.
func (x *Index) May(v ssa.Value, kind Kind) (objs []*Object, known bool) {
	n := x.held(v)
	if n == nil {
		return nil, false
	}
	known = true
	for _, o := range n.objs {
		switch {
		case o.Kind == unknown:
			known = false
		case o.Kind == kind || kind == Chan && o.Kind == Done:
			objs = append(objs, o)
		}
	}
	return objs, known && len(objs) > 0
}

// held returns the node of a value, or nil if nothing is known of it. A field is one
// node, however it is read.
func (x *Index) held(v ssa.Value) *node {
	switch f := v.(type) {
	case *ssa.FieldAddr:
		return x.b.nodes[fieldOf(f.X.Type(), f.Field)]
	case *ssa.Field:
		return x.b.nodes[fieldOf(f.X.Type(), f.Field)]
	}
	return x.b.nodes[v]
}

// Fields returns the objects of a kind that are or were put into a field or a
// package-level variable.
func (x *Index) Fields(v *types.Var, kind Kind) []*Object {
	var objs []*Object
	if n := x.b.nodes[v]; n != nil {
		for _, o := range n.objs {
			if o.Kind == kind {
				objs = append(objs, o)
			}
		}
	}
	return objs
}
