package initperreq

import (
	_ "embed"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/fates"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/requests"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/seldom"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:      "initperreq",
	Doc:       doc,
	Group:     rule.HotPath,
	Class:     rule.Performance,
	Severity:  rule.Medium,
	Fixes:     true,
	Requires:  []*analysis.Analyzer{syntax.Analyzer, values.Analyzer},
	FactTypes: []analysis.Fact{new(summary)},
	Run:       run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	if !concerned(pass) {
		return nil
	}
	root := pass.ResultOf[syntax.Analyzer].(*inspector.Inspector).Root()
	c := &checker{
		Pass:   pass,
		root:   root,
		kinds:  newCatalogue(),
		values: pass.ResultOf[values.Analyzer].(*values.Index),
		flows:  dataflow.New(pass.TypesInfo),
		seldom: seldom.New(pass.Pass, pass.Funcs, root),
		setups: make(map[*funcs.Func][]*setup),
		fixed:  make(map[*ast.FuncDecl]bool),
		names:  make(map[string]bool),
	}
	c.fates = fates.New(pass.TypesInfo, pass.Funcs, c.flows, root)
	c.requests = requests.New(pass, root, c.values, c.flows)
	c.primitives()
	c.spread()
	c.report()
	c.export()
	return nil
}

// concerned reports whether the package may hold a finding, or a function that
// others should know of: most of the many that are analysed for their facts alone
// do not.
func concerned(pass *rule.Pass) bool {
	return mendable(pass.Pass) && slices.ContainsFunc(pass.Pkg.Imports(), func(p *types.Package) bool {
		return modules.Ours(pass.Pass, p) || builds(p.Path())
	})
}

// A checker looks at one package.
type checker struct {
	*rule.Pass
	root     inspector.Cursor
	kinds    catalogue
	values   *values.Index
	flows    *dataflow.Index
	requests *requests.Index
	fates    *fates.Index
	seldom   *seldom.Index
	sites    []*site
	setups   map[*funcs.Func][]*setup // what calls of a function set up
	fixed    map[*ast.FuncDecl]bool   // have a fix
	names    map[string]bool          // that fixes declare
	findings []rule.Finding
}

// A setup is something that is built, as a function that builds it is known.
type setup struct {
	kind     *kind
	key      string // the full name of the primitive
	name     string // its short one
	fault    string // the full name of the function that builds it
	in       inputs // as its function sees them
	returned bool   // to the caller, whose it is then
	chain    []rule.Step
}

// A site is a place where something is built: by a primitive, or by a call of a
// function that does so each time.
type site struct {
	f     *funcs.Func
	expr  ast.Expr
	call  *funcs.Call // nil for a literal
	setup *setup
	deps  []ast.Expr // what decides what is built
	local bool       // a primitive of this package
	fate  fates.Fate
}

func (s *site) pos() token.Pos { return s.expr.Pos() }

// primitives finds the sites that build something themselves, or by a function
// of another package.
func (c *checker) primitives() {
	for _, f := range c.Funcs.Funcs {
		if c.values.InTest(f.Node.Pos()) {
			continue
		}
		for _, call := range f.Out {
			if call.Func == nil || call.Dynamic {
				continue
			}
			if k := c.kinds.of(call.FullName()); k != nil {
				c.primitive(f, call, k)
				continue
			}
			for _, u := range c.imported(call.Func) {
				c.callee(f, call, u)
			}
		}
	}
	for cur := range c.root.Preorder((*ast.CompositeLit)(nil)) {
		lit := cur.Node().(*ast.CompositeLit)
		f := c.Funcs.At(lit.Pos())
		if f == nil || c.values.InTest(lit.Pos()) {
			continue
		}
		key := typeName(c.TypesInfo.TypeOf(lit))
		if key != transportName && !(key == configName && c.handsToTLS(cur)) {
			continue
		}
		u := &setup{kind: c.kinds[key], key: key, name: path.Base(key), fault: f.Name(c.Pkg)}
		c.add(&site{f: f, expr: lit, setup: u, deps: []ast.Expr{lit}, local: true}, lit)
	}
}

// typeName returns the full name of a named type.
func typeName(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// handsToTLS reports whether the address of a literal goes straight to a function
// of crypto/tls: that one shakes hands with it, or makes what does.
func (c *checker) handsToTLS(lit inspector.Cursor) bool {
	if _, ok := lit.Parent().Node().(*ast.UnaryExpr); !ok {
		return false
	}
	call, ok := lit.Parent().Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	k := c.Funcs.Call(call)
	return k != nil && k.Func != nil && k.Func.Pkg() != nil && k.Func.Pkg().Path() == "crypto/tls"
}

// primitive takes up a call of a function that builds something.
func (c *checker) primitive(f *funcs.Func, call *funcs.Call, k *kind) {
	if k == zone && c.wellKnown(call.Site.Args) {
		return
	}
	s := &site{f: f, expr: call.Site, call: call, local: true, deps: call.Site.Args}
	s.setup = &setup{kind: k, key: call.FullName(), name: short(call.Func, c.Pkg), fault: f.Name(c.Pkg)}
	if k.first {
		s.deps = s.deps[:min(1, len(s.deps))]
	}
	var built ast.Expr = call.Site
	if sel, ok := ast.Unparen(call.Site.Fun).(*ast.SelectorExpr); ok && call.Func.Signature().Recv() != nil {
		s.deps = append([]ast.Expr{sel.X}, s.deps...)
		if k.of {
			built = ast.Unparen(sel.X)
		}
		if c.parsed(f, sel.X, k) {
			return // one more text of the same template
		}
	}
	c.add(s, built)
}

// wellKnown reports whether the zone is one for which nothing is read.
func (c *checker) wellKnown(args []ast.Expr) bool {
	v := c.TypesInfo.Types[args[0]].Value
	return v != nil && slices.Contains([]string{`""`, `"UTC"`, `"Local"`}, v.ExactString())
}

// parsed reports whether x comes of a primitive of the same kind: that one has
// the finding.
func (c *checker) parsed(f *funcs.Func, x ast.Expr, k *kind) (found bool) {
	look := func(e ast.Expr) {
		ast.Inspect(e, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				fn := c.Funcs.Call(call)
				found = found || fn != nil && fn.Func != nil && sameKind(c.kinds.of(fn.FullName()), k)
			}
			return !found
		})
	}
	look(x)
	fl := c.flows.Of(f)
	for v := range dataflow.Mentioned(c.TypesInfo, x) {
		for _, d := range fl.Defs[v] {
			if d.Pos < x.Pos() {
				look(d.RHS)
			}
		}
	}
	return found
}

func sameKind(a, b *kind) bool { return a != nil && a.name == b.name }

// callee takes up a call of a function that sets something up.
func (c *checker) callee(f *funcs.Func, call *funcs.Call, u *setup) {
	s := &site{f: f, expr: call.Site, call: call}
	for i, a := range call.Site.Args {
		if i < 64 && u.in.params&(1<<i) != 0 {
			s.deps = append(s.deps, a)
		}
	}
	up := *u
	up.chain = append([]rule.Step{{Pos: call.Site.Pos(), Text: "calls " + short(call.Func, c.Pkg)}}, u.chain...)
	s.setup = &up
	c.add(s, call.Site)
}

// add records a site, unless what it builds is built seldom.
func (c *checker) add(s *site, built ast.Expr) {
	if c.requests.Seldom(s.f, s.pos(), nil) != "" {
		return
	}
	if s.local || s.setup.returned {
		s.fate = c.fates.Of(s.f, built)
		if s.fate == fates.Returned && s.f.Obj == nil && s.f.Use != funcs.Called {
			s.fate = fates.Kept // by what the literal is handed to: a cache, as likely as not
		}
	}
	if s.local {
		s.setup.chain = []rule.Step{{Pos: s.pos(), Text: s.setup.name + " " + s.setup.kind.does}}
	}
	fixed := s.setup.in.fixed
	s.setup.in = c.inputs(s.f, nil, s.deps...)
	s.setup.in.fixed = s.setup.in.fixed || fixed
	s.setup.returned = s.fate == fates.Returned
	c.sites = append(c.sites, s)
}

// maxChain is how many calls lead to a primitive at most.
const maxChain = 6

// spread tells each function what it sets up, and then those that call it.
func (c *checker) spread() {
	for i := 0; i < len(c.sites); i++ {
		s := c.sites[i]
		if !c.always(s) || c.known(s) {
			continue
		}
		c.setups[s.f] = append(c.setups[s.f], s.setup)
		for _, in := range s.f.In {
			if in.Caller != nil && in.Func != nil && !c.values.InTest(in.Site.Pos()) {
				c.callee(in.Caller, in, s.setup)
			}
		}
	}
}

// always reports whether each call of the function sets up what s does, in a way
// that is the function's caller's business.
func (c *checker) always(s *site) bool {
	return s.f.Obj != nil && s.fate != fates.Kept && !s.setup.in.varies && len(s.setup.chain) <= maxChain &&
		!c.seldom.Conditional(s.pos()) && !c.Hotness.Cold(s.pos()) && (s.call == nil || s.call.Mode == funcs.Plain)
}

// known reports whether the function is known to do the same already.
func (c *checker) known(s *site) bool {
	for _, u := range c.setups[s.f] {
		if u.kind == s.setup.kind && u.fault == s.setup.fault && u.in.params == s.setup.in.params {
			return true
		}
	}
	return false
}

// short returns the name of fn as the code of package from has it.
func short(fn *types.Func, from *types.Package) string {
	qual := func(p *types.Package) string {
		if p == from {
			return ""
		}
		return p.Name()
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		if q := qual(fn.Pkg()); q != "" {
			return q + "." + fn.Name()
		}
		return fn.Name()
	}
	t := types.TypeString(recv.Type(), qual)
	if _, ok := types.Unalias(recv.Type()).(*types.Pointer); ok {
		t = "(" + t + ")"
	}
	return t + "." + fn.Name()
}
