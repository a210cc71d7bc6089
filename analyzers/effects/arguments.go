package effects

import (
	"go/constant"

	"golang.org/x/tools/go/ssa"
)

// asking holds the parameters, by number, for which some functions of package
// runtime stop the world or only ask. What a parameter of another function is
// passed on for decides there too: see special.go.
var asking = map[string]struct {
	param int
	asks  func(*ssa.Const) bool
}{
	"runtime.GOMAXPROCS":       {0, func(n *ssa.Const) bool { return constant.Sign(n.Value) < 1 }},
	"runtime.Stack":            {1, func(all *ssa.Const) bool { return !constant.BoolVal(all.Value) }}, // of this goroutine only
	"runtime.GoroutineProfile": {0, (*ssa.Const).IsNil},                                                // without room it only counts
}

var harmless = stated(nothing, "with these arguments it only asks")

// less returns what a call in f of a function that is known by sum does, if the
// constants among its arguments say that it does not stop the world.
func (f *function) less(name string, sum *Summary, args []ssa.Value) *Summary {
	if a, ok := asking[name]; ok && a.param < len(args) {
		if c := f.constant(args[a.param]); c != nil && a.asks(c) {
			return harmless
		}
	}
	if name == "(*runtime/pprof.Profile).WriteTo" && len(args) == 3 && f.readsOnly(args[0], args[2]) {
		return sum.without(STW)
	}
	return sum
}

// readsOnly reports whether a profile is one of those that the runtime keeps
// anyhow. That of the heap stops the world for its text form, which begins with
// what ReadMemStats says.
func (f *function) readsOnly(profile, debug ssa.Value) bool {
	lookup, ok := profile.(*ssa.Call)
	if !ok {
		return false
	}
	fn, ok := lookup.Call.Value.(*ssa.Function)
	if !ok || fn.String() != "runtime/pprof.Lookup" {
		return false
	}
	name := f.constant(lookup.Call.Args[0])
	if name == nil {
		return false
	}
	switch constant.StringVal(name.Value) {
	case "block", "mutex", "threadcreate":
		return true
	case "heap", "allocs":
		c := f.constant(debug)
		return c != nil && constant.Sign(c.Value) == 0
	}
	return false
}
