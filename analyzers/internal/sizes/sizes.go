package sizes

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A Length says what decides how long a collection is. Where several things do,
// it is the greatest of them.
type Length int

const (
	Fixed   Length = iota // the program: a literal, a table, a capped slice
	Unknown               // not seen: configuration, topology, anything
	Param                 // the caller
	Growing               // who connects, or otherwise hands in what is added to it
	Files                 // the file system
)

// An Index answers for one package.
type Index struct {
	info     *types.Info
	funcs    *funcs.Index
	flows    *dataflow.Index
	root     inspector.Cursor
	grows    dataflow.Objects // package variables that change after initialisation
	sessions dataflow.Objects // maps that sessions are added to and removed from
}

// New returns the index of the package whose files are below root.
func New(info *types.Info, fs *funcs.Index, flows *dataflow.Index, root inspector.Cursor) *Index {
	x := &Index{info, fs, flows, root, make(dataflow.Objects), make(dataflow.Objects)}
	x.findGrowth()
	return x
}

// Of returns what decides the length of e, which stands in fn.
func (x *Index) Of(fn *funcs.Func, e ast.Expr) Length {
	p := &prober{x: x, fn: fn, fl: x.flows.Of(fn), seen: make(dataflow.Vars)}
	return p.length(e)
}

// A prober finds what decides the length of an expression.
type prober struct {
	x    *Index
	fn   *funcs.Func
	fl   *dataflow.Flow
	seen dataflow.Vars
}

func (p *prober) length(e ast.Expr) Length {
	switch e := ast.Unparen(e).(type) {
	case *ast.CompositeLit:
		return Fixed
	case *ast.Ident:
		return p.ident(e)
	case *ast.SliceExpr:
		if e.High != nil {
			return Fixed
		}
		return p.length(e.X)
	case *ast.StarExpr:
		return p.length(e.X)
	case *ast.CallExpr:
		return p.call(e)
	case *ast.SelectorExpr:
		return p.selector(e)
	case *ast.IndexExpr:
		if t := p.x.info.TypeOf(e.X); t != nil {
			if _, ok := t.Underlying().(*types.Array); ok {
				return p.length(e.X)
			}
		}
		return p.inside(e)
	case *ast.TypeAssertExpr:
		return p.inside(e)
	}
	return Unknown
}

// inside is the length of something that is part of something else.
func (p *prober) inside(e ast.Expr) Length {
	if _, one := ast.Unparen(e).(*ast.IndexExpr); !one { // what is under one key is not the registry
		if k := dataflow.Key(p.x.info, e); k != nil && p.x.sessions[k] {
			return Growing
		}
	}
	if v := p.fl.Local(dataflow.Base(e)); v != nil && dataflow.IsParam(p.fn, v) {
		return Param
	}
	return Unknown
}

func (p *prober) selector(e *ast.SelectorExpr) Length {
	if v, ok := p.x.info.ObjectOf(e.Sel).(*types.Var); ok && !v.IsField() {
		return Fixed // a table of another package
	}
	return p.inside(e)
}

func (p *prober) ident(e *ast.Ident) Length {
	o := p.x.info.ObjectOf(e)
	v := dataflow.LocalVar(o)
	if v == nil {
		return p.table(o)
	}
	if p.seen[v] {
		return Fixed
	}
	p.seen[v] = true
	n := Fixed
	if dataflow.IsParam(p.fn, v) {
		n = Param
	}
	for _, d := range p.fl.Defs[v] {
		var k Length
		switch d.Kind {
		case dataflow.Whole:
			k = p.length(d.RHS)
			if _, ok := ast.Unparen(d.RHS).(*ast.SliceExpr); ok && k == Fixed {
				return Fixed // v = v[:max]
			}
		case dataflow.Element:
			if k = p.length(d.RHS); k != Growing {
				k = Unknown
			}
		case dataflow.Filled:
			k = Unknown
		case dataflow.Part:
			k = p.grown(d.Pos)
		}
		n = max(n, k)
	}
	return n
}

// table is the length of a package-level variable: Fixed, unless the package
// adds to it outside init functions.
func (p *prober) table(o types.Object) Length {
	switch {
	case o == nil || !p.x.grows[o]:
		return Fixed
	case p.x.sessions[o]:
		return Growing
	}
	return Unknown
}

// grown is how often what stands at pos is done, as far as loops of the
// declaration say: an append in a loop makes as many elements as the loop has turns.
func (p *prober) grown(pos token.Pos) Length {
	n := Fixed
	cur, ok := p.x.root.FindByPos(pos, pos)
	if !ok {
		return Unknown
	}
	for c := range cur.Enclosing((*ast.RangeStmt)(nil), (*ast.ForStmt)(nil), (*ast.FuncDecl)(nil)) {
		switch l := c.Node().(type) {
		case *ast.FuncDecl:
			return n
		case *ast.RangeStmt:
			t := p.x.info.TypeOf(l.X)
			if t == nil {
				continue
			}
			switch u := Core(t).(type) {
			case *types.Slice, *types.Map:
				n = max(n, p.length(l.X))
			case *types.Array, *types.Pointer:
			case *types.Basic:
				if x := p.x.LengthOf(p.fn, l.X); x != nil && u.Info()&types.IsInteger != 0 {
					n = max(n, p.length(x))
				}
			default:
				n = max(n, Unknown)
			}
		case *ast.ForStmt:
			if c := Counted(l); c != nil && l.Init != nil {
				if x := p.x.LengthOf(p.fn, c); x != nil {
					n = max(n, p.length(x))
				}
			} else {
				n = max(n, Unknown)
			}
		}
	}
	return n
}

func (p *prober) call(e *ast.CallExpr) Length {
	info := p.x.info
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
		return Unknown
	}
	switch fn.Pkg().Path() {
	case "slices", "maps":
		if len(e.Args) > 0 {
			return p.length(e.Args[0])
		}
	case "flag":
		return Fixed
	case "os", "path/filepath", "io/fs", "io/ioutil":
		return Files
	}
	return Unknown
}

func (p *prober) builtin(name string, e *ast.CallExpr) Length {
	switch name {
	case "append":
		n := p.length(e.Args[0])
		if e.Ellipsis.IsValid() {
			return max(n, p.length(e.Args[len(e.Args)-1]))
		}
		return max(n, p.grown(e.Pos()))
	case "make", "new":
		return Fixed
	}
	return Unknown
}
