package modules

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/maturity/verdict"
)

func sortedVersions[V any](m map[module.Version]V) []module.Version {
	return slices.SortedFunc(maps.Keys(m), func(a, b module.Version) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), semver.Compare(a.Version, b.Version), cmp.Compare(a.Version, b.Version))
	})
}

// old reports whether a go line is older than Go 1.minor.
func old(version string, minor int) bool {
	v, ok := parseGo(version)
	return ok && v.minor < minor
}

// replacement is what a module's own go.mod puts in the place of another.
func (m *Module) replacement(mod module.Version) (module.Version, bool) {
	for _, p := range m.File.Replace {
		if p.Old.Path == mod.Path && (p.Old.Version == "" || p.Old.Version == mod.Version) {
			return p.New, true
		}
	}
	return module.Version{}, false
}

// Drift checks that the files that fix dependencies agree: [Result.SumComplete],
// [Result.VendorAgrees] and [Result.VersionsAgree] in one.
func (r *Result) Drift() verdict.Result {
	var good []verdict.Place
	var said []string
	all := []verdict.Result{r.SumComplete(), r.VendorAgrees(), r.VersionsAgree()}
	for _, status := range []verdict.Status{verdict.Fail, verdict.Unknown} {
		for _, v := range all {
			if v.Status == status {
				return v
			}
		}
	}
	for _, v := range all {
		if v.Status == verdict.Pass {
			good = append(good, v.Proofs...)
			said = append(said, v.Reason)
		}
	}
	if len(said) == 0 {
		return all[0]
	}
	return verdict.Passed(strings.Join(said, ", "), good...)
}

// SumComplete checks that go.sum has a hash for each requirement of go.mod.
func (r *Result) SumComplete() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var bad, good []verdict.Place
	for _, m := range r.Modules {
		if m.noSums {
			continue
		}
		lacks := m.sumless()
		bad = append(bad, lacks...)
		if len(lacks) == 0 && len(m.sums) > 0 {
			good = append(good, verdict.Place{File: path.Join(m.Dir, "go.sum"), Line: 1, Text: verdict.Count(len(m.sums), "hash", "hashes")})
		}
	}
	if len(bad) == 0 {
		if v, ok := r.unread("go.sum", "go.work.sum"); ok {
			return v
		}
		if v, ok := r.unread("go.mod"); ok {
			return v
		}
		if len(good) == 0 {
			return verdict.Needless("no module requires another, so that there is nothing to have a hash of")
		}
	}
	return r.judge(bad, nil, good,
		"go.sum lacks what go.mod requires: run go mod tidy", "",
		"go.sum has a hash for each requirement of go.mod")
}

// sumless are the requirements of a module that go.sum has no hash of. What lies in
// the repository needs none.
func (m *Module) sumless() []verdict.Place {
	w := m.work
	var bad []verdict.Place
	for _, q := range m.File.Require {
		mod := q.Mod
		if to, ok := m.replacement(mod); ok {
			mod = to
		}
		if mod.Version == "" || w.uses(q.Mod.Path) {
			continue
		}
		forMod := module.Version{Path: mod.Path, Version: mod.Version + "/go.mod"}
		if m.sums[mod] || m.sums[forMod] || w != nil && (w.sums[mod] || w.sums[forMod]) {
			continue
		}
		p := at(m.name, q.Syntax)
		p.Text = mod.String() + " has no hash in " + path.Join(m.Dir, "go.sum")
		bad = append(bad, p)
	}
	return bad
}

// uses reports whether a module is one of the workspace's.
func (w *Workspace) uses(path string) bool {
	return w != nil && w.paths[path]
}

// VersionsAgree checks that the modules of the repository that are shipped require a
// common dependency in one version. Only those that one of them requires directly
// count. Failing, it lists each that is not, with the places.
func (r *Result) VersionsAgree() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	type use struct {
		mod   module.Version
		place verdict.Place
	}
	uses := make(map[string][]use)
	direct := make(map[string]bool)
	own := make(map[string]bool)
	for _, m := range r.Modules {
		own[m.Path()] = true
	}
	for _, m := range r.shipped() {
		for _, q := range m.File.Require {
			if own[q.Mod.Path] {
				continue
			}
			mod := q.Mod
			if to, ok := m.replacement(mod); ok {
				mod = to
			}
			if mod.Version == "" {
				continue // it lies in the repository
			}
			if !q.Indirect {
				direct[q.Mod.Path] = true
			}
			uses[q.Mod.Path] = append(uses[q.Mod.Path], use{mod, at(m.name, q.Syntax)})
		}
	}
	var bad, good []verdict.Place
	drifting := 0
	for _, p := range slices.Sorted(maps.Keys(uses)) {
		all := uses[p]
		if len(all) < 2 || !direct[p] {
			continue
		}
		if !slices.ContainsFunc(all, func(u use) bool { return u.mod != all[0].mod }) {
			good = append(good, all[0].place)
			continue
		}
		drifting++
		for _, u := range all {
			bad = append(bad, u.place)
		}
	}
	if len(bad) == 0 && len(good) == 0 {
		if v, ok := r.unread("go.mod"); ok {
			return v
		}
		if len(r.shipped()) == 1 {
			return verdict.Needless("one module is shipped from here, which has no other to differ from")
		}
		return verdict.Needless("the modules of the repository have no dependency in common")
	}
	return r.judge(bad, nil, good,
		fmt.Sprintf("modules of the repository require %s in different versions", verdict.Count(drifting, "common dependency", "common dependencies")), "",
		"modules of the repository require common dependencies in one version")
}
