package lockorder

import (
	_ "embed"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/acquires"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "lockorder",
	Doc:      doc,
	Group:    rule.Goroutines,
	Class:    rule.Concurrency,
	Severity: rule.High,
	Trial:    true,
	Settled:  []string{"taken again", "read again", "upgraded", "kept", "order of operands"},
	Requires: []*analysis.Analyzer{buildssa.Analyzer, sections.Analyzer, values.Analyzer, acquires.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	f := newFinder(pass)
	f.solve()
	f.kept()
	f.again()
	f.orders()
	f.operands()
	return nil
}

// A finder is the work of the rule on one package.
type finder struct {
	*rule.Pass
	sections  *sections.Index
	values    *values.Index
	acquires  *acquires.Index
	directory *directory
	outsiders map[*ssa.Function]*outsider

	fns       []*ssa.Function // those of tests excepted
	callsOf   map[*ssa.Function][]ssa.CallInstruction
	callers   map[*ssa.Function][]*ssa.Function
	targets   map[ssa.CallInstruction][]target
	summaries map[*ssa.Function]*summary

	names   map[*ssa.Function]string
	owes    map[*ssa.Function]map[ssa.CallInstruction][]sections.Lock
	writers map[*types.Var]bool // locks that somebody takes for writing
	told    map[ssa.Instruction]bool
}

func newFinder(pass *rule.Pass) *finder {
	f := &finder{
		Pass:      pass,
		sections:  pass.ResultOf[sections.Analyzer].(*sections.Index),
		values:    pass.ResultOf[values.Analyzer].(*values.Index),
		acquires:  pass.ResultOf[acquires.Analyzer].(*acquires.Index),
		outsiders: make(map[*ssa.Function]*outsider),
		callsOf:   make(map[*ssa.Function][]ssa.CallInstruction),
		callers:   make(map[*ssa.Function][]*ssa.Function),
		targets:   make(map[ssa.CallInstruction][]target),
		summaries: make(map[*ssa.Function]*summary),
		names:     make(map[*ssa.Function]string),
		owes:      make(map[*ssa.Function]map[ssa.CallInstruction][]sections.Lock),
		writers:   make(map[*types.Var]bool),
		told:      make(map[ssa.Instruction]bool),
	}
	for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
		if !f.values.InTest(fn.Pos()) {
			f.fns = append(f.fns, fn)
		}
	}
	f.directory = newDirectory(pass.Pkg, f.fns, f.outsider)
	for _, fn := range f.fns {
		f.index(fn)
	}
	return f
}

// index finds the calls of a function that its caller waits for, and what they come
// to.
func (f *finder) index(fn *ssa.Function) {
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			call, ok := instr.(ssa.CallInstruction)
			if _, spawned := instr.(*ssa.Go); !ok || spawned {
				continue
			}
			f.callsOf[fn] = append(f.callsOf[fn], call)
			for _, a := range f.sections.Acquires(call) {
				if a.Lock.Var != nil && !a.Shared && !objectOf(a.Lock).fresh(call) {
					f.writers[a.Lock.Var] = true
				}
			}
			f.targets[call] = f.directory.targets(call.Common())
			for _, t := range f.targets[call] {
				f.callers[t.fn] = append(f.callers[t.fn], fn)
				for _, a := range t.args { // it may be called there
					if a == nil {
						continue
					}
					if _, ok := a.Type().Underlying().(*types.Signature); ok {
						for _, g := range f.directory.values(a, nil, 0) {
							f.callers[g.fn] = append(f.callers[g.fn], fn)
						}
					}
				}
			}
		}
	}
}

// name returns the name of a function as the code of this package writes it.
func (f *finder) name(fn *ssa.Function) string {
	name, ok := f.names[fn]
	if !ok {
		name = f.nameOf(fn)
		f.names[fn] = name
	}
	return name
}

func (f *finder) nameOf(fn *ssa.Function) string {
	fn = ssavalue.Origin(fn)
	if fn.Parent() != nil {
		return "a function literal in " + f.name(fn.Parent())
	}
	obj, ok := fn.Object().(*types.Func)
	if !ok {
		return fn.Name()
	}
	name := strings.ReplaceAll(obj.FullName(), f.Pkg.Path()+".", "")
	if obj.Pkg() != nil && obj.Pkg() != f.Pkg {
		name = strings.ReplaceAll(name, obj.Pkg().Path()+".", obj.Pkg().Name()+".")
	}
	return name
}

// outermost returns the declared function that fn is or stands in.
func outermost(fn *ssa.Function) *ssa.Function {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn
}
