package procs

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
)

// drop returns the fix that takes out the statement at cur, and the import that
// nothing else needs then.
func (c *checker) drop(cur inspector.Cursor) []analysis.SuggestedFix {
	stmt, ok := cur.Parent().Node().(*ast.ExprStmt)
	if !ok {
		return nil
	}
	if _, ok := cur.Parent().Parent().Node().(*ast.BlockStmt); !ok {
		return nil
	}
	edit, ok := c.line(stmt)
	if !ok {
		return nil
	}
	edits := []analysis.TextEdit{edit}
	for name := range c.packages(stmt) {
		spec := c.onlyFor(stmt, name)
		if spec == nil {
			continue
		}
		edit, ok := c.line(spec)
		if !ok {
			return nil
		}
		edits = append(edits, edit)
	}
	if c.declares(stmt) {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Leave it to the runtime", TextEdits: edits}}
}

func (c *checker) dropImport(spec *ast.ImportSpec) []analysis.SuggestedFix {
	edit, ok := c.line(spec)
	if !ok {
		return nil
	}
	return []analysis.SuggestedFix{{Message: "Leave it to the runtime", TextEdits: []analysis.TextEdit{edit}}}
}

// line returns the edit that takes out the lines of n, an import declaration of its
// own included, if nothing else stands on them.
func (c *checker) line(n ast.Node) (analysis.TextEdit, bool) {
	from, to := n.Pos(), n.End()
	file := c.File(from)
	for _, d := range file.Decls {
		if d, ok := d.(*ast.GenDecl); ok && d.Pos() <= from && to <= d.End() && !d.Lparen.IsValid() {
			from = d.Pos()
		}
	}
	tok := c.Fset.File(from)
	first, last := tok.Line(from), tok.Line(to)
	if last >= tok.LineCount() {
		return analysis.TextEdit{}, false
	}
	alone := true
	ast.Inspect(file, func(m ast.Node) bool {
		if s, ok := m.(ast.Stmt); ok && m != n && (tok.Line(s.Pos()) == first || tok.Line(s.End()) == last) {
			alone = alone && s.Pos() <= from && to <= s.End() && tok.Line(s.Pos()) < first && tok.Line(s.End()-1) > last
		}
		return alone
	})
	return analysis.TextEdit{Pos: tok.LineStart(first), End: tok.LineStart(last + 1)}, alone
}

// packages returns the imports that n names.
func (c *checker) packages(n ast.Node) map[*types.PkgName]bool {
	names := make(map[*types.PkgName]bool)
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if name, ok := c.TypesInfo.Uses[id].(*types.PkgName); ok {
				names[name] = true
			}
		}
		return true
	})
	return names
}

// onlyFor returns the import of name if only n uses it.
func (c *checker) onlyFor(n ast.Node, name *types.PkgName) *ast.ImportSpec {
	for id, o := range c.TypesInfo.Uses {
		if o == name && (id.Pos() < n.Pos() || n.End() <= id.Pos()) {
			return nil
		}
	}
	for _, spec := range c.File(n.Pos()).Imports {
		if c.TypesInfo.PkgNameOf(spec) == name {
			return spec
		}
	}
	return nil
}

// declares reports whether a local variable is used by n and nowhere else: without n
// it would not compile.
func (c *checker) declares(n ast.Node) (only bool) {
	uses := make(map[types.Object]bool)
	ast.Inspect(n, func(m ast.Node) bool {
		if id, ok := m.(*ast.Ident); ok {
			if v, ok := c.TypesInfo.Uses[id].(*types.Var); ok && !v.IsField() {
				uses[v] = true
			}
		}
		return true
	})
	for id, o := range c.TypesInfo.Uses {
		if uses[o] && (id.Pos() < n.Pos() || n.End() <= id.Pos()) {
			delete(uses, o)
		}
	}
	return len(uses) > 0
}
