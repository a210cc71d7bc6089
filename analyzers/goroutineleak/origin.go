package goroutineleak

import (
	"fmt"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/owners"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// near is the number of calls within which what calls a function still says how
// often it runs. Further up everything hangs together: a server calls whatever
// it does from the loop that accepts connections.
const near = 3

// An origin is how a go statement comes to be reached.
type origin struct {
	process bool            // from main or init alone, and not in a loop
	loop    *chanflow.Edge  // a call, or the go statement itself, in a loop that goes on
	funcs   []*ssa.Function // those around it, the nearest first
}

func (c *checker) origin(start *chanflow.Edge) origin {
	type reached struct {
		e     *chanflow.Edge
		calls int
	}
	var o origin
	process, open := false, false
	seen := make(map[*ssa.Function]bool)
	for queue := []reached{{start, 0}}; len(queue) > 0; queue = queue[1:] {
		r := queue[0]
		fn := r.e.Caller
		if c.flagged(r.e.Site) {
			open = true // once for each object, or at a time
			continue
		}
		if o.loop == nil && r.calls <= near && c.repeats(r.e.Site) {
			o.loop = r.e
		}
		if seen[fn] {
			continue
		}
		seen[fn] = true
		if r.calls <= near {
			o.funcs = append(o.funcs, fn)
		}
		in := c.flow.In(fn)
		switch {
		case c.flow.Process(fn), global(r.e.Site):
			process = true
			continue
		case onceFunc(in):
			process = true
			continue
		case c.flow.Foreign(fn), len(in) == 0:
			open = true
		}
		for _, e := range in {
			queue = append(queue, reached{e, r.calls + 1})
		}
	}
	o.process = process && !open && o.loop == nil
	return o
}

// flagged reports whether site is reached only once for an object, or once at a time:
// by a sync.Once in a field, or under a flag that is set then.
func (c *checker) flagged(site ssa.CallInstruction) bool {
	if global(site) {
		return false
	}
	return onceDo(site) || c.guardedByFlag(site)
}

// guardedByFlag reports whether instr is reached under a flag that is set then.
func (c *checker) guardedByFlag(instr ssa.Instruction) bool {
	syn := instr.Parent().Syntax()
	if syn == nil {
		return false
	}
	fn := c.Funcs.Of(syn)
	cur, ok := c.root.FindByPos(instr.Pos(), instr.Pos())
	return fn != nil && ok && c.guards.Flagged(fn, cur)
}

// onceDo reports whether site is the Do of a sync.Once.
func onceDo(site ssa.CallInstruction) bool {
	fn := site.Common().StaticCallee()
	return fn != nil && fn.RelString(nil) == "(*sync.Once).Do"
}

// global reports whether site is the Do of a sync.Once in a package-level variable.
func global(site ssa.CallInstruction) bool {
	if !onceDo(site) {
		return false
	}
	v := site.Common().Args[0]
	for {
		switch u := v.(type) {
		case *ssa.FieldAddr:
			v = u.X
		case *ssa.UnOp:
			v = u.X
		case *ssa.Global:
			return true
		default:
			return false
		}
	}
}

// onceFunc reports whether one of the calls of a function is by sync.OnceFunc or its
// like, in a package-level initialiser.
func onceFunc(in []*chanflow.Edge) bool {
	for _, e := range in {
		fn := e.Site.Common().StaticCallee()
		if e.Caller.Name() == "init" && fn != nil && strings.HasPrefix(fn.RelString(nil), "sync.Once") {
			return true
		}
	}
	return false
}

// repeats reports whether instr stands in a loop that goes on for as long as
// something comes in.
func (c *checker) repeats(instr ssa.Instruction) bool {
	for _, l := range chanflow.Around(instr.Block()) {
		if !l.Bounded() && (chanflow.Walk{}).Reaches(instr, instr) {
			return true
		}
	}
	return false
}

// once reports whether what the go statement starts is started once for the process.
func (c *checker) once(start *chanflow.Edge) bool { return c.origin(start).process }

// plural tells why there is more than one of what never ends, or why it ought to
// end. What is nearest counts.
func (c *checker) plural(start *chanflow.Edge) (why string, tier rule.Tier, chain []rule.Step) {
	o := c.origin(start)
	if o.process {
		return "nothing stops it", rule.Suspected, nil
	}
	for _, fn := range o.funcs {
		if fn.Syntax() == nil {
			continue
		}
		if r := c.Hotness.Root(fn.Syntax()); r != nil && len(r.Via) == 0 {
			return "one is started for each request", rule.Likely, []rule.Step{step(fn.Pos(), r.Detail)}
		}
		if owners.Connection(fn.Signature) {
			return "one is started for each connection", rule.Likely, []rule.Step{step(fn.Pos(), "is called for each connection")}
		}
	}
	if end := c.owner(start); end != nil {
		name := types.TypeString(end.Signature().Recv().Type(), types.RelativeTo(c.Pkg))
		return fmt.Sprintf("(%s).%s does not end it", name, end.Name()), rule.Likely, []rule.Step{step(end.Pos(), "ends the owner, but not this")}
	}
	if o.loop != nil {
		return "one more is started in each turn of a loop", rule.Likely, []rule.Step{step(o.loop.Site.Pos(), "started in a loop")}
	}
	return "nothing stops it", rule.Suspected, nil
}

// owner returns the method that ends the object which a go statement is a method or
// the constructor of, if what is started works on that object; or nil.
func (c *checker) owner(start *chanflow.Edge) *types.Func {
	obj, _ := outermost(start.Caller).Object().(*types.Func)
	end := owners.End(c.Pkg, obj)
	if end == nil {
		return nil
	}
	of := namedOf(end.Signature().Recv().Type())
	if recv := start.Callee.Signature.Recv(); recv != nil && namedOf(recv.Type()) == of {
		return end
	}
	for _, v := range start.Callee.FreeVars {
		if n := namedOf(v.Type()); n != nil && n == of {
			return end
		}
	}
	for _, a := range start.Site.Common().Args {
		if n := namedOf(a.Type()); n != nil && n == of {
			return end
		}
	}
	return nil
}

// namedOf returns the named type that t is, or points to, or nil.
func namedOf(t types.Type) *types.TypeName {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Named:
			return u.Origin().Obj()
		default:
			return nil
		}
	}
}
