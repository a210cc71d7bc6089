package hotcall

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/seldom"
)

// silent reports whether a rare call is not even suspected.
func silent(why string) bool { return why == seldom.Error || why == seldom.Diagnostics }

// rare says why a call does not happen each time that its function runs, or "".
// What a profile shows at work is not rare.
func (c *checker) rare(k *call) string {
	if k.hot.Line >= minLine {
		return ""
	}
	pos := k.Call.Lparen
	if why := c.seldom.Why(pos); why != "" {
		return why
	}
	for _, s := range k.hot.Via { // on the way here from what is hot by itself
		if why := c.seldom.Why(s.Pos); why != "" {
			return why
		}
	}
	switch {
	case k.name == "fmt.Errorf":
		return seldom.Error
	case k.kind == formats && c.seldom.Branched(pos):
		return "it makes a message in one branch"
	}
	return ""
}

// panics reports whether a call makes what is passed to panic.
func (c *checker) panics(pos token.Pos) bool {
	cur, ok := c.seldom.Cursor(pos)
	if !ok {
		return false
	}
	for cur := range cur.Enclosing((*ast.CallExpr)(nil), (*ast.FuncLit)(nil)) {
		outer, ok := cur.Node().(*ast.CallExpr)
		if !ok {
			return false
		}
		if b, ok := c.pass.TypesInfo.Uses[ident(outer.Fun)].(*types.Builtin); ok && b.Name() == "panic" {
			return true
		}
	}
	return false
}
