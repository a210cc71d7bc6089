package goroutineleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/chanflow"
)

// A place is where an object is found: the fields that lead to it from a value.
type place struct {
	root     ssa.Value
	fields   []*types.Var // the first one first
	captured bool         // a literal has it from the function around it
}

// placeOf returns where the address or value v is read from, as the caller of path
// sees it: a parameter is what its callers pass for it.
func (c *checker) placeOf(v ssa.Value, path []*chanflow.Edge) place {
	var p place
	for range maxSteps {
		switch u := v.(type) {
		case *ssa.UnOp:
			if u.Op != token.MUL {
				break
			}
			if _, free := u.X.(*ssa.FreeVar); free {
				p.captured = true
			}
			if src := c.flow.Source(u); src != u {
				v = src
			} else {
				v = u.X
			}
			continue
		case *ssa.ChangeType:
			v = u.X
			continue
		case *ssa.FieldAddr:
			p.fields = slices.Insert(p.fields, 0, fieldAt(u.X.Type(), u.Field))
			v = u.X
			continue
		case *ssa.Field:
			p.fields = slices.Insert(p.fields, 0, fieldAt(u.X.Type(), u.Field))
			v = u.X
			continue
		case *ssa.FreeVar:
			if src := c.flow.Variable(u); src != u {
				v, p.captured = src, true
				continue
			}
		case *ssa.Parameter:
			if arg, rest := passed(u, path); arg != nil {
				v, path = arg, rest
				continue
			}
		case *ssa.Call:
			if e, res := c.getter(u); e != nil {
				v, path = res, slices.Concat(path, []*chanflow.Edge{e})
				continue
			}
		}
		break
	}
	p.root = v
	return p
}

// maxSteps bounds how far the value is followed that an object is read from.
const maxSteps = 24

// getter returns the call of a function that has but one return, and what it returns.
func (c *checker) getter(call *ssa.Call) (*chanflow.Edge, ssa.Value) {
	es := c.flow.Callees(call)
	if len(es) != 1 || !es[0].Sure {
		return nil, nil
	}
	var res ssa.Value
	for _, blk := range es[0].Callee.Blocks {
		ret, ok := blk.Instrs[len(blk.Instrs)-1].(*ssa.Return)
		if !ok {
			continue
		}
		if res != nil || len(ret.Results) != 1 {
			return nil, nil
		}
		res = ret.Results[0]
	}
	if res == nil {
		return nil, nil
	}
	return es[0], res
}

// passed returns what the last call of path that calls the function of a parameter
// passes for it, and the calls before that one.
func passed(p *ssa.Parameter, path []*chanflow.Edge) (ssa.Value, []*chanflow.Edge) {
	for i, e := range slices.Backward(path) {
		if e.Callee == p.Parent() {
			return e.Argument(p), path[:i]
		}
	}
	return nil, nil
}

func fieldAt(t types.Type, i int) *types.Var {
	if st, ok := deref(t).Underlying().(*types.Struct); ok {
		return st.Field(i).Origin()
	}
	return nil
}

// relation tells how two places hang together: by the fields that lead to each from
// the value from which both are read. It is false if they are read from two values.
func relation(a, b place) (one, other []*types.Var, ok bool) {
	if a.root != b.root {
		return nil, nil, false
	}
	one, other = a.fields, b.fields
	for len(one) > 1 && len(other) > 1 && one[0] == other[0] {
		one, other = one[1:], other[1:]
	}
	return one, other, true
}

// sameLock reports whether the mutex that one holds who waits is the one that is
// needed by who would end the wait: the same variable, or one that lies to what is
// waited for as the other does. Of the nodes of a tree each has a lock of its own.
func (c *checker) sameLock(held, waits, needs, ends place) bool {
	if held.root == needs.root && slices.Equal(held.fields, needs.fields) {
		return true
	}
	lock, wait, ok := relation(held, waits)
	if !ok {
		return false
	}
	if _, _, ok := relation(needs, ends); ok {
		return corresponds(lock, wait, needs, ends)
	}
	if needs.captured && len(wait) > len(lock) {
		return true // what the owner of the lock owns calls the owner back
	}
	// Both are passed to it, by who starts it.
	in := c.entry(needs, ends)
	for _, e := range in {
		if !corresponds(lock, wait, c.lift(needs, e), c.lift(ends, e)) {
			return false
		}
	}
	return len(in) > 0
}

// entry returns the calls of the function that two places are parameters of, or one of
// them and a variable around it.
func (c *checker) entry(a, b place) []*chanflow.Edge {
	for _, r := range []ssa.Value{a.root, b.root} {
		if p, ok := r.(*ssa.Parameter); ok && !c.flow.Foreign(p.Parent()) {
			return c.flow.In(p.Parent())
		}
	}
	return nil
}

// lift returns the place as the caller of e sees it.
func (c *checker) lift(p place, e *chanflow.Edge) place {
	if _, ok := p.root.(*ssa.Parameter); !ok {
		return p
	}
	up := c.placeOf(p.root, []*chanflow.Edge{e})
	up.fields = slices.Concat(up.fields, p.fields)
	return up
}

// corresponds reports whether a lock lies to what ends the wait as is asked for.
func corresponds(lock, wait []*types.Var, needs, ends place) bool {
	lock2, wait2, ok := relation(needs, ends)
	if !ok {
		return false
	}
	if slices.Equal(lock, lock2) && slices.Equal(wait, wait2) {
		return true
	}
	// One sees the owner of the lock from what it owns, the other the other way round.
	return len(lock) < len(lock2) && len(wait) > len(wait2) || len(lock) > len(lock2) && len(wait) < len(wait2)
}
