// Package limits tells rules what the configuration allows functions and packages to
// cost: its budgets, and what its policy requires and forbids in packages.
//
// [Analyzer] takes them by its flag, in JSON. Rules budget and policy require it. It
// stands apart from package config, which knows the rules, and has its own types for
// what that package reads.
package limits

import (
	"encoding/json"
	"fmt"
	"go/types"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// Limits are what the configuration says. The zero value limits nothing.
type Limits struct {
	Budgets  []Budget  `json:"budgets,omitempty"`
	Packages []Package `json:"packages,omitempty"`
	Root     string    `json:"root,omitempty"` // absolute; what the paths of Packages are relative to
}

// A Budget limits what functions may cost.
type Budget struct {
	Func    string   `json:"func"`             // full name, or a pattern
	Allocs  *int     `json:"allocs,omitempty"` // allocations a call; nil: no limit
	Defers  *int     `json:"defers,omitempty"` // defers a call; nil: no limit
	Effects []string `json:"effects"`          // the kinds permitted; nil: any
}

// CountsAllocs reports whether only the compiler can tell whether the budget is kept.
func (b Budget) CountsAllocs() bool {
	return b.Allocs != nil || b.Effects != nil && !slices.Contains(b.Effects, effects.Alloc.String())
}

// A Package is a policy for the packages below a path.
type Package struct {
	Path    string   `json:"path,omitempty"`   // glob; see [policy.Match]
	Import  string   `json:"import,omitempty"` // or one package by its import path
	Require []string `json:"require,omitempty"`
	All     bool     `json:"all,omitempty"` // Require is about every function, or else about exported ones
	Forbid  []string `json:"forbid,omitempty"`
	Reason  string   `json:"reason,omitempty"`
}

// contracts are the names of contracts, and the effects that they forbid.
var contracts = map[string]effects.Set{
	"nonblocking": effects.Blocking,
	"noalloc":     effects.SetOf(effects.Alloc),
}

// Contracts returns the words that stand for all that a contract forbids.
func Contracts() []string { return []string{"noalloc", "nonblocking"} }

// Forbidden returns the kinds of effects that p forbids.
func (p Package) Forbidden() effects.Set {
	var set effects.Set
	for _, word := range p.Forbid {
		if k, ok := effects.ParseKind(word); ok {
			set |= effects.SetOf(k)
		}
		set |= contracts[word]
	}
	return set
}

// ForbidsAlloc reports whether only the compiler can tell whether p is kept.
func (p Package) ForbidsAlloc() bool { return p.Forbidden().Has(effects.Alloc) }

// Covers reports whether p is about the code in a file, whose name is absolute.
func (p Package) Covers(root, file string) bool {
	if p.Path == "" {
		return false
	}
	rel, err := filepath.Rel(root, file)
	return err == nil && filepath.IsLocal(rel) && policy.Match(p.Path, filepath.ToSlash(rel))
}

// In returns the budgets that may be of a function of a package.
func (l *Limits) In(pkg *types.Package) Limits {
	in := *l
	in.Budgets = slices.DeleteFunc(slices.Clone(l.Budgets), func(b Budget) bool { return !hotpath.MayName(b.Func, pkg) })
	return in
}

// Budget returns what limits fn: of each kind the limit that names it most closely,
// its own name going before one with a *, and that before a package's. It returns
// false if nothing does.
func (l *Limits) Budget(fn *types.Func) (b Budget, ok bool) {
	var named []Budget
	for _, c := range l.Budgets {
		if hotpath.Names(c.Func, fn) {
			named = append(named, c)
		}
	}
	// Later ones overwrite earlier ones.
	slices.SortStableFunc(named, func(a, b Budget) int { return closeness(a.Func) - closeness(b.Func) })
	for _, c := range named {
		if c.Allocs != nil {
			b.Allocs = c.Allocs
		}
		if c.Defers != nil {
			b.Defers = c.Defers
		}
		if c.Effects != nil {
			b.Effects = c.Effects
		}
	}
	return b, len(named) > 0
}

// closeness orders patterns: the longer the path of a package, the closer, then names
// with a *, then names.
func closeness(pattern string) int {
	const far = 1 << 20 // longer than any path
	switch {
	case strings.HasSuffix(pattern, "/..."):
		return len(pattern)
	case strings.Contains(strings.TrimPrefix(pattern, "(*"), "*"):
		return far
	}
	return 2 * far
}

// Flag is the flag of [Analyzer] that holds the limits, in JSON.
const Flag = "limits"

// Analyzer hands the limits to the rules. Its result is a *Limits.
var Analyzer = newAnalyzer()

func newAnalyzer() *analysis.Analyzer {
	var text string
	a := &analysis.Analyzer{
		Name:       "lagvetlimits",
		Doc:        "tell rules what functions and packages may cost",
		URL:        "https://github.com/lagvet/lagvet/blob/main/docs/config.md",
		Run:        func(*analysis.Pass) (any, error) { return parse(text) },
		ResultType: reflect.TypeFor[*Limits](),
	}
	a.Flags.StringVar(&text, Flag, "", "budgets, and policies for packages, in `JSON`")
	return a
}

func parse(text string) (*Limits, error) {
	l := new(Limits)
	if text == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(text), l); err != nil {
		return nil, fmt.Errorf("reading what functions may cost: %w", err)
	}
	return l, nil
}
