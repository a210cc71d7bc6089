package analyzers

import (
	"github.com/lagvet/lagvet/analyzers/budget"
	"github.com/lagvet/lagvet/analyzers/ctxless"
	"github.com/lagvet/lagvet/analyzers/gounbounded"
	"github.com/lagvet/lagvet/analyzers/heapescape"
	"github.com/lagvet/lagvet/analyzers/hotalloc"
	"github.com/lagvet/lagvet/analyzers/hotblock"
	"github.com/lagvet/lagvet/analyzers/hotcall"
	"github.com/lagvet/lagvet/analyzers/hotdefer"
	"github.com/lagvet/lagvet/analyzers/initperreq"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lockblock"
	"github.com/lagvet/lagvet/analyzers/policy"
	"github.com/lagvet/lagvet/analyzers/stw"
	"github.com/lagvet/lagvet/analyzers/tickerleak"
)

// A Rule is an analyzer and what the catalogue says of it.
type Rule = rule.Rule

// All returns the rules in the order of the catalogue.
func All() []*Rule {
	return []*Rule{
		ctxless.Rule,
		gounbounded.Rule,
		lockblock.Rule,
		tickerleak.Rule,
		heapescape.Rule,
		hotalloc.Rule,
		hotdefer.Rule,
		hotblock.Rule,
		hotcall.Rule,
		stw.Rule,
		initperreq.Rule,
		budget.Rule,
		policy.Rule,
	}
}
