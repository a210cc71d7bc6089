package trace

import (
	"cmp"
	"slices"
)

const (
	maxSiblings = 32  // causes beside each other; those beyond are taken together
	maxNodes    = 384 // causes in a tree, of all depths
)

// A causeKey tells one cause from another.
type causeKey struct {
	comp  comp
	ext   ext
	stack stack
	role  name
}

type causeNode struct {
	causeKey
	time, count   int64
	child, next   int32 // 0 is none: the first node is the root
	last, members int32 // of its children
}

// A causeTree adds up causes, and what lies behind each. The root is all of them.
// Whatever has children has exactly their time.
type causeTree struct {
	nodes []causeNode
	full  bool // add no nodes but those that take others together
}

// dropped is a node below which nothing is added: one that stands for several.
const dropped = -1

func (t *causeTree) reset() {
	t.nodes = append(t.nodes[:0], causeNode{})
	t.full = false
}

// add adds time below a node, and returns the node where it went.
func (t *causeTree) add(parent int32, key causeKey, time, count int64) int32 {
	if parent == dropped {
		return dropped
	}
	if len(t.nodes) == 0 {
		t.reset()
	}
	n := t.find(parent, key)
	if n == 0 && (t.full || len(t.nodes) >= maxNodes || t.nodes[parent].members >= maxSiblings) {
		key = causeKey{comp: key.comp, ext: foldedExt}
		n = t.find(parent, key)
	}
	if n == 0 {
		n = t.append(parent, key)
	}
	t.nodes[n].time += time
	t.nodes[n].count += count
	if key.ext == foldedExt {
		return dropped
	}
	return n
}

func (t *causeTree) find(parent int32, key causeKey) int32 {
	for n := t.nodes[parent].child; n != 0; n = t.nodes[n].next {
		if t.nodes[n].causeKey == key {
			return n
		}
	}
	return 0
}

func (t *causeTree) append(parent int32, key causeKey) int32 {
	n := int32(len(t.nodes))
	t.nodes = append(t.nodes, causeNode{causeKey: key})
	p := &t.nodes[parent]
	if p.last == 0 {
		p.child = n
	} else {
		t.nodes[p.last].next = n
	}
	p.last = n
	p.members++
	return n
}

// merge adds another tree.
func (t *causeTree) merge(o *causeTree) {
	if len(o.nodes) > 0 {
		t.mergeBelow(0, o, 0)
	}
}

// mergeBelow adds what is below a node of another tree below one of this.
func (t *causeTree) mergeBelow(parent int32, o *causeTree, of int32) {
	for n := o.nodes[of].child; n != 0; n = o.nodes[n].next {
		from := &o.nodes[n]
		to := t.add(parent, from.causeKey, from.time, from.count)
		if from.child != 0 && to != dropped {
			t.mergeBelow(to, o, n)
		}
	}
}

const (
	maxCauses = 24 // that a slice or span lists
	maxBehind = 12 // that lie behind one
)

// report lists the causes, longest first; those beyond a number of them are taken
// together by component.
func (t *causeTree) report(tables *tables) []Cause {
	if len(t.nodes) == 0 {
		return nil
	}
	return t.below(tables, 0, maxCauses)
}

func (t *causeTree) below(tables *tables, parent int32, most int) []Cause {
	var ids []int32
	for n := t.nodes[parent].child; n != 0; n = t.nodes[n].next {
		if t.nodes[n].time > 0 {
			ids = append(ids, n)
		}
	}
	slices.SortStableFunc(ids, t.compare(tables))
	var list []Cause
	for i, id := range ids {
		if i == most {
			return append(list, t.together(ids[i:])...)
		}
		list = append(list, t.cause(tables, id))
	}
	return list
}

// compare puts longer causes first, and none by the order in which they were seen.
func (t *causeTree) compare(tables *tables) func(a, b int32) int {
	return func(a, b int32) int {
		x, y := &t.nodes[a], &t.nodes[b]
		return cmp.Or(cmp.Compare(y.time, x.time), cmp.Compare(x.comp, y.comp), cmp.Compare(x.ext, y.ext),
			cmp.Compare(tables.names[x.role], tables.names[y.role]), cmp.Compare(x.stack, y.stack))
	}
}

func (t *causeTree) cause(tables *tables, n int32) Cause {
	is := &t.nodes[n]
	return Cause{
		Component: is.comp.component(),
		Time:      ns(is.time),
		Count:     is.count,
		Stack:     tables.of(is.stack),
		Behind:    t.below(tables, n, maxBehind),
		External:  is.ext.String(),
		Role:      tables.names[is.role],
	}
}

// together lists the sums of causes by component.
func (t *causeTree) together(ids []int32) []Cause {
	var list []Cause
	var times, counts parts
	for _, id := range ids {
		times[t.nodes[id].comp] += t.nodes[id].time
		counts[t.nodes[id].comp] += t.nodes[id].count
	}
	for c, d := range times {
		if d > 0 {
			list = append(list, Cause{Component: comp(c).component(), Time: ns(d), Count: counts[c]})
		}
	}
	slices.SortStableFunc(list, func(a, b Cause) int { return cmp.Compare(b.Time, a.Time) })
	return list
}
