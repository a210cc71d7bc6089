package hotpath

import (
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/symbol"
)

// hotness finds the functions that are hot by themselves and passes it down.
// What is hot by profile passes it to those only that the profile shows at work.
func (b *builder) hotness(patterns []pattern, heats *heatmap, cold *coldness) map[*funcs.Func]*Hotness {
	hot := make(map[*funcs.Func]*Hotness)
	var queue []*funcs.Func
	for _, f := range b.index.Funcs {
		h := b.declaredHot(f, patterns)
		if h == nil {
			h = heats.hot(f)
		}
		if h != nil {
			hot[f] = heats.add(h, f)
			queue = append(queue, f)
		}
	}
	// Breadth first, in source order: each function gets its shortest chain.
	for ; len(queue) > 0; queue = queue[1:] {
		f := queue[0]
		for _, e := range b.edges(f) {
			if e.spawned || hot[e.callee] != nil || cold.at(e.step.Pos) {
				continue
			}
			h := hot[f]
			if h.Source == FromProfile && !heats.runs(e.callee) {
				continue
			}
			hot[e.callee] = heats.add(&Hotness{Source: h.Source, By: h.By, said: h.said, Via: append(slices.Clip(h.Via), e.step)}, e.callee)
			queue = append(queue, e.callee)
		}
	}
	return hot
}

// declaredHot tells whether a directive or the configuration says that f is hot.
func (b *builder) declaredHot(f *funcs.Func, patterns []pattern) *Hotness {
	for _, c := range b.bound[f] {
		if makesHot(c.Kind) {
			return &Hotness{Source: FromDirective, By: c, said: c.Said}
		}
	}
	if f.Obj != nil && matchAny(patterns, f.Obj) {
		return &Hotness{Source: FromDirective, said: "hot by configuration"}
	}
	return nil
}

// An edge leads from a function to one that it runs.
type edge struct {
	callee  *funcs.Func
	step    Step
	spawned bool // in a goroutine of its own
}

// edges returns what f runs: the functions that it calls or defers, and those
// that it passes to another function, which will call them. A function that is
// stored or returned is run by somebody else.
func (b *builder) edges(f *funcs.Func) []edge {
	var es []edge
	for _, c := range f.Out {
		if c.Callee != nil {
			verb := [...]string{funcs.Plain: "calls ", funcs.Go: "spawns ", funcs.Defer: "defers "}[c.Mode]
			es = append(es, edge{c.Callee, Step{c.Site.Pos(), verb + display(c.Callee)}, c.Mode == funcs.Go})
		}
		spawned := c.Mode == funcs.Go || spawns(c.Func)
		for _, arg := range c.Site.Args {
			callee := b.denotes(arg)
			if callee == nil {
				continue
			}
			text := "passes " + display(callee)
			if c.Func != nil {
				text += " to " + displayObj(c.Func, b.pass.Pkg)
			}
			es = append(es, edge{callee, Step{arg.Pos(), text}, spawned})
		}
	}
	return es
}

// spawns reports whether fn runs its argument in another goroutine. Names are
// enough: errgroup.Group, sync.WaitGroup and their kin call it Go, package
// time and package context AfterFunc.
func spawns(fn *types.Func) bool {
	if fn == nil {
		return false
	}
	switch fn.Name() {
	case "Go", "TryGo", "AfterFunc":
		return true
	}
	return false
}

// display names a function in a step of a chain.
func display(f *funcs.Func) string {
	if f.Obj == nil {
		return "a func literal"
	}
	return displayObj(f.Obj, f.Obj.Pkg())
}

// displayObj names fn as the code of package from would: (*T).M, T.M, pkg.F.
func displayObj(fn *types.Func, from *types.Package) string {
	short := func(p *types.Package) string {
		if p == from {
			return ""
		}
		return p.Name()
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		if fn.Pkg() == nil || fn.Pkg() == from {
			return fn.Name()
		}
		return fn.Pkg().Name() + "." + fn.Name()
	}
	t := symbol.WithoutTypeArgs(types.TypeString(recv.Type(), short))
	if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
		t = "(" + t + ")"
	}
	return t + "." + fn.Name()
}
