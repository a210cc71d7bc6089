package chanflow

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// graph enters the calls, and finds what they reach.
func (x *Index) graph(edges []*Edge) {
	for _, e := range edges {
		x.in[e.Callee] = append(x.in[e.Callee], e)
		x.calls[e.Caller] = append(x.calls[e.Caller], e)
	}
	for _, fn := range x.b.fns {
		if x.b.foreign[fn] || x.Process(fn) || !x.b.main && fn.Parent() == nil && len(x.in[fn]) == 0 {
			x.reach(fn)
		}
	}
}

// begins reports whether fn is called by the runtime.
func (x *Index) begins(fn *ssa.Function) bool {
	obj := fn.Object()
	return fn.Name() == "init" || obj != nil && obj.Name() == "init" || x.b.main && fn.Name() == "main"
}

func (x *Index) reach(fn *ssa.Function) {
	if x.live[fn] {
		return
	}
	x.live[fn] = true
	for _, e := range x.calls[fn] {
		x.reach(e.Callee)
	}
}

// In returns the calls of fn that are known.
func (x *Index) In(fn *ssa.Function) []*Edge { return x.in[fn] }

// Calls returns the calls in fn of functions of the package.
func (x *Index) Calls(fn *ssa.Function) []*Edge { return x.calls[fn] }

// Callees returns what a call in fn may call.
func (x *Index) Callees(site ssa.CallInstruction) []*Edge {
	var es []*Edge
	for _, e := range x.calls[site.Parent()] {
		if e.Site == site {
			es = append(es, e)
		}
	}
	return es
}

// Foreign reports whether code out of sight may call fn.
func (x *Index) Foreign(fn *ssa.Function) bool { return x.b.foreign[fn] }

// Process reports whether the runtime itself calls fn: main and init.
func (x *Index) Process(fn *ssa.Function) bool {
	return fn.Parent() == nil && fn.Signature.Recv() == nil && x.begins(fn)
}

// A Start is a go statement, and the calls from the function that it starts to
// the one that was asked about.
type Start struct {
	*Edge
	Path []*Edge
}

// Starts returns the go statements under which fn runs, the nearest first. It is
// false if it may run without one as well.
func (x *Index) Starts(fn *ssa.Function) (starts []Start, only bool) {
	type step struct {
		fn   *ssa.Function
		path []*Edge
	}
	only = true
	seen := map[*ssa.Function]bool{fn: true}
	for queue := []step{{fn, nil}}; len(queue) > 0; queue = queue[1:] {
		s := queue[0]
		if x.Foreign(s.fn) || x.Process(s.fn) || len(x.in[s.fn]) == 0 {
			only = false
		}
		for _, e := range x.in[s.fn] {
			switch {
			case !x.live[e.Caller]:
			case len(s.path) > 0 && !Follows(e, s.path[0]):
			case e.Mode == Go:
				starts = append(starts, Start{e, s.path})
			case !seen[e.Caller]:
				seen[e.Caller] = true
				queue = append(queue, step{e.Caller, append([]*Edge{e}, slices.Clone(s.path)...)})
			}
		}
	}
	return starts, only
}

// Follows reports whether a call may lead to the next: one of a parameter only to
// the function that is passed for it.
func Follows(e, next *Edge) bool {
	p, ok := next.Site.Common().Value.(*ssa.Parameter)
	if !ok || !e.Sure || next.Site.Common().IsInvoke() {
		return true
	}
	i := slices.Index(e.Callee.Params, p)
	args := e.Site.Common().Args
	if i < 0 || i >= len(args) || len(args) != len(e.Callee.Params) {
		return true
	}
	v := args[i]
	if c, ok := v.(*ssa.ChangeType); ok {
		v = c.X
	}
	switch v := v.(type) {
	case *ssa.Const:
		return false // nil
	case *ssa.Function:
		return v == next.Callee
	case *ssa.MakeClosure:
		return v.Fn == next.Callee || next.Callee.Parent() == nil
	}
	return true
}

// Under returns the functions that run when fn does, in the same goroutine: fn
// itself, what it calls and defers.
func (x *Index) Under(fn *ssa.Function) []*ssa.Function {
	seen := map[*ssa.Function]bool{fn: true}
	all := []*ssa.Function{fn}
	for i := 0; i < len(all); i++ {
		for _, e := range x.calls[all[i]] {
			if e.Mode != Go && e.Mode != Passed && !seen[e.Callee] {
				seen[e.Callee] = true
				all = append(all, e.Callee)
			}
		}
	}
	return all
}

// Live reports whether anything calls fn.
func (x *Index) Live(fn *ssa.Function) bool { return x.live[fn] }
