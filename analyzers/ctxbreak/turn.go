package ctxbreak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"time"

	"golang.org/x/tools/go/ast/inspector"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// turns reports the selects in which a request waits for others or for the clock,
// and not for its own end.
func (c *checker) turns() {
	for cur := range c.inspect.Root().Preorder((*ast.SelectStmt)(nil)) {
		sel := cur.Node().(*ast.SelectStmt)
		if !c.waitsForTurn(sel) {
			continue
		}
		ctx := c.served(cur)
		if ctx == "" {
			continue
		}
		c.Report(rule.Finding{
			Pos: sel.Pos(), End: sel.Pos() + token.Pos(len("select")),
			Tier:      rule.Suspected,
			Cause:     "turn without context",
			Primitive: "select",
			Message:   "a request waits here for its turn until a time is over, and not for its own end: when its client has gone it goes on waiting, and takes the place of one that has not",
			Mend:      fmt.Sprintf("add a case <-%s.Done()", ctx),
		})
	}
}

// shortWait is how long a wait may be for nobody to notice that it goes on; our choice.
const shortWait = time.Second

// waitsForTurn reports whether sel waits for the clock, and for channels that the
// function shares with others, and for nothing else.
func (c *checker) waitsForTurn(sel *ast.SelectStmt) bool {
	clock, turn := false, false
	for _, s := range sel.Body.List {
		ch := channel(s.(*ast.CommClause).Comm)
		switch {
		case ch == nil:
			return false
		case c.ticks(ch):
			if c.brief(ch) {
				return false
			}
			clock = true
		case c.shared(ch):
			turn = true
		default:
			return false
		}
	}
	return clock && turn
}

// channel returns the channel of a communication, or nil for a default.
func channel(comm ast.Stmt) ast.Expr {
	var e ast.Expr
	switch s := comm.(type) {
	case *ast.SendStmt:
		return s.Chan
	case *ast.ExprStmt:
		e = s.X
	case *ast.AssignStmt:
		e = s.Rhs[0]
	}
	if u, ok := ast.Unparen(e).(*ast.UnaryExpr); ok {
		return u.X
	}
	return nil
}

// ticks reports whether ch is that of a timer.
func (c *checker) ticks(ch ast.Expr) bool {
	t, ok := c.TypesInfo.TypeOf(ch).Underlying().(*types.Chan)
	return ok && typeutil.IsTypeWithName(t.Elem(), "time.Time")
}

// brief reports whether ch is made for a time that is known to be short.
func (c *checker) brief(ch ast.Expr) bool {
	call, ok := ast.Unparen(ch).(*ast.CallExpr)
	if !ok || len(call.Args) != 1 {
		return false
	}
	v := c.TypesInfo.Types[call.Args[0]].Value
	if v == nil {
		return false
	}
	d, exact := constant.Int64Val(constant.ToInt(v))
	return exact && time.Duration(d) < shortWait
}

// shared reports whether ch is a field or a variable of the package.
func (c *checker) shared(ch ast.Expr) bool {
	var id *ast.Ident
	switch e := ast.Unparen(ch).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	default:
		return false
	}
	v, ok := c.TypesInfo.Uses[id].(*types.Var)
	return ok && (v.Kind() == types.FieldVar || v.Kind() == types.PackageVar)
}

// served returns the context of the request that the function around cur answers,
// as it is written there, or "".
func (c *checker) served(cur inspector.Cursor) string {
	f := c.Funcs.At(cur.Node().Pos())
	if f == nil {
		return ""
	}
	ctx, answers := "", false
	for p := range f.Sig.Params().Variables() {
		switch {
		case p.Name() == "" || p.Name() == "_":
		case typeutil.IsTypeWithName(p.Type(), "net/http.ResponseWriter"):
			answers = true
		case typeutil.IsPointerToTypeWithName(p.Type(), "net/http.Request"):
			ctx = p.Name() + ".Context()"
		case contexts.Is(p.Type()) && c.Hotness.RootAt(cur.Node().Pos()) != nil:
			ctx, answers = p.Name(), true
		}
	}
	if !answers {
		return ""
	}
	return ctx
}
