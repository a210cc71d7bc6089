package lockorder

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// kept reports the ways on which a function comes to take a lock that it has, and
// those on which it returns with one that nobody will release.
func (f *finder) kept() {
	unlockers := f.unlockers()
	for _, fn := range f.fns {
		ways := f.sections.Ways(fn)
		for _, w := range ways {
			o := objectOf(w.Lock)
			if call, ok := w.End.(ssa.CallInstruction); ok && o.fixed() && !o.replaced(fn) && !o.fresh(call) && !f.told[call] {
				f.told[call] = true
				f.reportWay(w, call)
			}
		}
		for _, w := range ways {
			if ret, ok := w.End.(*ssa.Return); ok && !f.told[w.Take] {
				if tier := f.forgotten(fn, w, unlockers); tier != "" {
					f.reportReturn(w, ret, tier)
				}
			}
		}
	}
}

// unlockers returns the locks that some function releases which does not take
// them: that is what a function which returns with such a lock relies on.
func (f *finder) unlockers() map[*types.Var]bool {
	type in struct {
		fn   *ssa.Function
		lock *types.Var
	}
	takes := make(map[in]bool)
	for _, fn := range f.fns {
		for _, call := range f.callsOf[fn] {
			for _, a := range f.sections.Acquires(call) {
				takes[in{outermost(fn), a.Lock.Var}] = true
			}
		}
	}
	found := make(map[*types.Var]bool)
	for _, fn := range f.fns {
		for _, l := range f.sections.Unlocks(fn) {
			if !takes[in{outermost(fn), l.Var}] {
				found[l.Var] = true
			}
		}
	}
	return found
}

// lockNames are those of functions that are meant to return with a lock.
var lockNames = pattern.New(`(?i)^r?(lock|acquire|begin|enter|freeze|pause|hold)|(lock|locked|acquire)$`)

// forgotten returns how sure it is that a lock which is held at a return is to be
// released by nobody.
func (f *finder) forgotten(fn *ssa.Function, w sections.Way, unlockers map[*types.Var]bool) rule.Tier {
	v := w.Lock.Var
	if v == nil || objectOf(w.Lock).fresh(w.End) || !w.Elsewhere {
		return ""
	}
	meant := fn.Parent() == nil && lockNames.MatchString(fn.Name())
	switch {
	case fn.Parent() == nil && (fn.Name() == "Lock" || fn.Name() == "RLock"):
		return ""
	case unlockers[v] && meant:
		return ""
	case f.byHelper(w.Take), unlockers[v], f.outside(v) && (meant || fn.Signature.Results().Len() > 0):
		return rule.Suspected
	}
	return rule.Likely
}

// outside reports whether code of other packages can release a lock.
func (f *finder) outside(v *types.Var) bool {
	if f.Pkg.Name() == "main" || v.Pkg() != f.Pkg {
		return v.Pkg() != f.Pkg
	}
	return v.Exported()
}

func (f *finder) reportWay(w sections.Way, call ssa.CallInstruction) {
	then, doubt := w.Shared, ""
	if f.byHelper(w.Take) {
		doubt = helped
	}
	for _, a := range f.sections.Acquires(call) {
		then = a.Shared
	}
	chain := []rule.Step{
		{Pos: w.Take.Pos(), Text: "takes " + w.Lock.Name},
		{Pos: call.Pos(), Text: "comes to take it again, with no Unlock on the way"},
	}
	f.tellAgain(call, doubt, w.Lock.Var, w.Lock.Name, w.Shared, then, chain)
}

func (f *finder) reportReturn(w sections.Way, ret *ssa.Return, tier rule.Tier) {
	pos, end := f.place(w.Take)
	where := ret.Pos()
	if !where.IsValid() {
		where = pos
	}
	message := fmt.Sprintf("%s is not released on every way out: whoever takes it after such a return waits for ever", w.Lock.Name)
	if tier == rule.Suspected {
		message += "; only suspected: it may be up to the caller"
	}
	f.Report(rule.Finding{
		Pos: pos, End: end,
		Tier:      tier,
		Message:   message,
		Cause:     "kept: " + w.Lock.Name,
		Primitive: primitive(w.Shared),
		Chain:     []rule.Step{{Pos: w.Take.Pos(), Text: "takes " + w.Lock.Name}, {Pos: where, Text: "returns and has not released it"}},
		Mend:      "release it before this return, or defer the release where it is taken",
	})
}
