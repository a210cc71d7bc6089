package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/chanops"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// A frame is a spawn as one of the functions that lead to it sees it.
type frame struct {
	s     *spawn
	fn    *funcs.Func
	node  ast.Node      // the spawn, or the call that leads to it
	vars  dataflow.Vars // the local variables that reach the goroutine
	slots *chanops.Ops  // what the goroutine does, in terms of fn
	all   *chanops.Ops
	group types.Object
	steps []rule.Step
	depth int
	// each is the parameter of the callee whose elements start a goroutine
	// each, as fn gives it; nil if there is none.
	each  ast.Expr
	whole bool // each is ranged over itself, not something inside it
	// calls is set unless something below waits for the goroutine: then a
	// call that is made often does not start many.
	calls bool
	conn  bool // a connection is handed down
	maybe bool // the callee reaches the spawn under a condition only, or it belongs to an object
}

func (f *finder) frame(s *spawn) *frame {
	return &frame{s: s, fn: s.fn, node: s.node, vars: s.vars, slots: s.slots, all: s.all, group: s.group, calls: true}
}

// loops returns the loops of fn around the frame's node, innermost first.
func (f *finder) loops(fr *frame) []inspector.Cursor {
	var ls []inspector.Cursor
	cur := f.at[fr.node]
	for child := cur; child.Node() != fr.fn.Node; child = child.Parent() {
		switch n := child.Parent().Node().(type) {
		case *ast.ForStmt:
			if child.Node() == n.Body {
				ls = append(ls, child.Parent())
			}
		case *ast.RangeStmt:
			if child.Node() == n.Body {
				ls = append(ls, child.Parent())
			}
		}
	}
	return ls
}

// outside returns the frame of a call that leads to a spawn in another package.
func (f *finder) outside(s *spawn) *frame {
	fr := f.frame(s)
	fr.depth = len(s.site.Steps) + 1
	fr.maybe = s.site.Maybe
	for _, st := range s.site.Steps {
		fr.steps = append(fr.steps, rule.Step{Posn: st.Posn, Text: st.Text})
	}
	fr.steps = append(fr.steps, rule.Step{Pos: s.call.Pos(), Text: "called by " + f.title(s.fn)})
	fr.calls = !s.site.Joined
	if e := s.site.Each; e >= 0 && e < len(s.call.Args) {
		fr.each, fr.whole = s.call.Args[e], s.site.Whole
	}
	return fr
}

// callers returns the frames of the calls that lead to fr within the package.
func (f *finder) callers(fr *frame) []*frame {
	var ups []*frame
	for _, c := range fr.fn.In {
		if c.Caller == nil || c.Mode == funcs.Go {
			continue
		}
		ups = append(ups, f.caller(fr, c))
	}
	return ups
}

// caller returns the frame of the call c of fr's function.
func (f *finder) caller(fr *frame, c *funcs.Call) *frame {
	up := &frame{
		s: fr.s, fn: c.Caller, node: c.Site, vars: make(dataflow.Vars), depth: fr.depth + 1,
		whole: fr.whole, calls: fr.calls, conn: fr.conn, maybe: f.maybe(fr),
		steps: append(fr.steps[:len(fr.steps):len(fr.steps)], rule.Step{Pos: c.Site.Pos(), Text: "called by " + f.title(c.Caller)}),
	}
	bind := make(map[types.Object]types.Object)
	from := f.reach(fr)
	f.passArguments(fr, up, from, bind)
	f.passReceiver(fr, up, from, bind)
	if fr.fn.Obj == nil { // a literal shares its variables with the function it stands in
		maps.Copy(up.vars, from)
	}
	up.slots, up.all, up.group = fr.slots.Rebind(bind), fr.all.Rebind(bind), chanops.Bound(bind, fr.group)
	return up
}

// passArguments tells up, the frame of a call, what it gives for the parameters
// that reach the goroutine or multiply it.
func (f *finder) passArguments(fr, up *frame, from dataflow.Vars, bind map[types.Object]types.Object) {
	call := up.node.(*ast.CallExpr)
	sig, want := fr.fn.Sig, f.param(fr)
	for i := range sig.Params().Len() {
		p := sig.Params().At(i)
		args := arguments(sig, call, i)
		if len(args) == 1 {
			bind[p] = dataflow.Key(f.TypesInfo, args[0])
			if p == want && (!sig.Variadic() || i < sig.Params().Len()-1 || call.Ellipsis.IsValid()) {
				up.each = args[0]
			}
		}
		if !from[p] {
			continue
		}
		for _, a := range args {
			up.conn = up.conn || f.isConn(f.TypesInfo.TypeOf(a))
			maps.Copy(up.vars, dataflow.Mentioned(f.TypesInfo, a))
		}
	}
}

// passReceiver does the same for the receiver.
func (f *finder) passReceiver(fr, up *frame, from dataflow.Vars, bind map[types.Object]types.Object) {
	sel, ok := ast.Unparen(up.node.(*ast.CallExpr).Fun).(*ast.SelectorExpr)
	recv := fr.fn.Sig.Recv()
	if !ok || recv == nil {
		return
	}
	bind[recv] = dataflow.Key(f.TypesInfo, sel.X)
	if from[recv] {
		maps.Copy(up.vars, dataflow.Mentioned(f.TypesInfo, sel.X))
	}
}

// reach returns the variables of the frame's function whose values reach the
// goroutine. Calls away from it, only what is handed on as it is counts: the
// configuration read from a message is not the message.
func (f *finder) reach(fr *frame) dataflow.Vars {
	if fr.depth == 0 {
		return f.flows.Of(fr.fn).From(fr.vars)
	}
	return f.flows.Of(fr.fn).Directly(fr.vars)
}

// param returns the parameter of the frame's function whose elements multiply the spawn.
func (f *finder) param(fr *frame) *types.Var {
	if fr.each == nil {
		return nil
	}
	return f.flows.Of(fr.fn).Local(dataflow.Base(fr.each))
}

// maybe reports whether a frame that comes to the spawn need not start a goroutine each
// time, or one that stays, as far as its callers know.
func (f *finder) maybe(fr *frame) bool {
	return fr.maybe || f.conditional(fr) || f.owned(fr) || f.lives(fr) || f.registered(fr)
}

// conditional reports whether an if statement decides whether the frame's
// function goes the way to the spawn. What it asks is not known to its
// callers; to them it need not happen often.
func (f *finder) conditional(fr *frame) bool {
	cur := f.at[fr.node]
	for child := cur; child.Node() != fr.fn.Node; child = child.Parent() {
		if n, ok := child.Parent().Node().(*ast.IfStmt); ok && child.Node() != n.Cond && child.Node() != n.Init {
			return true
		}
	}
	return false
}

// arguments returns what the call gives for the i-th parameter of sig.
func arguments(sig *types.Signature, call *ast.CallExpr, i int) []ast.Expr {
	if i >= len(call.Args) {
		return nil
	}
	if sig.Variadic() && i == sig.Params().Len()-1 && call.Ellipsis == token.NoPos {
		return call.Args[i:]
	}
	return call.Args[i : i+1]
}
