package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

type objSet map[types.Object]bool

// ops is what a piece of code does to the channels and objects it shares with
// others: whether two pieces take and give back the same slot, or one waits
// for the other, is told by comparing their ops.
type ops struct {
	sends  objSet // sent to, or closed
	recvs  objSet
	done   objSet // contexts whose Done channel is received from
	called objSet // function values called
	calls  map[types.Object][]*types.Func
}

func newOps() *ops {
	return &ops{make(objSet), make(objSet), make(objSet), make(objSet), make(map[types.Object][]*types.Func)}
}

func (o *ops) empty() bool {
	return len(o.sends)+len(o.recvs)+len(o.done)+len(o.called)+len(o.calls) == 0
}

func (o *ops) has(recv types.Object, name string) bool {
	for _, fn := range o.calls[recv] {
		if fn.Name() == name {
			return true
		}
	}
	return false
}

// rebind returns o as a caller sees it, who gave the parameters of bind their values.
func (o *ops) rebind(bind map[types.Object]types.Object) *ops {
	r := newOps()
	move := func(from, to objSet) {
		for k := range from {
			to[bound(bind, k)] = true
		}
	}
	move(o.sends, r.sends)
	move(o.recvs, r.recvs)
	move(o.done, r.done)
	move(o.called, r.called)
	for k, fns := range o.calls {
		k = bound(bind, k)
		r.calls[k] = append(r.calls[k], fns...)
	}
	return r
}

func bound(bind map[types.Object]types.Object, k types.Object) types.Object {
	if b, ok := bind[k]; ok && b != nil {
		return b
	}
	return k
}

// A collector gathers the ops of code and, up to depth calls deep, of the
// functions of this package that it calls.
type collector struct {
	f     *finder
	ops   *ops
	depth int
	brief bool // only short functions are followed: those that take a slot, or wait
	bind  map[types.Object]types.Object
	skip  func(ast.Node) bool
	// once leaves out loops: what a goroutine does over and over is its
	// work, not the return of its slot.
	once bool
}

func (c *collector) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil || c.once && isLoop(n) || c.skip != nil && c.skip(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.SendStmt:
			c.mark(c.ops.sends, n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				c.receive(n.X)
			}
		case *ast.RangeStmt:
			if isChan(c.f.TypesInfo.TypeOf(n.X)) {
				c.receive(n.X)
			}
		case *ast.CallExpr:
			c.call(n)
		}
		return true
	})
}

func (c *collector) key(e ast.Expr) types.Object {
	return bound(c.bind, dataflow.Key(c.f.TypesInfo, e))
}

func (c *collector) mark(set objSet, e ast.Expr) {
	if k := c.key(e); k != nil {
		set[k] = true
	}
}

func (c *collector) receive(ch ast.Expr) {
	call, ok := ast.Unparen(ch).(*ast.CallExpr)
	if !ok {
		c.mark(c.ops.recvs, ch)
		return
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
		c.mark(c.ops.done, sel.X)
	}
}

func (c *collector) call(n *ast.CallExpr) {
	info := c.f.TypesInfo
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "close" && len(n.Args) == 1 {
		if _, ok := info.Uses[id].(*types.Builtin); ok {
			c.mark(c.ops.sends, n.Args[0])
			return
		}
	}
	if k, ok := c.key(n.Fun).(*types.Var); ok && k != nil {
		c.ops.called[k] = true
	}
	call := c.f.Funcs.Call(n)
	if call == nil {
		return
	}
	sel, _ := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if sel != nil && call.Func != nil && call.Func.Signature().Recv() != nil {
		if k := c.key(sel.X); k != nil {
			c.ops.calls[k] = append(c.ops.calls[k], call.Func)
			c.cond(k, call.Func)
		}
	}
	c.enter(call)
}

// cond counts a condition variable as a channel: Wait takes, Signal gives back.
func (c *collector) cond(k types.Object, fn *types.Func) {
	if fn.Pkg() == nil || fn.Pkg().Path() != "sync" {
		return
	}
	switch fn.FullName() {
	case "(*sync.Cond).Wait":
		c.ops.sends[k] = true
	case "(*sync.Cond).Signal", "(*sync.Cond).Broadcast":
		c.ops.recvs[k] = true
	}
}

// enter follows a call to a function of this package.
func (c *collector) enter(call *funcs.Call) {
	if call.Callee == nil || c.depth == 0 || c.brief && !brief(call.Callee) || ast.Unparen(call.Site.Fun) == call.Callee.Node {
		return
	}
	inner := &collector{f: c.f, ops: c.ops, depth: c.depth - 1, brief: c.brief, bind: c.args(call), once: c.once}
	inner.walk(call.Callee.Body)
}

// args maps the parameters and the receiver of the callee to what the call gives them.
func (c *collector) args(call *funcs.Call) map[types.Object]types.Object {
	sig := call.Callee.Sig
	bind := make(map[types.Object]types.Object)
	for i := range min(sig.Params().Len(), len(call.Site.Args)) {
		if k := c.key(call.Site.Args[i]); k != nil {
			bind[sig.Params().At(i)] = k
		}
	}
	if sel, ok := ast.Unparen(call.Site.Fun).(*ast.SelectorExpr); ok && sig.Recv() != nil {
		if k := c.key(sel.X); k != nil {
			bind[sig.Recv()] = k
		}
	}
	return bind
}

func isLoop(n ast.Node) bool {
	switch n.(type) {
	case *ast.ForStmt, *ast.RangeStmt:
		return true
	}
	return false
}

func isChan(t types.Type) bool { return chanElem(t) != nil }

// chanElem returns the element type of a channel type, or nil.
func chanElem(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if ch, ok := t.Underlying().(*types.Chan); ok {
		return ch.Elem()
	}
	return nil
}
