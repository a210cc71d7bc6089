package sections

import (
	"reflect"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/passes/buildssa"
	"golang.org/x/tools/go/ssa"
)

// Analyzer finds the critical sections of a package. Its result is an *Index.
var Analyzer = &analysis.Analyzer{
	Name:       "lagvetsections",
	Doc:        "find which code runs under which mutex",
	Requires:   []*analysis.Analyzer{buildssa.Analyzer},
	Run:        run,
	ResultType: reflect.TypeFor[*Index](),
}

func run(pass *analysis.Pass) (any, error) {
	b := &builder{
		local:   make(map[*ssa.Function]bool),
		flows:   make(map[*ssa.Function]*flow),
		effects: make(map[*ssa.Function]*effect),
		asked:   make(map[*ssa.Function][]*ssa.Function),
	}
	x := &Index{b: b, byFunc: make(map[*ssa.Function][]*Section), held: make(map[ssa.Instruction][]*Section)}
	fns := pass.ResultOf[buildssa.Analyzer].(*buildssa.SSA).SrcFuncs
	b.conds = conds(fns)
	for _, fn := range fns {
		b.local[fn] = true
	}
	b.solve(fns)
	b.asked = nil // from here on it is only read
	for _, fn := range fns {
		x.note(b.flows[fn])
	}
	return x, nil
}

// A Section is what runs from where a lock is taken to where it is released.
type Section struct {
	Lock   Lock
	Func   *ssa.Function
	Take   ssa.Instruction // the call of Lock, or of a helper that leaves it locked
	Shared bool            // it is taken for reading
	// Release is the deferred Unlock that ends the section, or nil if it is
	// released by hand.
	Release *ssa.Defer

	calls []*ssa.Call
}

// Calls returns the calls that run in the section, deferred ones excepted, in the
// order of the function's blocks.
func (s *Section) Calls() []*ssa.Call { return s.calls }

// An Index knows the critical sections of a package.
type Index struct {
	b      *builder
	byFunc map[*ssa.Function][]*Section
	held   map[ssa.Instruction][]*Section
}

// Of returns the sections of a function in the order of its blocks. A section
// that covers nothing is among them.
func (x *Index) Of(fn *ssa.Function) []*Section { return x.byFunc[fn] }

// Held returns the sections that cover an instruction: the locks that are surely
// held as long as it runs. A lock that may have been taken at one place or another
// has a section for each. A go statement is covered by none: what it starts
// holds nothing. A deferred call is covered by what is released after it has run.
func (x *Index) Held(instr ssa.Instruction) []*Section { return x.held[instr] }

// note enters the sections of a function whose flow is known.
func (x *Index) note(f *flow) {
	if f == nil {
		return
	}
	type from struct {
		key  key
		take ssa.Instruction
	}
	made := make(map[from]*Section)
	section := func(h *held, take ssa.Instruction) *Section {
		s := made[from{h.lock.key, take}]
		if s == nil {
			s = &Section{Lock: h.lock, Func: f.fn, Take: take, Shared: h.shared}
			made[from{h.lock.key, take}] = s
			x.byFunc[f.fn] = append(x.byFunc[f.fn], s)
		}
		if s.Release == nil {
			s.Release = h.deferred
		}
		return s
	}
	f.replay(func(instr ssa.Instruction, before, after state) {
		for _, h := range after.sorted() {
			for _, take := range h.takes {
				if take == instr {
					section(h, take)
				}
			}
		}
		for _, h := range before.sorted() {
			for _, take := range h.takes {
				s := section(h, take)
				x.held[instr] = append(x.held[instr], s)
				if call, ok := instr.(*ssa.Call); ok {
					s.calls = append(s.calls, call)
				}
			}
		}
	})
}
