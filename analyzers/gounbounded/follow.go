package gounbounded

import (
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// maxDepth is how many calls up a spawn is followed. Further away, what a
// caller does once per message seldom starts one goroutine per message.
const maxDepth = 3

// A verdict is what is known of a spawn's number: where it multiplies, and how
// that place leads to it.
type verdict struct {
	source
	steps []rule.Step
}

// judge follows the spawn through its callers to what multiplies it, and
// returns the surest verdict; nil if everything that leads to it is bounded.
// What callers in other packages would have to tell is returned as sites.
func (f *finder) judge(s *spawn) (*verdict, []export) {
	var best *verdict
	var exports []export
	first := f.frame(s)
	if s.site != nil {
		first = f.outside(s)
	}
	seen := map[*funcs.Func]bool{first.fn: true}
	for queue := []*frame{first}; len(queue) > 0; queue = queue[1:] {
		fr := queue[0]
		v, open := f.weigh(fr)
		if v != nil && (best == nil || surer(v.tier, best.tier)) {
			best = v
		}
		if best != nil && best.tier == rule.Likely || !open {
			continue
		}
		if e := f.export(fr); e != nil {
			exports = append(exports, *e)
		}
		if fr.depth >= maxDepth {
			continue
		}
		for _, up := range f.callers(fr) {
			if !seen[up.fn] {
				seen[up.fn] = true
				queue = append(queue, up)
			}
		}
	}
	return best, exports
}

func surer(a, b rule.Tier) bool { return a == rule.Likely && b != rule.Likely }

// weigh judges one frame: what multiplies the spawn there, and whether its
// callers multiply it further.
func (f *finder) weigh(fr *frame) (best *verdict, open bool) {
	if f.gated(fr) {
		return nil, false
	}
	registered := f.registered(fr)
	consider := func(src *source) {
		if src == nil {
			return
		}
		if src.tier == rule.Likely && (fr.s.kept || fr.maybe || registered) {
			src.tier = rule.Suspected
		}
		if best == nil || surer(src.tier, best.tier) {
			steps := append(fr.steps[:len(fr.steps):len(fr.steps)], rule.Step{Pos: src.pos, Text: src.text})
			best = &verdict{source: *src, steps: steps}
		}
	}
	var param *collection
	if fr.each != nil {
		c := f.provenance(fr, fr.each, fr.whole)
		if c.kind == sizes.Param && !c.asked {
			param = &c
		} else {
			consider(c.source(fr.node.Pos()))
		}
		fr.each = nil
	}
	if fr.calls {
		for _, l := range f.loops(fr) {
			src, p := f.loop(fr, l)
			consider(src)
			if p != nil && param == nil {
				param = p
			}
		}
		if f.joined(fr) {
			fr.calls = false
		}
	}
	if fr.calls {
		consider(f.request(fr))
	}
	if param != nil {
		fr.each, fr.whole = param.expr, param.whole
		consider(param.source(fr.node.Pos()))
	}
	return best, fr.calls || fr.each != nil
}

// request returns the request that the frame's function serves, if it is a handler.
func (f *finder) request(fr *frame) *source {
	r := f.Hotness.Root(fr.fn.Node)
	if r == nil || len(r.Via) > 0 {
		return nil
	}
	if fr.conn || f.hasConn(fr.fn, f.reach(fr)) {
		return f.connection(fr.fn.Node, "connection that the handler was given")
	}
	src := &source{kind: "request", tier: rule.Likely, pos: fr.fn.Node.Pos(), text: "once per request: " + r.Detail}
	if !f.carries(fr) {
		src.tier = rule.Suspected
	}
	return src
}

// hasConn reports whether a connection or stream is among the variables of
// fn. A goroutine that is given one serves it and ends with it.
func (f *finder) hasConn(fn *funcs.Func, vars dataflow.Vars) bool {
	for v := range vars {
		if f.isConn(v.Type()) || f.isStream(v.Type()) {
			return true
		}
	}
	return false
}

// carries reports whether something of the handler's request reaches the goroutine.
func (f *finder) carries(fr *frame) bool {
	from := f.reach(fr)
	for i := range fr.fn.Sig.Params().Len() {
		p := fr.fn.Sig.Params().At(i)
		if from[p] && !isContext(p.Type()) {
			return true
		}
	}
	return false
}

func isContext(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Name() == "Context" && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}
