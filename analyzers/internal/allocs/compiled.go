package allocs

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/escape"
)

// A Compiled is a place that allocates by the word of the compiler.
type Compiled struct {
	*Site
	Said *escape.Diagnostic
}

// Compiled returns what the compiler says of the functions that wanted accepts, by
// the function that allocates, literals apart, each value once whatever number of
// instantiations it is said of. What happens on cold branches is left out.
func (x *Index) Compiled(wanted func(ast.Node) bool) map[ast.Node][]Compiled {
	type value struct {
		pos  token.Pos
		node ast.Node
		text string // where there is no node
		said escape.Kind
	}
	found := make(map[ast.Node][]Compiled)
	seen := make(map[value]bool)
	for _, d := range x.Report.Diagnostics {
		pos, ok := x.Speaks(d)
		if !ok || x.pass.Funcs.At(pos) == nil || x.pass.Hotness.Cold(pos) {
			continue
		}
		fn := x.running(pos)
		if !wanted(fn) {
			continue
		}
		s := x.Escape(d)
		if s == nil {
			continue
		}
		v := value{pos, s.Value.Node, "", d.Kind}
		if v.node == nil {
			v.text = s.Value.Text
		}
		if !seen[v] {
			seen[v] = true
			found[fn] = append(found[fn], Compiled{s, d})
		}
	}
	return found
}
