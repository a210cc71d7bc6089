package allocs

import (
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// Call says how sure it is that the call at p allocates as e says. It returns false
// if the compiler has inlined it all and says what escapes at the call: then
// [Index.Escape] has it.
func (x *Index) Call(p witness.Place, e effects.Effect) (rule.Tier, bool) {
	tier := rule.Likely
	if p.Cold || x.Doubtful(e) || x.grows(p, e) {
		tier = rule.Suspected
	}
	if x.inlined(p, e) {
		if x.escapesAt(p) {
			return tier, false
		}
		tier = rule.Suspected
	}
	return tier, true
}

// Doubtful reports whether an allocation that a call leads to need not happen in
// it: on the way to an error, as the caller or the compiler decides, when a buffer
// is full that is kept, or when a pool is empty.
func (x *Index) Doubtful(e effects.Effect) bool {
	return e.Cold || e.ByCaller || e.Certainty == effects.Suspected || amortised(e) || pooled(e)
}

// amortised reports whether an allocation happens only when something is full
// that its owner keeps: of buffers that are used again that is rare.
func amortised(e effects.Effect) bool {
	last := ""
	for s := range e.Chain.All {
		last = s.Func
	}
	return e.Certainty == effects.SizeDependent && (last == "append" || last == "map assignment")
}

// pooled reports whether the chain of e leads through what takes from a pool, by
// its name: it makes what there is none of.
func pooled(e effects.Effect) bool {
	for s := range e.Chain.All {
		if pool.MatchString(s.Func) {
			return true
		}
	}
	return false
}

var pool = pattern.New(`[Pp]ool\)?\.([Gg]et|[Aa]cquire|[Bb]orrow|[Tt]ake)\w*$`)

// grows reports whether what is called makes a slice that it is given larger and
// returns it: it allocates when there is no room, like append. One that makes a
// slice for sure has to say so by its name: others return a copy.
func (x *Index) grows(p witness.Place, e effects.Effect) bool {
	sig, ok := types.Unalias(x.pass.TypesInfo.TypeOf(p.Call.Fun)).Underlying().(*types.Signature)
	if !ok || e.Certainty == effects.Proven && !grower.MatchString(x.Called(p)) {
		return false
	}
	for in := range sig.Params().Variables() {
		for out := range sig.Results().Variables() {
			if _, slice := in.Type().Underlying().(*types.Slice); slice && types.Identical(in.Type(), out.Type()) {
				return true
			}
		}
	}
	return false
}

var grower = pattern.New(`(?i)(^|\.)(append|extend|ensure|grow|reserve|resize)\w*$`)

// Called names what is called at p, as the call has it if that is short enough.
func (x *Index) Called(p witness.Place) string {
	if k := x.pass.Funcs.Call(p.Call); k != nil && k.Func != nil && !k.Dynamic {
		return x.witness.Short(k.FullName())
	}
	return rule.Brief(types.ExprString(p.Call.Fun))
}

// inlined reports whether the compiler has inlined all of the chain of e at the
// call, so that it has judged what is at the end.
func (x *Index) inlined(p witness.Place, e effects.Effect) bool {
	here := make(map[string]bool)
	for _, d := range x.Report.At(p.Call.Lparen) {
		if d.Kind == escape.Inlined {
			here[plain(d.Subject)] = true
		}
	}
	for s := range e.Chain.All {
		switch {
		case s.Next == nil:
			return s.Func != "make(chan)" && s.Func != "map assignment"
		case !here[plain(s.Func)]:
			return false
		}
	}
	return false
}

// plain reduces the name of a function, as the compiler or as package types
// prints it, to what both have: "bytes.Buffer.Write".
func plain(name string) string {
	name = strings.NewReplacer("(", "", ")", "", "*", "").Replace(name)
	return name[strings.LastIndexByte(name, '/')+1:]
}

// escapesAt reports whether the compiler says that what is inlined at a call puts
// something on the heap.
func (x *Index) escapesAt(p witness.Place) bool {
	for _, d := range x.Report.At(p.Call.Lparen) {
		if _, ok := x.Speaks(d); ok {
			return true
		}
	}
	return false
}
