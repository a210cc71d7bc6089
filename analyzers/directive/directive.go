package directive

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sync"

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

// Index holds the directives of one package, in the order of their positions.
type Index struct {
	All      []*Directive
	Problems []Problem

	byKind map[Kind][]*Directive
	byDecl map[ast.Node][]*Directive

	mu   sync.Mutex // rules ask in parallel
	used map[use]bool
}

// A use is an allow that silences, or may silence, a rule.
type use struct {
	allow *Directive
	rule  string
}

// Covering returns the directives of the given kind that cover pos,
// the narrowest first.
func (x *Index) Covering(kind Kind, pos token.Pos) []*Directive {
	var ds []*Directive
	for _, d := range x.byKind[kind] {
		if d.Covers(pos) {
			ds = append(ds, d)
		}
	}
	slices.SortStableFunc(ds, func(a, b *Directive) int { return int(a.To-a.From) - int(b.To-b.From) })
	return ds
}

// Allow returns the directive that silences rule at pos, or nil: the
// narrowest, if there are several. That it was needed is remembered, so a rule
// asks only about places where it has something to say, or to export in a fact.
func (x *Index) Allow(rule string, pos token.Pos) *Directive {
	for _, d := range x.Covering(Allow, pos) {
		if slices.Contains(d.Args, rule) {
			x.mu.Lock()
			x.used[use{d, rule}] = true
			x.mu.Unlock()
			return d
		}
	}
	return nil
}

// Unused returns the allows that name rule and that [Index.Allow] never had to
// return for it. It is to be asked when the rule has run.
func (x *Index) Unused(rule string) []*Directive {
	x.mu.Lock()
	defer x.mu.Unlock()
	var ds []*Directive
	for _, d := range x.byKind[Allow] {
		if slices.Contains(d.Args, rule) && !x.used[use{d, rule}] {
			ds = append(ds, d)
		}
	}
	return ds
}

// UnknownRules returns a problem for each rule that an allow names and that is
// not among known.
func (x *Index) UnknownRules(known []string) []Problem {
	var ps []Problem
	for _, d := range x.byKind[Allow] {
		for _, r := range d.Args {
			if !slices.Contains(known, r) {
				ps = append(ps, Problem{d.Pos, d.End, fmt.Sprintf(
					"//lagvet:allow names the rule %q, which there is not: it silences nothing%s", r, didYouMean(r, known))})
			}
		}
	}
	return ps
}

// On returns the directives in the doc comment of decl.
func (x *Index) On(decl ast.Node) []*Directive { return x.byDecl[decl] }

// Analyzer parses the directives of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetdirectives",
	Doc:        "parse //lagvet: directives",
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	r := &reader{info: pass.TypesInfo, x: new(Index)}
	for _, f := range pass.Files {
		r.file(pass.Fset.File(f.FileStart), f)
	}
	return r.index(), nil
}

// A reader collects the directives of a package.
type reader struct {
	info *types.Info
	x    *Index
}

func (r *reader) problem(c *ast.Comment, format string, args ...any) {
	r.x.Problems = append(r.x.Problems, Problem{c.Pos(), c.End(), fmt.Sprintf(format, args...)})
}

// index orders what was read and checks the directives against each other.
func (r *reader) index() *Index {
	x := r.x
	slices.SortStableFunc(x.All, func(a, b *Directive) int { return int(a.Pos - b.Pos) })
	x.byKind = make(map[Kind][]*Directive)
	x.byDecl = make(map[ast.Node][]*Directive)
	x.used = make(map[use]bool)
	for _, d := range x.All {
		x.byKind[d.Kind] = append(x.byKind[d.Kind], d)
		if d.Decl != nil {
			x.byDecl[d.Decl] = append(x.byDecl[d.Decl], d)
		}
	}
	x.Problems = append(x.Problems, duplicates(x.All)...)
	x.Problems = append(x.Problems, contradictions(x.All)...)
	slices.SortStableFunc(x.Problems, func(a, b Problem) int { return int(a.Pos - b.Pos) })
	return x
}

// duplicates finds directives that say again what another one says of the same code.
func duplicates(all []*Directive) []Problem {
	type saying struct {
		kind     Kind
		arg      string
		from, to token.Pos
	}
	var ps []Problem
	seen := make(map[saying]bool)
	for _, d := range all {
		args := d.Args
		if d.Kind != Allow {
			args = []string{""} // a second assume is a contradiction or a duplicate, whatever it says
		}
		for _, a := range args {
			s := saying{d.Kind, a, d.From, d.To}
			switch {
			case !seen[s]:
				seen[s] = true
			case d.Kind == Assume:
				ps = append(ps, Problem{d.Pos, d.End, "a second //lagvet:assume on the same code: one must name all its effects"})
			case a != "":
				ps = append(ps, Problem{d.Pos, d.End, fmt.Sprintf("//lagvet:allow %s is said twice of the same code: remove one", a)})
			default:
				ps = append(ps, Problem{d.Pos, d.End, fmt.Sprintf("//lagvet:%s is said twice of the same code: remove one", d.Kind)})
			}
		}
	}
	return ps
}

// forbidden holds what each contract forbids (catalogue, "Decisions").
func forbidden(contract Kind) []string {
	switch contract {
	case NonBlocking:
		return []string{"lock", "chan", "net", "disk", "sleep", "syscall", "cgo", "stw"}
	case NoAlloc:
		return []string{"alloc"}
	}
	return nil
}

// contradictions finds assumptions that break the contract beside them.
func contradictions(all []*Directive) []Problem {
	var ps []Problem
	for _, c := range all {
		for _, d := range all {
			if c.Decl == nil || c.Decl != d.Decl || d.Kind != Assume {
				continue
			}
			for _, effect := range forbidden(c.Kind) {
				if slices.Contains(d.Args, effect) {
					ps = append(ps, Problem{d.Pos, d.End, fmt.Sprintf(
						"//lagvet:assume %s contradicts //lagvet:%s on the same declaration: one of them is not true", effect, c.Kind)})
				}
			}
		}
	}
	return ps
}
