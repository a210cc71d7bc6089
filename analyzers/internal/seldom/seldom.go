package seldom

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/edge"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// An Index answers for one package.
type Index struct {
	pass  *analysis.Pass
	funcs *funcs.Index
	root  inspector.Cursor
}

// New returns the index of a package, whose syntax root is the root of.
func New(pass *analysis.Pass, index *funcs.Index, root inspector.Cursor) *Index {
	return &Index{pass: pass, funcs: index, root: root}
}

// Cursor returns the expression that begins at pos, or stands around it. A
// function literal is what makes the closure, and not inside itself.
func (ix *Index) Cursor(pos token.Pos) (inspector.Cursor, bool) {
	cur, ok := ix.root.FindByPos(pos, pos+1)
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

// Loop returns the innermost loop of the same function that runs what
// stands at pos more than once.
func (ix *Index) Loop(pos token.Pos) ast.Node {
	cur, ok := ix.Cursor(pos)
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

// Conditional reports whether what stands at pos runs in one branch only of its
// function or loop.
func (ix *Index) Conditional(pos token.Pos) bool {
	cur, ok := ix.Cursor(pos)
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

// Branched reports whether what stands at pos is in a branch of an if statement,
// or in the default of a switch: where messages are made for what is not usual.
func (ix *Index) Branched(pos token.Pos) bool {
	cur, ok := ix.Cursor(pos)
	if !ok {
		return false
	}
	for parent := cur.Parent(); parent.Valid() && parent.Node() != nil; cur, parent = parent, parent.Parent() {
		switch n := parent.Node().(type) {
		case *ast.IfStmt:
			if cur.Node() == n.Body || cur.Node() == n.Else {
				return true
			}
		case *ast.CaseClause:
			if n.List == nil {
				return true
			}
		case *ast.FuncDecl, *ast.FuncLit:
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

// Grows is what Why says of a buffer that is made larger when it is full.
const Grows = "it is made only to grow"

// Before is what Why says of what a worker sets up.
const Before = "it is made once, before the loop"

// What Why says of what a user never waits for, or only where something failed.
const (
	Error       = "it makes an error"
	Diagnostics = "it serves diagnostics"
)

// Why says why what stands at pos does not happen in every call although no
// error leads there: it fills something that is kept, grows a buffer, misses a
// cache, or serves diagnostics. It returns "" if nothing of the kind shows.
// What it takes for rare becomes a suspicion, so it errs on the side of rare.
func (ix *Index) Why(pos token.Pos) string {
	cur, ok := ix.Cursor(pos)
	if !ok {
		return ""
	}
	if ix.reports(cur) { // the call itself allocates
		return "it reports an event"
	}
	for parent := cur.Parent(); parent.Valid() && parent.Node() != nil; cur, parent = parent, parent.Parent() {
		if ix.makesError(cur.Node()) && ix.Conditional(pos) {
			return Error
		}
		why := ""
		switch n := parent.Node().(type) {
		case *ast.CallExpr:
			if n.Fun != cur.Node() && ix.reports(parent) {
				return "it reports an event"
			}
		case *ast.AssignStmt:
			if ix.namesError(n) && ix.Conditional(pos) {
				return Error
			}
		case *ast.IfStmt:
			switch k, _ := cur.ParentEdge(); k {
			case edge.IfStmt_Body:
				if why = ix.branch(n.Cond, true, n.Body); why == "" && n.Init != nil && ix.asksDebugLevel(n.Init) {
					why = Diagnostics
				}
			case edge.IfStmt_Else:
				if why = ix.branch(n.Cond, false, n.Else); why == "" && ix.lists(n) {
					why = "it is made only if there is none to reuse"
				}
			}
		case *ast.BlockStmt:
			if why = ix.after(n.List, cur); why == "" && ix.beforeEndlessLoop(n.List, cur.Node()) {
				why = Before
			}
		case *ast.CaseClause:
			why = ix.after(n.Body, cur)
		case *ast.CommClause:
			if n.Comm == nil && receives(parent.Parent().Node()) {
				why = "it is made only if there is none to reuse"
			}
		case *ast.FuncLit:
			if ix.once(parent) {
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

// once reports whether the literal at cur is what a sync.Once does.
func (ix *Index) once(cur inspector.Cursor) bool {
	call, ok := cur.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	k := ix.funcs.Call(call)
	if k == nil || k.Func == nil {
		return false
	}
	switch k.FullName() {
	case "(*sync.Once).Do", "sync.OnceFunc", "sync.OnceValue", "sync.OnceValues":
		return true
	}
	return false
}

// beforeEndlessLoop reports whether s is the set-up of a worker: in list a loop
// follows that only ends with the function, which returns nothing but an error.
func (ix *Index) beforeEndlessLoop(list []ast.Stmt, s ast.Node) bool {
	g := ix.funcs.At(s.Pos())
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
