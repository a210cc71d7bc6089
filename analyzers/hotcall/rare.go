package hotcall

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// silent reports whether a rare call is not even suspected.
func silent(why string) bool { return why == seldom.Error || why == seldom.Diagnostics }

// rare says why a call does not happen each time that its function runs, or "".
// What a profile shows at work is not rare.
func (c *checker) rare(k *call) string {
	if k.hot.Line >= costly.MinLine {
		return ""
	}
	way := k.way()
	for _, pos := range way {
		if why := c.seldom.Why(pos); why != "" {
			return why
		}
	}
	switch {
	case k.name == "fmt.Errorf":
		return seldom.Error
	case (k.what.Kind == costly.Formats || k.what.Kind == costly.Logs) && slices.ContainsFunc(way, c.reports):
		return "it is made for what reports an event"
	case k.what.Kind == costly.Formats && c.seldom.Branched(way[0]):
		return "it makes a message in one branch"
	case k.what.Kind != costly.Compiles && slices.ContainsFunc(way[1:], c.seldom.Conditional):
		// To compile costs so much that it counts in a branch as well.
		return "it is called in one branch only, on the way here"
	}
	return ""
}

// way returns the places that are passed on the way to k: its own, and the calls
// that lead there from what is hot by itself.
func (k *call) way() []token.Pos {
	places := []token.Pos{k.Call.Lparen}
	for _, s := range k.hot.Via {
		places = append(places, s.Pos)
	}
	return places
}

var reporting = pattern.New(`^(?i:debug|trace|info|notice|warn|warning|error|print|log)(f|w|ln|s)?$|(Debug|Trace|Info|Notice|Warn|Warning|Error|Log|Wrap)f$|^[Nn]ew\w*Err\w*$`)

// reports reports whether the function around pos is one that reports something,
// going by its name: a logger's Warnf, the method Error of an error, what makes
// errors.
func (c *checker) reports(pos token.Pos) bool {
	f := c.pass.Funcs.At(pos)
	if f == nil {
		return false
	}
	decl, ok := f.Outermost().Node.(*ast.FuncDecl)
	return ok && reporting.MatchString(decl.Name.Name)
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
