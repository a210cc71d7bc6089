package engine

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A sheet is what one unit says of a package.
type sheet struct {
	unit string
	*timesheet.Sheet
}

// takeSheet reads what [timesheet.Analyzer] says of a unit. Those of packages that were
// not asked for count: they are what the others call.
func (t *translator) takeSheet(d found) {
	s, err := timesheet.Decode(d.Category)
	if err != nil {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: %v", d.unit, err), Remedy: reportBug})
		return
	}
	if s.Failed != "" {
		t.problems = append(t.problems, finding.Problem{Message: fmt.Sprintf("%s: what it answers and asks is not known: %s", s.Package, s.Failed), Remedy: reportBug})
		return
	}
	t.sheets = append(t.sheets, sheet{d.unit, s})
}

// settleSheets puts sheets in order, and keeps one of each package: a variant for tests
// says again what the package says, and comes behind it.
func settleSheets(all []sheet) []*timesheet.Sheet {
	slices.SortStableFunc(all, func(a, b sheet) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.unit, b.unit))
	})
	var kept []*timesheet.Sheet
	for i, s := range all {
		if i == 0 || s.Package != all[i-1].Package {
			kept = append(kept, s.Sheet)
		}
	}
	return kept
}
