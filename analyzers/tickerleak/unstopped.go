package tickerleak

import (
	"go/ast"
	"go/types"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/owners"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
)

// unstopped reports v if it is not stopped on some path, where a timer that is
// not stopped stays: before Go 1.23.
func (c *checker) unstopped(v *lifetimes.Value) {
	p := c.lives.Unreleased(v)
	if own := v.Any(lifetimes.Own); own != nil {
		p = c.lives.Replaced(v)
		if p == nil {
			c.field(v, own)
			return
		}
	}
	if p == nil || c.process(c.lives.Origin(v.Func, true)) && !p.Replaced.IsValid() {
		return
	}
	tier := rule.Proven
	if v.Kind == lifetimes.Timer {
		tier = c.retained(v, p)
	}
	if tier == "" {
		return
	}
	c.Report(rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      tier,
		Message:   message(v, p),
		Cause:     "not stopped on a path",
		Primitive: v.New,
		Chain:     []rule.Step{lost(p)},
		Mend:      mend(v),
		Fixes:     c.fixes(v),
	})
}

func message(v *lifetimes.Value, p *lifetimes.Path) string {
	switch {
	case v.Kind == lifetimes.Timer:
		return "timer is not stopped on some path: before Go 1.23 it stays in the heap, with all that it refers to, until it fires"
	case v.Kind == lifetimes.Tick:
		return "time.Tick has no Stop: before Go 1.23 its ticker fires for ever, also after this function has returned"
	case p.Replaced.IsValid():
		return "ticker is replaced by another without Stop: before Go 1.23 each one fires for ever"
	}
	return "ticker is not stopped on some path: before Go 1.23 it fires for ever, also after this function has returned"
}

func mend(v *lifetimes.Value) string {
	if v.Kind == lifetimes.Tick {
		return "use time.NewTicker and defer its Stop"
	}
	return "defer its Stop after the creation, or stop it on every path"
}

func lost(p *lifetimes.Path) rule.Step {
	if p.Replaced.IsValid() {
		return step(p.Replaced, "takes its place")
	}
	return step(p.Return, "returns without Stop")
}

// field reports a ticker in a field of which nothing calls Stop.
func (c *checker) field(v *lifetimes.Value, own *lifetimes.Use) {
	if v.Kind == lifetimes.Timer || v.Any(lifetimes.Release) != nil || c.elsewhere(v) {
		return
	}
	if c.process(c.lives.Origin(v.Func, true)) {
		return
	}
	f := rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Suspected,
		Message:   "ticker is kept in " + own.To.Name() + ", and nothing stops it: before Go 1.23 it fires for ever, also when its owner is gone",
		Cause:     "field never stopped",
		Primitive: v.New,
		Mend:      "stop it in the method that ends its owner",
	}
	if end := owners.EndOf(c.Pkg, c.owner(own.To)); end != nil {
		f.Tier = rule.Likely
		f.Chain = append(f.Chain, step(end.Pos(), "ends the owner and does not stop the ticker"))
	}
	c.Report(f)
}

// owner returns the type of the package that has the given field, or nil.
func (c *checker) owner(field *types.Var) types.Type {
	scope := c.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok {
			continue
		}
		st, ok := tn.Type().Underlying().(*types.Struct)
		if ok && slices.Contains(slices.Collect(st.Fields()), field) {
			return tn.Type()
		}
	}
	return nil
}

// retained returns how bad it is that a timer stays until it fires: it counts
// if that is long, or if they pile up.
func (c *checker) retained(v *lifetimes.Value, p *lifetimes.Path) rule.Tier {
	d, known := duration(c.Pass, v.Site)
	known = known && v.Any(lifetimes.Rearm) == nil
	switch {
	case known && d < time.Second:
		return ""
	case p.Replaced.IsValid(), known && d >= time.Minute:
		return rule.Likely
	}
	return rule.Suspected
}

// duration returns the constant duration that a timer is created with.
func duration(pass *rule.Pass, site *ast.CallExpr) (time.Duration, bool) {
	if len(site.Args) == 0 {
		return 0, false
	}
	return timing.Constant(pass.TypesInfo, site.Args[0])
}
