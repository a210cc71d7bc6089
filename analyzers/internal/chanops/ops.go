package chanops

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// Ops is what a piece of code does to the channels and objects it shares with
// others: whether two pieces take and give back the same slot, or one waits
// for the other, is told by comparing their ops.
type Ops struct {
	Sends  dataflow.Objects // sent to, or closed
	Recvs  dataflow.Objects
	Done   dataflow.Objects // contexts whose Done channel is received from
	Called dataflow.Objects // function values called
	Calls  map[types.Object][]*types.Func
}

func newOps() *Ops {
	return &Ops{make(dataflow.Objects), make(dataflow.Objects), make(dataflow.Objects), make(dataflow.Objects), make(map[types.Object][]*types.Func)}
}

// Empty reports whether the code touches nothing of the kind.
func (o *Ops) Empty() bool {
	return len(o.Sends)+len(o.Recvs)+len(o.Done)+len(o.Called)+len(o.Calls) == 0
}

// Has reports whether a method of that name is called on recv.
func (o *Ops) Has(recv types.Object, name string) bool {
	for _, fn := range o.Calls[recv] {
		if fn.Name() == name {
			return true
		}
	}
	return false
}

// Rebind returns o as a caller sees it, who gave the parameters of bind their values.
func (o *Ops) Rebind(bind map[types.Object]types.Object) *Ops {
	r := newOps()
	move := func(from, to dataflow.Objects) {
		for k := range from {
			to[Bound(bind, k)] = true
		}
	}
	move(o.Sends, r.Sends)
	move(o.Recvs, r.Recvs)
	move(o.Done, r.Done)
	move(o.Called, r.Called)
	for k, fns := range o.Calls {
		k = Bound(bind, k)
		r.Calls[k] = append(r.Calls[k], fns...)
	}
	return r
}

// Bound returns what k is to a caller, who gave the parameters of bind their values.
func Bound(bind map[types.Object]types.Object, k types.Object) types.Object {
	if b, ok := bind[k]; ok && b != nil {
		return b
	}
	return k
}

// A Scope says how far [Index.Collect] looks.
type Scope struct {
	Depth int  // how many calls deep it enters functions of this package
	Brief bool // of these only short ones: those that take a slot, or wait
	// Once leaves out loops: what code does over and over is its work, not
	// the return of a slot.
	Once bool
	// Skip, if not nil, says what of the code itself to leave out.
	Skip func(ast.Node) bool
}

// Collect returns the ops of n.
func (x *Index) Collect(n ast.Node, s Scope) *Ops {
	c := &collector{x: x, ops: newOps(), Scope: s}
	c.walk(n)
	return c.ops
}

type collector struct {
	Scope
	x    *Index
	ops  *Ops
	bind map[types.Object]types.Object
}

func (c *collector) walk(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil || c.Once && isLoop(n) || c.Skip != nil && c.Skip(n) {
			return false
		}
		switch n := n.(type) {
		case *ast.SendStmt:
			c.mark(c.ops.Sends, n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				c.receive(n.X)
			}
		case *ast.RangeStmt:
			if Elem(c.x.info.TypeOf(n.X)) != nil {
				c.receive(n.X)
			}
		case *ast.CallExpr:
			c.call(n)
		}
		return true
	})
}

func (c *collector) key(e ast.Expr) types.Object {
	return Bound(c.bind, dataflow.Key(c.x.info, e))
}

func (c *collector) mark(set dataflow.Objects, e ast.Expr) {
	if k := c.key(e); k != nil {
		set[k] = true
	}
}

func (c *collector) receive(ch ast.Expr) {
	call, ok := ast.Unparen(ch).(*ast.CallExpr)
	if !ok {
		c.mark(c.ops.Recvs, ch)
		return
	}
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && sel.Sel.Name == "Done" {
		c.mark(c.ops.Done, sel.X)
	}
}

func (c *collector) call(n *ast.CallExpr) {
	info := c.x.info
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && id.Name == "close" && len(n.Args) == 1 {
		if _, ok := info.Uses[id].(*types.Builtin); ok {
			c.mark(c.ops.Sends, n.Args[0])
			return
		}
	}
	if k, ok := c.key(n.Fun).(*types.Var); ok && k != nil {
		c.ops.Called[k] = true
	}
	call := c.x.funcs.Call(n)
	if call == nil {
		return
	}
	sel, _ := ast.Unparen(n.Fun).(*ast.SelectorExpr)
	if sel != nil && call.Func != nil && call.Func.Signature().Recv() != nil {
		if k := c.key(sel.X); k != nil {
			c.ops.Calls[k] = append(c.ops.Calls[k], call.Func)
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
		c.ops.Sends[k] = true
	case "(*sync.Cond).Signal", "(*sync.Cond).Broadcast":
		c.ops.Recvs[k] = true
	}
}

// enter follows a call to a function of this package.
func (c *collector) enter(call *funcs.Call) {
	if call.Callee == nil || c.Depth == 0 || c.Brief && !dataflow.Brief(call.Callee) || ast.Unparen(call.Site.Fun) == call.Callee.Node {
		return
	}
	inner := &collector{x: c.x, ops: c.ops, bind: c.args(call), Scope: Scope{Depth: c.Depth - 1, Brief: c.Brief, Once: c.Once}}
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

// Elem returns the element type of a channel type, or nil.
func Elem(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	if ch, ok := t.Underlying().(*types.Chan); ok {
		return ch.Elem()
	}
	return nil
}
