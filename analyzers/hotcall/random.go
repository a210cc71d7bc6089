package hotcall

import (
	"go/types"
	"go/version"

	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// The releases that changed the generator behind the functions of math/rand, as
// the GODEBUG history of the Go documentation has them.
const (
	ownPerThread = "go1.20" // each thread has its own, unless the program seeds them (randautoseed)
	seedIgnored  = "go1.24" // seeding does nothing (randseednop)
)

// lockedRandom returns why the functions of math/rand take a lock in this
// program, "" if nothing shows that they do, and whether that is sure. The main
// module's go line decides; of a package that is not part of it only its own is
// known.
func (c *checker) lockedRandom() (why string, sure bool) {
	v := c.pass.Pkg.GoVersion()
	switch {
	case v == "" || version.Compare(v, seedIgnored) >= 0:
		return "", false
	case c.seeds():
		return "since this package calls rand.Seed", true
	case version.Compare(v, ownPerThread) < 0:
		return "if a Go before 1.20 builds it", false
	}
	return "", false
}

// seeds reports whether the package seeds the generator that all share.
func (c *checker) seeds() bool {
	for _, f := range c.pass.Funcs.Funcs {
		for _, k := range f.Out {
			if isGlobal(k.Func) && k.Func.Name() == "Seed" {
				return true
			}
		}
	}
	return false
}

// isGlobal reports whether fn uses the generator that all share.
func isGlobal(fn *types.Func) bool {
	if fn == nil || fn.Pkg() == nil || fn.Pkg().Path() != "math/rand" || fn.Signature().Recv() != nil {
		return false
	}
	switch fn.Name() {
	case "New", "NewSource", "NewZipf":
		return false
	}
	return true
}

// random reports what a hot function draws from the generator that all share.
// Its effects say nothing of the lock: with the toolchain in use there is none.
func (c *checker) random(f *funcs.Func, why string, sure bool) {
	for _, k := range f.Out {
		if k.Mode == funcs.Go || !isGlobal(k.Func) || k.Func.Name() == "Seed" {
			continue
		}
		hot := c.pass.Hotness.HotAt(k.Site.Pos())
		if hot == nil {
			continue
		}
		found := &call{what: costly.Call{Kind: costly.Shares, Light: !sure}, name: k.FullName(), hot: hot}
		found.Pos, found.End, found.Call = k.Site.Pos(), k.Site.End(), k.Site
		if found.rare = c.rare(found); silent(found.rare) {
			continue
		}
		finding := c.finding(found)
		finding.Message += " (" + why + ")"
		if finding.Tier == rule.Proven {
			finding.Tier = rule.Likely // whether others draw at the same time is not known
		}
		c.pass.Report(finding)
	}
}
