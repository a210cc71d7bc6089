package edit

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Field returns the edit that gives a literal with keys one more field, "Name: value",
// at its end. It reports false for one without keys.
func Field(fset *token.FileSet, lit *ast.CompositeLit, field string) (analysis.TextEdit, bool) {
	for _, e := range lit.Elts {
		if _, ok := e.(*ast.KeyValueExpr); !ok {
			return analysis.TextEdit{}, false
		}
	}
	at, text := lit.Rbrace, field
	if n := len(lit.Elts); n > 0 {
		at, text = lit.Elts[n-1].End(), ", "+field
		if end := fset.Position(lit.Rbrace); fset.Position(at).Line < end.Line { // there is a comma then
			at, text = lit.Rbrace, "\t"+field+",\n"+strings.Repeat("\t", end.Column-1)
		}
	}
	return analysis.TextEdit{Pos: at, End: at, NewText: []byte(text)}, true
}

// Import returns the edit that makes file import a package of the standard library:
// none if it does. It reports false where the package's name means something else, or
// there are no imports to put one beside.
func Import(fset *token.FileSet, pkg *types.Package, file *ast.File, name string) ([]analysis.TextEdit, bool) {
	if file == nil {
		return nil, false
	}
	for _, s := range file.Imports {
		if s.Path.Value == `"`+name+`"` {
			return nil, s.Name == nil
		}
	}
	if pkg.Scope().Lookup(path.Base(name)) != nil {
		return nil, false
	}
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.IMPORT || len(g.Specs) == 0 {
			continue
		}
		if !g.Lparen.IsValid() {
			if g.Specs[0].(*ast.ImportSpec).Path.Value == `"C"` { // cgo's, with a comment of its own
				continue
			}
			return []analysis.TextEdit{{Pos: g.End(), End: g.End(), NewText: []byte("\nimport \"" + name + "\"")}}, true
		}
		at := after(fset, g, name)
		return []analysis.TextEdit{{Pos: at, End: at, NewText: []byte("\n\t\"" + name + "\"")}}, true
	}
	return nil, false
}

// after returns the end of the spec after which an import belongs: the last of the
// first group that is of the standard library and comes before it.
func after(fset *token.FileSet, g *ast.GenDecl, name string) token.Pos {
	at := g.Lparen + 1
	line := fset.Position(g.Specs[0].Pos()).Line
	for _, s := range g.Specs {
		spec := s.(*ast.ImportSpec)
		p := strings.Trim(spec.Path.Value, `"`)
		host, _, _ := strings.Cut(p, "/")
		if fset.Position(spec.Pos()).Line > line+1 || strings.Contains(host, ".") || p > name {
			break
		}
		at, line = spec.End(), fset.Position(spec.End()).Line
	}
	return at
}
