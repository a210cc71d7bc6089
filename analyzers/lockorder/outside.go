package lockorder

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/acquires"
)

// outsider returns what a fact tells of a function of another package, in the form in
// which this package's functions are known, or nil.
func (f *finder) outsider(fn *ssa.Function) *outsider {
	if o, ok := f.outsiders[fn]; ok {
		return o
	}
	f.outsiders[fn] = nil
	obj, ok := fn.Object().(*types.Func)
	if !ok || obj.Pkg() == nil || obj.Pkg() == f.Pkg {
		return nil
	}
	a := f.acquires.Of(obj)
	if a == nil {
		return nil
	}
	o := &outsider{summary: new(summary)}
	var of []types.Type
	if r := obj.Signature().Recv(); r != nil {
		of = append(of, r.Type())
	}
	for v := range obj.Signature().Params().Variables() {
		of = append(of, v.Type())
	}
	for range of {
		o.params = append(o.params, new(ssa.Parameter))
	}
	for _, l := range a.Locks {
		if h, ok := o.hold(l, of); ok {
			o.summary.acquires = append(o.summary.acquires, acquisition{
				lock: h.lock, name: h.name, object: h.object, shared: h.shared,
				via: &link{posn: position(l.Where), text: "waits for " + h.name},
			})
		}
	}
	for _, cb := range a.Callbacks {
		if len(o.summary.callbacks) == maxCallbacks {
			break
		}
		c := callback{param: cb.Param, via: &link{posn: position(cb.Where), text: "calls it"}}
		for _, l := range cb.Held {
			if h, ok := o.hold(l, of); ok {
				c.held = append(c.held, h)
			}
		}
		o.summary.callbacks = append(o.summary.callbacks, c)
	}
	f.outsiders[fn] = o
	f.summaries[fn] = o.summary
	return o
}

// hold returns a lock of a fact as one that is held.
func (o *outsider) hold(l acquires.Lock, of []types.Type) (h holding, ok bool) {
	if l.Param >= len(of) {
		return h, false
	}
	t := of[l.Param]
	for name := range strings.SplitSeq(strings.TrimPrefix(l.Path, "."), ".") {
		st, ok := structOf(t)
		if !ok {
			return h, false
		}
		v := fieldNamed(st, name)
		if v == nil {
			return h, false
		}
		h.lock = v.Origin()
		if n, ok := types.Unalias(pointee(t)).(*types.Named); ok {
			h.name = n.Obj().Name() // of a struct without a name, what holds it
		}
		h.name += "." + name
		t = v.Type()
	}
	h.object = object{o.params[l.Param], l.Path}
	h.shared = l.Shared
	h.via = &link{posn: position(l.Where), text: "takes " + h.name}
	return h, h.lock != nil
}

func fieldNamed(st *types.Struct, name string) *types.Var {
	for v := range st.Fields() {
		if v.Name() == name {
			return v
		}
	}
	return nil
}

func pointee(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// position reads file:line.
func position(where string) token.Position {
	i := strings.LastIndexByte(where, ':')
	if i < 0 {
		return token.Position{}
	}
	line, err := strconv.Atoi(where[i+1:])
	if err != nil {
		return token.Position{}
	}
	return token.Position{Filename: where[:i], Line: line, Column: 1}
}
