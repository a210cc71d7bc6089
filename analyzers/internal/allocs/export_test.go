package allocs

import "go/ast"

// What only tests ask, which join all places of a function.

func (v Verdict) String() string {
	return [...]string{"none", "suspected", "size-dependent", "proven"}[v]
}

// Within returns every site of fn, what it does in literals excepted.
func (x *Index) Within(fn ast.Node) []*Site {
	var sites []*Site
	for _, d := range x.Report.Diagnostics {
		pos, ok := x.Speaks(d)
		if !ok || x.pass.Funcs.At(pos) == nil || x.running(pos) != fn {
			continue
		}
		if s := x.Escape(d); s != nil {
			sites = append(sites, s)
		}
	}
	return append(sites, x.Silent(fn)...)
}
