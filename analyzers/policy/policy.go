package policy

import (
	_ "embed"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/costs"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

//go:embed doc.go
var doc string

// Rule is the entry in the catalogue.
var Rule = rule.New(rule.Spec{
	Name:     "policy",
	Doc:      doc,
	Group:    rule.HotPath,
	Class:    rule.Performance,
	Severity: rule.High,
	Tier:     rule.Proven,
	Requires: append(costs.Requires(), limits.Analyzer),
	Run:      run,
})

// Analyzer is the rule as go/analysis knows it.
var Analyzer = Rule.Analyzer

func run(pass *rule.Pass) error {
	c := &checker{
		pass:    pass,
		limits:  pass.ResultOf[limits.Analyzer].(*limits.Limits),
		witness: pass.ResultOf[witness.Analyzer].(*witness.Index),
		under:   make(map[ast.Node][]limits.Package),
	}
	if len(c.limits.Packages) == 0 {
		return nil
	}
	c.cover()
	for _, f := range pass.Funcs.Funcs {
		for _, p := range c.under[f.Node] {
			c.require(f, p)
			c.forbid(f, p)
		}
	}
	return nil
}

type checker struct {
	pass    *rule.Pass
	limits  *limits.Limits
	witness *witness.Index
	under   map[ast.Node][]limits.Package // the policies for each function
	counted *costs.Index                  // nil as long as nobody asks what is allocated
}

// cover finds the policies for the functions of the package.
func (c *checker) cover() {
	files := make(map[string][]limits.Package)
	for _, f := range c.pass.Funcs.Funcs {
		name := c.pass.Fset.Position(f.Node.Pos()).Filename
		if _, ok := files[name]; !ok {
			files[name] = c.policiesFor(name)
		}
		if ps := files[name]; len(ps) > 0 {
			c.under[f.Node] = ps
		}
	}
}

func (c *checker) policiesFor(file string) []limits.Package {
	ps := []limits.Package{}
	if strings.HasSuffix(file, "_test.go") {
		return ps
	}
	for _, p := range c.limits.Packages {
		if p.Covers(c.limits.Root, file) || p.Import == c.pass.Pkg.Path() {
			ps = append(ps, p)
		}
	}
	return ps
}

// require reports a function without a directive that it must carry.
func (c *checker) require(f *funcs.Func, p limits.Package) {
	if f.Obj == nil || f.StartsUp() || !p.All && !exported(f) {
		return
	}
	for _, word := range p.Require {
		if c.pass.Hotness.Contract(f.Node, directive.Kind(word)) == nil {
			c.missing(f, p, word)
		}
	}
}

// exported reports whether f can be called, or a method be found, from outside.
func exported(f *funcs.Func) bool {
	if !f.Obj.Exported() {
		return false
	}
	decl := f.Node.(*ast.FuncDecl)
	return decl.Recv == nil || ast.IsExported(receiver(decl.Recv.List[0].Type))
}

// receiver returns the name of a receiver's type.
func receiver(t ast.Expr) string {
	switch t := ast.Unparen(t).(type) {
	case *ast.StarExpr:
		return receiver(t.X)
	case *ast.IndexExpr:
		return receiver(t.X)
	case *ast.IndexListExpr:
		return receiver(t.X)
	case *ast.Ident:
		return t.Name
	}
	return ""
}

// forbid reports what f does that it must not.
func (c *checker) forbid(f *funcs.Func, p limits.Package) {
	kinds := c.kinds(p)
	if kinds == 0 || f.StartsUp() {
		return
	}
	waits := kinds &^ effects.SetOf(effects.Alloc)
	for _, v := range c.violations(f, waits, p) {
		c.forbidden(f, p, v)
	}
	if kinds.Has(effects.Alloc) {
		c.allocates(f, p)
	}
}

// A violation is a place by which a function comes to what is forbidden.
type violation struct {
	witness.Place
	effects []effects.Effect
}

// violations returns one for each place in the source. Of what one call may turn out to
// be, the surest counts.
func (c *checker) violations(f *funcs.Func, kinds effects.Set, p limits.Package) []violation {
	var vs []violation
	index := make(map[token.Pos]int)
	for _, at := range c.witness.Places(f.Node, kinds, c.holds(p)) {
		v := violation{at, c.counts(at.Effects)}
		if len(v.effects) == 0 {
			continue
		}
		i, seen := index[at.Pos]
		switch {
		case !seen:
			index[at.Pos] = len(vs)
			vs = append(vs, v)
		case rule.Higher(c.tier(vs[i]), c.tier(v)) != c.tier(vs[i]):
			vs[i] = v
		}
	}
	return vs
}

// kinds are those that p forbids; under strict, with whatever way of waiting, what
// cannot be told.
func (c *checker) kinds(p limits.Package) effects.Set {
	kinds := p.Forbidden()
	if c.pass.Hotness.Strict && kinds&effects.Blocking != 0 {
		kinds |= effects.SetOf(effects.Unknown)
	}
	return kinds
}

// holds returns what reports whether p holds a function of the package.
func (c *checker) holds(p limits.Package) func(ast.Node) bool {
	return func(fn ast.Node) bool {
		f := c.pass.Funcs.Of(fn)
		return f != nil && !f.StartsUp() && slices.ContainsFunc(c.under[fn], func(q limits.Package) bool { return q.Path == p.Path && q.Import == p.Import })
	}
}

// counts leaves out what is the caller's doing.
func (c *checker) counts(es []effects.Effect) []effects.Effect {
	if c.pass.Hotness.Strict {
		return es
	}
	return slices.DeleteFunc(slices.Clone(es), func(e effects.Effect) bool { return e.ByCaller })
}

// allocates reports what f allocates, and what calls of other packages do.
func (c *checker) allocates(f *funcs.Func, p limits.Package) {
	if c.counted == nil {
		c.counted = costs.New(c.pass.Pass, func(fn ast.Node) bool { return c.under[fn] != nil })
		if costs.Uncompiled(c.pass.Pass) {
			c.pass.Unchecked("the compiler was not asked what functions of %s move to the heap, so that alloc is forbidden there is checked in part", c.pass.Pkg.Path())
		}
	}
	for _, a := range c.counted.Allocs(f.Node) {
		c.allocation(f, p, a)
	}
	seen := make(map[token.Pos]bool)
	for _, k := range c.counted.Calls(f.Node, c.holds(p)) {
		if !seen[k.Pos] {
			seen[k.Pos] = true
			c.forbidden(f, p, violation{k.Place, []effects.Effect{k.Effect}})
		}
	}
}
