package initperreq

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"unicode"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// fix hoists regexp.MustCompile of a constant into a variable of the package. It
// does so once for each declaration, lest two fixes insert at one place.
func (c *checker) fix(s *site) []analysis.SuggestedFix {
	decl, ok := s.f.Outermost().Node.(*ast.FuncDecl)
	if !ok || s.setup.key != "regexp.MustCompile" || s.fate != fates.Used || c.fixed[decl] || !c.hoistable(s) {
		return nil
	}
	name := c.fresh(decl.Name.Name, s.pos())
	if name == "" {
		return nil
	}
	c.fixed[decl] = true
	at := decl.Pos()
	if decl.Doc != nil {
		at = decl.Doc.Pos()
	}
	return []analysis.SuggestedFix{{
		Message: "Compile it once, into the variable " + name,
		TextEdits: []analysis.TextEdit{
			{Pos: at, End: at, NewText: fmt.Appendf(nil, "var %s = %s\n\n", name, types.ExprString(s.expr))},
			{Pos: s.expr.Pos(), End: s.expr.End(), NewText: []byte(name)},
		},
	}}
}

// hoistable reports whether the call means the same at package level: its
// pattern is valid, so that starting up does not panic, is made of what can be
// named there, and nobody changes how it matches.
func (c *checker) hoistable(s *site) bool {
	arg := s.call.Site.Args[0]
	v := c.TypesInfo.Types[arg].Value
	if v == nil || v.Kind() != constant.String {
		return false
	}
	if _, err := regexp.Compile(constant.StringVal(v)); err != nil {
		return false
	}
	local := false
	ast.Inspect(arg, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			obj := c.TypesInfo.Uses[id]
			_, pkg := obj.(*types.PkgName)
			local = local || obj == nil || !pkg && obj.Parent() != c.Pkg.Scope() && obj.Pkg() == c.Pkg
		}
		return !local
	})
	longest := slices.ContainsFunc(s.f.Out, func(k *funcs.Call) bool {
		return k.FullName() == "(*regexp.Regexp).Longest"
	})
	return !local && !longest
}

// fresh returns a name that means nothing yet, neither in the package nor at pos,
// or "".
func (c *checker) fresh(fn string, pos token.Pos) string {
	first := []rune(fn)
	first[0] = unicode.ToLower(first[0])
	scope := c.Pkg.Scope().Innermost(pos)
	for i := range 9 {
		name := string(first) + "RE"
		if i > 0 {
			name += fmt.Sprint(i + 1)
		}
		if scope == nil || c.names[name] {
			continue
		}
		if _, obj := scope.LookupParent(name, token.NoPos); obj == nil {
			c.names[name] = true
			return name
		}
	}
	return ""
}
