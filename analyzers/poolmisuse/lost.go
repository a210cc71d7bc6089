package poolmisuse

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// lost reports an object that is taken from a pool and not given back.
func (c *checker) lost(v *lifetimes.Value) {
	if slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool { return u.Op == lifetimes.Return }) {
		return // the caller's, at least sometimes
	}
	paths := slices.DeleteFunc(c.lives.Lost(v), func(p *lifetimes.Path) bool { return p.Replaced.IsValid() })
	if len(paths) == 0 || c.onPurpose(v) {
		return
	}
	f := rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Likely,
		Message:   "this object is taken from a pool and not given back on some path: the pool makes another for the next who asks",
		Cause:     "not put on a path",
		Primitive: v.New,
		Mend:      "give it back by a defer, right after it is taken",
	}
	ordinary := slices.DeleteFunc(slices.Clone(paths), func(p *lifetimes.Path) bool { return c.Hotness.Cold(p.Return) })
	switch {
	case !slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool { return u.Op != lifetimes.Read && u.Op != lifetimes.Touch }):
		f.Message = "this object is taken from a pool and never given back: each use makes the pool allocate another, which costs more than no pool"
		f.Cause = "never put"
	case len(ordinary) == 0:
		f.Tier = rule.Suspected
		f.Message += " (but only where there was an error)"
	default:
		paths = ordinary
	}
	if c.Hotness.RootAt(v.Site.Pos()) == nil && c.Hotness.HotAt(v.Site.Pos()) == nil {
		f.Tier = rule.Suspected // what is seldom taken is seldom missed
	}
	for _, p := range paths[:min(len(paths), maxSteps)] {
		f.Chain = append(f.Chain, rule.Step{Pos: p.Return, Text: "returns without giving it back"})
	}
	c.Report(f)
}

// maxSteps is how many ways out are shown.
const maxSteps = 3

// size is by what an object may be judged too large to be kept.
var size = pattern.New(`(?i)^(cap|len|size|available|buffered)$`)

// onPurpose reports whether the function looks at v before it gives it back, or not:
// what has grown too large is better dropped.
func (c *checker) onPurpose(v *lifetimes.Value) bool {
	return slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool {
		switch {
		case u.Op == lifetimes.Touch && size.MatchString(u.Name):
			return true
		case u.Op == lifetimes.Release || u.Op == lifetimes.Hand:
			return c.conditional(v, u)
		}
		return false
	})
}

// conditional reports whether u stands under a condition that mentions what holds v.
func (c *checker) conditional(v *lifetimes.Value, u lifetimes.Use) bool {
	cur, ok := syntax.Find(c.root, u.Node)
	if !ok {
		return false
	}
	for outer := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.FuncDecl)(nil)) {
		s, ok := outer.Node().(*ast.IfStmt)
		if !ok {
			return false
		}
		if u.Via != nil && c.names(s.Cond, u.Via) {
			return true
		}
	}
	return false
}

func (c *checker) names(e ast.Expr, v *types.Var) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && c.TypesInfo.Uses[id] == v
		return !found
	})
	return found
}
