package effects

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// An inference is one run of the analysis over a package.
type inference struct {
	pass    *analysis.Pass
	ssa     *buildssa.SSA
	dirs    *directive.Index
	hot     *hotpath.Info
	tables  *tables
	assumed map[string]Set

	directed   map[*types.Func]*Summary             // by a directive
	saying     map[*types.Func]*directive.Directive // by which, for functions
	boundTypes map[*types.TypeName]*Summary         // func types under a directive
	excused    []excuse
	linknames  map[string]string // what names of this package without a body stand for
	noescape   map[*types.Func]bool

	funcs     []*function // in source order, the initialiser first
	bySSA     map[*ssa.Function]*function
	byObj     map[*types.Func]*function
	index     *index
	facts     map[*types.Package]*view
	std       *stdTable                // nil if the host has facts of the standard library
	seen      map[*types.Func]*Summary // functions without a body here
	deciding  map[*ssa.Parameter]bool
	msets     typeutil.MethodSetCache
	named     []types.Type                // see concreteTypes
	standsFor map[types.Type][]types.Type // see typesOf
	byParam   map[passedKey][]*target     // see passable

	factSize int // bytes
}

// A function is one whose effects are inferred.
type function struct {
	ssa      *ssa.Function // nil for one that stands for the result of another
	obj      *types.Func   // nil for a literal
	name     string
	fixed    *Summary  // what is stated, instead of inferred
	general  *function // of which this is one for certain arguments: see special.go
	consts   map[*ssa.Parameter]*ssa.Const
	specials map[string]*function
	bare     bool // it is looked at as if nothing were stated: see belied.go

	own     Set // what the function is a primitive of
	ops     []edge
	sites   []*site
	results map[int]*function // functions that stand for what it returns
	given   map[givenKey]*givenCall
	givens  []givenKey // in the order in which they were found
	version int        // changes whenever the given calls do
	allocs  []AllocSite

	edges    []edge // all that it does; see solve
	best     [numKinds]weight
	chains   [numKinds]*Step
	built    Set
	summary  *Summary
	retained uint64
}

// An edge is one place where a function does something: an operation of the
// language, or a call.
type edge struct {
	instr ssa.Instruction
	pos   token.Pos
	cold  bool
	to    *function  // a function of this package, or
	sum   *Summary   // the summary of another
	label string     // what the step is called
	only  *border    // how effects are renamed, or nil
	tail  *givenCall // how the callee comes to do what sum says, or nil
}

func newInference(pass *analysis.Pass, assumed map[string]Set) *inference {
	x := &inference{
		pass:       pass,
		ssa:        pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA),
		dirs:       pass.ResultOf[directive.Analyzer].(*directive.Index),
		hot:        pass.ResultOf[hotpath.Analyzer].(*hotpath.Info),
		tables:     builtin(),
		assumed:    assumed,
		directed:   make(map[*types.Func]*Summary),
		saying:     make(map[*types.Func]*directive.Directive),
		boundTypes: make(map[*types.TypeName]*Summary),
		bySSA:      make(map[*ssa.Function]*function),
		byObj:      make(map[*types.Func]*function),
		facts:      make(map[*types.Package]*view),
		seen:       make(map[*types.Func]*Summary),
		deciding:   make(map[*ssa.Parameter]bool),
		standsFor:  make(map[types.Type][]types.Type),
		byParam:    make(map[passedKey][]*target),
	}
	x.readDirectives()
	x.linknames = linknames(pass.Files)
	x.noescape = noescapes(pass)
	return x
}

// infer does the work, step by step.
func (x *inference) infer() {
	x.gather()
	x.index = x.newIndex()
	x.retain()
	x.specialExports()
	for i := 0; i < len(x.funcs); i++ { // what is called with constants is added
		if f := x.funcs[i]; f.fixed == nil {
			x.scan(f)
		}
	}
	x.resultFunctions()
	x.bindGiven()
	for _, f := range x.funcs {
		x.waits(f)
	}
	x.solve()
}

// gather lists the functions of the package that have a body.
func (x *inference) gather() {
	if init := x.ssa.Pkg.Func("init"); init != nil {
		x.add(init, x.pass.Pkg.Path()+".init")
		for i, lit := range init.AnonFuncs {
			x.addLiteral(lit, fmt.Sprintf("%s.init.func%d", x.pass.Pkg.Path(), i+1))
		}
	}
	for _, fn := range x.ssa.SrcFuncs {
		obj, ok := fn.Object().(*types.Func)
		if !ok || fn.Parent() != nil {
			continue // a literal comes with the function around it
		}
		if len(fn.Blocks) == 0 {
			continue
		}
		name := modules.WithoutVariant(obj.FullName())
		if _, n, ok := strings.Cut(fn.Name(), "init#"); ok { // there may be several
			name += "#" + n
		}
		f := x.add(fn, name)
		f.obj = obj
		x.byObj[obj] = f
		f.fixed = x.statedFor(obj)
		if isCgo(obj.Name()) {
			f.fixed = callsC
		}
		f.own = x.reflection(obj)
		for i, lit := range fn.AnonFuncs {
			x.addLiteral(lit, fmt.Sprintf("%s.func%d", f.name, i+1))
		}
	}
}

func (x *inference) add(fn *ssa.Function, name string) *function {
	f := &function{ssa: fn, name: name, given: make(map[givenKey]*givenCall)}
	x.funcs = append(x.funcs, f)
	x.bySSA[fn] = f
	return f
}

func (x *inference) addLiteral(fn *ssa.Function, name string) {
	x.add(fn, name)
	for i, lit := range fn.AnonFuncs {
		x.addLiteral(lit, fmt.Sprintf("%s.%d", name, i+1))
	}
}
