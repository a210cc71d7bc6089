package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sizes"
)

// A source is what multiplies a spawn.
type source struct {
	kind string // "message": part of the fingerprint
	tier rule.Tier
	pos  token.Pos
	text string // the last step of the chain
}

// loop returns what the loop multiplies the spawn by; a collection instead if
// that is a parameter, which the callers know more about; neither if the loop
// is bounded, or waits for the goroutine in each turn.
func (f *finder) loop(fr *frame, cur inspector.Cursor) (*source, *collection) {
	switch n := cur.Node().(type) {
	case *ast.RangeStmt:
		if f.waits(fr, n.Body) {
			return nil, nil
		}
		return f.ranging(fr, n)
	case *ast.ForStmt:
		if f.waits(fr, n.Body) {
			return nil, nil
		}
		if x := sizes.Counted(n); x != nil {
			return f.over(fr, n, f.sizes.LengthOf(fr.fn, x))
		}
		if n.Init != nil && n.Post != nil || f.guards.Counts(fr.fn, n) {
			return nil, nil
		}
		return f.events(fr, n), nil
	}
	return nil, nil
}

func (f *finder) ranging(fr *frame, n *ast.RangeStmt) (*source, *collection) {
	t := f.TypesInfo.TypeOf(n.X)
	if t == nil {
		return nil, nil
	}
	switch u := sizes.Core(t).(type) {
	case *types.Chan:
		return f.received(fr, n, n.X, f.defined(n.Key), u.Elem()), nil
	case *types.Slice, *types.Map:
		return f.over(fr, n, n.X)
	case *types.Signature:
		return f.over(fr, n, n.X)
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			return f.over(fr, n, f.sizes.LengthOf(fr.fn, n.X))
		}
	}
	return nil, nil
}

func (f *finder) defined(e ast.Expr) *types.Var {
	if id, ok := e.(*ast.Ident); ok {
		return dataflow.LocalVar(f.TypesInfo.ObjectOf(id))
	}
	return nil
}

// received returns what a receive from ch makes of a spawn that v reaches. What
// is to be closed one day is a connection or a session, not a message.
func (f *finder) received(fr *frame, at ast.Node, ch ast.Expr, v *types.Var, elem types.Type) *source {
	src := &source{kind: "message", tier: rule.Likely, pos: at.Pos(), text: "once per message received from " + short(ch)}
	switch {
	case isPath(elem, "os", "Signal"):
		return nil
	case isPath(elem, "time", "Time"):
		return &source{"tick", rule.Suspected, at.Pos(), "once per tick of " + short(ch)}
	case hasMethods(elem, "Close"), hasMethods(elem, "Accept"), f.holdsConn(elem):
		return f.connection(at, "connection received from "+short(ch))
	case v == nil || !f.reach(fr)[v]:
		src.kind, src.tier = "event", rule.Suspected
		src.text = "once per event received from " + short(ch)
	}
	return src
}
