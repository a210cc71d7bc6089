package config

import (
	"encoding/json"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/limits"
)

// Limits returns what rules are told of budgets and of policies for packages, as the
// flag of the analyzer that tells them takes it: empty if there are none.
func (a Analysis) Limits() (string, error) {
	if len(a.Budgets)+len(a.Packages) == 0 {
		return "", nil
	}
	data, err := json.Marshal(Analysis{Budgets: a.Budgets, Packages: a.Packages, Root: a.Root})
	if err != nil {
		return "", fmt.Errorf("encoding what functions may cost: %w", err)
	}
	return string(data), nil
}

// AsksCompiler reports whether a package may hold a function of which only the
// compiler can tell whether it keeps to its budget, or to the policy for its package.
// The names of the files are absolute.
func (a Analysis) AsksCompiler(importPath string, files []string) (bool, error) {
	var names []string
	for _, b := range a.Budgets {
		if limits.Budget(b).CountsAllocs() {
			names = append(names, b.Func)
		}
	}
	if asks, err := hotpath.MayBeHot(importPath, nil, nil, strings.Join(names, ",")); asks || err != nil {
		return asks, err
	}
	for _, p := range a.Packages {
		l := limits.Package(p)
		if l.ForbidsAlloc() && slices.ContainsFunc(files, func(f string) bool { return l.Covers(a.Root, f) }) {
			return true, nil
		}
	}
	return false, nil
}

// Names reports whether the budget is one of fn.
func (b Budget) Names(fn *types.Func) bool { return hotpath.Names(b.Func, fn) }
