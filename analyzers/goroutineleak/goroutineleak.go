package goroutineleak

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/oneshot"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "goroutineleak",
	Doc:      doc,
	Group:    rule.Goroutines,
	Class:    rule.Concurrency,
	Severity: rule.High,
	Trial:    true,
	Settled:  []string{earlyReturn},
	Requires: []*analysis.Analyzer{syntax.Analyzer, buildssa.Analyzer, chanflow.Analyzer, sections.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

// A checker looks for the goroutines of one package that can never end.
type checker struct {
	*rule.Pass
	flow     *chanflow.Index
	sections *sections.Index
	root     inspector.Cursor
	guards   *guards.Index
	commands *oneshot.Index

	stuck    map[ssa.Instruction]bool     // operations that are reported
	behind   map[ssa.CallInstruction]bool // go statements whose goroutine is said to be left behind
	sides    map[ssa.Instruction]bool     // sections that are reported, and who would end the wait
	judged   map[*chanflow.Object]bool    // channels that early has looked at
	holdings map[ssa.Instruction][]holding
	needs    map[*chanflow.Op][]need // for each of the locks that are held
	lockers  map[*chanflow.Object]map[*ssa.Function]bool
	ends     map[*ssa.Function]bool // whether it can return
	asked    map[*ssa.Function]bool
	begun    map[*ssa.Function]beginning
	begunAt  map[*ssa.BasicBlock]beginning
}

// A beginning is what chanflow says of how a function comes to run.
type beginning struct {
	starts []chanflow.Start
	only   bool
}

// startsOf returns the go statements under which fn runs, the nearest first, and
// whether it runs under these only.
func (c *checker) startsOf(fn *ssa.Function) ([]chanflow.Start, bool) {
	b, ok := c.begun[fn]
	if !ok {
		b.starts, b.only = c.flow.Starts(fn)
		c.begun[fn] = b
	}
	return b.starts, b.only
}

// startsAt is startsOf for one instruction of a function.
func (c *checker) startsAt(instr ssa.Instruction) ([]chanflow.Start, bool) {
	b, ok := c.begunAt[instr.Block()]
	if !ok {
		b.starts, b.only = c.flow.StartsOf(instr)
		c.begunAt[instr.Block()] = b
	}
	return b.starts, b.only
}

func run(pass *rule.Pass) error {
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		Pass:     pass,
		flow:     pass.ResultOf[chanflow.Analyzer].(*chanflow.Index),
		sections: pass.ResultOf[sections.Analyzer].(*sections.Index),
		root:     root,
		commands: oneshot.New(pass.Pkg, pass.Funcs, root),
		guards:   guards.New(pass.TypesInfo, pass.Funcs, dataflow.New(pass.TypesInfo)),
		stuck:    make(map[ssa.Instruction]bool),
		behind:   make(map[ssa.CallInstruction]bool),
		sides:    make(map[ssa.Instruction]bool),
		judged:   make(map[*chanflow.Object]bool),
		holdings: make(map[ssa.Instruction][]holding),
		needs:    make(map[*chanflow.Op][]need),
		lockers:  make(map[*chanflow.Object]map[*ssa.Function]bool),
		ends:     make(map[*ssa.Function]bool),
		asked:    make(map[*ssa.Function]bool),
		begun:    make(map[*ssa.Function]beginning),
		begunAt:  make(map[*ssa.BasicBlock]beginning),
	}
	// The surest causes come first: one fault has one finding.
	c.nobody()
	c.locked(sometimes)
	c.itself()
	c.early()
	c.abandoned()
	c.groups()
	c.conds()
	c.left()
	c.locked(perhaps)
	c.endless()
	return nil
}

// ops calls f for every operation that is not reported yet.
func (c *checker) ops(f func(*chanflow.Op)) {
	for _, fn := range c.flow.Funcs {
		for _, op := range c.flow.Of(fn) {
			if !c.stuck[op.Instr] && !c.measured(op) {
				f(op)
			}
		}
	}
}

// A leak is a goroutine that hangs at an operation.
type leak struct {
	at    ssa.Instruction
	pos   token.Pos // of the operation
	what  string    // what it does there: "sends to results"
	wait  string    // the same without names, as the runtime calls it: "chan send"
	why   string    // why it hangs: "nobody receives from it"
	cause string
	tier  rule.Tier
	chain []rule.Step
	mend  string
	start *chanflow.Start  // if it is not the nearest
	path  []*chanflow.Edge // the calls that matter; without a start nothing in sight starts them
	// sure is set if it is true of whoever comes there, of this package or not.
	sure bool
	// here is set if the finding stands at the operation: that is what was forgotten.
	here bool
}

// report reports l at the go statement that starts the goroutine, or where it
// hangs if nothing in the package starts one.
func (c *checker) report(l leak) {
	c.stuck[l.at] = true
	start := l.start
	if start == nil && len(l.path) == 0 {
		if starts, _ := c.startsAt(l.at); len(starts) > 0 {
			start = &starts[0]
		}
	}
	f := rule.Finding{Pos: l.pos, End: c.end(l.pos), Tier: l.tier, Cause: l.cause, Primitive: l.wait, Mend: l.mend}
	if l.here {
		f.Message = "the goroutine that comes here may never end: it " + l.what + ", and " + l.why
		f.Chain = l.chain
		c.Report(f)
		return
	}
	if start == nil {
		f.Message = "whoever comes here may wait for ever: it " + l.what + ", and " + l.why
		if !l.sure {
			f.Tier = rule.Suspected
		}
		f.Chain = l.chain
		c.Report(f)
		return
	}
	site, helped := c.site(start)
	f.Pos = site.Pos()
	f.End = c.end(f.Pos)
	f.Message = "this goroutine may never end: it " + l.what + ", and " + l.why
	f.Chain = append(helped, c.path(start)...)
	f.Chain = append(f.Chain, step(l.pos, l.what))
	f.Chain = append(f.Chain, l.chain...)
	if f.Tier == rule.Likely && (c.once(start.Edge) || c.command(start.Caller)) {
		f.Tier = rule.Suspected
	}
	c.Report(f)
}

// site returns the place where a goroutine is started: the go statement, or the call of a
// helper whose go statement runs what it is passed.
func (c *checker) site(start *chanflow.Start) (ssa.CallInstruction, []rule.Step) {
	for _, e := range append([]*chanflow.Edge{start.Edge}, start.Path...) {
		for _, call := range c.flow.Passing(e) {
			if call.Callee == outermost(start.Caller) {
				return call.Site, []rule.Step{step(start.Site.Pos(), "starts it")}
			}
		}
	}
	return start.Site, nil
}

// command reports whether fn runs for a command, which ends the process when it is
// done, and not for a request.
func (c *checker) command(fn *ssa.Function) bool {
	syn := outermost(fn).Syntax()
	if syn == nil || c.Hotness.Root(syn) != nil {
		return false
	}
	f := c.Funcs.Of(syn)
	return f != nil && c.commands.Runs(f)
}

// path returns the calls that lead from what a go statement starts to what hangs.
func (c *checker) path(s *chanflow.Start) []rule.Step {
	var steps []rule.Step
	for _, e := range s.Path {
		steps = append(steps, step(e.Site.Pos(), "calls "+c.name(e.Callee)))
	}
	return steps
}

// name is what to call a function.
func (c *checker) name(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "a function literal of " + c.name(outermost(fn))
	}
	if recv := fn.Signature.Recv(); recv != nil {
		return "(" + types.TypeString(recv.Type(), types.RelativeTo(c.Pkg)) + ")." + fn.Name()
	}
	return fn.Name()
}

func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}

// end returns the end of the statement or expression that begins at pos.
func (c *checker) end(pos token.Pos) token.Pos {
	cur, ok := c.root.FindByPos(pos, pos)
	if !ok {
		return pos
	}
	for cur := range cur.Enclosing((*ast.GoStmt)(nil), (*ast.SendStmt)(nil), (*ast.UnaryExpr)(nil), (*ast.CallExpr)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch cur.Node().(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			return pos
		}
		return cur.Node().End()
	}
	return pos
}

func step(pos token.Pos, text string) rule.Step { return rule.Step{Pos: pos, Text: text} }

// does says what an operation does, for a message.
func (c *checker) does(op *chanflow.Op) string {
	on := c.called(op)
	switch op.Kind {
	case chanflow.Send:
		return "sends to " + on
	case chanflow.Range:
		return "ranges over " + on
	case chanflow.Wait:
		return "waits for the wait group " + on
	case chanflow.Sleep:
		return "waits for the condition " + on
	}
	if slices.ContainsFunc(op.Objs, func(o *chanflow.Object) bool { return o.Kind == chanflow.Done }) {
		return "waits for a context to be done"
	}
	return "receives from " + on
}

// wait is what the runtime says that a goroutine waits for.
func wait(op *chanflow.Op) string {
	switch op.Kind {
	case chanflow.Send:
		return "chan send"
	case chanflow.Wait:
		return "sync.WaitGroup.Wait"
	case chanflow.Sleep:
		return "sync.Cond.Wait"
	}
	return "chan receive"
}

// returnAt returns where a return stands: at the end of its function if it is implicit.
func returnAt(ret *ssa.Return) token.Pos {
	if syn := ret.Parent().Syntax(); syn != nil && !ret.Pos().IsValid() {
		return syn.End() - 1
	}
	return ret.Pos()
}

// called is what to call that which an operation is done to.
func (c *checker) called(op *chanflow.Op) string {
	v := op.Value
	for range 8 {
		switch u := v.(type) {
		case *ssa.UnOp:
			v = u.X
		case *ssa.ChangeType:
			v = u.X
		case *ssa.FieldAddr:
			if st, ok := deref(u.X.Type()).Underlying().(*types.Struct); ok {
				return st.Field(u.Field).Name()
			}
		case *ssa.Field:
			if st, ok := u.X.Type().Underlying().(*types.Struct); ok {
				return st.Field(u.Field).Name()
			}
		case *ssa.Alloc:
			if u.Comment != "" {
				return u.Comment
			}
		case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
			return v.Name()
		}
	}
	for _, o := range op.Objs {
		if name := c.declared(o); name != "" {
			return name
		}
	}
	return "a channel"
}

// declared is the name that an object is made under.
func (c *checker) declared(o *chanflow.Object) string {
	if name := o.Name(); name != "" {
		return name
	}
	cur, ok := c.root.FindByPos(o.Pos(), o.Pos())
	if !ok {
		return ""
	}
	for cur := range cur.Enclosing((*ast.AssignStmt)(nil), (*ast.KeyValueExpr)(nil), (*ast.ValueSpec)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && len(n.Lhs) == 1 {
				return id.Name
			}
		case *ast.ValueSpec:
			if len(n.Names) == 1 {
				return n.Names[0].Name
			}
		case *ast.KeyValueExpr:
			if id, ok := n.Key.(*ast.Ident); ok {
				return id.Name
			}
		}
		return ""
	}
	return ""
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}
