package heapescape

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/inspector"
)

// at returns the expressions that the compiler speaks of at pos.
func (c *checker) at(pos token.Pos) []inspector.Cursor {
	file := c.pass.File(pos)
	if file == nil {
		return nil
	}
	sites, ok := c.sites[file]
	if !ok {
		sites = make(map[token.Pos][]inspector.Cursor)
		cur, _ := c.root.FindNode(file)
		for cur := range cur.Preorder() {
			if p := c.place(cur.Node()); p.IsValid() {
				sites[p] = append(sites[p], cur)
			}
		}
		c.sites[file] = sites
	}
	return sites[pos]
}

// place returns the position that the compiler gives an expression: that of
// the operator or bracket that makes it what it is (see the parser in
// cmd/compile/internal/syntax).
func (c *checker) place(n ast.Node) token.Pos {
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
func (c *checker) conversionAt(pos token.Pos) (inspector.Cursor, bool) {
	for _, cur := range c.at(pos) {
		for {
			if _, ok := cur.Parent().Node().(*ast.ParenExpr); !ok {
				break
			}
			cur = cur.Parent()
		}
		call, ok := cur.Parent().Node().(*ast.CallExpr)
		if ok && len(call.Args) == 1 && call.Args[0] == cur.Node() && c.pass.TypesInfo.Types[call.Fun].IsType() {
			return cur.Parent(), true
		}
	}
	return inspector.Cursor{}, false
}

// argumentOf returns the call that the expression at cur is an argument of,
// seen through parentheses and conversions to an interface.
func (c *checker) argumentOf(cur inspector.Cursor) *ast.CallExpr {
	for {
		child, parent := cur.Node(), cur.Parent()
		switch n := parent.Node().(type) {
		case *ast.ParenExpr:
		case *ast.CallExpr:
			if n.Fun == child {
				return nil
			}
			if tv := c.pass.TypesInfo.Types[n.Fun]; !tv.IsType() {
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

// loopAround returns the innermost loop of the same function that runs what
// stands at pos more than once.
func (c *checker) loopAround(pos token.Pos) ast.Node {
	cur, ok := c.root.FindByPos(pos, pos)
	if !ok {
		return nil
	}
	for cur := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		switch n := cur.Node().(type) {
		case *ast.ForStmt:
			return n // also for the variables of its head, which are made anew in each iteration
		case *ast.RangeStmt:
			if !within(n.X, pos) {
				return n
			}
		default:
			return nil
		}
	}
	return nil
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
