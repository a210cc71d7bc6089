package timerchurn

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"time"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// How long a timer that is left behind must run before it counts. Of shorter
// ones there are never many: at a thousand waits a second, a hundred.
const (
	negligible = 100 * time.Millisecond
	perRequest = 10 * time.Second // where only a request makes one, and not a loop
)

// retained reports a timer that stays, before Go 1.23, when the wait for it is
// over: with its channel, in the timer heap, until it fires.
func (c *checker) retained(s *site, loop ast.Node) bool {
	switch {
	case s.known && s.d < negligible:
		return false
	case s.by != nil:
		return loop != nil && s.by.Left && c.left(s, loop, true)
	case s.comm == nil && c.dropped(s):
		return loop != nil && c.left(s, loop, true)
	case s.comm == nil || len(c.others(s)) == 0:
		return false // it is waited for until it fires, or elsewhere
	case loop == nil:
		return c.byRequest(s)
	case c.comesRound(s, loop):
		return c.left(s, loop, true)
	}
	return c.endsOnlyThere(s, loop) && !c.counts(loop) && c.left(s, loop, false)
}

// left reports a timer that a loop leaves behind in each turn or, if only what
// ends the loop leaves one behind, the last one.
func (c *checker) left(s *site, loop ast.Node, each bool) bool {
	tier := rule.Likely
	switch {
	case !each && c.lives.Origin(s.fn, true).Process:
		return false // the process ends with it
	case c.counts(loop) || s.by != nil && !s.known:
		tier = rule.Suspected // as many as there are items, or short ones
	}
	f := c.finding(s, tier, "left behind")
	stays := "until it fires"
	if s.known {
		stays = fmt.Sprintf("for the rest of its %v", s.d)
	}
	if each {
		f.Message = c.what(s) + " in each turn of this loop; before Go 1.23 one that another case overtakes stays in the timer heap, with its channel, " + stays
	} else {
		f.Message = c.what(s) + " in each turn of this loop; before Go 1.23 the one that is not waited for to the end stays in the timer heap, with its channel, " + stays
	}
	f.Mend = "make one timer or ticker before the loop, Reset it in each turn, and Stop it when the loop ends"
	c.Report(f)
	return true
}

// byRequest reports a long timer that each request leaves behind.
func (c *checker) byRequest(s *site) bool {
	root := c.Hotness.RootAt(s.call.Pos())
	if root == nil || s.known && s.d < perRequest {
		return false
	}
	doubt := c.requests.Doubt(s.fn, c.anchor(s.call), root)
	f := c.finding(s, rule.Likely, "left behind by a request")
	if doubt != "" || !s.known {
		f.Tier = rule.Suspected
	}
	f.Message = s.made + " makes a timer for each request (" + root.Detail + "); before Go 1.23 it stays in the timer heap, with its channel, until it fires, however soon the answer comes"
	if doubt != "" {
		f.Message += " (but " + doubt + ")"
	}
	f.Mend = "make it by time.NewTimer and defer its Stop, or wait for a context with a deadline"
	c.Report(f)
	return true
}

// dropped reports whether the channel is put into a variable of the loop body that
// a select waits for beside others.
func (c *checker) dropped(s *site) bool {
	cur, ok := syntax.Find(c.root, s.call)
	if !ok {
		return false
	}
	assign, ok := cur.Parent().Node().(*ast.AssignStmt)
	if !ok || assign.Tok != token.DEFINE || len(assign.Lhs) != 1 {
		return false
	}
	v := c.values.Variable(assign.Lhs[0])
	for sel := range c.body(s).Preorder((*ast.SelectStmt)(nil)) {
		clauses := sel.Node().(*ast.SelectStmt).Body.List
		for _, stmt := range clauses {
			x := channel(stmt.(*ast.CommClause).Comm)
			if x != nil && v != nil && c.values.Variable(x) == v {
				return len(clauses) > 1
			}
		}
	}
	return false
}

func (c *checker) body(s *site) inspector.Cursor {
	cur, _ := syntax.Find(c.root, s.fn.Body)
	return cur
}

// channel returns what a case receives from, or nil.
func channel(comm ast.Stmt) ast.Expr {
	var e ast.Expr
	switch s := comm.(type) {
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	}
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok && u.Op == token.ARROW {
		return u.X
	}
	return nil
}

// comesRound reports whether a case other than the timer's lets the loop go on.
func (c *checker) comesRound(s *site, loop ast.Node) bool {
	for _, clause := range c.others(s) {
		if !c.leaves(clause.Body, loop) {
			return true
		}
	}
	return false
}

// endsOnlyThere reports whether nothing but the other cases of the select ends the
// loop: what ends otherwise is tried again until it succeeds, not done for ever.
func (c *checker) endsOnlyThere(s *site, loop ast.Node) bool {
	f, ok := loop.(*ast.ForStmt)
	if !ok || f.Cond != nil {
		return false
	}
	label := c.label(loop)
	ends := false
	var walk func(n ast.Node, plain bool)
	walk = func(n ast.Node, plain bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n || m == nil {
				return true
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.CommClause:
				for _, o := range c.others(s) {
					if m == o {
						return false
					}
				}
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				walk(m, false)
				return false
			case *ast.ReturnStmt:
				ends = true
			case *ast.BranchStmt:
				ends = ends || m.Tok == token.GOTO || m.Tok == token.BREAK && (m.Label == nil && plain || m.Label != nil && m.Label.Name == label)
			}
			return !ends
		})
	}
	walk(f.Body, true)
	return !ends
}

// leaves reports whether the body of a case ends the loop, on each of its ways.
func (c *checker) leaves(list []ast.Stmt, loop ast.Node) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		if s.Tok == token.GOTO {
			return true
		}
		return s.Tok == token.BREAK && s.Label != nil && s.Label.Name == c.label(loop)
	case *ast.BlockStmt:
		return c.leaves(s.List, loop)
	case *ast.IfStmt:
		if s.Else == nil || !c.leaves(s.Body.List, loop) {
			return false
		}
		return c.leaves([]ast.Stmt{s.Else}, loop)
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && c.ends(call)
	}
	return false
}

// ends reports whether the call does not return.
func (c *checker) ends(call *ast.CallExpr) bool {
	if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "panic" {
		return true
	}
	k := c.Funcs.Call(call)
	if k == nil || k.Func == nil {
		return false
	}
	switch k.FullName() {
	case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln":
		return true
	}
	return false
}

// label returns the label of the loop, or "".
func (c *checker) label(loop ast.Node) string {
	cur, ok := syntax.Find(c.root, loop)
	if !ok {
		return ""
	}
	if l, ok := cur.Parent().Node().(*ast.LabeledStmt); ok {
		return l.Label.Name
	}
	return ""
}

// counts reports whether the loop turns as often as it counts, or as there are
// items in what it ranges over.
func (c *checker) counts(loop ast.Node) bool {
	switch n := loop.(type) {
	case *ast.ForStmt:
		return n.Post != nil
	case *ast.RangeStmt:
		_, ch := c.TypesInfo.TypeOf(n.X).Underlying().(*types.Chan)
		return !ch
	}
	return false
}
