package gounbounded

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// title returns the name by which a step speaks of fn.
func (f *finder) title(fn *funcs.Func) string {
	top := fn.Outermost()
	if top.Obj == nil {
		return "a package-level function literal"
	}
	return f.display(top.Obj)
}

// display returns the name of fn as this package would write it.
func (f *finder) display(fn *types.Func) string {
	qual := types.RelativeTo(f.Pkg)
	if f.Pkg != fn.Pkg() {
		qual = (*types.Package).Name
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		if p := qual(fn.Pkg()); p != "" {
			return p + "." + fn.Name()
		}
		return fn.Name()
	}
	t := recv.Type()
	star := ""
	if p, ok := t.(*types.Pointer); ok {
		t, star = p.Elem(), "*"
	}
	if n, ok := t.(*types.Named); ok {
		return "(" + star + types.TypeString(n.Origin().Obj().Type(), qual) + ")." + fn.Name()
	}
	return "(" + star + types.TypeString(t, qual) + ")." + fn.Name()
}

// short returns e as text, cut to what a line holds.
func short(e ast.Expr) string {
	s := types.ExprString(e)
	if i := strings.IndexAny(s, "\n{"); i >= 0 {
		s = s[:i] + "…"
	}
	if len(s) > 40 {
		s = s[:39] + "…"
	}
	return s
}
