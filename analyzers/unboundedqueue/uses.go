package unboundedqueue

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// use looks at one mention of a collection. What it does not know may take elements
// out: then the collection is not kept.
func (c *checker) use(col *collection, cur inspector.Cursor) {
	child, parent := values.Outer(cur)
	if sel, ok := parent.Node().(*ast.SelectorExpr); ok && sel.Sel == child.Node() { // s.all
		child, parent = values.Outer(parent)
	}
	if star, ok := parent.Node().(*ast.StarExpr); ok && star.X == child.Node() {
		child, parent = values.Outer(parent)
	}
	e, _ := child.Node().(ast.Expr)
	switch n := parent.Node().(type) {
	case *ast.IndexExpr:
		if n.X == e {
			c.indexed(col, n, parent)
		}
	case *ast.AssignStmt:
		c.assigned(col, n, e)
	case *ast.RangeStmt:
		if n.X != e {
			col.kept = false
		}
	case *ast.CallExpr:
		c.argument(col, n, e, parent)
	case *ast.SelectorExpr:
		c.method(col, n, parent)
	case *ast.KeyValueExpr:
		col.kept = n.Key == e // what a field is made with
	case *ast.SliceExpr: // where it is assigned, that counts
	case *ast.ReturnStmt, *ast.SendStmt, *ast.CompositeLit:
		_, slice := col.v.Type().Underlying().(*types.Slice)
		col.kept = slice // who has a map may delete from it
	case *ast.BinaryExpr, *ast.Field, *ast.ValueSpec, *ast.TypeAssertExpr:
		if spec, ok := n.(*ast.ValueSpec); ok && slices.Contains(spec.Values, e) {
			col.kept = false
		}
	default:
		col.kept = false
	}
}

// indexed looks at an element of the collection.
func (c *checker) indexed(col *collection, n *ast.IndexExpr, cur inspector.Cursor) {
	key := n.Index
	child, parent := values.Outer(cur)
	for { // m[a][b], m[a].b
		switch p := parent.Node().(type) {
		case *ast.IndexExpr:
			if p.X != child.Node() {
				return
			}
		case *ast.SelectorExpr:
			if t := c.TypesInfo.TypeOf(child.Node().(ast.Expr)); t != nil {
				if _, ok := t.Underlying().(*types.Pointer); ok {
					return // what it refers to, not the collection
				}
			}
		default:
			c.element(col, n, key, child, parent)
			return
		}
		child, parent = values.Outer(parent)
	}
}

// element looks at what is done with an element, or something in it.
func (c *checker) element(col *collection, n *ast.IndexExpr, key ast.Expr, child, parent inspector.Cursor) {
	grows := false
	switch p := parent.Node().(type) {
	case *ast.AssignStmt:
		for _, l := range p.Lhs {
			grows = grows || ast.Unparen(l) == child.Node()
		}
	case *ast.IncDecStmt:
		grows = true
	case *ast.CallExpr:
		if values.IsBuiltin(c.TypesInfo, p, "delete", "clear") && len(p.Args) > 0 && ast.Unparen(p.Args[0]) == child.Node() {
			col.kept = false
		}
	}
	if _, ok := col.v.Type().Underlying().(*types.Map); !ok || !grows {
		return
	}
	if f := c.Funcs.At(n.Pos()); f != nil && !f.StartsUp() {
		col.adds = append(col.adds, add{f, n, key, "map"})
	}
}

// assigned looks at an assignment of, or to, the collection.
func (c *checker) assigned(col *collection, n *ast.AssignStmt, e ast.Expr) {
	i := slices.IndexFunc(n.Lhs, func(l ast.Expr) bool { return ast.Unparen(l) == e })
	if i < 0 {
		col.kept = false // under another name
		return
	}
	f := c.Funcs.At(n.Pos())
	if f == nil {
		return
	}
	if len(n.Rhs) != len(n.Lhs) {
		col.kept = false
		return
	}
	if call, ok := ast.Unparen(n.Rhs[i]).(*ast.CallExpr); ok && values.IsBuiltin(c.TypesInfo, call, "append") && c.same(call.Args[0], col) {
		if !f.StartsUp() {
			col.adds = append(col.adds, add{f, n, nil, "slice"})
		}
		return
	}
	if n.Tok == token.DEFINE || f.StartsUp() || c.constructs(n.Lhs[i]) {
		return // made
	}
	if c.madeIfNil(n) {
		return
	}
	col.kept = false // replaced, or shortened
}

// same reports whether e is the collection as a whole.
func (c *checker) same(e ast.Expr, col *collection) bool {
	switch ast.Unparen(e).(type) {
	case *ast.Ident, *ast.SelectorExpr:
		return dataflow.Key(c.TypesInfo, e) == col.v
	}
	return false
}

// constructs reports whether the field is one of a value that is made in the function.
func (c *checker) constructs(l ast.Expr) bool {
	id, ok := dataflow.Base(l).(*ast.Ident)
	if !ok {
		return false
	}
	v := dataflow.LocalVar(c.TypesInfo.ObjectOf(id))
	f := c.Funcs.At(l.Pos())
	return v != nil && f != nil && c.flows.Of(f).Made[v]
}

// madeIfNil reports whether the assignment stands in if x == nil { x = make(…) }.
func (c *checker) madeIfNil(n *ast.AssignStmt) bool {
	cur, ok := c.cursor(n)
	if !ok {
		return false
	}
	cond, ok := cur.Parent().Parent().Node().(*ast.IfStmt)
	if !ok {
		return false
	}
	cmp, ok := ast.Unparen(cond.Cond).(*ast.BinaryExpr)
	return ok && cmp.Op == token.EQL && c.TypesInfo.Types[cmp.Y].IsNil() && dataflow.Key(c.TypesInfo, cmp.X) == dataflow.Key(c.TypesInfo, n.Lhs[0])
}

// argument looks at the collection as an argument.
func (c *checker) argument(col *collection, n *ast.CallExpr, e ast.Expr, cur inspector.Cursor) {
	if values.IsBuiltin(c.TypesInfo, n, "len", "cap") {
		if c.compares(cur) {
			col.kept = false // asked how long it is
		}
		return
	}
	if values.IsBuiltin(c.TypesInfo, n, "append", "copy", "print", "println", "panic", "min", "max") {
		return // where the result is assigned, that counts
	}
	fn := c.full(n)
	path, name, _ := strings.Cut(fn, ".")
	switch {
	case path == "slices" || path == "maps" || path == "sort":
		if strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "Compact") {
			col.kept = false
		}
	case fn != "" && !strings.HasPrefix(fn, "(") && modules.IsStd(packageOf(fn)):
	default:
		col.kept = false
	}
}

func packageOf(fn string) string {
	slash := strings.LastIndexByte(fn, '/') + 1
	pkg, _, _ := strings.Cut(fn[slash:], ".")
	return fn[:slash] + pkg
}

// compares reports whether the length at cur is looked at in a condition, other than
// for there being anything, or is kept.
func (c *checker) compares(cur inspector.Cursor) bool {
	child, parent := values.Outer(cur)
	for {
		switch n := parent.Node().(type) {
		case *ast.BinaryExpr:
			switch n.Op {
			case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ, token.REM:
				other := n.X
				if other == child.Node() {
					other = n.Y
				}
				v := c.TypesInfo.Types[other].Value
				return v == nil || v.Kind() != constant.Int || constant.Compare(v, token.GTR, constant.MakeInt64(1))
			}
		case *ast.AssignStmt, *ast.ValueSpec:
			return true // n := len(x), which may be compared
		case *ast.CallExpr:
			if !c.TypesInfo.Types[n.Fun].IsType() {
				return false
			}
		default:
			return false
		}
		child, parent = values.Outer(parent)
	}
}

// takers and givers of what has methods instead of syntax.
var (
	adding   = []string{"Store", "LoadOrStore", "Swap", "PushBack", "PushFront", "InsertBefore", "InsertAfter"}
	removing = []string{"Delete", "LoadAndDelete", "CompareAndDelete", "Clear", "Remove", "Init", "PushBackList", "PushFrontList"}
)

// method looks at a method of the collection.
func (c *checker) method(col *collection, sel *ast.SelectorExpr, cur inspector.Cursor) {
	kind := kindOf(col.v.Type())
	_, parent := values.Outer(cur)
	call, ok := parent.Node().(*ast.CallExpr)
	if kind != "sync.Map" && kind != "list" || !ok || ast.Unparen(call.Fun) != sel {
		col.kept = false
		return
	}
	switch name := sel.Sel.Name; {
	case slices.Contains(removing, name):
		col.kept = false
	case kind == "list" && name == "Len" && c.compares(parent):
		col.kept = false
	case slices.Contains(adding, name):
		f := c.Funcs.At(sel.Pos())
		if f == nil || f.StartsUp() {
			return
		}
		a := add{f, call, nil, kind}
		if kind == "sync.Map" {
			a.key = call.Args[0]
		}
		col.adds = append(col.adds, a)
	}
}
