package hotpath

import (
	"go/ast"
	"go/token"
	"go/types"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/symbol"
)

// A Source says who says that a function is hot.
type Source string

// The sources of hotness.
const (
	FromDirective Source = "directive" // or the configuration
	FromProfile   Source = "profile"
)

// A Step is one link of the chain of calls by which a function is hot or
// reachable from a request root.
type Step struct {
	Pos  token.Pos
	Text string // what stands there: "calls (*book).best"
}

// Hotness says that a function is hot, who says so, and how hot.
type Hotness struct {
	Source Source
	Detail string  // "//lagvet:hot at engine.go:86", "31 % of CPU in default.pgo"
	Share  float64 // of CPU time, 0 to 1; 0 if no profile knows the function
	Line   float64 // the share of the line asked about, with all that it calls; see HotAt
	Via    []Step  // from the function that is hot by itself down to this one

	// By is the directive that says so, if one does.
	By *Contract

	said string // by a directive or the configuration
}

// Under reports whether a contract of that kind makes the function hot: its own, or
// that of one which calls it. It may be asked of nil.
func (h *Hotness) Under(kind directive.Kind) bool {
	return h != nil && h.By != nil && h.By.Kind == kind
}

// A Root says that a function runs on behalf of a request.
type Root struct {
	Detail string // "HTTP handler", "gRPC method", "//lagvet:root at server.go:12"
	Via    []Step // from the root down to the function
}

// Info tells what is hot in one package. Its functions are known by their
// node, an *ast.FuncDecl or *ast.FuncLit.
type Info struct {
	// Strict is set if a contract is also broken by what cannot be told, and
	// by what happens on the way to an error.
	Strict bool

	pkg       *types.Package
	index     *funcs.Index
	bound     map[*funcs.Func][]*Contract // own ones first
	converted []Conversion
	hot       map[*funcs.Func]*Hotness
	roots     map[*funcs.Func]*Root
	consumers []consumer
	cold      *coldness
}

// Hot returns why fn is hot, or nil.
func (x *Info) Hot(fn ast.Node) *Hotness { return x.hot[x.index.Of(fn)] }

// HotAt returns why the code at pos is hot, or nil if it is not, or if it lies
// on a cold branch of a hot function.
func (x *Info) HotAt(pos token.Pos) *Hotness {
	f := around(x.index, pos)
	h := x.hot[f]
	if h == nil || x.Cold(pos) {
		return nil
	}
	if share := x.cold.heats.lineShare(f, pos); share > 0 {
		at := *h
		at.Line = share
		at.Detail += ", " + Percent(share) + " on this line"
		return &at
	}
	return h
}

// Matches returns how much of the package each profile knows. A profile that
// knows no function of any package that was checked is of another program, or
// of an old version of this one, and the host should say so.
func (x *Info) Matches() []Match { return x.cold.heats.matches() }

// Root returns the request root that fn is, or is reachable from within the
// package, or nil. Goroutines that a request spawns count as its own.
func (x *Info) Root(fn ast.Node) *Root { return x.roots[x.index.Of(fn)] }

// RootAt returns the request root that the code at pos runs for, or nil. It
// knows more than Root where a function receives messages in a loop: there
// only the loop runs for a request, the lines before it run once.
func (x *Info) RootAt(pos token.Pos) *Root {
	for _, c := range x.consumers {
		if within(c.body, pos) {
			return &Root{Detail: c.detail}
		}
	}
	return x.roots[around(x.index, pos)]
}

// Cold reports whether pos is reached only on the way to a panic, an exit or
// an error return, and no profile shows that it often is.
func (x *Info) Cold(pos token.Pos) bool { return x.cold.at(pos) }

// Contract returns what holds fn to a contract of that kind, or nil.
func (x *Info) Contract(fn ast.Node, kind directive.Kind) *Contract {
	for _, c := range x.bound[x.index.Of(fn)] {
		if c.Kind == kind {
			return c
		}
	}
	return nil
}

// Conversions returns where functions of other packages come under contract in
// this one, in the order of the source.
func (x *Info) Conversions() []Conversion { return x.converted }

// A Function is one that is hot, or runs for a request, and why.
type Function struct {
	Name string // as [types.Func.FullName] prints it; a literal's number follows: ".func1", ".func1.2"
	Node ast.Node
	Hot  *Hotness // nil if it is not hot
	Root *Root    // nil if no root is known to reach it
}

// Functions returns the functions of the package of which something is known,
// in source order.
func (x *Info) Functions() []Function {
	var fs []Function
	for _, f := range x.index.Funcs {
		hot, root := x.hot[f], x.roots[f]
		if hot == nil && root == nil {
			continue
		}
		name := f.Name(x.pkg)
		if f.Obj == nil {
			name += "." + x.cold.heats.named[f].Number
		}
		fs = append(fs, Function{name, f.Node, hot, root})
	}
	return fs
}

// around returns the function in which pos is executed. The head of a literal,
// where the closure is made, belongs to the function around it.
func around(index *funcs.Index, pos token.Pos) *funcs.Func {
	f := index.At(pos)
	if f != nil && f.Obj == nil && pos < f.Body.Lbrace {
		return f.Parent
	}
	return f
}

// Analyzer finds what is hot. Its result is an *Info. Its flags:
//
//	profile  CPU profiles in pprof's format, or their digests: paths, comma-separated
//	hot      functions that are hot, comma-separated
//	roots    functions that are request roots, comma-separated
//	strict   a contract is also broken by what cannot be told
//
// A function is named as [types.Func.FullName] prints it, type parameters left
// out; a * stands for any part of an identifier; example.com/app/... stands
// for all functions of the packages at and below that path.
var Analyzer = newAnalyzer()

// The names of the analyzer's flags.
const (
	ProfileFlag = "profile"
	HotFlag     = "hot"
	RootsFlag   = "roots"
	StrictFlag  = "strict"
)

// flags are what a host tells the analyzer.
type flags struct {
	profile, hot, roots string
	strict              bool
	cache               cache
}

func newAnalyzer() *analysis.Analyzer {
	f := new(flags)
	a := &analysis.Analyzer{
		Name:       "lagvethotpath",
		Doc:        "find hot functions and request roots",
		Requires:   []*analysis.Analyzer{directive.Analyzer, funcs.Analyzer},
		Run:        func(pass *analysis.Pass) (any, error) { return run(pass, f) },
		ResultType: reflect.TypeFor[*Info](),
		FactTypes:  []analysis.Fact{new(Bound)},
	}
	a.Flags.StringVar(&f.profile, ProfileFlag, "", "comma-separated `files`, absolute: CPU profiles or their digests")
	a.Flags.StringVar(&f.hot, HotFlag, "", "comma-separated `functions` that are hot")
	a.Flags.StringVar(&f.roots, RootsFlag, "", "comma-separated `functions` that are request roots")
	a.Flags.BoolVar(&f.strict, StrictFlag, false, "contracts are also broken by what cannot be told")
	return a
}

func run(pass *analysis.Pass, f *flags) (any, error) {
	profiles, err := f.cache.open(f.profile)
	if err != nil {
		return nil, err
	}
	b := &builder{
		pass:  pass,
		index: pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		dirs:  pass.ResultOf[directive.Analyzer].(*directive.Index),
	}
	b.names()
	b.carriers()
	b.bind()
	heats, err := b.heatmap(profiles)
	if err != nil {
		return nil, err
	}
	cold := newColdness(pass, b.index, heats)
	x := &Info{Strict: f.strict, pkg: pass.Pkg, index: b.index, bound: b.bound, converted: b.foreigners, cold: cold}
	x.hot = b.hotness(parsePatterns(f.hot), heats, cold)
	x.consumers = b.consumers()
	x.roots = b.reachable(b.requestRoots(parsePatterns(f.roots)), x.consumers)
	return x, nil
}

// A builder gathers what makes functions hot or roots.
type builder struct {
	pass  *analysis.Pass
	index *funcs.Index
	dirs  *directive.Index

	source symbol.Package // the functions by the names that symbols have
	funcs  map[*symbol.Func]*funcs.Func
	named  map[*funcs.Func]*symbol.Func

	carried    map[types.Object][]*Contract // by interface method or func type
	bound      map[*funcs.Func][]*Contract
	foreigners []Conversion
}
