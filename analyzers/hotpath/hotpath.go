package hotpath

import (
	"go/ast"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A Source says who says that a function is hot.
type Source string

// The sources of hotness.
const (
	FromDirective Source = "directive"
	FromProfile   Source = "profile"
	FromCoverage  Source = "coverage"
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
	Via    []Step  // from the function that is hot by itself down to this one
}

// A Root says that a function runs on behalf of a request.
type Root struct {
	Detail string // "HTTP handler", "gRPC method", "//lagvet:root"
	Via    []Step // from the root down to the function
}

// Info tells what is hot in one package. Its functions are known by their
// node, an *ast.FuncDecl or *ast.FuncLit.
type Info struct{}

// Hot returns why fn is hot, or nil.
func (x *Info) Hot(fn ast.Node) *Hotness { return nil }

// HotAt returns why the code at pos is hot, or nil if it is not, or if it lies
// on a cold branch of a hot function.
func (x *Info) HotAt(pos token.Pos) *Hotness { return nil }

// Root returns the request root that fn is, or is reachable from within the package, or nil.
func (x *Info) Root(fn ast.Node) *Root { return nil }

// Cold reports whether pos is reached only on the way to a panic or an error return.
func (x *Info) Cold(pos token.Pos) bool { return false }

// Contract returns the directive by which fn is nonblocking or noalloc, or nil.
func (x *Info) Contract(fn ast.Node, kind directive.Kind) *directive.Directive { return nil }

// Analyzer finds what is hot. Its result is an *Info.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvethotpath",
	Doc:        "find hot functions and request roots",
	Requires:   []*analysis.Analyzer{directive.Analyzer, funcs.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Info](),
}

func run(pass *analysis.Pass) (any, error) { return new(Info), nil }
