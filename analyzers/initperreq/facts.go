package initperreq

import (
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A summary is the fact that a function sets something up whenever it is called.
type summary struct{ Setups []setupFact }

// AFact marks a summary as a fact.
func (*summary) AFact() {}

func (s *summary) String() string {
	var b strings.Builder
	b.WriteString("sets up")
	for _, f := range s.Setups {
		b.WriteString(" " + f.Name)
	}
	return b.String()
}

// A setupFact is a setup as a fact holds it.
type setupFact struct {
	Key, Name, Func string // the primitive's full and its short name, and the function that calls it
	Params          uint64
	Fixed, Returned bool
	Chain           []link
}

// A link is a step of a chain.
type link struct {
	Posn token.Position
	Text string
}

// maxSetups is how many setups of one function are told to other packages.
const maxSetups = 3

// export tells the packages that import this one what its functions set up.
func (c *checker) export() {
	if modules.Std(c.Pass.Pass) || !mendable(c.Pass.Pass) || c.Pkg.Name() == "main" {
		return
	}
	for _, f := range c.Funcs.Funcs {
		if f.Obj == nil || !f.Obj.Exported() {
			continue
		}
		var s summary
		for _, u := range c.setups[f] {
			if len(s.Setups) < maxSetups {
				s.Setups = append(s.Setups, c.fact(u))
			}
		}
		if len(s.Setups) > 0 {
			c.ExportObjectFact(f.Obj, &s)
		}
	}
}

// mendable reports whether those who read the findings can mend the package.
func mendable(pass *analysis.Pass) bool { return pass.Module == nil || pass.Module.Version == "" }

func (c *checker) fact(u *setup) setupFact {
	f := setupFact{Key: u.key, Name: u.name, Func: u.fault, Params: u.in.params, Fixed: u.in.fixed, Returned: u.returned}
	for _, s := range u.chain {
		p := s.Posn
		if s.Pos.IsValid() {
			p = c.Fset.Position(s.Pos)
		}
		f.Chain = append(f.Chain, link{p, s.Text})
	}
	return f
}

// imported returns what a function of another package of ours sets up.
func (c *checker) imported(fn *types.Func) []*setup {
	var s summary
	if fn.Pkg() == c.Pkg || !modules.Ours(c.Pass.Pass, fn.Pkg()) || !c.ImportObjectFact(fn, &s) {
		return nil
	}
	var us []*setup
	for _, f := range s.Setups {
		u := &setup{kind: c.kinds.of(f.Key), key: f.Key, name: f.Name, fault: f.Func, in: inputs{params: f.Params, fixed: f.Fixed}, returned: f.Returned}
		for _, l := range f.Chain {
			u.chain = append(u.chain, rule.Step{Posn: l.Posn, Text: l.Text})
		}
		if u.kind != nil {
			us = append(us, u)
		}
	}
	return us
}
