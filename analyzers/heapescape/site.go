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

// cursorAt returns the expression that begins at pos, or stands around it. A
// function literal is what makes the closure, and not inside itself.
func (c *checker) cursorAt(pos token.Pos) (inspector.Cursor, bool) {
	cur, ok := c.root.FindByPos(pos, pos+1)
	if !ok {
		return cur, false
	}
	for lit := range cur.Enclosing((*ast.FuncLit)(nil)) {
		if lit.Node().Pos() == pos {
			cur = lit
		}
	}
	return cur, true
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
	cur, ok := c.cursorAt(pos)
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
			if n.Pos() != pos {
				return nil
			}
		}
	}
	return nil
}

// conditional reports whether what stands at pos runs in one branch only of its
// function or loop.
func (c *checker) conditional(pos token.Pos) bool {
	cur, ok := c.cursorAt(pos)
	if !ok {
		return false
	}
	for parent := cur.Parent(); parent.Valid() && parent.Node() != nil; cur, parent = parent, parent.Parent() {
		switch n := parent.Node().(type) {
		case *ast.IfStmt:
			if n.Body == cur.Node() || n.Else == cur.Node() {
				return true
			}
		case *ast.CaseClause, *ast.CommClause:
			return true
		case *ast.BinaryExpr:
			if (n.Op == token.LAND || n.Op == token.LOR) && n.Y == cur.Node() {
				return true
			}
		case *ast.BlockStmt:
			if onlyByGoto(n.List, cur.Node()) {
				return true
			}
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit, *ast.FuncDecl:
			return false
		}
	}
	return false
}

// onlyByGoto reports whether s stands behind a label of list that is not fallen
// into: what goes there went wrong.
func onlyByGoto(list []ast.Stmt, s ast.Node) bool {
	left, byGoto := false, false
	for _, t := range list {
		if _, ok := t.(*ast.LabeledStmt); ok && left {
			byGoto = true
		}
		if t == s {
			return byGoto
		}
		switch t := t.(type) {
		case *ast.ReturnStmt:
			left = true
		case *ast.BranchStmt:
			left = t.Tok == token.GOTO
		default:
			left = false
		}
	}
	return false
}

func within(n ast.Node, pos token.Pos) bool { return n.Pos() <= pos && pos < n.End() }
