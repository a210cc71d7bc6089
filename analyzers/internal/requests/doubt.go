package requests

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Seldom says why pos, in f, is not reached in each call, or returns "": it asks
// of the place itself and of the calls on the way to it.
func (x *Index) Seldom(f *funcs.Func, pos token.Pos, via []hotpath.Step) string {
	if why := x.seldomAt(f, pos); why != "" {
		return why
	}
	for _, s := range via {
		if why := x.seldomAt(x.funcs.At(s.Pos), s.Pos); why != "" {
			return why
		}
	}
	return ""
}

func (x *Index) seldomAt(f *funcs.Func, pos token.Pos) string {
	if why := x.seldom.Why(pos); why != "" {
		return why
	}
	cur, ok := x.seldom.Cursor(pos)
	if !ok || f == nil {
		return ""
	}
	if x.guards.Flagged(f, cur) {
		return "what is asked before lets only some calls through"
	}
	for _, cond := range x.guards.Conditions(f, cur) {
		if x.asksTime(cond.Expr) {
			return "a clock is asked before"
		}
	}
	return ""
}

// asksTime reports whether a condition compares times, as what is done at most
// once in a while does.
func (x *Index) asksTime(cond ast.Expr) (found bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			t := x.info.TypeOf(e)
			found = found || isTime(t, "Time") || isTime(t, "Duration")
		}
		return !found
	})
	return found
}

func isTime(t types.Type, name string) bool {
	n, ok := types.Unalias(t).(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "time" && n.Obj().Name() == name
}

// Doubt says why a request may not pay for what is done at pos, in f, or returns
// "". That it serves diagnosis is asked apart.
func (x *Index) Doubt(f *funcs.Func, pos token.Pos, root *hotpath.Root) string {
	if why := x.apart(pos); why != "" {
		return why
	}
	for _, s := range root.Via {
		if why := x.apart(s.Pos); why != "" {
			return why
		}
		if x.spawns(s.Pos) {
			return "in a goroutine that the request starts"
		}
	}
	return x.Seldom(f, pos, root.Via)
}

func (x *Index) apart(pos token.Pos) string {
	switch {
	case x.hot.Cold(pos):
		return "only on the way to an error"
	case x.Ticks(pos):
		return "a ticker sets the pace"
	}
	return ""
}

// Ticks reports whether what stands at pos runs in a loop that waits for time to
// pass.
func (x *Index) Ticks(pos token.Pos) bool {
	loop := x.seldom.Loop(pos)
	if loop == nil {
		return false
	}
	waits := false
	ast.Inspect(loop, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.UnaryExpr:
			waits = waits || n.Op == token.ARROW && x.tells(n.X)
		case *ast.RangeStmt:
			waits = waits || x.tells(n.X)
		case *ast.CallExpr:
			k := x.funcs.Call(n)
			waits = waits || k != nil && k.FullName() == "time.Sleep"
		}
		return !waits
	})
	return waits
}

// tells reports whether e is a channel of times, as a ticker's is.
func (x *Index) tells(e ast.Expr) bool {
	ch, ok := x.info.TypeOf(e).Underlying().(*types.Chan)
	return ok && isTime(ch.Elem(), "Time")
}

// spawns reports whether what begins at pos is what a go statement runs.
func (x *Index) spawns(pos token.Pos) bool {
	f := x.funcs.At(pos)
	return f != nil && slices.ContainsFunc(f.Out, func(k *funcs.Call) bool { return k.Site.Pos() == pos && k.Mode == funcs.Go })
}
