package effects

import (
	"fmt"
	"go/types"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
)

// Analyzer infers the effects of every function of a package. Its result is an
// *Info. Its flag assume states the effects of functions, as the configuration
// does: see [ParseAssume].
var Analyzer = newAnalyzer()

// AssumeFlag is the name of the analyzer's flag.
const AssumeFlag = "assume"

func newAnalyzer() *analysis.Analyzer {
	var assume string
	a := &analysis.Analyzer{
		Name:       "lagveteffects",
		Doc:        "infer what each function may do to latency",
		Requires:   []*analysis.Analyzer{buildssa.Analyzer, directive.Analyzer, hotpath.Analyzer},
		Run:        func(pass *analysis.Pass) (any, error) { return run(pass, assume, theStd) },
		ResultType: reflect.TypeFor[*Info](),
		FactTypes:  []analysis.Fact{new(Fact)},
	}
	a.Flags.StringVar(&assume, AssumeFlag, "", "functions whose effects are stated: `name=kind,kind;name=none`")
	return a
}

// run analyses a package; std opens what stands in for facts of the standard
// library.
func run(pass *analysis.Pass, assume string, std func() (*stdTable, error)) (any, error) {
	assumed, err := ParseAssume(assume)
	if err != nil {
		return nil, err
	}
	x := newInference(pass, assumed)
	if x.lacksStd() {
		if x.std, err = std(); err != nil {
			return nil, err
		}
	}
	if !isRuntime(pass.Pkg.Path()) {
		x.infer()
	}
	fact, err := x.fact()
	if err != nil {
		return nil, fmt.Errorf("encoding the effects of %s: %w", pass.Pkg.Path(), err)
	}
	x.factSize = len(fact.data)
	pass.ExportPackageFact(fact)
	return &Info{x: x}, nil
}

// Info tells what the functions of one package may do, and those that it calls.
type Info struct {
	x *inference

	mu sync.Mutex // rules ask in parallel, and what is asked is remembered
}

// A Function is one that has a body in the package: declared, or a literal.
type Function struct {
	// Name is as [types.Func.FullName] prints it; a literal's number follows
	// the name of the function that it stands in: ".func1", ".func1.2".
	Name    string
	Obj     *types.Func   // nil for a literal
	SSA     *ssa.Function // its body
	Summary *Summary
	Allocs  []AllocSite // in source order
}

// Functions returns the functions of the package in source order, the
// initialiser first.
func (i *Info) Functions() []Function {
	fs := make([]Function, 0, len(i.x.funcs))
	for _, f := range i.x.funcs {
		if f.ssa != nil && f.general == nil {
			fs = append(fs, Function{f.name, f.obj, f.ssa, f.summary, f.allocs})
		}
	}
	return fs
}

// Missing returns the import paths of the packages that this one imports and of
// which the host gave no facts and no table tells, sorted: whatever they do is
// unknown here.
func (i *Info) Missing() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var paths []string
	for _, p := range i.x.pass.Pkg.Imports() {
		if p != types.Unsafe && i.x.view(p) == nil && !i.x.std.knows(p.Path()) {
			paths = append(paths, p.Path())
		}
	}
	slices.Sort(paths)
	return paths
}

// Of returns what is known of a function of this package or of one that it
// imports. It is never nil: what cannot be told has the effect Unknown.
func (i *Info) Of(fn *types.Func) *Summary {
	fn = fn.Origin()
	if f := i.x.byObj[fn]; f != nil {
		return f.summary
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.x.external(fn)
}

// Body returns what is known of a function with a body in this package, a
// literal for instance, or nil.
func (i *Info) Body(fn *ssa.Function) *Summary {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if f := i.x.bySSA[fn]; f != nil {
		return f.summary
	}
	return nil
}
