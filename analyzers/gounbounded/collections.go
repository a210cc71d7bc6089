package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A length says what decides how long a collection is.
type length int

const (
	fixed     length = iota // the program: a literal, a table, a capped slice
	unknown                 // not seen: configuration, topology, anything
	fromParam               // the caller
	growing                 // who connects, or otherwise hands in what is added to it
	payload                 // the sender of a request
	files                   // the file system
)

// A collection is what a loop ranges over.
type collection struct {
	kind  length
	expr  ast.Expr
	whole bool // the parameter itself is ranged over, not something inside it
}

// source returns what one goroutine per element comes to.
func (c *collection) source(pos token.Pos) *source {
	src := &source{"element", rule.Suspected, pos, "once per element of " + short(c.expr)}
	switch c.kind {
	case fixed:
		return nil
	case growing:
		src.kind, src.tier = "session", rule.Likely
		src.text += ", which grows with every connection or session that is added to it"
	case payload:
		src.kind, src.tier = "payload", rule.Likely
		src.text += ", whose length the sender of the request chooses"
	case files:
		src.kind = "file"
	}
	return src
}

// over returns what a loop over x multiplies the spawn by.
func (f *finder) over(fr *frame, at ast.Node, x ast.Expr) (*source, *collection) {
	if x == nil || f.capped(fr, x) {
		return nil, nil
	}
	c := f.provenance(fr, x, true)
	if c.kind == fromParam {
		return nil, &c
	}
	if c.kind < growing && (fr.maybe || !f.turns(fr, at)) {
		return nil, nil
	}
	return c.source(at.Pos()), nil
}

// turns reports whether each turn of the loop gives the goroutine something of
// its own. Calls away that is what the loop must be about to count.
func (f *finder) turns(fr *frame, loop ast.Node) bool {
	if fr.depth == 0 {
		return true
	}
	if fr.depth > 1 {
		return false
	}
	fl := f.flows.Of(fr.fn)
	for v := range f.reach(fr) {
		for _, d := range fl.Defs[v] {
			if loop.Pos() <= d.Pos && d.Pos < loop.End() {
				return true
			}
		}
	}
	return false
}

// provenance finds what decides the length of x, or of something inside x if
// it is not whole.
func (f *finder) provenance(fr *frame, x ast.Expr, whole bool) collection {
	p := &prober{f: f, fr: fr, fl: f.flows.Of(fr.fn), seen: make(dataflow.Vars)}
	k := p.length(x)
	switch {
	case (k == unknown || k == fromParam) && f.asked(fr, x):
		k = payload
	case !whole && k == fixed:
		k = unknown
	}
	return collection{kind: k, expr: x, whole: whole && k == fromParam && f.parameter(fr, x)}
}

// parameter reports whether x is a parameter itself.
func (f *finder) parameter(fr *frame, x ast.Expr) bool {
	_, ok := ast.Unparen(x).(*ast.Ident)
	return ok
}

// capped reports whether a condition on the way to the node compares the
// length of x with something.
func (f *finder) capped(fr *frame, x ast.Expr) bool {
	k := dataflow.Key(f.TypesInfo, x)
	if k == nil {
		return false
	}
	for _, cond := range f.guards.Conditions(fr.fn, f.at[fr.node]) {
		found := false
		ast.Inspect(cond.Expr, func(n ast.Node) bool {
			b, ok := n.(*ast.BinaryExpr)
			if !ok || b.Op != token.GTR && b.Op != token.GEQ && b.Op != token.LSS && b.Op != token.LEQ {
				return true
			}
			for _, pair := range [][2]ast.Expr{{b.X, b.Y}, {b.Y, b.X}} {
				if l := f.lengthOf(fr, pair[0]); l != nil && dataflow.Key(f.TypesInfo, l) == k && !f.small(pair[1]) {
					found = true
				}
			}
			return true
		})
		if found {
			return true
		}
	}
	return false
}

// small reports whether e is the constant 0 or 1, which tells empty from full.
func (f *finder) small(e ast.Expr) bool {
	v := f.TypesInfo.Types[e].Value
	return v != nil && (v.String() == "0" || v.String() == "1")
}

// asked reports whether x is part of the request that a handler was given:
// read from it, decoded from it, or a field of what was.
func (f *finder) asked(fr *frame, x ast.Expr) bool {
	top := fr.fn
	for top != nil && !f.serves(top) {
		top = top.Parent
	}
	if top == nil {
		return false
	}
	fl := f.flows.Of(fr.fn)
	from := make(dataflow.Vars)
	fl.Parts(x, from)
	from = fl.Directly(from)
	for p := range top.Sig.Params().Variables() {
		if from[p] && !isContext(p.Type()) {
			return true
		}
	}
	return false
}

// serves reports whether fn is called with a request: it is a handler, or a
// method of a service by its parameters and results, registered where this
// package cannot see it.
func (f *finder) serves(fn *funcs.Func) bool {
	if r := f.Hotness.Root(fn.Node); r != nil && len(r.Via) == 0 {
		return true
	}
	in, out := fn.Sig.Params(), fn.Sig.Results()
	return fn.Sig.Recv() != nil && in.Len() == 2 && out.Len() == 2 &&
		isContext(in.At(0).Type()) && isProto(in.At(1).Type()) && isProto(out.At(0).Type()) && isError(out.At(1).Type())
}

// isProto reports whether t is a message of Protocol Buffers.
func isProto(t types.Type) bool { return hasMethods(t, "ProtoMessage") }

// A prober finds what decides the length of an expression.
type prober struct {
	f    *finder
	fr   *frame
	fl   *dataflow.Flow
	seen dataflow.Vars
}

func (p *prober) length(e ast.Expr) length {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return fixed
	case *ast.Ident:
		return p.ident(e)
	case *ast.SliceExpr:
		if e.High != nil {
			return fixed
		}
		return p.length(e.X)
	case *ast.StarExpr:
		return p.length(e.X)
	case *ast.CallExpr:
		return p.call(e)
	case *ast.SelectorExpr:
		return p.selector(e)
	case *ast.IndexExpr:
		if t := p.f.TypesInfo.TypeOf(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Array); ok {
				return p.length(e.X)
			}
		}
		return p.inside(e)
	case *ast.TypeAssertExpr:
		return p.inside(e)
	}
	return unknown
}

// inside is the length of something that is part of something else.
func (p *prober) inside(e ast.Expr) length {
	if _, one := ast.Unparen(e).(*ast.IndexExpr); !one { // what is under one key is not the registry
		if k := dataflow.Key(p.f.TypesInfo, e); k != nil && p.f.sessions[k] {
			return growing
		}
	}
	if v := p.fl.Local(dataflow.Base(e)); v != nil && isParam(p.fr.fn, v) && !isContext(v.Type()) {
		return fromParam
	}
	return unknown
}

func isParam(fn *funcs.Func, v *types.Var) bool {
	for i := range fn.Sig.Params().Len() {
		if fn.Sig.Params().At(i) == v {
			return true
		}
	}
	return false
}

func (p *prober) selector(e *ast.SelectorExpr) length {
	if v, ok := p.f.TypesInfo.ObjectOf(e.Sel).(*types.Var); ok && !v.IsField() {
		return fixed // a table of another package
	}
	return p.inside(e)
}

func (p *prober) ident(e *ast.Ident) length {
	o := p.f.TypesInfo.ObjectOf(e)
	v := dataflow.LocalVar(o)
	if v == nil {
		return p.table(o)
	}
	if p.seen[v] {
		return fixed
	}
	p.seen[v] = true
	n := fixed
	if isParam(p.fr.fn, v) {
		n = fromParam
	}
	for _, d := range p.fl.Defs[v] {
		var k length
		switch d.Kind {
		case dataflow.Whole:
			k = p.length(d.RHS)
			if _, ok := ast.Unparen(d.RHS).(*ast.SliceExpr); ok && k == fixed {
				return fixed // v = v[:max]
			}
		case dataflow.Element:
			if k = p.length(d.RHS); k != growing {
				k = unknown
			}
		case dataflow.Filled:
			k = unknown
		case dataflow.Part:
			k = p.grown(d.Pos)
		}
		n = max(n, k)
	}
	return n
}

// table is the length of a package-level variable: fixed, unless the package
// adds to it outside init functions.
func (p *prober) table(o types.Object) length {
	switch {
	case o == nil || !p.f.grows[o]:
		return fixed
	case p.f.sessions[o]:
		return growing
	}
	return unknown
}

// grown is how often what stands at pos is done, as far as loops of the
// declaration say: an append in a loop makes as many elements as the loop has turns.
func (p *prober) grown(pos token.Pos) length {
	n := fixed
	cur, ok := p.f.root.FindByPos(pos, pos)
	if !ok {
		return unknown
	}
	for c := range cur.Enclosing((*ast.RangeStmt)(nil), (*ast.ForStmt)(nil), (*ast.FuncDecl)(nil)) {
		switch l := c.Node().(type) {
		case *ast.FuncDecl:
			return n
		case *ast.RangeStmt:
			t := p.f.TypesInfo.TypeOf(l.X)
			if t == nil {
				continue
			}
			switch u := core(t).(type) {
			case *types.Slice, *types.Map:
				n = max(n, p.length(l.X))
			case *types.Array, *types.Pointer:
			case *types.Basic:
				if x := p.f.lengthOf(p.fr, l.X); x != nil && u.Info()&types.IsInteger != 0 {
					n = max(n, p.length(x))
				}
			default:
				n = max(n, unknown)
			}
		case *ast.ForStmt:
			if c := counted(l); c != nil && l.Init != nil {
				if x := p.f.lengthOf(p.fr, c); x != nil {
					n = max(n, p.length(x))
				}
			} else {
				n = max(n, unknown)
			}
		}
	}
	return n
}

func (p *prober) call(e *ast.CallExpr) length {
	info := p.f.TypesInfo
	if tv := info.Types[ast.Unparen(e.Fun)]; tv.IsType() && len(e.Args) == 1 {
		return p.length(e.Args[0])
	}
	if id, ok := ast.Unparen(e.Fun).(*ast.Ident); ok {
		if b, ok := info.Uses[id].(*types.Builtin); ok {
			return p.builtin(b.Name(), e)
		}
	}
	fn, _ := typeutil.Callee(info, e).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return unknown
	}
	switch fn.Pkg().Path() {
	case "slices", "maps":
		if len(e.Args) > 0 {
			return p.length(e.Args[0])
		}
	case "flag":
		return fixed
	case "os", "path/filepath", "io/fs", "io/ioutil":
		return files
	}
	return unknown
}

func (p *prober) builtin(name string, e *ast.CallExpr) length {
	switch name {
	case "append":
		n := p.length(e.Args[0])
		if e.Ellipsis.IsValid() {
			return max(n, p.length(e.Args[len(e.Args)-1]))
		}
		return max(n, p.grown(e.Pos()))
	case "make", "new":
		return fixed
	}
	return unknown
}
