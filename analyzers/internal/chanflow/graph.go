package chanflow

import "golang.org/x/tools/go/ssa"

// graph enters the calls, and finds what they reach.
func (x *Index) graph(edges []*Edge) {
	for _, e := range edges {
		x.in[e.Callee] = append(x.in[e.Callee], e)
		x.calls[e.Caller] = append(x.calls[e.Caller], e)
		x.sites[e.Site] = append(x.sites[e.Site], e)
	}
	for _, e := range edges {
		x.name(e)
	}
	for _, fn := range x.b.fns {
		if x.b.foreign[fn] || x.Process(fn) || !x.b.main && fn.Parent() == nil && len(x.in[fn]) == 0 {
			x.reach(fn)
		}
	}
}

// name tells how it is known what a call calls: by its name, by the parameter that
// holds it, by the literal that somebody is given to call, or as the only method
// behind an interface that nobody else implements.
func (x *Index) name(e *Edge) {
	common := e.Site.Common()
	switch {
	case e.Sure:
		e.named = true
		return
	case common.IsInvoke():
		e.named = e.Mode != Passed && len(x.Callees(e.Site)) == 1 && !x.b.shared(common.Value.Type())
		return
	case common.StaticCallee() == nil:
		e.by = x.parameter(common.Value)
		e.named = e.by == nil && x.single(common.Value)
		return
	}
	for _, a := range common.Args {
		if !isFunc(a) {
			continue
		}
		if e.by != nil || e.named {
			e.by, e.named = nil, false // which of them
			return
		}
		e.by = x.parameter(a)
		fn, known := x.funcOf(a)
		e.named = known && fn == e.Callee
	}
}

// single reports whether but one function is ever put where v is read from.
func (x *Index) single(v ssa.Value) bool {
	n := x.held(v)
	return n != nil && len(n.objs) == 1 && n.objs[0].Kind == function
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

// Callees returns what a call may call.
func (x *Index) Callees(site ssa.CallInstruction) []*Edge { return x.sites[site] }

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
	return x.starts(&Way{Fn: fn})
}

// StartsOf is Starts for one instruction: those who pass what rules it out do not count.
func (x *Index) StartsOf(instr ssa.Instruction) (starts []Start, only bool) {
	return x.starts(x.upFrom(instr))
}

func (x *Index) starts(from *Way) (starts []Start, only bool) {
	only = !x.entered(from.Fn)
	seen := make(map[*Edge]bool)
	x.up(from, func(w *Way) bool {
		e := w.Edge
		if !x.live[e.Caller] {
			return false
		}
		if e.Mode != Go {
			only = only && !x.entered(e.Caller)
			return true
		}
		if !seen[e] {
			seen[e] = true
			starts = append(starts, Start{e, w.Prev.Path()})
		}
		return false
	})
	return starts, only
}

// entered reports whether fn may be called by what is out of sight, or by nothing.
func (x *Index) entered(fn *ssa.Function) bool {
	return x.Foreign(fn) || x.Process(fn) || len(x.in[fn]) == 0
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
