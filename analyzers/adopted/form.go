package adopted

import (
	"fmt"
	"go/ast"
	"reflect"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/staticcheck/sa6002"
)

// buildir is staticcheck's analyzer that brings a package into the form which its
// checks go by. It is internal there, and known by who requires it.
var buildir = required(sa6002.Analyzer, "buildir")

func required(by *analysis.Analyzer, name string) *analysis.Analyzer {
	i := slices.IndexFunc(by.Requires, func(a *analysis.Analyzer) bool { return a.Name == name })
	if i < 0 {
		panic(fmt.Sprintf("%s does not require %s", by.Name, name))
	}
	return by.Requires[i]
}

// forms stands in for buildir and runs it only if somebody asks, on what is asked about:
// to bring a whole package into that form costs as much as the other rules' SSA, and few
// functions hold anything that a check could speak of.
var forms = &analysis.Analyzer{
	Name:       "lagvetforms",
	Doc:        "bring what staticcheck's checks could speak of into their form",
	Requires:   buildir.Requires,
	ResultType: reflect.TypeFor[*form](),
	Run: func(pass *analysis.Pass) (any, error) {
		return &form{pass: pass}, nil
	},
}

// A form is that of one package: of its functions only those which a check could speak of
// have a body.
type form struct {
	pass     *analysis.Pass
	once     sync.Once                   // rules run in parallel
	relevant map[*analysis.Analyzer]bool // the checks that could speak of anything
	ir       any                         // nil if there is none
	err      error
}

// of returns what buildir makes, or nil if the package holds nothing that the check could
// speak of.
func (f *form) of(c check) (any, error) {
	f.once.Do(f.build)
	if !f.relevant[c.analyzer] {
		return nil, nil
	}
	return f.ir, f.err
}

func (f *form) build() {
	f.relevant = make(map[*analysis.Analyzer]bool)
	found := make(map[ast.Decl]bool)
	for _, file := range f.pass.Files {
		about := slices.DeleteFunc(slices.Clone(checks), func(c check) bool { return c.relevant == nil || !c.in(f.pass.Fset, file.FileStart) })
		for _, decl := range file.Decls {
			found[decl] = f.look(about, decl)
		}
	}
	if len(f.relevant) == 0 {
		return
	}
	pass := *f.pass
	pass.Analyzer = buildir
	pass.Files = nil
	for _, file := range f.pass.Files {
		pass.Files = append(pass.Files, outlined(file, func(decl ast.Decl) bool { return found[decl] || f.besides(decl) }))
	}
	if f.ir, f.err = buildir.Run(&pass); f.err != nil {
		f.err = fmt.Errorf("bringing %s into staticcheck's form: %w", f.pass.Pkg.Path(), f.err)
	}
}

// look reports whether any of the checks could speak of a declaration, and notes which.
func (f *form) look(about []check, decl ast.Decl) (found bool) {
	sights := make([]sight, len(about))
	for i, c := range about {
		sights[i] = c.relevant()
	}
	ast.Inspect(decl, func(n ast.Node) bool {
		for i, s := range sights {
			if n != nil && s(f.pass, n) {
				f.relevant[about[i].analyzer] = true
				found = true
			}
		}
		return true
	})
	return found
}

// besides reports whether a check that has something to speak of goes by decl, too.
func (f *form) besides(decl ast.Decl) (found bool) {
	for _, c := range checks {
		if c.besides != nil && f.relevant[c.analyzer] {
			ast.Inspect(decl, func(n ast.Node) bool {
				found = found || c.besides(n)
				return !found
			})
		}
	}
	return found
}

// outlined returns a file in which only the functions that are needed have bodies.
func outlined(file *ast.File, needed func(ast.Decl) bool) *ast.File {
	out := *file
	out.Decls = slices.Clone(file.Decls)
	for i, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && !needed(decl) {
			outline := *fn
			outline.Body = nil
			out.Decls[i] = &outline
		}
	}
	return &out
}
