package chanops

import (
	"fmt"
	"go/ast"
	"go/types"
	"sort"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// Slots is the fact of a method that sends to, or receives from, channels in
// fields of its receiver: a semaphore, throttle or pool seen from its package.
// It names the fields. Fills and Frees are those that it sends to and receives
// from once, not in a loop, as what gives back a slot does.
type Slots struct{ Sends, Recvs, Fills, Frees []string }

// AFact marks Slots as a fact.
func (*Slots) AFact() {}

func (s *Slots) String() string { return fmt.Sprintf("slots +%v -%v", s.Sends, s.Recvs) }

// exportSlots says of every exported method what it does to channels of its receiver.
// The standard library has no semaphores that a program could share, and some hosts
// do not analyse it.
func (x *Index) exportSlots() {
	if modules.Std(x.pass) {
		return
	}
	for _, fn := range x.funcs.Funcs {
		if fn.Obj == nil || !fn.Obj.Exported() || fn.Sig.Recv() == nil {
			continue
		}
		if s := x.slotsOf(fn.Obj); s != nil && x.pass.Pkg.Name() != "main" {
			x.pass.ExportObjectFact(fn.Obj, s)
		}
	}
}

// slotsOf returns what the method does to channels in fields of its receiver, or nil.
func (x *Index) slotsOf(fn *types.Func) *Slots {
	s, ok := x.slots[fn]
	if !ok {
		s = x.findSlots(fn)
		x.slots[fn] = s
	}
	return s
}

func (x *Index) findSlots(fn *types.Func) *Slots {
	decl := x.funcs.Declared(fn)
	if decl == nil {
		s := new(Slots)
		if x.pass.ImportObjectFact(fn, s) {
			return s
		}
		return nil
	}
	fields := receiverFields(fn)
	if len(fields) == 0 {
		return nil
	}
	all := x.Collect(decl.Body, Scope{Depth: 1, Brief: true})
	once := x.Collect(decl.Body, Scope{Depth: 1, Brief: true, Once: true})
	if k := x.handsOut(decl); k != nil {
		all.Recvs[k] = true
	}
	s := &Slots{
		Sends: names(all.Sends, fields), Recvs: names(all.Recvs, fields),
		Fills: names(once.Sends, fields), Frees: names(once.Recvs, fields),
	}
	if len(s.Sends)+len(s.Recvs) == 0 {
		return nil
	}
	return s
}

// handsOut returns the channel that a method does no more than to return, for its callers
// to receive from, or nil.
func (x *Index) handsOut(fn *funcs.Func) types.Object {
	if len(fn.Body.List) != 1 || fn.Sig.Results().Len() != 1 {
		return nil
	}
	ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	ch, ok := fn.Sig.Results().At(0).Type().Underlying().(*types.Chan)
	if !ok || ch.Dir() != types.RecvOnly {
		return nil
	}
	return dataflow.Key(x.pass.TypesInfo, ret.Results[0])
}

// receiverFields returns the fields of the struct that fn is a method of.
func receiverFields(fn *types.Func) dataflow.Objects {
	recv := fn.Origin().Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	fields := make(dataflow.Objects)
	for i := range st.NumFields() {
		fields[st.Field(i)] = true
	}
	return fields
}

func names(set, fields dataflow.Objects) []string {
	var ns []string
	for o := range set {
		if fields[o] {
			ns = append(ns, o.Name())
		}
	}
	sort.Strings(ns)
	return ns
}

// Paired reports whether a method called before and one that the goroutine
// calls on the same object work on one channel from both ends.
func (x *Index) Paired(before, after *Ops) bool {
	for k, takes := range before.Calls {
		if after.Has(k, "Unlock") && !after.Has(k, "Lock") && before.Has(k, "Lock") && !before.Has(k, "Unlock") {
			return true // the goroutine releases the lock that its starter took
		}
		for _, take := range takes {
			for _, give := range after.Calls[k] {
				if x.pair(take, give) {
					return true
				}
			}
		}
	}
	return false
}

func (x *Index) pair(take, give *types.Func) bool {
	if strings.Contains(take.Name(), "Acquire") && strings.Contains(give.Name(), "Release") {
		return true
	}
	t, g := x.slotsOf(take), x.slotsOf(give)
	return t != nil && g != nil && (meet(t.Sends, g.Frees) || meet(t.Recvs, g.Fills))
}

func meet(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}
