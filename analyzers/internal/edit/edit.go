// Package edit makes the edits of suggested fixes that more than one rule has, the way
// gofmt would have them: statements, fields of literals, imports.
package edit

import (
	"go/ast"
	"go/token"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Indent returns what a line of its own next to stmt begins with.
func Indent(fset *token.FileSet, stmt ast.Node) string {
	return strings.Repeat("\t", fset.Position(stmt.Pos()).Column-1)
}

// LineEnd returns the end of stmt, in f, with the comment behind it.
func LineEnd(fset *token.FileSet, f *ast.File, stmt ast.Node) token.Pos {
	line := fset.Position(stmt.End()).Line
	for _, g := range f.Comments {
		if g.Pos() > stmt.End() && fset.Position(g.Pos()).Line == line {
			return g.End()
		}
	}
	return stmt.End()
}

// After returns the edit that puts a statement on a line of its own after stmt,
// in f, in the same block.
func After(fset *token.FileSet, f *ast.File, stmt ast.Stmt, text string) analysis.TextEdit {
	end := LineEnd(fset, f, stmt)
	return analysis.TextEdit{Pos: end, End: end, NewText: []byte("\n" + Indent(fset, stmt) + text)}
}
