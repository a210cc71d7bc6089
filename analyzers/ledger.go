package analyzers

import (
	"encoding/json"
	"fmt"
	"go/ast"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/parcel"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A FuncCost says what one hot function costs each time it runs: a declared
// function, the literals in it included. What happens only on the way to an error,
// a panic or an exit costs nothing here, but for effects, which say so.
type FuncCost struct {
	Func    string       `json:"func"` // full name, as types.Func.FullName prints it
	Posn    string       `json:"posn"`
	Hot     *Hot         `json:"hot"`
	Allocs  []AllocCost  `json:"allocs,omitempty"` // in source order
	Effects []EffectCost `json:"effects,omitempty"`
	Defers  int          `json:"defers,omitempty"` // statements
}

// An AllocCost is a place that allocates each time it is passed.
type AllocCost struct {
	Posn      string `json:"posn"`
	Cause     string `json:"cause"` // what, and why: neither lines nor names of variables
	Text      string `json:"text"`
	Certainty string `json:"certainty"` // proven, likely, size-dependent or suspected
}

// An EffectCost is one thing that a function may do. Of the calls that allocate
// there is one for each function called, but for those that have a cost of their
// own here; of any other kind there is one.
type EffectCost struct {
	Kind      string `json:"kind"`
	Cold      bool   `json:"cold,omitempty"`
	ByCaller  bool   `json:"by_caller,omitempty"`
	Certainty string `json:"certainty,omitempty"` // of an allocation
	Stated    string `json:"stated,omitempty"`
	Chain     []Link `json:"chain,omitempty"`
}

// A Link is one step of the chain that leads to an effect.
type Link struct {
	Posn    string `json:"posn,omitempty"`
	Func    string `json:"func"`
	Omitted int    `json:"omitted,omitempty"` // links left out behind this one
}

// Ledger reports what the hot functions of a package cost, in one diagnostic at the
// package clause, to be read by [DecodeLedger]. Where nothing is hot it reports
// nothing.
var Ledger = &analysis.Analyzer{
	Name:     "lagvetledger",
	Doc:      "report what hot functions cost, in the form that the lagvet command reads",
	Requires: costs.Requires(),
	Run:      ledger,
}

// DecodeLedger reads the category of a diagnostic that [Ledger] reported.
func DecodeLedger(category string) ([]FuncCost, error) {
	js, err := parcel.Unpack(category)
	if err != nil {
		return nil, fmt.Errorf("decoding what hot functions cost: %w", err)
	}
	var fs []FuncCost
	if err := json.Unmarshal(js, &fs); err != nil {
		return nil, fmt.Errorf("decoding what hot functions cost: %w", err)
	}
	return fs, nil
}

func ledger(pass *analysis.Pass) (any, error) {
	hot := pass.ResultOf[hotpath.Analyzer].(*hotpath.Info)
	isHot := func(fn ast.Node) bool { return hot.Hot(fn) != nil }
	var order []string
	bodies := make(map[string][]*funcs.Func)
	for _, f := range pass.ResultOf[funcs.Analyzer].(*funcs.Index).Funcs {
		if !isHot(f.Node) {
			continue
		}
		name := modules.WithoutVariant(f.Name(pass.Pkg))
		if bodies[name] == nil {
			order = append(order, name)
		}
		bodies[name] = append(bodies[name], f)
	}
	if len(order) == 0 {
		return nil, nil
	}
	l := &ledgerWriter{pass, hot, costs.New(pass, isHot), isHot}
	var fs []FuncCost
	for _, name := range order {
		fs = append(fs, l.cost(name, bodies[name]))
	}
	js, err := json.Marshal(fs)
	if err != nil {
		return nil, fmt.Errorf("encoding what hot functions cost: %w", err)
	}
	text, err := parcel.Pack(js)
	if err != nil {
		return nil, fmt.Errorf("encoding what hot functions cost: %w", err)
	}
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: text, URL: rule.URL, Message: "ledger"})
	return nil, nil
}

type ledgerWriter struct {
	pass  *analysis.Pass
	hot   *hotpath.Info
	costs *costs.Index
	isHot func(ast.Node) bool
}

// cost adds up the bodies of one name: a function and the literals in it.
func (l *ledgerWriter) cost(name string, bodies []*funcs.Func) FuncCost {
	f := FuncCost{
		Func: name,
		Posn: l.heading(bodies[0].Outermost()),
		Hot:  hotOf(l.pass, l.hot.Hot(bodies[0].Node)),
	}
	told := make(map[string]bool)
	for _, b := range bodies {
		for _, a := range l.costs.Allocs(b.Node) {
			f.Allocs = append(f.Allocs, l.alloc(a))
		}
		f.Defers += len(l.costs.Defers(b.Node))
		f.Effects = append(f.Effects, l.effects(b, told)...)
	}
	return f
}

func (l *ledgerWriter) heading(f *funcs.Func) string {
	pos, _ := f.Heading()
	return place(l.pass.Fset.Position(pos))
}

func (l *ledgerWriter) alloc(a costs.Alloc) AllocCost {
	return AllocCost{
		Posn:      place(l.pass.Fset.Position(a.Pos)),
		Cause:     a.Cause,
		Text:      a.Text + how(a),
		Certainty: string(a.Certainty),
	}
}

// how says how often what is allocated is.
func how(a costs.Alloc) string {
	if a.Rare != "" {
		return "; " + a.Rare
	}
	return " " + a.How
}

// effects returns what a body does and no body before it of the same name was told
// to do. What a literal does that runs where it stands is part of what the function
// around it does.
func (l *ledgerWriter) effects(b *funcs.Func, told map[string]bool) []EffectCost {
	var es []EffectCost
	add := func(key string, e effects.Effect) {
		if !told[key] {
			told[key] = true
			es = append(es, l.effect(e, l.costs.Stated(b.Node)))
		}
	}
	for _, e := range l.costs.Effects(b.Node) {
		add(e.Kind.String(), e)
	}
	// A hot function of the package has its own costs.
	for _, k := range l.costs.Calls(b.Node, l.isHot) {
		add("calls "+k.Func, k.Effect)
	}
	return es
}

func (l *ledgerWriter) effect(e effects.Effect, stated string) EffectCost {
	c := EffectCost{Kind: e.Kind.String(), Cold: e.Cold, ByCaller: e.ByCaller, Stated: stated}
	if e.Kind == effects.Alloc {
		c.Certainty = e.Certainty.String()
	}
	for s := range e.Chain.All {
		c.Chain = append(c.Chain, Link{Posn: s.Pos.String(), Func: s.Func, Omitted: s.Omitted})
	}
	return c
}
