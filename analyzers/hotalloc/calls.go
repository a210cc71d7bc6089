package hotalloc

import (
	"fmt"
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/escape"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/allocs"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// A call is one that allocates.
type call struct {
	witness.Place
	effect effects.Effect
	tier   rule.Tier
}

// calls reports what f calls and what allocates then: under contract at the
// declaration that carries it, else, where it always does, as a suspicion at
// the call. Of several calls of one function the surest is reported.
func (c *checker) calls(f *funcs.Func) {
	promise := c.allocs.Bound(f.Node)
	var order []string
	best := make(map[string]call)
	for _, p := range c.places(f, promise) {
		k, ok := c.judge(p, promise)
		if !ok {
			continue
		}
		old, seen := best[p.Func]
		if !seen {
			order = append(order, p.Func)
		}
		if !seen || rule.Lower(old.tier, k.tier) != k.tier {
			best[p.Func] = k
		}
	}
	for _, name := range order {
		if promise != nil {
			c.broken(promise, best[name])
		} else {
			c.called(best[name])
		}
	}
}

// places returns where f calls what may allocate, other functions of the package
// that are judged by themselves excepted.
func (c *checker) places(f *funcs.Func, promise *allocs.Promise) []witness.Place {
	judged := func(fn ast.Node) bool { return c.pass.Hotness.Hot(fn) != nil }
	if promise != nil {
		judged = func(fn ast.Node) bool { return c.allocs.Bound(fn) != nil }
	}
	var places []witness.Place
	for _, p := range c.witness.Places(f.Node, effects.SetOf(effects.Alloc, effects.Reflect), judged) {
		if p.Call != nil && p.Effects[0].Kind == effects.Alloc && !c.owned(p) {
			places = append(places, p)
		}
	}
	return places
}

// owned reports whether p is hotcall's: fmt, what is known to be costly, and what
// works by reflection. Making an error is no cost of each call.
func (c *checker) owned(p witness.Place) bool {
	if what, ok := costly.Of(p.Func); ok && !what.Light {
		return true
	}
	if p.Effects[len(p.Effects)-1].Kind == effects.Reflect {
		return true
	}
	k := c.pass.Funcs.Call(p.Call)
	return k != nil && k.Func != nil && k.Func.Pkg() != nil && k.Func.Pkg().Path() == "errors"
}

// judge says how sure it is that p breaks the contract or, without one, that it
// allocates each time.
func (c *checker) judge(p witness.Place, promise *allocs.Promise) (call, bool) {
	e := p.Effects[0]
	k := call{p, e, rule.Likely}
	if e.Cold || p.Cold || e.ByCaller || e.Certainty == effects.Suspected || amortised(e) || pooled(e) || c.grows(p, e) {
		k.tier = rule.Suspected
	}
	if c.inlined(p, e) {
		if c.escapesAt(p) {
			return k, false // heapescape says it
		}
		k.tier = rule.Suspected
	}
	if promise != nil {
		return k, true
	}
	ok := k.tier == rule.Likely && e.Certainty == effects.Proven && c.foreign(p) &&
		c.pass.Hotness.HotAt(p.Pos) != nil && c.allocs.Seldom.Why(p.Pos) == ""
	k.tier = rule.Suspected
	return k, ok
}

// foreign reports whether p surely calls a function of another package. Those of
// this one are hot too, or a profile has not seen them at work.
func (c *checker) foreign(p witness.Place) bool {
	k := c.pass.Funcs.Call(p.Call)
	return k != nil && k.Func != nil && !k.Dynamic && k.Func.Pkg() != c.pass.Pkg
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

var pool = regexp.MustCompile(`[Pp]ool\)?\.([Gg]et|[Aa]cquire|[Bb]orrow|[Tt]ake)\w*$`)

// grows reports whether what is called makes a slice that it is given larger and
// returns it: it allocates when there is no room, like append. One that makes a
// slice for sure has to say so by its name: others return a copy.
func (c *checker) grows(p witness.Place, e effects.Effect) bool {
	sig, ok := types.Unalias(c.pass.TypesInfo.TypeOf(p.Call.Fun)).Underlying().(*types.Signature)
	if !ok || e.Certainty == effects.Proven && !grower.MatchString(c.name(p)) {
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

var grower = regexp.MustCompile(`(?i)(^|\.)(append|extend|ensure|grow|reserve|resize)\w*$`)

// inlined reports whether the compiler has inlined all of the chain of e at the
// call, so that it has judged what is at the end.
func (c *checker) inlined(p witness.Place, e effects.Effect) bool {
	here := make(map[string]bool)
	for _, d := range c.allocs.Report.At(p.Call.Lparen) {
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
func (c *checker) escapesAt(p witness.Place) bool {
	for _, d := range c.allocs.Report.At(p.Call.Lparen) {
		if _, ok := c.allocs.Speaks(d); ok {
			return true
		}
	}
	return false
}

// broken reports a call that breaks a contract.
func (c *checker) broken(promise *allocs.Promise, k call) {
	pos, end := promise.Func.Heading()
	hot := c.pass.Hotness.Hot(promise.Func.Node)
	name := "this func literal"
	if promise.Func.Obj != nil {
		name = c.witness.Short(promise.Func.Obj.FullName())
	}
	var chain []rule.Step
	if hot.By != promise.By { // else it is said already, as what makes the function hot
		chain = said(promise.By)
	}
	chain = append(append(chain, promise.Via...), c.witness.Chain(k.effect)...)
	c.pass.Report(rule.Finding{
		Pos:       pos,
		End:       end,
		Tier:      k.tier,
		Message:   fmt.Sprintf("%s is noalloc and calls %s, which %s", name, c.name(k.Place), can(k.effect)),
		Cause:     "calls " + k.Func,
		Primitive: c.witness.Primitive(k.effect),
		Chain:     chain,
		Mend:      callMend,
		Hot:       hot,
		Allowed:   c.pass.Allow(k.Pos),
	})
}

func said(k *hotpath.Contract) []rule.Step { return []rule.Step{{Posn: k.Posn, Text: k.Said}} }

// conversion reports a function of another package that comes under contract
// where it is converted.
func (c *checker) conversion(conv hotpath.Conversion) {
	e, ok := c.witness.Info.Of(conv.Func).Effect(effects.Alloc)
	if !ok {
		return
	}
	tier := rule.Likely
	if e.Cold || e.ByCaller || e.Certainty == effects.Suspected || amortised(e) || pooled(e) {
		tier = rule.Suspected
	}
	name := c.witness.Short(conv.Func.FullName())
	c.pass.Report(rule.Finding{
		Pos:       conv.Pos,
		End:       conv.End,
		Tier:      tier,
		Message:   fmt.Sprintf("%s is bound to be noalloc here, and %s", name, can(e)),
		Cause:     "converted",
		Primitive: name + ", " + c.witness.Primitive(e),
		Chain:     append(said(conv.Contract), c.witness.Chain(e)...),
		Mend:      callMend,
		Hot:       c.pass.Hotness.HotAt(conv.Pos),
	})
}

// called reports a call in a function that is merely hot.
func (c *checker) called(k call) {
	c.pass.Report(rule.Finding{
		Pos:       k.Pos,
		End:       k.End,
		Tier:      k.tier,
		Message:   fmt.Sprintf("%s can allocate %s", c.name(k.Place), c.allocs.How(k.Pos)),
		Cause:     "calls " + k.Func,
		Primitive: c.witness.Primitive(k.effect),
		Chain:     c.witness.Chain(k.effect),
		Mend:      callMend,
		Hot:       c.pass.Hotness.HotAt(k.Pos),
	})
}

const callMend = "call what takes a buffer from the caller, keep the result, or say that it does not count: //lagvet:assume none -- why"

// name names what is called, as the call has it if that is short enough.
func (c *checker) name(p witness.Place) string {
	if k := c.pass.Funcs.Call(p.Call); k != nil && k.Func != nil && !k.Dynamic {
		return c.witness.Short(k.Func.FullName())
	}
	return rule.Brief(types.ExprString(p.Call.Fun))
}

// can says how sure an allocation is.
func can(e effects.Effect) string {
	switch {
	case e.Cold:
		return "allocates on its way to an error"
	case e.Certainty == effects.Proven && !e.ByCaller:
		return "can allocate"
	case e.Certainty == effects.SizeDependent && !e.ByCaller:
		return "allocates if what it works on is large, or its buffer full"
	}
	return "may allocate"
}
