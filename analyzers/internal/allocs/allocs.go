package allocs

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/escape/values"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// A Verdict says how sure it is that a place allocates when it is reached.
type Verdict int

// The verdicts, from none to the surest.
const (
	None          Verdict = iota // nothing is allocated
	Suspected                    // the compiler, or a caller that inlines, decides
	SizeDependent                // if the data is large, or a buffer full
	Proven                       // each time
)

// A Site is a place where something may be allocated.
type Site struct {
	Pos     token.Pos
	Verdict Verdict
	// Tier is how sure a finding about the place is, whatever the size.
	Tier  rule.Tier
	Value *values.Value // what is allocated
	// Cause and Flow are why the value escapes, by the compiler.
	Cause escape.Cause
	Flow  []escape.Edge
	// Inline names the function whose inlined body allocates, at Call.
	Inline string
	Call   *ast.CallExpr
	Rare   string // why it does not happen in every call
	Kept   bool   // it grows what the caller gave or what is kept: if at all, rarely

	// For what the compiler does not speak of.
	Hole  Hole
	Instr ssa.Instruction
	Grows bool // it is added to in a loop and begins with no room
	// Spoken is set if the compiler says that the memory escapes too, so that
	// Escape has a site here.
	Spoken bool

	depth int // of inlining
}

// An Index answers for one package.
type Index struct {
	Report *escape.Report
	Finder *values.Finder
	Seldom *seldom.Index

	pass    *rule.Pass
	witness *witness.Index // nil if the rule does not ask for it
	noalloc map[ast.Node]*Promise
}

// New returns the index of a package for a rule that requires [escape.Analyzer]
// and [syntax.Analyzer] and, to ask for what the compiler does not speak of,
// [witness.Analyzer].
func New(pass *rule.Pass) *Index {
	report := pass.ResultOf[escape.Analyzer].(*escape.Report)
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	x := &Index{
		Report: report,
		Finder: values.New(pass.Pass, report, root),
		Seldom: seldom.New(pass.Pass, pass.Funcs, root),
		pass:   pass,
	}
	x.witness, _ = pass.ResultOf[witness.Analyzer].(*witness.Index)
	x.noalloc = x.promises()
	return x
}

// Requires is what a rule requires to ask for everything.
func Requires() []*analysis.Analyzer {
	return []*analysis.Analyzer{escape.Analyzer, syntax.Analyzer, witness.Analyzer}
}

// running returns the function in which pos is executed: where a closure is
// made, that is the function around it.
func (x *Index) running(pos token.Pos) ast.Node {
	f := x.pass.Funcs.At(pos)
	if f.Obj == nil && pos < f.Body.Lbrace && f.Parent != nil {
		f = f.Parent
	}
	return f.Node
}
