package hotalloc

import (
	"fmt"
	"go/ast"

	"github.com/lagvet/lagvet/analyzers/effects"
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
	tier, ok := c.allocs.Call(p, e)
	k := call{p, e, tier}
	if !ok {
		return k, false // heapescape says it
	}
	if promise != nil {
		return k, true
	}
	ok = k.tier == rule.Likely && e.Certainty == effects.Proven && c.foreign(p) &&
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
		Message:   fmt.Sprintf("%s is noalloc and calls %s, which %s", name, c.allocs.Called(k.Place), can(k.effect)),
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
	if c.allocs.Doubtful(e) {
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
		Message:   fmt.Sprintf("%s can allocate %s", c.allocs.Called(k.Place), c.allocs.How(k.Pos)),
		Cause:     "calls " + k.Func,
		Primitive: c.witness.Primitive(k.effect),
		Chain:     c.witness.Chain(k.effect),
		Mend:      callMend,
		Hot:       c.pass.Hotness.HotAt(k.Pos),
	})
}

const callMend = "call what takes a buffer from the caller, keep the result, or say that it does not count: //lagvet:assume none -- why"

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
