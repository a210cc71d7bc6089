package unboundedqueue

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A collection is a variable or a field whose elements the package adds.
type collection struct {
	v    *types.Var
	adds []add
	// kept is set if nothing that is seen takes an element out, asks how many there
	// are, or hands the collection to who might.
	kept bool
}

// An add is a place that adds an element.
type add struct {
	f    *funcs.Func
	node ast.Node
	key  ast.Expr // nil where each call adds one: an append
	what string   // "map", "slice"
}

// collections reports what grows with each request and never shrinks.
func (c *checker) collections() {
	c.grows = make(map[*types.Func]*Grows)
	all := c.collect()
	lasting := c.lasting()
	for _, col := range all {
		if !col.kept {
			continue
		}
		var found []rule.Finding
		for _, a := range col.adds {
			if root := c.Hotness.RootAt(a.node.Pos()); root == nil {
				c.exports(col, a)
			} else if lasting.holds(c, col.v, a) {
				found = append(found, c.added(col, a, root)...)
			}
		}
		if len(found) > 0 { // the fault is that nothing removes, wherever it is added to
			c.Report(slices.MinFunc(found, func(f, g rule.Finding) int { return cmp.Compare(f.Tier, g.Tier) }))
		}
	}
	for _, f := range c.Funcs.Funcs {
		if !c.values.InTest(f.Node.Pos()) {
			for _, k := range f.Out {
				c.called(f, k, lasting)
			}
		}
	}
}

// added returns the finding of an element that a request adds, if it is one.
func (c *checker) added(col *collection, a add, root *hotpath.Root) []rule.Finding {
	tier, of := c.keyed(a, root)
	if tier == "" {
		return nil
	}
	f := c.finding(a.f, a.node, root, tier, fmt.Sprintf("%s %s", a.what, col.v.Name()), of, rule.Finding{
		Primitive: a.what,
		Chain:     append(steps(root), rule.Step{Pos: a.node.Pos(), Text: "adds to " + col.v.Name() + ", from which nothing removes"}),
	})
	return []rule.Finding{f}
}

// keyed returns how sure it is that each request may add another element, and what
// of a request it is; no tier if the keys are of a fixed set.
func (c *checker) keyed(a add, root *hotpath.Root) (rule.Tier, string) {
	if c.once(a) {
		return "", ""
	}
	if a.key == nil {
		return rule.Likely, "with each request"
	}
	if c.fixed(a.key) || len(root.Via) == 0 && c.captured(a) {
		return "", ""
	}
	if c.fresh(a.f, a.key) {
		return rule.Likely, "with each request"
	}
	from, vouched := c.fromRequest(a, root)
	switch {
	case !from || len(root.Via) > far:
		return rule.Suspected, "with what requests ask for"
	case vouched:
		return rule.Suspected, "with what requests ask for, as far as it exists"
	}
	return rule.Likely, "with each key that a client makes up"
}

// far is how many calls lie between a handler and an add at most of which it is clear
// what it is that a client sends: each may ask whether there is such a thing.
const far = 3

// finding returns the finding of a collection that grows.
func (c *checker) finding(f *funcs.Func, n ast.Node, root *hotpath.Root, tier rule.Tier, what, of string, out rule.Finding) rule.Finding {
	out.Pos, out.End = n.Pos(), n.End()
	out.Tier = tier
	out.Cause = "grows " + of
	out.Message = fmt.Sprintf("%s grows %s and never shrinks: the memory of the process does too, until the collector or the kernel ends it", what, of)
	out.Mend = "bound it: evict the oldest, delete what is done with, or refuse above a length"
	if why := c.doubt(f, n, root); why != "" {
		out.Tier = rule.Suspected
		out.Message += " (but " + why + ")"
	}
	return out
}

// exports tells other packages that the function adds to a field of its receiver.
func (c *checker) exports(col *collection, a add) {
	fn := a.f.Obj
	if fn == nil || !fn.Exported() || a.f.Sig.Recv() == nil || !col.v.IsField() || c.grows[fn] != nil || c.once(a) {
		return
	}
	if c.standsIn(a.f) || c.Hotness.Cold(a.node.Pos()) {
		return
	}
	g := &Grows{Posn: c.Fset.Position(a.node.Pos()), Func: fn.FullName(), Name: col.v.Name(), What: a.what, Fresh: a.key == nil}
	if a.key != nil {
		if c.fixed(a.key) || c.vouched(a.f, a.node, c.flows.Of(a.f).From(dataflow.Mentioned(c.TypesInfo, a.key))) {
			return
		}
		g.Fresh = c.fresh(a.f, a.key)
		from := c.flows.Of(a.f).From(dataflow.Mentioned(c.TypesInfo, a.key))
		for i := range a.f.Sig.Params().Len() {
			if from[a.f.Sig.Params().At(i)] {
				g.Keys = append(g.Keys, i)
			}
		}
	}
	if g.Fresh || len(g.Keys) > 0 {
		c.grows[fn] = g
	}
}

// called reports a call that adds to a collection of another package.
func (c *checker) called(f *funcs.Func, k *funcs.Call, lasting *lifetimes) {
	root := c.Hotness.RootAt(k.Site.Pos())
	if root == nil || k.Func == nil || k.Dynamic || k.Func.Pkg() == c.Pkg {
		return
	}
	var g Grows
	if !c.ImportObjectFact(k.Func, &g) {
		return
	}
	sel, ok := ast.Unparen(k.Site.Fun).(*ast.SelectorExpr)
	if !ok {
		return
	}
	owner, _ := dataflow.Key(c.TypesInfo, sel.X).(*types.Var)
	if owner == nil || !lasting.owns(c, owner) {
		return
	}
	tier, of := rule.Likely, "with each request"
	if !g.Fresh {
		tier = ""
		for _, i := range g.Keys {
			if i >= len(k.Site.Args) || c.fixed(k.Site.Args[i]) {
				continue
			}
			tier, of = c.keyed(add{f: f, node: k.Site, key: k.Site.Args[i]}, root)
		}
	}
	if tier == "" {
		return
	}
	c.Report(c.finding(f, k.Site, root, tier, fmt.Sprintf("%s %s of %s", g.What, g.Name, c.short(k.Func)), of, rule.Finding{
		Posn:      g.Posn,
		Func:      g.Func,
		Primitive: g.What,
		Chain: append(steps(root), rule.Step{Pos: k.Site.Pos(), Text: "calls " + c.short(k.Func)},
			rule.Step{Posn: g.Posn, Text: "adds to " + g.Name + ", from which nothing removes"}),
	}))
}

// collect finds the collections of the package.
func (c *checker) collect() []*collection {
	byVar := make(map[*types.Var]*collection)
	var all []*collection
	for cur := range c.root.Preorder((*ast.Ident)(nil)) {
		id := cur.Node().(*ast.Ident)
		v, ok := c.TypesInfo.ObjectOf(id).(*types.Var)
		if !ok || v.Pkg() != c.Pkg || c.values.InTest(id.Pos()) {
			continue
		}
		v = v.Origin()
		if kindOf(v.Type()) == "" {
			continue
		}
		col := byVar[v]
		if col == nil {
			col = &collection{v: v, kept: true}
			byVar[v] = col
			all = append(all, col)
		}
		if col.kept {
			c.use(col, cur)
		}
	}
	return all
}

// kindOf returns how a message calls a collection of type t, or "".
func kindOf(t types.Type) string {
	switch {
	case isNamed(t, "sync", "Map"):
		return "sync.Map"
	case isNamed(t, "container/list", "List"):
		return "list"
	}
	switch t.Underlying().(type) {
	case *types.Map:
		return "map"
	case *types.Slice:
		return "slice"
	}
	return ""
}

// cursor returns the cursor of a node.
func (c *checker) cursor(n ast.Node) (inspector.Cursor, bool) { return syntax.Find(c.root, n) }
