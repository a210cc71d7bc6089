package falseshare

import (
	_ "embed"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "falseshare",
	Doc:      doc,
	Group:    rule.Goroutines,
	Class:    rule.Performance,
	Severity: rule.Medium,
	Trial:    true,
	Requires: []*analysis.Analyzer{buildssa.Analyzer, values.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

// line is the size of a cache line in bytes: what golang.org/x/sys/cpu pads to on
// amd64.
const line = 64

func run(pass *rule.Pass) error {
	f := &finder{
		Pass:   pass,
		starts: make(map[*ssa.Function][]*start),
		made:   make(map[*ssa.Function][]*ssa.MakeClosure),
		told:   make(map[token.Pos]bool),
	}
	tests := pass.ResultOf[values.Analyzer].(*values.Index)
	for _, fn := range pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs {
		if !tests.InTest(fn.Pos()) {
			f.fns = append(f.fns, fn)
		}
	}
	f.spawns()
	f.elements()
	f.rings()
	return nil
}

// A finder is the work of the rule on one package.
type finder struct {
	*rule.Pass
	fns    []*ssa.Function
	starts map[*ssa.Function][]*start // by what runs as a goroutine
	made   map[*ssa.Function][]*ssa.MakeClosure
	told   map[token.Pos]bool
}

// A start is where goroutines are started that run a function.
type start struct {
	instr  ssa.CallInstruction
	args   []ssa.Value // of the function, in the order of its parameters
	looped bool        // there is more than one of them
}

// spawns finds out what runs as goroutines.
func (f *finder) spawns() {
	for _, fn := range f.fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				switch instr := instr.(type) {
				case *ssa.MakeClosure:
					lit := instr.Fn.(*ssa.Function)
					f.made[lit] = append(f.made[lit], instr)
				case ssa.CallInstruction:
					if of, args := started(instr); of != nil {
						f.starts[of] = append(f.starts[of], &start{instr, args, ssavalue.InLoop(blk)})
					}
				}
			}
		}
	}
}

// started returns the function that an instruction starts as a goroutine, by a go
// statement or by handing it to a group's Go, with its arguments.
func started(instr ssa.CallInstruction) (*ssa.Function, []ssa.Value) {
	c := instr.Common()
	if _, ok := instr.(*ssa.Go); ok {
		if c.IsInvoke() {
			return nil, nil
		}
		return body(c.Value), c.Args
	}
	if fn := c.StaticCallee(); fn != nil && fn.Name() == "Go" && fn.Signature.Recv() != nil && len(c.Args) == 2 {
		return body(c.Args[1]), nil
	}
	return nil, nil
}

// body returns the function that a function value is, if it is a literal or a
// declared one.
func body(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		return ssavalue.Origin(v)
	case *ssa.MakeClosure:
		return v.Fn.(*ssa.Function)
	}
	return nil
}

// size returns the bytes that a value of type t takes, or 0 if that depends on type
// parameters.
func (f *finder) size(t types.Type) int64 {
	if generic(t, 0) {
		return 0
	}
	return f.TypesSizes.Sizeof(t)
}

func generic(t types.Type, depth int) bool {
	if depth > 8 {
		return true
	}
	switch t := t.(type) {
	case *types.TypeParam:
		return true
	case *types.Array:
		return generic(t.Elem(), depth+1)
	case *types.Named, *types.Alias:
		return generic(t.Underlying(), depth+1)
	case *types.Struct:
		for v := range t.Fields() {
			if generic(v.Type(), depth+1) {
				return true
			}
		}
	}
	return false
}
