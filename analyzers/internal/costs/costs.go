package costs

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// Requires is what an analyzer requires to call [New].
func Requires() []*analysis.Analyzer {
	return append(allocs.Requires(), directive.Analyzer, funcs.Analyzer, hotpath.Analyzer, policy.Analyzer)
}

// Uncompiled reports whether what escapes to the heap is not known though somebody
// counts on it: a host that leaves out rule heapescape does not run the compiler, and
// says so.
func Uncompiled(pass *analysis.Pass) bool {
	off := pass.ResultOf[policy.Analyzer].(*policy.Policy).Off
	return !pass.ResultOf[escape.Analyzer].(*escape.Report).Ran && !slices.Contains(off, "heapescape")
}

// An Index answers for some functions of a package.
type Index struct {
	pass     *analysis.Pass
	funcs    *funcs.Index
	hot      *hotpath.Info
	allocs   *allocs.Index
	witness  *witness.Index
	compiled map[ast.Node][]allocs.Compiled
}

// New returns the index of the functions that wanted accepts.
func New(pass *analysis.Pass, wanted func(ast.Node) bool) *Index {
	x := &Index{
		pass:    pass,
		funcs:   pass.ResultOf[funcs.Analyzer].(*funcs.Index),
		hot:     pass.ResultOf[hotpath.Analyzer].(*hotpath.Info),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
	}
	x.allocs = allocs.New(&rule.Pass{
		Pass:       pass,
		Directives: pass.ResultOf[directive.Analyzer].(*directive.Index),
		Funcs:      x.funcs,
		Hotness:    x.hot,
	})
	x.compiled = x.allocs.Compiled(wanted)
	return x
}

// A Certainty is how sure it is that a place allocates when it is passed.
type Certainty string

// How sure an allocation is.
const (
	Proven        Certainty = "proven"
	Likely        Certainty = "likely"         // unless a caller has the function inlined, or in some instantiations alone
	SizeDependent Certainty = "size-dependent" // if the data is large, or a buffer full
	Suspected     Certainty = "suspected"      // not in every call, or as callers decide
)

// An Alloc is a place that allocates each time it is passed.
type Alloc struct {
	Pos       token.Pos
	Certainty Certainty
	// Cause says what is allocated and why: it holds no position and no name of
	// a variable.
	Cause string
	Text  string // for a reader, in the compiler's words where it has any
	// How says how often: "in every call", "in every iteration".
	How  string
	Rare string // why it does not happen in every call; empty if it does
	Loop bool   // in every turn of a loop
}

// Allocs returns what fn allocates, literals in it and what it calls excepted, in
// the order of the source. What does not happen in every call is suspected only.
func (x *Index) Allocs(fn ast.Node) []Alloc {
	var as []Alloc
	for _, s := range x.compiled[fn] {
		as = append(as, x.alloc(s.Site, x.escapeCause(s.Site), escapeText(s)))
	}
	for _, s := range x.allocs.Silent(fn) {
		switch {
		case s.Hole == allocs.Undecided: // nobody knows
		case s.Hole == allocs.LoopDefer && s.Verdict != allocs.Proven: // its record is used again
		case s.Spoken, s.Verdict == allocs.None, x.hot.Cold(s.Pos):
		default:
			as = append(as, x.alloc(s, holeCause(s), holeText(s)))
		}
	}
	slices.SortStableFunc(as, func(a, b Alloc) int { return cmp.Compare(a.Pos, b.Pos) })
	return as
}

func (x *Index) alloc(s *allocs.Site, cause, text string) Alloc {
	a := Alloc{Pos: s.Pos, Certainty: certainty(s), Cause: cause, Text: text, How: x.allocs.How(s.Pos), Rare: s.Rare, Loop: x.InLoop(s.Pos)}
	if a.Loop {
		a.Cause += " in a loop"
	}
	return a
}

func certainty(s *allocs.Site) Certainty {
	switch {
	case s.Rare != "" || s.Kept:
		return Suspected
	case s.Verdict == allocs.Proven:
		return Proven
	case s.Verdict == allocs.SizeDependent:
		return SizeDependent
	case s.Tier == rule.Likely:
		return Likely
	}
	return Suspected
}

// Defers returns the defer statements of fn, literals in it excepted, in the order
// of the source.
func (x *Index) Defers(fn ast.Node) []token.Pos {
	var at []token.Pos
	f := x.funcs.Of(fn)
	if f == nil {
		return nil
	}
	for _, k := range f.Out {
		if k.Mode == funcs.Defer && !x.hot.Cold(k.Site.Pos()) {
			at = append(at, k.Site.Pos())
		}
	}
	return at
}

// A Call is a place that calls what allocates.
type Call struct {
	witness.Place
	Name   string // of what is called
	Effect effects.Effect
}

// Calls returns where fn calls what surely allocates, or does if what it works on
// is large, but for functions of the package that are judged by themselves.
func (x *Index) Calls(fn ast.Node, judged func(ast.Node) bool) []Call {
	var calls []Call
	for _, p := range x.witness.Places(fn, effects.SetOf(effects.Alloc), judged) {
		if p.Call == nil || x.hot.Cold(p.Pos) {
			continue
		}
		if tier, ok := x.allocs.Call(p, p.Effects[0]); ok && tier != rule.Suspected {
			calls = append(calls, Call{p, x.allocs.Called(p), p.Effects[0]})
		}
	}
	return calls
}

// Effects returns what fn may do but allocate, with the shortest chain for each.
func (x *Index) Effects(fn ast.Node) []effects.Effect {
	f := x.witness.Of(fn)
	if f == nil {
		return nil
	}
	return slices.DeleteFunc(f.Summary.All(), func(e effects.Effect) bool { return e.Kind == effects.Alloc })
}

// Stated says why the effects of fn are not inferred, if they are not.
func (x *Index) Stated(fn ast.Node) string {
	if f := x.witness.Of(fn); f != nil {
		return f.Summary.Stated
	}
	return ""
}

// escapeCause is what is allocated, by kind and type, and for what.
func (x *Index) escapeCause(s *allocs.Site) string {
	cause := string(s.Value.Kind)
	if s.Value.Type != nil {
		cause += " " + x.allocs.Finder.TypeText(s.Value.Type)
	}
	switch {
	case s.Inline != "":
		return cause + " inlined from " + x.callee(s.Call)
	case s.Value.Call != nil:
		return cause + " for " + x.callee(s.Value.Call)
	}
	return cause + " " + string(s.Cause.Kind)
}

// callee names what is called, but by no name of a variable.
func (x *Index) callee(call *ast.CallExpr) string {
	if k := x.funcs.Call(call); k != nil && k.Func != nil {
		return x.witness.Short(k.FullName())
	}
	return "a func value"
}

func escapeText(s allocs.Compiled) string {
	subject := rule.Brief(s.Said.Subject)
	text := subject + " escapes to heap"
	if s.Said.Kind == escape.Moved {
		text = "moved to heap: " + subject
	}
	if s.Inline != "" {
		text += ", by " + s.Inline + ", which is inlined"
	}
	return text
}

func holeCause(s *allocs.Site) string {
	parts := []string{string(s.Hole)}
	if t := s.Value.Type; t != nil {
		parts = append(parts, t.String())
	}
	return strings.Join(parts, " ")
}

func holeText(s *allocs.Site) string {
	if s.Value.Text == "" {
		return string(s.Hole)
	}
	return string(s.Hole) + ": " + rule.Brief(s.Value.Text)
}

// InLoop reports whether what stands at pos runs in every turn of a loop of its
// function.
func (x *Index) InLoop(pos token.Pos) bool { return x.allocs.Seldom.Loop(pos) != nil }
