package hotpath

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A coldness knows the cold branches of functions: the bodies of
// "if err != nil", and what ends, on every path, in a panic, an exit or a
// return of an error. Functions are looked at when somebody asks.
type coldness struct {
	info  *types.Info
	index *funcs.Index
	heats *heatmap                // a branch that a profile shows at work is not cold
	hooks map[*types.Var]ast.Expr // variables of the package, which tests may set, and what they are given first

	mu    sync.Mutex // rules ask in parallel
	spans map[*funcs.Func][]span
}

type span struct{ from, to token.Pos }

func newColdness(pass *analysis.Pass, index *funcs.Index, heats *heatmap) *coldness {
	return &coldness{
		info:  pass.TypesInfo,
		index: index,
		heats: heats,
		hooks: hooks(pass),
		spans: make(map[*funcs.Func][]span),
	}
}

// hooks returns the package's variables of function type, with their initial
// values: var exit = os.Exit.
func hooks(pass *analysis.Pass) map[*types.Var]ast.Expr {
	found := make(map[*types.Var]ast.Expr)
	if pass.TypesInfo == nil {
		return found // a dependency of which the host has no syntax
	}
	for _, init := range pass.TypesInfo.InitOrder {
		if len(init.Lhs) != 1 {
			continue
		}
		if _, ok := init.Lhs[0].Type().Underlying().(*types.Signature); ok {
			found[init.Lhs[0]] = init.Rhs
		}
	}
	return found
}

// at reports whether pos is on a cold branch of its function, or in a literal
// that stands on one.
func (c *coldness) at(pos token.Pos) bool {
	for f := around(c.index, pos); f != nil; f = f.Parent {
		for _, s := range c.of(f) {
			if s.from <= pos && pos < s.to && !c.heats.runsIn(f, s) {
				return true
			}
		}
		if c.heats.runs(f) {
			return false // a literal that runs, wherever it stands
		}
		pos = f.Node.Pos()
	}
	return false
}

// of returns the cold branches of f, those inside others too.
func (c *coldness) of(f *funcs.Func) []span {
	c.mu.Lock()
	defer c.mu.Unlock()
	spans, ok := c.spans[f]
	if !ok {
		w := &walker{coldness: c, sig: f.Sig}
		w.list(f.Body.List, false, false)
		spans = w.spans
		c.spans[f] = spans
	}
	return spans
}

// A walker goes through a body from its end to its beginning and tells for
// each statement whether every path from it on ends badly: in a panic, an exit
// or an error return.
type walker struct {
	*coldness
	sig   *types.Signature
	jumps []jump
	label string // of the statement to come
	spans []span
}

// A jump says whether what a break or a continue leads to ends badly.
type jump struct {
	label    string
	brk, cnt bool
	loop     bool
}

// list walks statements; after says whether what follows them ends badly. In a
// branch, the statements from which every path ends badly are cold. Outside
// of one they are cold only behind a statement that may return successfully:
// a function that can end in nothing but an error was called for its work.
func (w *walker) list(list []ast.Stmt, after, branch bool) bool {
	mayReturn := make([]bool, len(list)) // before each statement
	for i := 1; i < len(list); i++ {
		mayReturn[i] = mayReturn[i-1] || w.succeeds(list[i-1])
	}
	bad, from := after, len(list)
	for i := len(list) - 1; i >= 0; i-- {
		bad = w.stmt(list[i], bad, branch || mayReturn[i])
		if bad && from == i+1 && (branch || mayReturn[i]) {
			from = i
		}
		if w.leavesOnSuccess(list[i], list[i+1:]) {
			w.cold(list[i+1:])
		}
	}
	w.cold(list[from:])
	return bad
}

// cold notes that statements are cold.
func (w *walker) cold(list []ast.Stmt) {
	if len(list) > 0 {
		w.spans = append(w.spans, span{list[0].Pos(), list[len(list)-1].End()})
	}
}

// stmt reports whether every path through s and on ends badly.
func (w *walker) stmt(s ast.Stmt, after, branch bool) bool {
	label := w.label
	w.label = ""
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return w.fails(s)
	case *ast.ExprStmt:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		return after || ok && w.exits(call, 0)
	case *ast.BranchStmt:
		return w.branch(s)
	case *ast.LabeledStmt:
		w.label = s.Label.Name
		return w.stmt(s.Stmt, after, branch)
	case *ast.BlockStmt:
		return w.list(s.List, after, branch)
	case *ast.IfStmt:
		return w.ifStmt(s, after)
	case *ast.ForStmt:
		return w.loop(label, s.Body, s.Cond == nil, after, branch)
	case *ast.RangeStmt:
		return w.loop(label, s.Body, false, after, branch)
	case *ast.SwitchStmt:
		return w.clauses(label, s.Body, s.Tag == nil, after)
	case *ast.TypeSwitchStmt:
		return w.clauses(label, s.Body, false, after)
	case *ast.SelectStmt:
		return w.clauses(label, s.Body, false, after)
	}
	return after
}

func (w *walker) branch(s *ast.BranchStmt) bool {
	if s.Tok != token.BREAK && s.Tok != token.CONTINUE {
		return false // goto, fallthrough: not followed
	}
	for _, j := range slices.Backward(w.jumps) {
		switch {
		case s.Label != nil && s.Label.Name != j.label:
		case s.Tok == token.BREAK:
			return j.brk
		case j.loop:
			return j.cnt
		}
	}
	return false
}

func (w *walker) ifStmt(s *ast.IfStmt, after bool) bool {
	onThen, onElse := w.errorBranch(s.Cond)
	bad := w.list(s.Body.List, after, true) || onThen
	if onThen {
		w.cold(s.Body.List)
	}
	if s.Else == nil {
		return bad && after
	}
	badElse := w.stmt(s.Else, after, true) || onElse
	if onElse {
		w.spans = append(w.spans, span{s.Else.Pos(), s.Else.End()})
	}
	return bad && badElse
}

// loop walks the body of a loop. Loops are taken to come round again, so one
// ends badly only if each of its turns does: the loop of a server that is left
// when its listener is closed is not cold. On a branch, a loop that comes to
// an end is part of what prepares the panic or the error.
func (w *walker) loop(label string, body *ast.BlockStmt, endless, after, branch bool) bool {
	w.jumps = append(w.jumps, jump{label: label, brk: after, loop: true})
	top, mark := len(w.jumps)-1, len(w.spans)
	bad := false
	if branch && after && !endless {
		w.jumps[top].cnt = true
		bad = w.list(body.List, true, branch)
	}
	if !bad {
		w.spans, w.jumps[top].cnt = w.spans[:mark], false
		bad = w.list(body.List, false, branch)
	}
	w.jumps = w.jumps[:len(w.jumps)-1]
	return bad && (endless || after)
}

// clauses walks the clauses of a switch or a select.
func (w *walker) clauses(label string, body *ast.BlockStmt, tagless, after bool) bool {
	w.jumps = append(w.jumps, jump{label: label, brk: after})
	all, exhaustive := true, false
	for _, s := range body.List {
		switch s := s.(type) {
		case *ast.CaseClause:
			exhaustive = exhaustive || s.List == nil
			bad := w.list(s.Body, after, true)
			if tagless && len(s.List) == 1 {
				if onThen, _ := w.errorBranch(s.List[0]); onThen {
					w.cold(s.Body)
					bad = true
				}
			}
			all = all && bad
		case *ast.CommClause:
			exhaustive = true // a select waits for one of its clauses
			all = w.list(s.Body, after, true) && all
		}
	}
	w.jumps = w.jumps[:len(w.jumps)-1]
	return all && (exhaustive || after)
}

// succeeds reports whether s holds a return that is not one of an error.
func (w *walker) succeeds(s ast.Stmt) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.IfStmt:
			if onThen, _ := w.errorBranch(n.Cond); onThen {
				found = found || n.Else != nil && w.succeeds(n.Else)
				return false
			}
		case *ast.ReturnStmt:
			found = found || !w.fails(n)
		}
		return !found
	})
	return found
}

// leavesOnSuccess reports whether s is "if err == nil { …; return }" and rest,
// what follows it, deals with the error. What does not look at the error may
// be the way on after a first, quick try.
func (w *walker) leavesOnSuccess(s ast.Stmt, rest []ast.Stmt) bool {
	is, ok := s.(*ast.IfStmt)
	if !ok || len(is.Body.List) == 0 {
		return false
	}
	cond, ok := ast.Unparen(is.Cond).(*ast.BinaryExpr)
	if !ok || cond.Op != token.EQL || !w.comparesError(cond) {
		return false
	}
	switch last := is.Body.List[len(is.Body.List)-1].(type) {
	case *ast.ReturnStmt:
		if w.fails(last) { // that there is no error is the error
			return false
		}
	case *ast.BranchStmt:
	default:
		return false
	}
	err := cond.X
	if w.isNil(err) {
		err = cond.Y
	}
	id, ok := ast.Unparen(err).(*ast.Ident)
	if !ok {
		return false
	}
	for _, s := range rest {
		if w.reads(s, w.info.Uses[id]) {
			return true
		}
		if as, ok := s.(*ast.AssignStmt); ok && slices.ContainsFunc(as.Lhs, func(e ast.Expr) bool { return w.isVar(e, w.info.Uses[id]) }) {
			return false // another error from here on
		}
	}
	return false
}

func (w *walker) isVar(e ast.Expr, obj types.Object) bool {
	id, ok := e.(*ast.Ident)
	return ok && w.info.Uses[id] == obj
}

// reads reports whether s uses the variable obj other than to assign to it.
func (w *walker) reads(s ast.Stmt, obj types.Object) (found bool) {
	ast.Inspect(s, func(n ast.Node) bool {
		if as, ok := n.(*ast.AssignStmt); ok {
			for _, r := range as.Rhs {
				found = found || w.reads(&ast.ExprStmt{X: r}, obj)
			}
			return false
		}
		if e, ok := n.(ast.Expr); ok && w.isVar(e, obj) {
			found = true
		}
		return !found
	})
	return found
}

// errorBranch reports whether cond being true, or its being false, means that
// there is an error.
func (w *walker) errorBranch(cond ast.Expr) (onThen, onElse bool) {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			onElse, onThen = w.errorBranch(e.X)
		}
	case *ast.BinaryExpr:
		switch e.Op {
		case token.NEQ:
			return w.comparesError(e), false
		case token.EQL:
			return false, w.comparesError(e)
		case token.LAND:
			l, _ := w.errorBranch(e.X)
			r, _ := w.errorBranch(e.Y)
			return l || r, false
		case token.LOR:
			lt, le := w.errorBranch(e.X)
			rt, re := w.errorBranch(e.Y)
			return lt && rt, le || re
		}
	}
	return onThen, onElse
}

// comparesError reports whether e compares an error with nil.
func (w *walker) comparesError(e *ast.BinaryExpr) bool {
	return w.isNil(e.Y) && isError(w.info.TypeOf(e.X)) || w.isNil(e.X) && isError(w.info.TypeOf(e.Y))
}

func (w *walker) isNil(e ast.Expr) bool { return w.info.Types[e].IsNil() }

// isError reports whether t is an interface that errors are known by.
func isError(t types.Type) bool {
	return t != nil && types.IsInterface(t) && implementsError(t)
}

func implementsError(t types.Type) bool {
	return types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// fails reports whether ret surely returns an error that is not nil. A call
// whose result is passed through may have succeeded.
func (w *walker) fails(ret *ast.ReturnStmt) bool {
	n := len(ret.Results)
	if n == 0 || w.sig == nil || w.sig.Results().Len() != n {
		return false
	}
	last := w.sig.Results().At(n - 1).Type()
	if !isError(last) {
		return false
	}
	err := ast.Unparen(ret.Results[n-1])
	if w.isNil(err) {
		return false
	}
	return w.surelyError(err) || w.nothing(ret.Results[:n-1])
}

// surelyError reports whether e is made to be an error: a constructor's
// result, a literal, a value of a concrete type, a package's error variable.
func (w *walker) surelyError(e ast.Expr) bool {
	if t := w.info.TypeOf(e); t != nil && !types.IsInterface(t) {
		return true
	}
	switch e := e.(type) {
	case *ast.CallExpr:
		fn, _ := typeutil.Callee(w.info, e).(*types.Func)
		if fn == nil || fn.Pkg() == nil {
			return false
		}
		switch fn.Name() {
		case "Errorf":
			return true
		case "New", "Error":
			return strings.Contains(fn.Pkg().Name(), "err") || fn.Pkg().Name() == "status"
		}
	case *ast.Ident:
		return isPackageVar(w.info.Uses[e])
	case *ast.SelectorExpr:
		return isPackageVar(w.info.Uses[e.Sel])
	}
	return false
}

func isPackageVar(obj types.Object) bool {
	v, ok := obj.(*types.Var)
	return ok && v.Kind() == types.PackageVar
}

// nothing reports whether the results beside an error are what one returns
// with an error: all zero, and at least one of them nil, "" or T{}. A bare
// false or 0 may be a true answer.
func (w *walker) nothing(results []ast.Expr) bool {
	clear := false
	for _, e := range results {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			if w.isNil(e) {
				clear = true
			} else if e.Name != "false" {
				return false
			}
		case *ast.BasicLit:
			if e.Value == `""` {
				clear = true
			} else if e.Value != "0" {
				return false
			}
		case *ast.CompositeLit:
			if len(e.Elts) > 0 {
				return false
			}
			clear = true
		default:
			return false
		}
	}
	return clear
}

// exits reports whether the call does not return. Beside panic and os.Exit
// that is what loggers call Fatal and Panic, and what functions of this
// package end in; depth bounds how far these are followed.
func (w *walker) exits(call *ast.CallExpr, depth int) bool {
	switch fn := typeutil.Callee(w.info, call).(type) {
	case *types.Builtin:
		return fn.Name() == "panic"
	case *types.Var:
		return w.exit(w.hooks[fn])
	case *types.Func:
		switch fn.Name() {
		case "Fatal", "Fatalf", "Fatalln", "Fatalw", "Panic", "Panicf", "Panicln", "Panicw":
			return true
		case "Exit", "Goexit":
			return ends(fn)
		}
		f := w.index.Declared(fn)
		return f != nil && depth < 3 && w.neverReturns(f, depth+1)
	}
	return false
}

// exit reports whether e is a function that ends the process or the goroutine.
func (w *walker) exit(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := w.info.Uses[sel.Sel].(*types.Func)
	return ok && (fn.Name() == "Exit" || fn.Name() == "Goexit") && ends(fn)
}

func ends(fn *types.Func) bool {
	return fn.Pkg() != nil && slices.Contains([]string{"os", "syscall", "runtime"}, fn.Pkg().Path())
}

// neverReturns reports whether f is a helper whose last word is an exit.
func (w *walker) neverReturns(f *funcs.Func, depth int) bool {
	if len(f.Body.List) == 0 {
		return false
	}
	last, ok := f.Body.List[len(f.Body.List)-1].(*ast.ExprStmt)
	if !ok {
		return false
	}
	call, ok := ast.Unparen(last.X).(*ast.CallExpr)
	if !ok || !w.exits(call, depth) {
		return false
	}
	returns := false
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ReturnStmt:
			returns = true
		case *ast.FuncLit:
			return false
		}
		return !returns
	})
	return !returns
}
