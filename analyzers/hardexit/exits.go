package hardexit

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/exits"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// An exit is a place where a function ends the process.
type exit struct {
	call      *ast.CallExpr
	name      string // what is called, as the code writes it
	primitive string
	chain     []rule.Step    // if it is not the primitive that is called
	by        string         // the function that calls the primitive, if it is another one
	decided   token.Position // where, if in another package
	doubt     bool           // nothing but its name tells that it ends the process
}

// places returns where f ends the process: by effects, and where these cannot
// follow a logger, by what loggers call the method that does. Where the chain goes on in
// a function that is covered, that one has it.
func (c *checker) places(f *funcs.Func, covered func(ast.Node) bool) []exit {
	var found []exit
	seen := make(map[*ast.CallExpr]bool)
	for _, p := range c.witness.Places(f.Node, effects.SetOf(effects.Exit), covered) {
		e := p.Effects[0]
		if p.Call == nil || seen[p.Call] || e.ByCaller || !c.ends(e) {
			continue
		}
		seen[p.Call] = true
		x := exit{call: p.Call, name: c.witness.Short(p.Func)}
		x.chain, x.primitive, x.by = c.chain(e)
		x.decided = c.decided(e, len(x.chain))
		found = append(found, x)
	}
	for _, k := range f.Out {
		if seen[k.Site] || k.Func == nil || !exits.Named(k.Func.Name()) {
			continue
		}
		if doubt, ok := c.fatal(k, covered); ok {
			found = append(found, exit{call: k.Site, name: c.witness.Short(k.FullName()), primitive: k.FullName(), doubt: doubt})
		}
	}
	return found
}

// chain returns the steps to what ends the process, its name, and that of the function
// which calls it, empty if that is the one at hand. A reader does not need to be told
// what os.Exit is made of, or how somebody else's logger comes to it.
func (c *checker) chain(e effects.Effect) (steps []rule.Step, primitive, by string) {
	n := 0
	for s := range e.Chain.All {
		n++
		by, primitive = primitive, s.Func
		if exits.Known(s.Func) || c.foreign(s.Func) {
			break
		}
	}
	if n == 1 {
		return nil, primitive, ""
	}
	steps = c.witness.Chain(e)[:n]
	steps[n-1].Text = c.witness.Short(primitive) + " ends the process"
	return steps, primitive, by
}

// decided returns where, within the first n steps of the chain, another package calls what
// ends the process by its name, or by what it is.
func (c *checker) decided(e effects.Effect, n int) token.Position {
	i := 0
	for s := range e.Chain.All {
		if i++; i == n || exits.Named(s.Func[strings.LastIndexByte(s.Func, '.')+1:]) {
			if i == 1 {
				break
			}
			return token.Position{Filename: s.Pos.File, Line: s.Pos.Line, Column: s.Pos.Column}
		}
	}
	return token.Position{}
}

// ends reports whether the chain of an effect is one that a call comes to. Where it
// leaves the module, the function called there has to say by its name that it ends
// the process: each call of a logger leads to an exit that only its Fatal comes to, and
// each call of an engine to its assertions.
func (c *checker) ends(e effects.Effect) bool {
	for s := range e.Chain.All {
		if exits.Known(s.Func) || strings.HasPrefix(s.Func, "//") {
			return true
		}
		if c.foreign(s.Func) {
			return exits.Named(s.Func[strings.LastIndexByte(s.Func, '.')+1:]) && !modules.IsStd(exits.Package(s.Func))
		}
	}
	return false
}

// foreign reports whether the function of that full name is not of the module.
func (c *checker) foreign(name string) bool {
	path := exits.Package(name)
	return path != "" && path != c.Pkg.Path() && !modules.OursPath(c.Pass.Pass, path)
}

// fatal reports whether the call is of a logger's method that ends the process,
// and whether that is in doubt: somebody's interface may be fulfilled by anything.
func (c *checker) fatal(k *funcs.Call, covered func(ast.Node) bool) (doubt, ok bool) {
	pkg := k.Func.Pkg()
	switch {
	case !strings.HasPrefix(strings.ToLower(k.Func.Name()), "fatal"), pkg == nil, modules.IsStd(pkg.Path()):
		return false, false
	case k.Callee != nil:
		return false, c.wraps(k.Callee) && len(c.places(k.Callee, covered)) > 0
	}
	if k.Func.Signature().Results().Len() > 0 && !modules.Ours(c.Pass.Pass, pkg) {
		return false, strings.Contains(strings.ToLower(pkg.Name()), "log") // zerolog's: Fatal().Msg("…")
	}
	recv := k.Func.Signature().Recv()
	if !k.Dynamic || recv == nil {
		return modules.Ours(c.Pass.Pass, pkg), true
	}
	if m, _, _ := types.LookupFieldOrMethod(recv.Type(), true, pkg, "Helper"); m != nil {
		return false, false // testing.TB and its kin
	}
	return true, true
}

// wraps reports whether f does nothing but end the process, or little else if its
// caller hands it an error: its callers are who decides.
func (c *checker) wraps(f *funcs.Func) bool {
	if f.Obj == nil {
		return false
	}
	if exits.Named(f.Obj.Name()) {
		return true
	}
	if len(f.Body.List) > 3 || !takesError(f.Sig) {
		return false
	}
	return slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		return k.Func != nil && (exits.Known(k.FullName()) || exits.Named(k.Func.Name()))
	})
}

func takesError(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if types.Identical(p.Type(), types.Universe.Lookup("error").Type()) {
			return true
		}
	}
	return false
}

// covered reports whether fn has findings of its own.
func (c *checker) covered(fn ast.Node) bool {
	f := c.Funcs.Of(fn)
	return f != nil && c.Hotness.Root(fn) != nil && !c.wraps(f)
}

// onRequests reports where f ends the process on behalf of a request.
func (c *checker) onRequests(f *funcs.Func) {
	if !slices.ContainsFunc(f.Out, func(k *funcs.Call) bool { return c.Hotness.RootAt(k.Site.Pos()) != nil }) {
		return
	}
	if r := c.Hotness.Root(f.Node); c.wraps(f) && (r == nil || len(r.Via) > 0) {
		return // whoever calls it decides
	}
	for _, x := range c.places(f, c.covered) {
		if root := c.Hotness.RootAt(x.call.Pos()); root != nil && !c.intended(f, root, x) {
			c.exit(f, root, x)
		}
	}
}

func (c *checker) exit(f *funcs.Func, root *hotpath.Root, x exit) {
	tier := rule.Likely
	why := ""
	switch {
	case x.doubt:
		tier, why = rule.Suspected, "what it calls is known by its name alone"
	case c.requests.Seldom(f, x.call.Pos(), root.Via) == "it runs once":
		tier, why = rule.Suspected, "it runs once"
	case far(len(root.Via) + len(x.chain)):
		tier, why = rule.Suspected, "it is many calls away from the request"
	case !c.on.Failed(f, x.call), x.by != "" && !c.on.OnError(x.by):
		tier, why = rule.Suspected, "no error leads there: it may be an assertion"
	case x.chain != nil && c.constant(x.call) && !c.asks(f, x.call):
		tier, why = rule.Suspected, "it is given constants: it fails always or never"
	}
	msg := x.name + " ends the process on behalf of one request (" + root.Detail + "): all that are in flight die with it, and no deferred call runs"
	if x.chain != nil {
		msg = x.name + " ends in " + c.witness.Short(x.primitive) + ", which ends the process on behalf of one request (" + root.Detail + "): all that are in flight die with it, and no deferred call runs"
	}
	if why != "" {
		msg += " (but " + why + ")"
	}
	finding := rule.Finding{
		Pos:       x.call.Pos(),
		End:       x.call.End(),
		Tier:      tier,
		Message:   msg,
		Cause:     "exit on a request",
		Primitive: x.primitive,
		Chain:     append(via(root), x.chain...),
		Mend:      "return the error and answer this one request with it",
	}
	if tier == rule.Suspected && x.decided.IsValid() {
		c.afar(x.decided, finding)
		return
	}
	c.report(finding)
}

// constant reports whether the call, of a function, is given nothing but constants and
// the results of such calls.
func (c *checker) constant(call *ast.CallExpr) bool {
	fn, ok := typeutil.Callee(c.TypesInfo, call).(*types.Func)
	if !ok || fn.Signature().Recv() != nil || len(call.Args) == 0 {
		return false
	}
	return !slices.ContainsFunc(call.Args, func(e ast.Expr) bool {
		if c.TypesInfo.Types[e].Value != nil {
			return false
		}
		inner, ok := ast.Unparen(e).(*ast.CallExpr)
		return !ok || !c.constant(inner)
	})
}

// asks reports whether the call in f waits for somebody else: that fails on any day,
// whatever it is given. Files do not count, for a logger writes to one before it exits.
func (c *checker) asks(f *funcs.Func, call *ast.CallExpr) bool {
	places := c.witness.Places(f.Node, effects.SetOf(effects.Net), nil)
	return slices.ContainsFunc(places, func(p witness.Place) bool { return p.Call == call })
}

// A distant is what is suspected of one exit in another package.
type distant struct {
	decided token.Position
	finding rule.Finding // the one with the fewest calls
	more    int          // others come to it as well
}

// afar keeps a finding about an exit that is decided in another package: there one check
// has to be looked at, however many come to it.
func (c *checker) afar(decided token.Position, f rule.Finding) {
	i := slices.IndexFunc(c.distant, func(d *distant) bool { return d.decided == decided })
	if i < 0 {
		c.distant = append(c.distant, &distant{decided: decided, finding: f})
		return
	}
	d := c.distant[i]
	d.more++
	if len(f.Chain) < len(d.finding.Chain) {
		d.finding = f
	}
}

// reportAfar reports what afar has kept.
func (c *checker) reportAfar() {
	for _, d := range c.distant {
		switch {
		case d.more == 1:
			d.finding.Message += " (and one more call of this package)"
		case d.more > 1:
			d.finding.Message += fmt.Sprintf(" (and %d more calls of this package)", d.more)
		}
		c.report(d.finding)
	}
}

// far reports whether so many calls lie between that each may ask for something on
// which the next one is not made.
func far(calls int) bool {
	const most = 8
	return calls > most
}

func via(root *hotpath.Root) []rule.Step {
	var steps []rule.Step
	for _, s := range root.Via {
		steps = append(steps, step(s.Pos, s.Text))
	}
	return steps
}

// intended reports whether the request asks for the end of the process, by the names
// of the functions on the way or by the path at which the handler is mounted.
func (c *checker) intended(f *funcs.Func, root *hotpath.Root, x exit) bool {
	h := c.requests.Handler(f, root)
	fs := []*funcs.Func{f, h}
	for _, s := range root.Via {
		fs = append(fs, c.Funcs.At(s.Pos))
	}
	for _, g := range fs {
		if g == nil {
			continue
		}
		if o := g.Outermost(); o.Obj != nil && farewell(o.Obj.Name()) {
			return true
		}
	}
	return farewell(x.name[strings.LastIndexByte(x.name, '.')+1:]) && !exits.Named(x.name[strings.LastIndexByte(x.name, '.')+1:]) || c.mountedToEnd(h)
}

// mountedToEnd reports whether the handler is mounted at a path that says so.
func (c *checker) mountedToEnd(h *funcs.Func) bool {
	if h == nil {
		return false
	}
	mentions := func(e ast.Expr) bool {
		if h.Obj == nil {
			return e.Pos() <= h.Node.Pos() && h.Node.End() <= e.End()
		}
		return c.values.Function(e) == h.Obj.Origin()
	}
	for cur := range c.root.Preorder((*ast.CallExpr)(nil)) {
		call := cur.Node().(*ast.CallExpr)
		if !slices.ContainsFunc(call.Args, mentions) {
			continue
		}
		for _, a := range call.Args {
			if v := c.TypesInfo.Types[a].Value; v != nil && slices.ContainsFunc(strings.FieldsFunc(v.ExactString(), notLetter), farewell) {
				return true
			}
		}
	}
	return false
}

func notLetter(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }

// farewell reports whether a name is that of what ends, or begins anew, a process.
func farewell(name string) bool {
	lower := strings.ToLower(name)
	return slices.ContainsFunc([]string{"shutdown", "quit", "restart", "reboot", "terminate", "upgrade", "suicide", "kill", "stop", "exit", "drain", "crash"}, func(w string) bool {
		return strings.Contains(lower, w)
	})
}

// key names the variable or field that e denotes.
func (c *checker) key(e ast.Expr) types.Object { return dataflow.Key(c.TypesInfo, e) }

// holds reports whether n holds pos.
func holds(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
