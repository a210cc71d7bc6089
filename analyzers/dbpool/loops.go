package dbpool

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A loop goes over the elements of a collection or the rows of a query.
type loop struct {
	node ast.Stmt
	body *ast.BlockStmt
	over ast.Expr      // the collection; nil for rows
	vars dataflow.Vars // what differs from turn to turn
}

// loops reports the queries that f makes in loops, one for each loop.
func (c *checker) loops(f *funcs.Func) {
	seen := make(map[ast.Stmt]bool)
	for _, call := range f.Out {
		if call.Mode != funcs.Plain || c.Hotness.Cold(call.Site.Pos()) {
			continue
		}
		q := c.query(call)
		if q == nil {
			continue
		}
		if l := c.loopAround(f, call.Site); l != nil && !seen[l.node] && c.perElement(f, l, call, q) {
			seen[l.node] = true
			c.reportLoop(f, l, call, q)
		}
	}
}

// loopAround returns the innermost loop of f around site that goes over something
// whose length the program does not decide, or nil.
func (c *checker) loopAround(f *funcs.Func, site *ast.CallExpr) *loop {
	cur, ok := syntax.Find(c.root, site)
	if !ok {
		return nil
	}
	for outer := range cur.Enclosing((*ast.RangeStmt)(nil), (*ast.ForStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		var l *loop
		switch n := outer.Node().(type) {
		case *ast.RangeStmt:
			if n.Body.Pos() <= site.Pos() {
				l = c.ranged(n)
			}
		case *ast.ForStmt:
			if n.Body.Pos() <= site.Pos() {
				l = c.counted(f, n)
			}
		default:
			return nil
		}
		if l != nil && (l.over == nil || c.sizes.Of(f, l.over) != sizes.Fixed) {
			return l
		}
	}
	return nil
}

// ranged returns the loop that n is, if it goes over a slice or a map of single
// things: what goes over slices of slices works in batches.
func (c *checker) ranged(n *ast.RangeStmt) *loop {
	t := c.TypesInfo.TypeOf(n.X)
	if t == nil {
		return nil
	}
	var elem types.Type
	switch u := sizes.Core(t).(type) {
	case *types.Slice:
		elem = u.Elem()
	case *types.Map:
		elem = u.Elem()
	default:
		return nil
	}
	if s, ok := elem.Underlying().(*types.Slice); ok && !isByte(s.Elem()) {
		return nil
	}
	l := &loop{node: n, body: n.Body, over: n.X, vars: make(dataflow.Vars)}
	for _, e := range []ast.Expr{n.Key, n.Value} {
		if id, ok := e.(*ast.Ident); ok {
			l.add(c.TypesInfo.ObjectOf(id))
		}
	}
	return l
}

func isByte(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Kind() == types.Byte
}

func (l *loop) add(o types.Object) {
	if v := dataflow.LocalVar(o); v != nil {
		l.vars[v] = true
	}
}

// counted returns the loop that n is, if it goes one by one to the length of
// something or from row to row.
func (c *checker) counted(f *funcs.Func, n *ast.ForStmt) *loop {
	if call, ok := ast.Unparen(n.Cond).(*ast.CallExpr); n.Cond != nil && ok {
		return c.rows(n, call)
	}
	bound := sizes.Counted(n)
	post, ok := n.Post.(*ast.IncDecStmt)
	if bound == nil || !ok || n.Init == nil {
		return nil
	}
	over := c.sizes.LengthOf(f, bound)
	if over == nil {
		return nil
	}
	l := &loop{node: n, body: n.Body, over: over, vars: make(dataflow.Vars)}
	if id, ok := post.X.(*ast.Ident); ok {
		l.add(c.TypesInfo.ObjectOf(id))
	}
	return l
}

// rows returns the loop that asks next for a row in each turn, or nil. What it
// scans into differs from turn to turn.
func (c *checker) rows(n *ast.ForStmt, next *ast.CallExpr) *loop {
	sel, ok := ast.Unparen(next.Fun).(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != "Next" {
		return nil
	}
	if write, ok := results[typeName(c.TypesInfo.TypeOf(sel.X))]; !ok || write {
		return nil
	}
	l := &loop{node: n, body: n.Body, vars: make(dataflow.Vars)}
	ast.Inspect(n.Body, func(m ast.Node) bool {
		if u, ok := m.(*ast.UnaryExpr); ok && u.Op == token.AND {
			if id, ok := dataflow.Base(u.X).(*ast.Ident); ok {
				l.add(c.TypesInfo.ObjectOf(id))
			}
		}
		return true
	})
	return l
}

// migration is what functions and packages are called that change a schema or move
// data: they run once, and statement by statement.
var migration = pattern.New(`(?i)migrat|upgrade|downgrade|backfill|seed|fixture`)

// perElement reports whether call asks something for the element of each turn,
// which could be asked for all of them at once.
func (c *checker) perElement(f *funcs.Func, l *loop, call *funcs.Call, q *query) bool {
	flow := c.flows.Of(f)
	depends := func(e ast.Node) bool {
		for v := range flow.From(dataflow.Mentioned(c.TypesInfo, e)) {
			if l.vars[v] {
				return true
			}
		}
		return false
	}
	if recv := receiver(call.Site); recv != nil {
		if q.write && typeName(c.TypesInfo.TypeOf(recv)) == "database/sql.Stmt" {
			return false // prepared, and sent in a row
		}
		for v := range dataflow.Mentioned(c.TypesInfo, recv) {
			if l.vars[v] {
				return false // another database, or object, in each turn
			}
		}
	}
	of := false
	for _, a := range call.Site.Args {
		if !depends(a) {
			continue
		}
		if len(q.chain) == 0 && !of && isString(c.TypesInfo.TypeOf(a)) && c.isText(call, a) {
			return false // another statement in each turn
		}
		of = true
	}
	name := ""
	if o := f.Outermost().Obj; o != nil {
		name = o.Name()
	}
	return of && !c.lastTurn(l, call) && !migration.MatchString(name) && !migration.MatchString(c.Pkg.Path())
}

func isString(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// isText reports whether a is the statement that call sends: the first string
// among its arguments.
func (c *checker) isText(call *funcs.Call, a ast.Expr) bool {
	i := slices.IndexFunc(call.Site.Args, func(e ast.Expr) bool { return isString(c.TypesInfo.TypeOf(e)) })
	return i >= 0 && call.Site.Args[i] == a
}

// lastTurn reports whether the turn that makes the call is the last: the body of
// the loop ends by leaving it.
func (c *checker) lastTurn(l *loop, call *funcs.Call) bool {
	if len(l.body.List) == 0 {
		return false
	}
	switch s := l.body.List[len(l.body.List)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.BREAK
	}
	return false
}

// searches reports whether the loop may end with what a query finds: a return or a
// break, on no way to an error, after the call.
func (c *checker) searches(l *loop, call *funcs.Call) (found bool) {
	ast.Inspect(l.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.SelectStmt, *ast.SwitchStmt:
			return false
		case *ast.ReturnStmt:
			found = found || n.Pos() > call.Site.End() && !c.Hotness.Cold(n.Pos())
		case *ast.BranchStmt:
			found = found || n.Pos() > call.Site.End() && n.Tok == token.BREAK && !c.Hotness.Cold(n.Pos())
		}
		return !found
	})
	return found
}

// reportLoop reports the query of a loop.
func (c *checker) reportLoop(f *funcs.Func, l *loop, call *funcs.Call, q *query) {
	each := "row"
	if l.over != nil {
		each = "element of " + rule.Brief(types.ExprString(l.over))
	}
	what := c.short(call.Func) + " asks the database"
	if len(q.chain) > 0 {
		what = c.short(call.Func) + " ends in a query, which asks the database"
	}
	message := fmt.Sprintf("%s once for each %s: as many round trips, one after the other", what, each)
	tier, doubt := rule.Likely, ""
	root := c.Hotness.RootAt(call.Site.Pos())
	switch {
	case root == nil:
		tier = rule.Suspected
	case q.write:
		doubt = "it changes something, which may be meant to stand alone"
	case q.maybe:
		doubt = "not each call comes to the query"
	case c.searches(l, call):
		doubt = "the loop may end with the first that is found"
	case c.requests.ForDiagnosis(f, call.Site.Pos(), root):
		doubt = "the request is for diagnosis"
	default:
		doubt = c.requests.Doubt(f, call.Site.Pos(), root)
	}
	if root != nil {
		message += ", on behalf of a request (" + root.Detail + ")"
	}
	if doubt != "" {
		tier = rule.Suspected
		message += " (but " + doubt + ")"
	}
	c.Report(rule.Finding{
		Pos:       call.Site.Pos(),
		End:       call.Site.End(),
		Tier:      tier,
		Message:   message,
		Cause:     "a query for each element",
		Primitive: q.name,
		Chain:     q.chain,
		Mend:      "ask for all of them at once, before the loop: a join, WHERE … IN (…) or = ANY($1), a batch",
	})
}
