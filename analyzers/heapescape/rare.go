package heapescape

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strings"

	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"
)

// rare says why what stands at pos does not happen in every call although no
// error leads there: it fills something that is kept, grows a buffer, misses a
// cache, or serves diagnostics. It returns "" if nothing of the kind shows.
// What it takes for rare becomes a suspicion, so it errs on the side of rare.
func (c *checker) rare(pos token.Pos) string {
	cur, ok := c.cursorAt(pos)
	if !ok {
		return ""
	}
	if c.reports(cur) { // the call itself allocates
		return "it reports an event"
	}
	for parent := cur.Parent(); parent.Valid() && parent.Node() != nil; cur, parent = parent, parent.Parent() {
		if c.makesError(cur.Node()) && c.conditional(pos) {
			return "it makes an error"
		}
		why := ""
		switch n := parent.Node().(type) {
		case *ast.CallExpr:
			if n.Fun != cur.Node() && c.reports(parent) {
				return "it reports an event"
			}
		case *ast.AssignStmt:
			if c.namesError(n) && c.conditional(pos) {
				return "it makes an error"
			}
		case *ast.IfStmt:
			switch k, _ := cur.ParentEdge(); k {
			case edge.IfStmt_Body:
				why = c.branch(n.Cond, true, n.Body)
			case edge.IfStmt_Else:
				why = c.branch(n.Cond, false, n.Else)
			}
		case *ast.BlockStmt:
			if why = c.after(n.List, cur); why == "" && c.beforeEndlessLoop(n.List, cur.Node()) {
				why = "it is made once, before the loop"
			}
		case *ast.CaseClause:
			why = c.after(n.Body, cur)
		case *ast.CommClause:
			if n.Comm == nil && receives(parent.Parent().Node()) {
				why = "it is made only if there is none to reuse"
			}
		case *ast.FuncLit:
			if c.once(parent) {
				return "it runs once"
			}
			return ""
		case *ast.FuncDecl, *ast.File:
			return ""
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// reports reports whether the statement at cur is a call that tells a logger or
// a caller of something that happened, going by its name: of a failure, or in
// one branch only of anything.
func (c *checker) reports(cur inspector.Cursor) bool {
	call, ok := cur.Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	if _, ok := cur.Parent().Node().(*ast.ExprStmt); !ok {
		return false
	}
	name := calleeName(call)
	return failing.MatchString(name) || reporting.MatchString(name) && (c.conditional(call.Lparen) || afterReturn(cur))
}

var (
	failing   = regexp.MustCompile(`(?i:error|err|warn|warning|fatal|panic|critical)(?i:f|w|ln|s|ctx|context)?$`)
	reporting = regexp.MustCompile(`(?i:debug|trace|info|notice|log)(?i:f|w|ln|s|ctx|context|attrs)?$|Print(f|ln)?$|^print(f|ln)?$`)
)

// afterReturn reports whether a statement before that of the call at cur may
// have left the function.
func afterReturn(cur inspector.Cursor) bool {
	stmt := cur.Parent()
	block, ok := stmt.Parent().Node().(*ast.BlockStmt)
	if !ok {
		return false
	}
	for _, s := range block.List {
		if s == stmt.Node() {
			return false
		}
		if n, ok := s.(*ast.IfStmt); ok && returns(n.Body.List) {
			return true
		}
	}
	return false
}

func calleeName(call *ast.CallExpr) string {
	switch fun := ast.Unparen(call.Fun).(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

// makesError reports whether e is an error made anew.
func (c *checker) makesError(n ast.Node) bool {
	e, ok := n.(ast.Expr)
	if !ok {
		return false
	}
	t := c.pass.TypesInfo.TypeOf(e)
	if t == nil || !types.Implements(t, errorType) {
		return false
	}
	switch e := ast.Unparen(e).(type) {
	case *ast.CallExpr:
		return makesErrors(e) || c.pass.TypesInfo.Types[e.Fun].IsType()
	case *ast.UnaryExpr, *ast.CompositeLit:
		return true
	}
	return false
}

// namesError reports whether n sets a string that is named after an error.
func (c *checker) namesError(n *ast.AssignStmt) bool {
	id, ok := n.Lhs[0].(*ast.Ident)
	return ok && strings.HasPrefix(strings.ToLower(id.Name), "err") && isString(c.pass.TypesInfo.TypeOf(id))
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

// once reports whether the literal at cur is what a sync.Once does.
func (c *checker) once(cur inspector.Cursor) bool {
	call, ok := cur.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	k := c.pass.Funcs.Call(call)
	if k == nil || k.Func == nil {
		return false
	}
	switch k.Func.FullName() {
	case "(*sync.Once).Do", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues":
		return true
	}
	return false
}

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

// beforeEndlessLoop reports whether s is the set-up of a worker: in list a loop
// follows that only ends with the function, which returns nothing but an error.
func (c *checker) beforeEndlessLoop(list []ast.Stmt, s ast.Node) bool {
	g := c.pass.Funcs.At(s.Pos())
	if g == nil || g.Sig == nil || g.Body == nil {
		return false
	}
	for r := range g.Sig.Results().Variables() {
		if !types.Identical(r.Type(), types.Universe.Lookup("error").Type()) {
			return false
		}
	}
	passed := false
	for _, t := range list {
		label := ""
		if l, ok := t.(*ast.LabeledStmt); ok {
			label, t = l.Label.Name, l.Stmt
		}
		if f, ok := t.(*ast.ForStmt); ok && passed && f.Cond == nil && !breaks(f.Body, label, true) {
			return true
		}
		passed = passed || t == s
	}
	return false
}

// breaks reports whether n leaves the loop around it by a break, a plain one if
// plain is set, or one that names label.
func breaks(n ast.Node, label string, plain bool) (found bool) {
	ast.Inspect(n, func(m ast.Node) bool {
		switch m := m.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			if m != n {
				found = found || breaks(m, label, false)
				return false
			}
		case *ast.BranchStmt:
			if m.Tok == token.BREAK {
				found = found || m.Label == nil && plain || m.Label != nil && m.Label.Name == label
			}
		}
		return !found
	})
	return found
}

// after looks at the statements before cur in its block: one that leaves the
// block when there is something to reuse makes the rest the rare case.
func (c *checker) after(list []ast.Stmt, cur inspector.Cursor) string {
	for _, s := range list {
		if s == cur.Node() {
			return ""
		}
		n, ok := s.(*ast.IfStmt)
		if !ok || n.Else != nil || !returns(n.Body.List) {
			continue
		}
		if c.reuses(n) {
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
func (c *checker) reuses(n *ast.IfStmt) bool {
	ret := n.Body.List[len(n.Body.List)-1].(*ast.ReturnStmt)
	found := false
	c.leaves(n.Cond, true, func(leaf ast.Expr, want bool) {
		switch x := leaf.(type) {
		case *ast.BinaryExpr:
			switch v := c.comparedToNil(x); {
			case v != nil:
				done := len(ret.Results) == 0 && c.pooled(v) && mentions(n.Body, v)
				found = found || (x.Op == token.NEQ) == want && !c.isError(v) && (done || mentions(ret, v))
			case c.measures(x, "cap"):
				found = true
			case c.measures(x, "len"):
				found = found || shrinks(n.Body)
			}
		case *ast.Ident:
			from := c.commaOk(x)
			found = found || want && from != nil && mentionsAny(ret, from.Lhs[:1])
		}
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

var diagnostics = regexp.MustCompile(`(?i)(debug|trace|verbose|loggable|enabled$|\bv\(\d)`)

// branch says why the branch of a condition is rarely taken.
func (c *checker) branch(cond ast.Expr, taken bool, body ast.Node) (why string) {
	c.leaves(cond, taken, func(leaf ast.Expr, want bool) {
		switch x := leaf.(type) {
		case *ast.BinaryExpr:
			v := c.comparedToNil(x)
			switch {
			case v != nil && (x.Op == token.EQL) == want && (c.pooled(v) || assigns(body, v) && (c.keeps(v) || c.setBefore(v))):
				why = "it is made only while there is none"
			case v != nil && (x.Op == token.NEQ) == want && c.recovered(v):
				why = "it is made after a panic"
			case v != nil && (x.Op == token.NEQ) == want && diagnostics.MatchString(types.ExprString(v)):
				why = "it serves diagnostics"
			case c.measures(x, "cap"):
				why = "it is made only to grow"
			case c.measures(x, "len") && c.assignsMeasured(body, x):
				why = "it is made only to grow"
			}
		case *ast.Ident:
			if from := c.commaOk(x); from != nil && !want && c.misses(from, body) {
				why = "it is made only if there is none to reuse"
			} else if want && diagnostics.MatchString(x.Name) {
				why = "it serves diagnostics"
			}
		case *ast.CallExpr, *ast.SelectorExpr:
			if want && diagnostics.MatchString(types.ExprString(x)) {
				why = "it serves diagnostics"
			}
		}
	})
	return why
}

// leaves calls f for each part of cond that holds (or does not), or may be the
// reason why cond does.
func (c *checker) leaves(cond ast.Expr, want bool, f func(ast.Expr, bool)) {
	switch x := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if x.Op == token.NOT {
			c.leaves(x.X, !want, f)
		}
	case *ast.BinaryExpr:
		switch {
		case x.Op == token.LAND || x.Op == token.LOR:
			c.leaves(x.X, want, f)
			c.leaves(x.Y, want, f)
		default:
			f(x, want)
		}
	default:
		f(x, want)
	}
}

// comparedToNil returns what x compares to nil, or nil.
func (c *checker) comparedToNil(x *ast.BinaryExpr) ast.Expr {
	if x.Op != token.EQL && x.Op != token.NEQ {
		return nil
	}
	switch {
	case c.pass.TypesInfo.Types[x.Y].IsNil():
		return ast.Unparen(x.X)
	case c.pass.TypesInfo.Types[x.X].IsNil():
		return ast.Unparen(x.Y)
	}
	return nil
}

func (c *checker) isError(e ast.Expr) bool {
	return types.Identical(c.pass.TypesInfo.TypeOf(e), types.Universe.Lookup("error").Type())
}

// measures reports whether x compares what the builtin returns.
func (c *checker) measures(x *ast.BinaryExpr, builtin string) bool {
	switch x.Op {
	case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
	default:
		return false
	}
	return len(c.measured(x, builtin)) > 0
}

// measured returns the arguments of the builtin in x, and of variables in x that
// were set to it.
func (c *checker) measured(x ast.Expr, builtin string) []ast.Expr {
	args := c.argsOf(x, builtin)
	ast.Inspect(x, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if as := c.definition(id); as != nil && len(as.Rhs) == 1 {
				args = append(args, c.argsOf(as.Rhs[0], builtin)...)
			}
		}
		return true
	})
	return args
}

// argsOf returns the arguments of calls of the builtin in x.
func (c *checker) argsOf(x ast.Expr, builtin string) (args []ast.Expr) {
	ast.Inspect(x, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == builtin && c.pass.TypesInfo.Types[call.Fun].IsBuiltin() {
			args = append(args, call.Args[0])
		}
		return true
	})
	return args
}

func (c *checker) assignsMeasured(body ast.Node, x *ast.BinaryExpr) bool {
	for _, e := range c.measured(x, "len") {
		if c.keeps(e) && assigns(body, e) {
			return true
		}
	}
	return false
}

// keeps reports whether e outlives the call: a field, an element, a package's
// variable, a buffer of the caller. A local variable begins anew each time.
func (c *checker) keeps(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return true
	}
	obj := c.pass.TypesInfo.ObjectOf(id)
	if obj == nil || obj.Pkg() == nil || obj.Parent() == obj.Pkg().Scope() {
		return obj != nil
	}
	if _, slice := types.Unalias(obj.Type()).Underlying().(*types.Slice); !slice {
		return false
	}
	return c.parameter(obj) || c.copiesField(id)
}

// copiesField reports whether the variable id was set to what is kept elsewhere.
func (c *checker) copiesField(id *ast.Ident) bool {
	for _, as := range c.settings(id) {
		for _, r := range as.Rhs {
			switch r.(type) {
			case *ast.SelectorExpr, *ast.StarExpr, *ast.IndexExpr, *ast.SliceExpr:
				return true
			}
		}
	}
	return false
}

func (c *checker) parameter(obj types.Object) bool {
	g := c.pass.Funcs.At(obj.Pos())
	return g != nil && obj.Pos() < g.Body.Lbrace
}

// pooled reports whether the variable e was ever set to what a pool, a cache or
// an atomic pointer had.
func (c *checker) pooled(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	for _, as := range c.settings(id) {
		if len(as.Rhs) == 1 && c.fetches(as.Rhs[0]) {
			return true
		}
	}
	return false
}

// setBefore reports whether the variable e, not a parameter, may have something
// already: then a nil one is the lack of something to reuse.
func (c *checker) setBefore(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && len(c.settings(id)) > 0
}

// recovered reports whether e is what recover returned.
func (c *checker) recovered(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok {
		return false
	}
	as := c.definition(id)
	if as == nil || len(as.Rhs) != 1 {
		return false
	}
	call, ok := as.Rhs[0].(*ast.CallExpr)
	return ok && types.ExprString(call.Fun) == "recover"
}

// fetches reports whether e asks something for a value that it may have, or is
// a variable that such an answer was put into.
func (c *checker) fetches(e ast.Expr) bool {
	e = unasserted(e)
	if id, ok := e.(*ast.Ident); ok {
		as := c.definition(id)
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

var fetching = regexp.MustCompile(`^(?i:get|load|lookup|peek|pop|take|acquire|find|fetch)`)

// commaOk returns the assignment v, ok = … that sets id, or nil.
func (c *checker) commaOk(id *ast.Ident) *ast.AssignStmt {
	as := c.definition(id)
	if as == nil || len(as.Lhs) != 2 || len(as.Rhs) != 1 || !sameIdent(as.Lhs[1], id) {
		return nil
	}
	return as
}

func sameIdent(e ast.Expr, id *ast.Ident) bool {
	x, ok := e.(*ast.Ident)
	return ok && x.Name == id.Name
}

// misses reports whether the failed v, ok = … is a cache that the body fills,
// or a pool that had nothing.
func (c *checker) misses(as *ast.AssignStmt, body ast.Node) bool {
	switch from := ast.Unparen(as.Rhs[0]).(type) {
	case *ast.IndexExpr:
		return assignsElement(body, from.X)
	case *ast.TypeAssertExpr:
		return c.fetches(from.X)
	case *ast.CallExpr:
		return c.fetches(from)
	}
	return false
}

// definition returns the last statement before id that sets its variable.
func (c *checker) definition(id *ast.Ident) *ast.AssignStmt {
	all := c.settings(id)
	if len(all) == 0 {
		return nil
	}
	return all[len(all)-1]
}

// settings returns the statements before id that set its variable to anything
// but nil.
func (c *checker) settings(id *ast.Ident) (all []*ast.AssignStmt) {
	obj, ok := c.pass.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || obj.IsField() {
		return nil
	}
	g := c.pass.Funcs.At(id.Pos())
	if g == nil {
		return nil
	}
	ast.Inspect(g.Outermost().Body, func(n ast.Node) bool {
		as, ok := n.(*ast.AssignStmt)
		if !ok || as.Pos() >= id.Pos() {
			return n == nil || n.Pos() < id.Pos()
		}
		for i, l := range as.Lhs {
			x, ok := l.(*ast.Ident)
			if !ok || c.pass.TypesInfo.ObjectOf(x) != obj {
				continue
			}
			if len(as.Rhs) != len(as.Lhs) || !c.pass.TypesInfo.Types[as.Rhs[i]].IsNil() {
				all = append(all, as)
			}
		}
		return true
	})
	return all
}

// assigns reports whether body assigns to what e denotes.
func assigns(body ast.Node, e ast.Expr) bool {
	want := types.ExprString(e)
	return setsWhere(body, func(l ast.Expr) bool { return types.ExprString(l) == want })
}

func assignsElement(body ast.Node, m ast.Expr) bool {
	want := types.ExprString(m)
	return setsWhere(body, func(l ast.Expr) bool {
		x, ok := l.(*ast.IndexExpr)
		return ok && types.ExprString(x.X) == want
	})
}

func setsWhere(body ast.Node, match func(ast.Expr) bool) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok {
			for _, l := range as.Lhs {
				found = found || match(ast.Unparen(l))
			}
		}
		return !found
	})
	return found
}

func mentions(n ast.Node, e ast.Expr) bool { return mentionsAny(n, []ast.Expr{e}) }

func mentionsAny(n ast.Node, es []ast.Expr) (found bool) {
	for _, e := range es {
		want := types.ExprString(e)
		ast.Inspect(n, func(n ast.Node) bool {
			if x, ok := n.(ast.Expr); ok && types.ExprString(x) == want {
				found = true
			}
			return !found
		})
	}
	return found
}
