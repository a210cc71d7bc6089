package gcknob

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// Turns is the fact of a function that sets how the collector works.
type Turns struct {
	Knob   string         // by what: "runtime/debug.SetGCPercent"
	Posn   token.Position // where
	Always bool           // in each call
}

// AFact marks Turns as a fact.
func (*Turns) AFact() {}

func (t *Turns) String() string { return "turns " + t.Knob }

// turns returns what is known of a call that sets how the collector works, or nil.
func (c *checker) turns(k *funcs.Call) *Turns {
	if k.Func == nil || k.Func.Pkg() == nil {
		return nil
	}
	if k.Callee != nil {
		return c.turners[k.Callee]
	}
	switch path := k.Func.Pkg().Path(); {
	case path == "runtime/debug":
		return c.sets(k)
	case modules.IsStd(path):
		return nil
	}
	t := new(Turns)
	if !c.ImportObjectFact(k.Func, t) {
		return nil
	}
	return t
}

// sets returns what is known of a call of runtime/debug, or nil if it sets nothing.
func (c *checker) sets(k *funcs.Call) *Turns {
	name := k.FullName()
	if name != setGCPercent && name != setMemoryLimit {
		return nil
	}
	if n, known := c.number(k.Site.Args[0]); name == setMemoryLimit && known && n < 0 {
		return nil // it only asks
	}
	return &Turns{Knob: name, Posn: c.Fset.Position(k.Site.Pos()), Always: true}
}

// findTurners finds the functions that set how the collector works, and tells the
// packages that import this one.
func (c *checker) findTurners() {
	c.turners = make(map[*funcs.Func]*Turns)
	if modules.Std(c.Pass.Pass) {
		return
	}
	for more := true; more; {
		more = false
		for _, f := range c.Funcs.Funcs {
			if f.Obj == nil || c.turners[f] != nil || c.values.InTest(f.Node.Pos()) {
				continue
			}
			for _, k := range f.Out {
				t := c.turns(k)
				if t == nil || k.Mode != funcs.Plain || c.Hotness.Cold(k.Site.Pos()) {
					continue
				}
				always := t.Always && !c.seldom.Conditional(k.Site.Lparen)
				c.turners[f] = &Turns{t.Knob, t.Posn, always}
				more = true
				break
			}
		}
	}
	for f, t := range c.turners {
		c.ExportObjectFact(f.Obj, t)
	}
}

// onRequest reports a call that sets how the collector works on the way of a request
// or in hot code.
func (c *checker) onRequest(f *funcs.Func, k *funcs.Call) bool {
	pos := k.Site.Pos()
	root, hot := c.Hotness.RootAt(pos), c.Hotness.HotAt(pos)
	t := c.turns(k)
	switch {
	case root == nil && hot == nil:
		return false
	case k.Callee != nil: // that one is on the way, too
		return true
	case root != nil && c.requests.ForDiagnosis(f, pos, root):
		return true // whoever runs the process asked for it
	}
	when, doubt := "in hot code", ""
	if root != nil {
		when = "on behalf of a request (" + root.Detail + ")"
		doubt = c.doubt(f, k, t, root)
	} else {
		doubt = c.requests.Seldom(f, pos, hot.Via)
	}
	finding := rule.Finding{
		Pos:       pos,
		End:       k.Site.End(),
		Tier:      rule.Likely,
		Message:   short(t.Knob) + " sets the collector for the whole process, " + when + ": requests that run at the same time undo what the other one has set, and each call takes the heap's lock and sets the pace anew",
		Cause:     "on a request",
		Primitive: t.Knob,
		Mend:      "set it once, at start-up, or by GOGC and GOMEMLIMIT",
		Hot:       hot,
	}
	if k.FullName() != t.Knob {
		finding.Chain = []rule.Step{{Posn: t.Posn, Text: "calls " + short(t.Knob)}}
	}
	if doubt != "" {
		finding.Tier = rule.Suspected
		finding.Message += " (but " + doubt + ")"
	}
	c.Report(finding)
	return true
}

// doubt says why a request may not pay for the call, or may be made for it, or
// returns "".
func (c *checker) doubt(f *funcs.Func, k *funcs.Call, t *Turns, root *hotpath.Root) string {
	if why := c.requests.Doubt(f, k.Site.Pos(), root); why != "" {
		return why
	}
	if name := c.requests.NamedForDiagnosis(f, root); name != "" {
		return name + " is named as what serves diagnosis is"
	}
	if !t.Always {
		return "not in each call"
	}
	for _, a := range k.Site.Args {
		if c.asked(f, a) {
			return "the request may be made for that, since it says how much"
		}
	}
	return ""
}

// asked reports whether e depends on what f is given.
func (c *checker) asked(f *funcs.Func, e ast.Expr) bool {
	for v := range c.flows.Of(f).From(dataflow.Mentioned(c.TypesInfo, e)) {
		for g := f; g != nil; g = g.Parent {
			if dataflow.IsParam(g, v) {
				return true
			}
		}
	}
	return false
}

// short returns the name of a knob as code writes it.
func short(knob string) string {
	switch knob {
	case setGCPercent:
		return "debug.SetGCPercent"
	case setMemoryLimit:
		return "debug.SetMemoryLimit"
	}
	return knob
}

// off reports a call that turns the collector off for good while nothing bounds the
// heap.
func (c *checker) off(f *funcs.Func, k *funcs.Call) {
	n, known := c.number(k.Site.Args[0])
	if !known || n >= 0 || k.Mode != funcs.Plain || c.used(k.Site) || c.limited() {
		return
	}
	finding := rule.Finding{
		Pos:       k.Site.Pos(),
		End:       k.Site.End(),
		Tier:      rule.Likely,
		Message:   "this turns the collector off, and nothing in this package bounds the heap: it grows until the kernel ends the process",
		Cause:     "off without a limit",
		Primitive: setGCPercent,
		Mend:      "set a limit as well (debug.SetMemoryLimit, or GOMEMLIMIT): then the collector works as the heap nears it",
	}
	switch {
	case c.Pkg.Name() != "main":
		finding.Tier = rule.Suspected
		finding.Message += " (but who imports it may set a limit)"
	case c.collects():
		finding.Tier = rule.Suspected
		finding.Message += " (but it runs the collector by hand)"
	}
	c.Report(finding)
}

// used reports whether something is made of what the call returns, as what turns the
// collector on again later does.
func (c *checker) used(call *ast.CallExpr) bool {
	cur, ok := c.seldom.Cursor(call.Lparen)
	if !ok {
		return false
	}
	for outer := range cur.Enclosing((*ast.ExprStmt)(nil), (*ast.AssignStmt)(nil), (*ast.FuncLit)(nil), (*ast.BlockStmt)(nil)) {
		switch s := outer.Node().(type) {
		case *ast.ExprStmt:
			return s.X != call
		case *ast.AssignStmt:
			id, ok := s.Lhs[0].(*ast.Ident)
			return !ok || id.Name != "_"
		}
		break
	}
	return true
}

// limited reports whether the package sets a limit for the heap, or turns the
// collector on.
func (c *checker) limited() bool {
	for _, imp := range c.Pkg.Imports() {
		if imp.Path() == "github.com/KimMachineGun/automemlimit" {
			return true
		}
	}
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			t := c.turns(k)
			if t == nil {
				continue
			}
			if t.Knob == setMemoryLimit || k.FullName() != setGCPercent {
				return true // or a function that sets something
			}
			if n, known := c.number(k.Site.Args[0]); !known || n >= 0 {
				return true
			}
		}
	}
	return false
}

// collects reports whether the package runs the collector by hand.
func (c *checker) collects() bool {
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			if k.Func == nil {
				continue
			}
			switch k.FullName() {
			case "runtime.GC", "runtime/debug.FreeOSMemory":
				return true
			}
		}
	}
	return false
}

// finalizer reports finalizers of what hot code or requests make.
func (c *checker) finalizer(f *funcs.Func, k *funcs.Call) {
	if len(k.Site.Args) != 2 || c.TypesInfo.Types[k.Site.Args[1]].IsNil() {
		return // it takes one away
	}
	pos := k.Site.Pos()
	hot, root := c.Hotness.HotAt(pos), c.Hotness.RootAt(pos)
	finding := rule.Finding{
		Pos:       pos,
		End:       k.Site.End(),
		Tier:      rule.Likely,
		Cause:     "finalizer",
		Primitive: "runtime.SetFinalizer",
		Mend:      "release it by a method that its user defers; if it may be forgotten, runtime.AddCleanup (Go 1.24) keeps nothing alive",
		Hot:       hot,
	}
	const costs = ": the object and all it refers to outlive the collection that finds them dead, and one goroutine runs the finalizers of the whole process"
	var doubt string
	switch {
	case hot != nil && hot.Under(directive.NoAlloc):
		return // the contract has a finding of its own
	case hot != nil:
		finding.Message = "a finalizer for each object that hot code makes" + costs
		if doubt = c.requests.Seldom(f, pos, hot.Via); doubt == "" && hot.Source != hotpath.FromDirective && hot.Line < costly.MinLine {
			doubt = "only a profile says that it is hot"
		}
	case root != nil:
		finding.Message = "a finalizer on behalf of each request (" + root.Detail + ")" + costs
		doubt = "how many requests there are is not known"
	default:
		return
	}
	if doubt != "" {
		finding.Tier = rule.Suspected
		finding.Message += " (but " + doubt + ")"
	}
	c.Report(finding)
}
