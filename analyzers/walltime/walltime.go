package walltime

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "walltime",
	Doc:       doc,
	Group:     rule.Timers,
	Class:     rule.Performance,
	Severity:  rule.Medium,
	Fixes:     true,
	Since:     "go1.9",
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	FactTypes: []analysis.Fact{new(Returns)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		Pass:    pass,
		root:    pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root(),
		values:  pass.ResultOf[values.Analyzer].(*values.Index),
		stored:  make(map[*types.Var][]ast.Expr),
		escaped: make(map[*types.Var]bool),
		known:   make(map[*types.Var]*reading),
		returns: make(map[*funcs.Func]*reading),
		faults:  make(map[any]*fault),
	}
	c.collect()
	c.export()
	for cur := range c.root.Preorder((*ast.BinaryExpr)(nil), (*ast.CallExpr)(nil)) {
		if c.values.InTest(cur.Node().Pos()) {
			continue
		}
		switch n := cur.Node().(type) {
		case *ast.BinaryExpr:
			c.binary(cur, n)
		case *ast.CallExpr:
			c.call(cur, n)
		}
	}
	for _, f := range c.order {
		c.report(f)
	}
	return nil
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root    inspector.Cursor
	values  *values.Index
	stored  map[*types.Var][]ast.Expr // what atomic values are given
	escaped map[*types.Var]bool       // set where it is not seen: by what is given its address
	known   map[*types.Var]*reading
	returns map[*funcs.Func]*reading
	faults  map[any]*fault
	order   []*fault
}

// A fault is one value kept as wall time, with all that goes wrong by it.
type fault struct {
	uses []use
}

// A use is a place where a duration or an order is told by the wall clock.
type use struct {
	cur  inspector.Cursor
	expr ast.Expr
	does does
	wall *reading // what has no monotonic part
}

// does says what is told by the clock.
type does int

const (
	elapsed does = iota
	deadline
)

// binary looks at differences and comparisons of numbers.
func (c *checker) binary(cur inspector.Cursor, n *ast.BinaryExpr) {
	what := deadline
	switch n.Op {
	case token.SUB:
		what = elapsed
	case token.LSS, token.GTR, token.LEQ, token.GEQ:
	default:
		return
	}
	x, y := c.reading(n.X), c.reading(n.Y)
	if x == nil || y == nil || x.unit == "" || x.unit != y.unit {
		return
	}
	if kept, now := order(x, y); kept.by != nil && (what == elapsed || due(kept, now)) {
		c.fault(use{cur, n, what, kept})
	}
}

// call looks at what package time tells of two moments.
func (c *checker) call(cur inspector.Cursor, n *ast.CallExpr) {
	k := c.Funcs.Call(n)
	if k == nil || k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() != "time" || len(n.Args) != 1 {
		return
	}
	what, until := elapsed, false
	x := &reading{at: n.Pos(), fresh: true}
	switch k.FullName() {
	case "time.Since":
	case "time.Until":
		what, until = deadline, true
	case "(time.Time).Sub":
		x = c.receiver(n)
	case "(time.Time).Before", "(time.Time).After", "(time.Time).Compare":
		x, what = c.receiver(n), deadline
	default:
		return
	}
	y := c.reading(n.Args[0])
	if x == nil || y == nil || x.unit != "" || y.unit != "" {
		return
	}
	kept, now := order(x, y)
	switch {
	case kept.by == nil || what == deadline && !until && !due(kept, now): // read twice at once, or no deadline
	case kept.strip != "":
		c.fault(use{cur, n, what, kept})
	case now.strip != "":
		c.fault(use{cur, n, what, now})
	}
}

// due reports whether now is compared with a moment that is a duration away from when
// the clock was read. Else only the order of two moments is asked for, or of two
// deadlines, as by what keeps the latest one.
func due(kept, now *reading) bool { return now.fresh && kept.moved != now.moved }

// order tells the reading that is kept from the one that it is compared with: the
// one made for that, or the later one.
func order(x, y *reading) (kept, now *reading) {
	if x.fresh && (!y.fresh || x.at > y.at) {
		return y, x
	}
	return x, y
}

func (c *checker) receiver(n *ast.CallExpr) *reading {
	sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	return c.reading(sel.X)
}

// fault notes a use, with others of the same value.
func (c *checker) fault(u use) {
	if c.displayed(u.cur) {
		return
	}
	var key any = u.expr
	if u.wall.by != nil {
		key = u.wall.by
	}
	f := c.faults[key]
	if f == nil {
		f = new(fault)
		c.faults[key] = f
		c.order = append(c.order, f)
	}
	f.uses = append(f.uses, u)
}
