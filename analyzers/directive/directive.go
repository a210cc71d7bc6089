package directive

import (
	"go/ast"
	"go/token"
	"reflect"

	"golang.org/x/tools/go/analysis"
)

// A Kind is the verb of a directive: what follows "//lagvet:".
type Kind string

// The directives that lagvet knows.
const (
	Hot         Kind = "hot"         // the function is on the hot path
	NonBlocking Kind = "nonblocking" // contract: never waits; implies hot
	NoAlloc     Kind = "noalloc"     // contract: never allocates; implies hot
	Root        Kind = "root"        // a request enters the program here
	Assume      Kind = "assume"      // the function's effects are exactly these
	Allow       Kind = "allow"       // the named rules are silent here
	Bounded     Kind = "bounded"     // what is spawned here is bounded by something the analysis cannot see
)

// A Directive is one //lagvet: comment.
type Directive struct {
	Kind   Kind
	Args   []string // rule names of allow, effects of assume
	Reason string   // what follows "--"

	Pos, End token.Pos // the comment

	// Decl is the declaration whose doc comment holds the directive:
	// an *ast.FuncDecl, the *ast.Field of an interface method, or the
	// *ast.TypeSpec of a func type. It is nil for a directive on a statement.
	Decl ast.Node

	// From and To delimit the code that the directive covers.
	From, To token.Pos
}

// Covers reports whether pos lies in the code that d covers.
func (d *Directive) Covers(pos token.Pos) bool { return d.From <= pos && pos <= d.To }

// A Problem is a directive that cannot be obeyed: unknown, misspelt, misplaced
// or without the reason it must give.
type Problem struct {
	Pos, End token.Pos
	Message  string
}

// Index holds the directives of one package.
type Index struct {
	All      []*Directive
	Problems []Problem
}

// Covering returns the directives of the given kind that cover pos,
// the narrowest first.
func (x *Index) Covering(kind Kind, pos token.Pos) []*Directive {
	return nil
}

// Allow returns the directive that silences rule at pos, or nil.
func (x *Index) Allow(rule string, pos token.Pos) *Directive {
	return nil
}

// On returns the directives in the doc comment of decl.
func (x *Index) On(decl ast.Node) []*Directive {
	return nil
}

// Analyzer parses the directives of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetdirectives",
	Doc:        "parse //lagvet: directives",
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	return new(Index), nil
}
