package gounbounded

import (
	_ "embed"
	"go/ast"
	"go/types"
	"sort"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/grouplimit"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "gounbounded",
	Doc:       doc,
	Group:     rule.Goroutines,
	Class:     rule.Concurrency,
	Severity:  rule.High,
	Trial:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, chanops.Analyzer, grouplimit.Analyzer},
	FactTypes: factTypes,
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func init() {
	Analyzer.Flags.Bool("accept", false, "report the goroutine that a server starts for each connection it accepts, too")
}

// A finder is the work of the rule on one package.
type finder struct {
	*rule.Pass
	root     inspector.Cursor
	accept   bool
	exports  bool                          // say what callers in other packages need to know
	at       map[ast.Node]inspector.Cursor // go statements and calls
	spawns   []*spawn
	launches map[*types.Func]int

	flows  *dataflow.Index
	chans  *chanops.Index
	limits *grouplimit.Index
	guards *guards.Index
	sizes  *sizes.Index
}

func run(pass *rule.Pass) error {
	f := &finder{
		Pass:     pass,
		root:     pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		accept:   pass.Analyzer.Flags.Lookup("accept").Value.String() == "true",
		exports:  mendable(pass.Pass),
		at:       make(map[ast.Node]inspector.Cursor),
		launches: make(map[*types.Func]int),
		flows:    dataflow.New(pass.TypesInfo),
		chans:    pass.ResultOf[chanops.Analyzer].(*chanops.Index),
		limits:   pass.ResultOf[grouplimit.Analyzer].(*grouplimit.Index),
	}
	f.guards = guards.New(f.TypesInfo, f.Funcs, f.flows)
	f.sizes = sizes.New(f.TypesInfo, f.Funcs, f.flows, f.root)
	for cur := range f.root.Preorder((*ast.GoStmt)(nil), (*ast.CallExpr)(nil)) {
		f.at[cur.Node()] = cur
	}
	f.findSpawns()
	for _, fn := range f.Funcs.Funcs {
		for _, c := range fn.Out {
			f.spawns = append(f.spawns, f.external(c)...)
		}
	}
	f.report()
	return nil
}

func (f *finder) report() {
	facts := make(map[*types.Func]*Spawns)
	sort.SliceStable(f.spawns, func(i, j int) bool { return f.spawns[i].node.Pos() < f.spawns[j].node.Pos() })
	for _, s := range f.spawns {
		if s.limited || f.isLaunch(s) || len(f.Directives.Covering(directive.Bounded, s.node.Pos())) > 0 {
			continue
		}
		v, exports := f.judge(s)
		if v != nil {
			f.finding(s, v)
		}
		if v != nil && v.tier == rule.Likely || len(exports) == 0 || f.Allow(s.node.Pos()) != nil {
			continue
		}
		for _, e := range exports {
			if facts[e.fn] == nil {
				facts[e.fn] = new(Spawns)
			}
			if len(facts[e.fn].Sites) < 4 {
				facts[e.fn].Sites = append(facts[e.fn].Sites, e.site)
			}
		}
	}
	for fn, fact := range facts {
		f.ExportObjectFact(fn, fact)
	}
}

func (f *finder) finding(s *spawn, v *verdict) {
	pos, end := s.extent()
	what := "nothing bounds how many run at once: a burst takes memory and scheduler time from everything else"
	if f.inside(s) {
		what = "the semaphore that it takes inside bounds the work, not the goroutines: a burst still starts them all, and each holds its memory while it waits"
	}
	out := rule.Finding{
		Pos: pos, End: end, Tier: v.tier,
		Message:   "one goroutine per " + v.kind + ", and " + what,
		Cause:     v.kind,
		Primitive: s.what,
		Chain:     v.steps,
		Mend:      "take a slot of a semaphore before starting the goroutine, give the group a limit, or hand the work to a fixed pool; if something else bounds it: //lagvet:bounded -- why",
	}
	if s.site != nil {
		out.Posn, out.Func = s.site.Posn, s.site.Func
	}
	f.Report(out)
}

// inside reports whether the goroutine itself takes the slot that it gives back.
func (f *finder) inside(s *spawn) bool {
	if s.site != nil {
		return s.site.Inside
	}
	for k := range s.slots.Sends {
		if s.slots.Recvs[k] {
			return true
		}
	}
	return f.chans.Paired(s.slots, s.slots)
}
