package values

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/inspector"
)

// At returns the expressions that the compiler speaks of at pos.
func (f *Finder) At(pos token.Pos) []inspector.Cursor {
	file := f.file(pos)
	if file == nil {
		return nil
	}
	sites, ok := f.sites[file]
	if !ok {
		sites = make(map[token.Pos][]inspector.Cursor)
		cur, _ := f.root.FindNode(file)
		for cur := range cur.Preorder() {
			if p := Place(cur.Node()); p.IsValid() {
				sites[p] = append(sites[p], cur)
			}
		}
		f.sites[file] = sites
	}
	return sites[pos]
}

// Place returns the position that the compiler gives an expression: that of
// the operator or bracket that makes it what it is (see the parser in
// cmd/compile/internal/syntax).
func Place(n ast.Node) token.Pos {
	switch n := n.(type) {
	case *ast.Ident, *ast.BasicLit, *ast.FuncLit, *ast.UnaryExpr, *ast.StarExpr, *ast.ParenExpr:
		return n.Pos()
	case *ast.CallExpr:
		return n.Lparen
	case *ast.CompositeLit:
		return n.Lbrace
	case *ast.SelectorExpr:
		return n.X.End() // the dot
	case *ast.TypeAssertExpr:
		return n.X.End()
	case *ast.IndexExpr:
		return n.Lbrack
	case *ast.IndexListExpr:
		return n.Lbrack
	case *ast.SliceExpr:
		return n.Lbrack
	case *ast.BinaryExpr:
		return n.OpPos
	}
	return token.NoPos
}

// conversionAt returns the conversion whose operand the compiler speaks of at
// pos: it knows conversions by the place of their operand.
func (f *Finder) conversionAt(pos token.Pos) (inspector.Cursor, bool) {
	for _, cur := range f.At(pos) {
		for {
			if _, ok := cur.Parent().Node().(*ast.ParenExpr); !ok {
				break
			}
			cur = cur.Parent()
		}
		call, ok := cur.Parent().Node().(*ast.CallExpr)
		if ok && len(call.Args) == 1 && call.Args[0] == cur.Node() && f.pass.TypesInfo.Types[call.Fun].IsType() {
			return cur.Parent(), true
		}
	}
	return inspector.Cursor{}, false
}

// argumentOf returns the call that the expression at cur is an argument of,
// seen through parentheses and conversions to an interface.
func (f *Finder) argumentOf(cur inspector.Cursor) *ast.CallExpr {
	for {
		child, parent := cur.Node(), cur.Parent()
		switch n := parent.Node().(type) {
		case *ast.ParenExpr:
		case *ast.CallExpr:
			if n.Fun == child {
				return nil
			}
			if tv := f.pass.TypesInfo.Types[n.Fun]; !tv.IsType() {
				if tv.IsBuiltin() {
					return nil
				}
				return n
			} else if !isInterface(tv.Type) {
				return nil
			}
		default:
			return nil
		}
		cur = parent
	}
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
