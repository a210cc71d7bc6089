package ctxbreak

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/fresh"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// judge returns the finding that b is, or nil if nothing is to be said of it.
func (c *checker) judge(b *fresh.Break) *finding {
	if b.Wait.Bound && (b.Place.Source.Apart || c.shutsDown(b)) {
		return nil // it ends by itself, and has its reason
	}
	f := &finding{Break: b, tier: rule.Likely, why: c.doubt(b)}
	if f.why != "" && f.why != inProcess && b.Via != nil && b.Wait.InProcess {
		return nil // two doubts
	}
	switch {
	case f.why != "":
		f.tier = rule.Suspected
	case b.Via == nil && b.Wait.Sure && !b.Wait.Bound && len(b.Wait.Chain) == 0 && !b.Place.Source.Unnamed:
		f.tier = rule.Proven
	}
	return f
}

// doubt says why b is only suspected, or returns "".
func (c *checker) doubt(b *fresh.Break) string {
	src := b.Place.Source
	switch {
	case src.Doubt != "":
		return "the context in scope may be the wrong one: " + src.Doubt
	case src.Stored:
		return "the context in scope is that of the owner, not of the call"
	case src.Out:
		return "the context in scope is that of a request which may be the one that goes out"
	case b.Doubt != "":
		return b.Doubt
	case c.fresh.LeftBehind(b):
		return "the context in scope is that of a request which does not wait for this"
	case !b.Wait.Sure && !b.Wait.Client && !(b.Via == nil && (src.Entry || c.waits(b.Call))):
		// In a handler, what takes a context and may fail is there to be waited for.
		return "nothing in sight shows that it waits"
	case c.explained(b.Call.Site.Pos()) || b.Start.Base != nil && c.explained(b.Start.Base.Pos()):
		return "a comment beside it speaks of the context"
	case c.Hotness.Cold(b.Call.Site.Pos()):
		return "it runs because something has failed, and that may be the context"
	case c.shutsDown(b):
		return "it cleans up, which has to be done even if the caller has gone"
	case b.Wait.InProcess && (b.Via != nil || len(b.Wait.Chain) > 1 || !c.onRequest(b)):
		return inProcess
	case b.Via == nil && c.completes(b):
		return "the function passes its context on elsewhere, and this changes something: it may be meant to be finished"
	case b.Via != nil && b.Wait.Bound && !c.onRequest(b):
		return "it bounds its wait by itself, and nothing tells that a request is served"
	case b.Via != nil && (makes(b.Via) || begins(b.Via.Name()) || c.Pkg.Name() == "main") && !c.onRequest(b):
		return "it is most likely done when the program starts"
	case c.fresh.Embedded() && b.Wait.For == "the database":
		return "the database is part of the program"
	}
	return ""
}

// inProcess is the doubt about a function that waits for its own process by a
// context of its own: whoever wrote it may well know that the wait is short.
const inProcess = "it waits for its own process, and may know for how long"

// reads are the names of what changes nothing.
var reads = []string{
	"Count", "Decrypt", "Describe", "Dial", "Exists", "Fetch", "Find", "Get", "Has", "Head", "Inspect", "Is", "List", "Load", "Lookup", "Open",
	"Ping", "Query", "Range", "Read", "Resolve", "Search", "Select", "Show", "Stat", "Status", "Verify", "Wait", "Acquire",
}

// completes reports whether b may be meant to be finished whatever becomes of the
// caller: it changes something, by its name, and the function has passed the context
// in scope to something else that may fail, so whoever wrote it knew of it. TODO
// says that nobody has thought about it.
func (c *checker) completes(b *fresh.Break) bool {
	if b.Call.Func == nil || beginsWith(b.Call.Func.Name(), reads) {
		return false
	}
	if made, ok := b.Start.Base.(*ast.CallExpr); !ok || b.Start.Helper || values.Callee(c.TypesInfo, made) == "context.TODO" {
		return false
	}
	switch b.Call.FullName() {
	case "net/http.NewRequestWithContext", "(*net/http.Request).WithContext", "(*net/http.Request).Clone", "os/exec.CommandContext":
		return false
	}
	for f := b.Call.Caller; f != nil; f = f.Parent {
		if slices.ContainsFunc(f.Out, func(out *funcs.Call) bool {
			return out.Site.Pos() < b.Call.Site.Pos() && c.passes(out.Site, b.Place.Source.Expr)
		}) {
			return true
		}
	}
	return false
}

// passes reports whether site, a call that may fail, is given the context written as
// expr.
func (c *checker) passes(site *ast.CallExpr, expr string) bool {
	sig, ok := c.TypesInfo.TypeOf(site.Fun).Underlying().(*types.Signature)
	return ok && contexts.MayFail(sig) && slices.ContainsFunc(site.Args, func(a ast.Expr) bool { return types.ExprString(a) == expr })
}

// onRequest reports whether a request waits for b.
func (c *checker) onRequest(b *fresh.Break) bool {
	return b.Place.Source.Entry || c.Hotness.RootAt(b.Call.Site.Pos()) != nil
}

// waits reports whether package effects knows that the call waits for the
// network, or sleeps, though its syntax does not show how it heeds its context.
func (c *checker) waits(call *funcs.Call) bool {
	if call.Caller == nil {
		return false
	}
	for _, p := range c.witness.Places(call.Caller.Node, effects.SetOf(effects.Net, effects.Sleep), nil) {
		if p.Call == call.Site {
			for _, e := range p.Effects {
				if !e.Cold && !witness.Listens(e) {
					return true
				}
			}
		}
	}
	return false
}

// endings are the names that Go's standard library and those after its manner
// give to what ends something.
var endings = []string{
	"Abort", "Cancel", "Cleanup", "Close", "Deregister", "Detach", "Disconnect", "Drain", "End", "Exit", "Finalize", "Finish", "Flush", "ForceFlush", "Kill",
	"Release", "Revoke", "Rollback", "Shutdown", "Stop", "Teardown", "Terminate", "Unlock", "Unregister", "Unsubscribe",
}

// beginnings are the names of what sets something going.
var beginnings = []string{"Bootstrap", "Init", "Initialize", "Initialise", "Listen", "Load", "Migrate", "Open", "Provision", "Run", "Serve", "Setup", "Start", "Validate"}

// ends reports whether a function of that name ends something.
func ends(name string) bool { return beginsWith(name, endings) }

// begins reports whether a function of that name sets something going.
func begins(name string) bool { return beginsWith(name, beginnings) }

// beginsWith reports whether name is one of words or begins with it as a word.
func beginsWith(name string, words []string) bool {
	for _, w := range words {
		if len(name) < len(w) || !strings.EqualFold(name[:len(w)], w) {
			continue
		}
		if rest := name[len(w):]; rest == "" || rest[0] < 'a' || 'z' < rest[0] {
			return true
		}
	}
	return false
}

// shutsDown reports whether b is part of ending something: it stands in, or
// calls, a function that does.
func (c *checker) shutsDown(b *fresh.Break) bool {
	if b.Call.Func != nil && ends(b.Call.Func.Name()) {
		return true
	}
	if b.Via != nil && ends(b.Via.Name()) {
		return true
	}
	for f := b.Call.Caller; f != nil; f = f.Parent {
		if f.Obj != nil && ends(f.Obj.Name()) || c.assignedEnding(f) {
			return true
		}
	}
	return false
}

// assignedEnding reports whether f is a literal that a variable or a field of
// such a name holds: cleanup := func() {…}.
func (c *checker) assignedEnding(f *funcs.Func) bool {
	lit, ok := f.Node.(*ast.FuncLit)
	if !ok {
		return false
	}
	at, ok := c.inspect.Root().FindByPos(lit.Pos(), lit.End())
	if !ok {
		return false
	}
	name := ""
	switch n := at.Parent().Node().(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == 1 {
			name = lastName(n.Lhs[0])
		}
	case *ast.KeyValueExpr:
		name = lastName(n.Key)
	}
	return ends(name)
}

func lastName(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// makes reports whether the function makes something: it returns a value of a
// type of ours and perhaps an error, as NewStore does.
func makes(obj types.Object) bool {
	fn, ok := obj.(*types.Func)
	if !ok || fn.Signature().Recv() != nil || fn.Signature().Results().Len() == 0 {
		return false
	}
	sig := fn.Signature()
	if n := sig.Results().Len(); n > 2 || n == 2 && !contexts.MayFail(sig) {
		return false
	}
	t := sig.Results().At(0).Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && (named.NumMethods() > 0 || types.IsInterface(named))
}
