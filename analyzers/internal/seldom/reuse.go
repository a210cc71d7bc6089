package seldom

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// receives reports whether a case of the select statement around its default
// returns what it received: a free list made of a channel.
func receives(body ast.Node) (found bool) {
	block, ok := body.(*ast.BlockStmt)
	if !ok {
		return false
	}
	for _, s := range block.List {
		comm, ok := s.(*ast.CommClause)
		if !ok {
			continue
		}
		as, ok := comm.Comm.(*ast.AssignStmt)
		if !ok {
			continue
		}
		for _, s := range comm.Body {
			if ret, ok := s.(*ast.ReturnStmt); ok && mentionsAny(ret, as.Lhs[:1]) {
				found = true
			}
		}
	}
	return found
}

// after looks at the statements before cur in its block: one that leaves the
// block when there is something to reuse makes the rest the rare case.
func (ix *Index) after(list []ast.Stmt, cur inspector.Cursor) string {
	for _, s := range list {
		if s == cur.Node() {
			return ""
		}
		n, ok := s.(*ast.IfStmt)
		if !ok || n.Else != nil || !returns(n.Body.List) {
			continue
		}
		if ix.reuses(n) {
			return "it is made only if there is none to reuse"
		}
	}
	return ""
}

// returns reports whether list ends in a return statement.
func returns(list []ast.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	_, ok := list[len(list)-1].(*ast.ReturnStmt)
	return ok
}

// reuses reports whether n returns what its condition found, or is done with it:
// the value that is not nil, that a map or a type assertion gave, that a free
// list holds, or that has room enough.
func (ix *Index) reuses(n *ast.IfStmt) bool {
	ret := n.Body.List[len(n.Body.List)-1].(*ast.ReturnStmt)
	found := false
	ix.leaves(n.Cond, true, func(leaf ast.Expr, want bool) {
		switch x := leaf.(type) {
		case *ast.BinaryExpr:
			switch v := ix.comparedToNil(x); {
			case v != nil:
				done := len(ret.Results) == 0 && ix.pooled(v) && mentions(n.Body, v)
				found = found || (x.Op == token.NEQ) == want && !ix.isError(v) && (done || mentions(ret, v))
			case ix.measures(x, "cap"):
				found = true
			case ix.measures(x, "len"):
				found = found || shrinks(n.Body)
			}
		case *ast.Ident:
			from := ix.commaOk(x)
			found = found || want && from != nil && mentionsAny(ret, from.Lhs[:1])
		}
	})
	return found
}

// lists reports whether n takes from a free list what its other branch has to make.
func (ix *Index) lists(n *ast.IfStmt) (found bool) {
	ix.leaves(n.Cond, true, func(leaf ast.Expr, _ bool) {
		x, ok := leaf.(*ast.BinaryExpr)
		found = found || ok && ix.measures(x, "len") && shrinks(n.Body)
	})
	return found
}

// shrinks reports whether the body takes an element off a slice.
func shrinks(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok && len(as.Lhs) == len(as.Rhs) {
			for i, r := range as.Rhs {
				if s, ok := r.(*ast.SliceExpr); ok && types.ExprString(s.X) == types.ExprString(as.Lhs[i]) {
					found = true
				}
			}
		}
		return !found
	})
	return found
}

var diagnostics = pattern.New(`(?i)(debug|trace|verbose|loggable|enabled$|\bv\(\d)`)

// branch says why the branch of a condition is rarely taken.
func (ix *Index) branch(cond ast.Expr, taken bool, body ast.Node) (why string) {
	ix.leaves(cond, taken, func(leaf ast.Expr, want bool) {
		if why != "" {
			return
		}
		switch x := leaf.(type) {
		case *ast.BinaryExpr:
			v := ix.comparedToNil(x)
			switch {
			case v != nil && (x.Op == token.EQL) == want && (ix.pooled(v) || assigns(body, v) && (ix.keeps(v) || ix.setBefore(v))):
				why = "it is made only while there is none"
			case v != nil && (x.Op == token.NEQ) == want && ix.recovered(v):
				why = "it is made after a panic"
			case v != nil && (x.Op == token.NEQ) == want && diagnostics.MatchString(types.ExprString(v)):
				why = Diagnostics
			case want && (ix.isDebugLevel(x.X) || ix.isDebugLevel(x.Y)):
				why = Diagnostics
			case ix.measures(x, "cap"):
				why = Grows
			case ix.measures(x, "len") && ix.assignsMeasured(body, x):
				why = Grows
			}
		case *ast.Ident:
			if from := ix.commaOk(x); from != nil && !want && ix.misses(from, body) {
				why = "it is made only if there is none to reuse"
			} else if want && diagnostics.MatchString(x.Name) {
				why = Diagnostics
			}
		case *ast.CallExpr, *ast.SelectorExpr:
			if want && diagnostics.MatchString(types.ExprString(x)) {
				why = Diagnostics
			}
		}
	})
	return why
}

// isDebugLevel reports whether e is a constant that is named after what one turns
// on to look for a fault: slog.LevelDebug.
func (ix *Index) isDebugLevel(e ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	c, ok := ix.pass.TypesInfo.Uses[id].(*types.Const)
	return ok && diagnostics.MatchString(c.Name())
}

// asksDebugLevel reports whether s asks a logger for what it needs to write at a
// level below the usual: "c := log.Check(zap.DebugLevel, …)".
func (ix *Index) asksDebugLevel(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && slices.ContainsFunc(call.Args, ix.isDebugLevel) {
			found = true
		}
		return !found
	})
	return found
}

// leaves calls f for each part of cond that holds (or does not), or may be the
// reason why cond does.
func (ix *Index) leaves(cond ast.Expr, want bool, f func(ast.Expr, bool)) {
	switch x := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			ix.leaves(x.X, !want, f)
		}
	case *ast.BinaryExpr:
		switch {
		case x.Op == token.LAND || x.Op == token.LOR:
			ix.leaves(x.X, want, f)
			ix.leaves(x.Y, want, f)
		default:
			f(x, want)
		}
	default:
		f(x, want)
	}
}

// comparedToNil returns what x compares to nil, or nil.
func (ix *Index) comparedToNil(x *ast.BinaryExpr) ast.Expr {
	if x.Op != token.EQL && x.Op != token.NEQ {
		return nil
	}
	switch {
	case ix.pass.TypesInfo.Types[x.Y].IsNil():
		return ast.Unparen(x.X)
	case ix.pass.TypesInfo.Types[x.X].IsNil():
		return ast.Unparen(x.Y)
	}
	return nil
}

func (ix *Index) isError(e ast.Expr) bool {
	return types.Identical(ix.pass.TypesInfo.TypeOf(e), types.Universe.Lookup("error").Type())
}

// measures reports whether x compares what the builtin returns.
func (ix *Index) measures(x *ast.BinaryExpr, builtin string) bool {
	switch x.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
	default:
		return false
	}
	return len(ix.measured(x, builtin)) > 0
}

// measured returns the arguments of the builtin in x, and of variables in x that
// were set to it.
func (ix *Index) measured(x ast.Expr, builtin string) []ast.Expr {
	args := ix.argsOf(x, builtin)
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if as := ix.definition(id); as != nil && len(as.Rhs) == 1 {
				args = append(args, ix.argsOf(as.Rhs[0], builtin)...)
			}
		}
		return true
	})
	return args
}

// argsOf returns the arguments of calls of the builtin in x.
func (ix *Index) argsOf(x ast.Expr, builtin string) (args []ast.Expr) {
	ast.Inspect(x, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == builtin && ix.pass.TypesInfo.Types[call.Fun].IsBuiltin() {
			args = append(args, call.Args[0])
		}
		return true
	})
	return args
}

func (ix *Index) assignsMeasured(body ast.Node, x *ast.BinaryExpr) bool {
	for _, e := range ix.measured(x, "len") {
		if (ix.keeps(e) || ix.pooled(e)) && assigns(body, e) {
			return true
		}
	}
	return false
}

// keeps reports whether e outlives the call: a field, an element, a package's
// variable, a buffer of the caller, what a literal captures. A local variable begins anew each time.
func (ix *Index) keeps(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return true
	}
	obj := ix.pass.TypesInfo.ObjectOf(id)
	if obj == nil || obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() {
		return obj != nil
	}
	if g := ix.funcs.At(id.Pos()); g != nil && g.Parent != nil && !within(g.Node, obj.Pos()) {
		return true // a literal may run more often than its variable is made
	}
	if _, slice := types.Unalias(obj.Type()).Underlying().(*types.Slice); !slice {
		return false
	}
	return ix.parameter(obj) || ix.copiesField(id)
}

// copiesField reports whether the variable id was set to what is kept elsewhere.
func (ix *Index) copiesField(id *ast.Ident) bool {
	for _, as := range ix.settings(id) {
		for _, r := range as.Rhs {
			switch r.(type) {
			case *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr:
				return true
			}
		}
	}
	return false
}

func (ix *Index) parameter(obj types.Object) bool {
	g := ix.funcs.At(obj.Pos())
	return g != nil && obj.Pos() < g.Body.Lbrace
}

// pooled reports whether the variable e was ever set to what a pool, a cache or
// an atomic pointer had.
func (ix *Index) pooled(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	for _, as := range ix.settings(id) {
		if len(as.Rhs) == 1 && ix.fetches(as.Rhs[0]) {
			return true
		}
	}
	return false
}

// setBefore reports whether the variable e, not a parameter, may have something
// already: then a nil one is the lack of something to reuse.
func (ix *Index) setBefore(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && len(ix.settings(id)) > 0
}

// recovered reports whether e is what recover returned.
func (ix *Index) recovered(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	as := ix.definition(id)
	if as == nil || len(as.Rhs) != 1 {
		return false
	}
	call, ok := as.Rhs[0].(*ast.CallExpr)
	return ok && types.ExprString(call.Fun) == "recover"
}

// fetches reports whether e asks something for a value that it may have, or is
// a variable that such an answer was put into.
func (ix *Index) fetches(e ast.Expr) bool {
	e = unasserted(e)
	if id, ok := e.(*ast.Ident); ok {
		as := ix.definition(id)
		if as == nil || len(as.Rhs) != 1 {
			return false
		}
		e = unasserted(as.Rhs[0])
	}
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	return ok && fetching.MatchString(sel.Sel.Name)
}

// unasserted returns x of x.(T).
func unasserted(e ast.Expr) ast.Expr {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		default:
			return e
		}
	}
}

// Fetches reports whether call asks something for a value that it may have:
// a pool, a cache, a free list. It goes by the name of what is called.
func Fetches(call *ast.CallExpr) bool { return fetching.MatchString(calleeName(call)) }

var fetching = pattern.New(`^(?i:get|load|lookup|peek|pop|take|acquire|find|fetch)`)

// misses reports whether the failed v, ok = … is a cache that the body fills,
// or a pool that had nothing.
func (ix *Index) misses(as *ast.AssignStmt, body ast.Node) bool {
	switch from := ast.Unparen(as.Rhs[0]).(type) {
	case *ast.IndexExpr:
		return assignsElement(body, from.X)
	case *ast.TypeAssertExpr:
		return ix.fetches(from.X)
	case *ast.CallExpr:
		return ix.fetches(from)
	}
	return false
}
