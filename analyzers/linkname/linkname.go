package linkname

import (
	_ "embed"
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "linkname",
	Doc:      doc,
	Group:    rule.Threads,
	Class:    rule.Modules,
	Severity: rule.Medium,
	Trial:    true,
	Since:    "go1.23",
	Requires: []*analysis.Analyzer{values.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	if v := pass.Pkg.GoVersion(); v == "" || old(v) || modules.Std(pass.Pass) {
		return nil
	}
	vs := pass.ResultOf[values.Analyzer].(*values.Index)
	for _, f := range pass.Files {
		if vs.InTest(f.Package) {
			continue
		}
		without := withoutBody(f)
		for _, g := range f.Comments {
			for _, c := range g.List {
				local, symbol, ok := parse(c.Text)
				if at := without[local]; ok && at.IsValid() {
					judge(pass, c, at, symbol)
				}
			}
		}
	}
	return nil
}

// parse reads a //go:linkname directive that names a symbol.
func parse(text string) (local, symbol string, ok bool) {
	text, ok = strings.CutPrefix(text, "//go:linkname ")
	if !ok {
		return "", "", false
	}
	fields := strings.Fields(text)
	if len(fields) < 2 {
		return "", "", false
	}
	return fields[0], fields[1], true
}

// withoutBody returns the functions that f declares without a body, and the
// variables without a value: a linkname of others provides a symbol.
func withoutBody(f *ast.File) map[string]token.Pos {
	names := make(map[string]token.Pos)
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body == nil && d.Recv == nil {
				names[d.Name.Name] = d.Name.Pos()
			}
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue
			}
			for _, s := range d.Specs {
				if s := s.(*ast.ValueSpec); len(s.Values) == 0 {
					for _, id := range s.Names {
						names[id.Name] = id.Pos()
					}
				}
			}
		}
	}
	return names
}

// packageOf returns the import path of the package that a symbol is of.
func packageOf(symbol string) string {
	slash := strings.LastIndexByte(symbol, '/') + 1
	name, _, ok := strings.Cut(symbol[slash:], ".")
	if !ok {
		return "" // a symbol of C, or of a library
	}
	return symbol[:slash] + name
}

// judge reports the symbol that is pulled, if it is one of the standard library, for
// what is declared at that place: there a directive that allows it may stand.
func judge(pass *rule.Pass, c *ast.Comment, at token.Pos, symbol string) {
	if pkg := packageOf(symbol); pkg == "" || pkg == pass.Pkg.Path() || !modules.IsStd(pkg) {
		return
	}
	f := rule.Finding{
		Pos:       c.Pos(),
		End:       c.End(),
		Tier:      rule.Likely,
		Message:   symbol + " is an internal of the standard library that it does not offer to others: since Go 1.23 the linker refuses the program that this package is built into",
		Cause:     "refused by the linker",
		Primitive: symbol,
		Mend:      mend(symbol),
		Allowed:   pass.Allow(at),
	}
	if pushed(symbol) {
		f.Tier = rule.Suspected
		f.Cause = "permitted for old users"
		f.Message = symbol + " is an internal of the standard library that the linker permits because well-known packages pull it: its meaning is nobody's promise, and a new release may change or drop it"
	}
	pass.Report(f)
}
