package lockblock

import (
	_ "embed"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "lockblock",
	Doc:      doc,
	Group:    rule.Goroutines,
	Class:    rule.Concurrency,
	Severity: rule.High,
	Requires: []*analysis.Analyzer{syntax.Analyzer, witness.Analyzer, sections.Analyzer},
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

// A finder is the work of the rule on one package.
type finder struct {
	*rule.Pass
	witness  *witness.Index
	sections *sections.Index
	seldom   *seldom.Index
	waits    *witness.Search // for what leaves no doubt
	locks    *witness.Search // for other locks

	locked  map[*funcs.Func]bool            // it takes a lock
	takenAt map[token.Pos]*sections.Section // by the parenthesis of the call
	takers  map[*types.Var][]taker
	holds   []*hold
	long    map[*types.Var]*hold           // locks that are held for long, by whom
	owners  map[*types.Var]*types.TypeName // the struct types of fields
}

// A taker is a function that takes a lock.
type taker struct {
	fn      *funcs.Func
	section *sections.Section
}

// A hold is an operation that may take long, under a lock.
type hold struct {
	fn      *funcs.Func
	section *sections.Section
	place   witness.Place
	wait    wait
	doubt   string // why it is only suspected
	waiter  *taker // who waits on behalf of a request
}

func run(pass *rule.Pass) error {
	f := &finder{
		Pass:     pass,
		witness:  pass.ResultOf[witness.Analyzer].(*witness.Index),
		sections: pass.ResultOf[sections.Analyzer].(*sections.Index),
		locked:   make(map[*funcs.Func]bool),
		takenAt:  make(map[token.Pos]*sections.Section),
		takers:   make(map[*types.Var][]taker),
		long:     make(map[*types.Var]*hold),
	}
	f.waits = f.witness.Search(asked, f.mayWait)
	f.locks = f.witness.Search(effects.SetOf(effects.Lock), nil)
	f.collect()
	if len(f.holds) == 0 {
		return nil
	}
	f.seldom = seldom.New(pass.Pass, pass.Funcs, pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root())
	f.owners = owners(pass.Pkg)
	for _, h := range f.holds {
		f.judge(h)
	}
	f.report()
	return nil
}

// collect finds who takes which lock, and what is done under it.
func (f *finder) collect() {
	for _, fn := range f.Funcs.Funcs {
		if known := f.witness.Of(fn.Node); known != nil {
			for _, s := range f.sections.Of(known.SSA) {
				f.locked[fn] = true
				f.takenAt[s.Take.(ssa.CallInstruction).Common().Pos()] = s
				if s.Lock.Var != nil {
					f.takers[s.Lock.Var] = append(f.takers[s.Lock.Var], taker{fn, s})
				}
			}
		}
	}
	f.look(f.waitOf)
	for _, h := range f.holds {
		if v := h.section.Lock.Var; v != nil && h.wait.rank <= byDisk && h.wait.doubt == "" && !f.marginal(h.fn, 0) && f.long[v] == nil {
			f.long[v] = h
		}
	}
	if len(f.long) > 0 {
		f.look(f.lockWait)
	}
}

// look notes what is done under a lock and, as waitOf has it, waits.
func (f *finder) look(waitOf func(*funcs.Func, witness.Place, *sections.Section) (wait, bool)) {
	for _, fn := range f.Funcs.Funcs {
		if !f.locked[fn] {
			continue
		}
		for _, p := range f.witness.Places(fn.Node, asked, nil) {
			if p.Instr == nil {
				continue // it depends on what the caller gives
			}
			for _, s := range f.sections.Held(p.Instr) {
				if w, ok := waitOf(fn, p, s); ok {
					f.holds = append(f.holds, &hold{fn: fn, section: s, place: p, wait: w})
				}
			}
		}
	}
}

// report makes one finding of each section: of the operation that is most surely
// long, or comes first.
func (f *finder) report() {
	best := make(map[*sections.Section]*hold)
	for _, h := range f.holds {
		if b := best[h.section]; b == nil || h.before(b) {
			best[h.section] = h
		}
	}
	told := make(map[token.Pos]*hold)
	for _, h := range f.holds {
		if best[h.section] != h {
			continue
		}
		if t := told[h.place.Pos]; t == nil || h.before(t) {
			told[h.place.Pos] = h
		}
	}
	habits := make(map[habit][]*hold)
	for _, h := range f.holds {
		if best[h.section] == h && told[h.place.Pos] == h {
			k := f.habitOf(h)
			habits[k] = append(habits[k], h)
		}
	}
	for _, h := range f.holds {
		if hs := habits[f.habitOf(h)]; len(hs) > 0 && hs[0] == h {
			f.Report(f.finding(h, len(hs)))
		}
	}
}

// A habit is what many functions do with one lock. It is told once.
type habit struct {
	lock  *types.Var
	cause string
	place token.Pos // of what is no habit
}

// habitOf returns the habit that h belongs to. Who looks at such a lock looks
// at all of its sections.
func (f *finder) habitOf(h *hold) habit {
	v := h.section.Lock.Var
	if v != nil && h.doubt != "" && (h.wait.rank == byLock || h.wait.doubt == closing || f.usual(h)) {
		return habit{lock: v, cause: h.wait.cause}
	}
	return habit{place: h.place.Pos}
}

// before reports whether h tells more than g.
func (h *hold) before(g *hold) bool {
	if (h.doubt == "") != (g.doubt == "") {
		return h.doubt == ""
	}
	return h.wait.rank < g.wait.rank
}

func (f *finder) finding(h *hold, times int) rule.Finding {
	lock := h.section.Lock.Name
	message := fmt.Sprintf("%s is held while %s %s: whoever needs the lock waits as long", lock, f.witness.Short(h.place.Func), h.wait.does)
	steps := []rule.Step{{Pos: h.section.Take.Pos(), Text: "takes " + lock}}
	e := f.known(h.wait.effect)
	steps = append(steps, f.witness.Chain(e)...)
	if e.Chain != nil {
		last := &steps[len(steps)-1]
		last.Text = f.witness.Short(f.witness.Primitive(e)) + " " + h.wait.does
	}
	tier := rule.Suspected
	if h.waiter != nil {
		name, on := f.name(h.waiter.fn), "it is called with a context"
		if root := f.Hotness.RootAt(h.waiter.section.Take.Pos()); root != nil {
			message, on = fmt.Sprintf("%s, and %s does on behalf of requests", message, name), root.Detail
		} else {
			message = fmt.Sprintf("%s, and %s does, whatever becomes of its context", message, name)
		}
		steps = append(steps, rule.Step{Pos: h.waiter.section.Take.Pos(), Text: fmt.Sprintf("%s waits for %s here (%s)", name, lock, on)})
	}
	if times > 1 {
		message += fmt.Sprintf("; it is held so at %d places", times)
	}
	if h.doubt == "" {
		tier = rule.Likely
	} else {
		message += "; only suspected: " + h.doubt
	}
	return rule.Finding{
		Pos: h.place.Pos, End: h.place.End,
		Tier:      tier,
		Message:   message,
		Cause:     h.wait.cause + " under a lock",
		Primitive: f.witness.Primitive(e),
		Chain:     steps,
		Mend:      "copy what is needed under the lock, unlock, do the slow work, lock again to publish its result; if the lock is there to serialise this work: //lagvet:allow lockblock -- why",
	}
}

// known returns an effect whose chain ends with the first function of the standard
// library: everybody knows what that waits for, and the nearest thing that it does
// says less.
func (f *finder) known(e effects.Effect) effects.Effect {
	var steps []effects.Step
	for s := range e.Chain.All {
		steps = append(steps, *s)
		if f.isStandard(s.Func) {
			break
		}
	}
	e.Chain = nil
	for _, s := range slices.Backward(steps) {
		s.Next, s.Omitted = e.Chain, 0
		e.Chain = &s
	}
	return e
}

// name returns the name of a function as the code of this package writes it.
func (f *finder) name(fn *funcs.Func) string { return f.witness.Short(fn.Name(f.Pkg)) }

// owners returns the named struct type of each field of the package.
func owners(pkg *types.Package) map[*types.Var]*types.TypeName {
	m := make(map[*types.Var]*types.TypeName)
	for _, name := range pkg.Scope().Names() {
		tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() {
			continue
		}
		if st, ok := tn.Type().Underlying().(*types.Struct); ok {
			for v := range st.Fields() {
				m[v] = tn
			}
		}
	}
	return m
}
