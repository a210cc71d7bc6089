package hardexit

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/edge"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// A notification is a channel over which the process is told of signals.
type notification struct {
	channel types.Object
	site    *ast.CallExpr // of signal.Notify
	ends    bool          // signals that end a process are among them
	others  bool          // and some that do not
	room    int64         // what the channel holds, -1 if that is not seen
}

// notified returns the channels that are given to signal.Notify, and the contexts of
// signal.NotifyContext. What one channel is given in several calls comes together.
func (c *checker) notified() []*notification {
	var ns []*notification
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			if k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() != "os/signal" || len(k.Site.Args) == 0 || c.values.InTest(k.Site.Pos()) {
				continue
			}
			switch k.FullName() {
			case "os/signal.Notify":
				ns = c.notify(ns, k.Site)
			case "os/signal.NotifyContext":
				n := &notification{site: k.Site, room: -1}
				n.classify(c, k.Site)
				ns = append(ns, n)
			}
		}
	}
	return ns
}

func (c *checker) notify(ns []*notification, site *ast.CallExpr) []*notification {
	channel := c.key(site.Args[0])
	i := slices.IndexFunc(ns, func(n *notification) bool { return channel != nil && n.channel == channel })
	if i < 0 {
		i = len(ns)
		ns = append(ns, &notification{channel: channel, site: site, room: c.room(channel)})
	}
	ns[i].classify(c, site)
	return ns
}

// classify looks at the signals that the call asks for. Without any it is all of them.
func (n *notification) classify(c *checker, site *ast.CallExpr) {
	if len(site.Args) == 1 || site.Ellipsis.IsValid() {
		n.others = true
		n.ends = n.ends || !site.Ellipsis.IsValid()
		return
	}
	for _, a := range site.Args[1:] {
		switch {
		case c.isSignal(a, ending...):
			n.ends = true
		default:
			n.others = true
		}
	}
}

// isSignal reports whether e is one of the constants of those names.
func (c *checker) isSignal(e ast.Expr, names ...string) bool {
	if sel, ok := ast.Unparen(e).(*ast.SelectorExpr); ok {
		e = sel.Sel
	}
	id, ok := ast.Unparen(e).(*ast.Ident)
	return ok && slices.Contains(names, id.Name)
}

// room returns what the channel holds, or -1: by the one make that it is given.
func (c *checker) room(channel types.Object) int64 {
	v, ok := channel.(*types.Var)
	if !ok {
		return -1
	}
	given, all := c.values.Given(v)
	if !all || len(given) != 1 || c.values.Settable(v) {
		return -1
	}
	made, ok := ast.Unparen(given[0]).(*ast.CallExpr)
	if !ok || len(made.Args) == 0 {
		return -1
	}
	if id, ok := ast.Unparen(made.Fun).(*ast.Ident); !ok || id.Name != "make" {
		return -1
	}
	if len(made.Args) == 1 {
		return 0
	}
	size := c.TypesInfo.Types[made.Args[1]].Value
	if size == nil {
		return -1
	}
	n, ok := constant.Int64Val(constant.ToInt(size))
	if !ok {
		return -1
	}
	return n
}

// A receipt is where a signal is received, and the statements that follow.
type receipt struct {
	n      *notification
	fn     *funcs.Func
	pos    token.Pos
	loop   ast.Node     // around it, or nil: the signal is waited for once
	signal types.Object // the variable that holds it, or nil
	body   []ast.Stmt
}

// signals looks at what is done when a signal comes.
func (c *checker) signals(told []*notification) {
	if len(told) == 0 {
		return
	}
	serving := c.servingPlace()
	for _, n := range told {
		if n.channel == nil {
			continue
		}
		for _, r := range c.receipts(n) {
			if serving.IsValid() && n.ends {
				c.hard(r, serving)
			}
			if r.loop != nil && n.others && n.room == 1 { // of no room sigchanyzer tells
				c.slow(r)
			}
		}
	}
}

// servingPlace returns where the package serves clients.
func (c *checker) servingPlace() token.Pos {
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			if k.Func == nil || c.values.InTest(k.Site.Pos()) {
				continue
			}
			name, _ := c.serves(k.Site)
			switch full := k.FullName(); {
			case name != "" && !c.aside(f, k.Site):
				return k.Site.Pos()
			case full == "(net.Listener).Accept", full == "(*net.TCPListener).Accept", full == "(*net.TCPListener).AcceptTCP",
				full == "(*google.golang.org/grpc.Server).Serve":
				return k.Site.Pos()
			}
		}
	}
	return token.NoPos
}

// receipts returns where signals are received from the channel, by its own name or
// by that of a parameter that it is passed for.
func (c *checker) receipts(n *notification) []receipt {
	names := map[types.Object]bool{n.channel: true}
	for _, f := range c.Funcs.Funcs {
		for _, k := range f.Out {
			for i, a := range k.Site.Args {
				if k.Callee != nil && k.Callee.Sig != nil && i < k.Callee.Sig.Params().Len() && c.key(a) == n.channel {
					names[k.Callee.Sig.Params().At(i)] = true
				}
			}
		}
	}
	var rs []receipt
	for cur := range c.root.Preorder((*ast.UnaryExpr)(nil), (*ast.RangeStmt)(nil)) {
		r := receipt{n: n, fn: c.Funcs.At(cur.Node().Pos()), pos: cur.Node().Pos()}
		switch s := cur.Node().(type) {
		case *ast.UnaryExpr:
			if s.Op != token.ARROW || !names[c.key(s.X)] || r.fn == nil {
				continue
			}
		case *ast.RangeStmt:
			if !names[c.key(s.X)] || r.fn == nil {
				continue
			}
			r.loop, r.body = s, s.Body.List
			if s.Key != nil {
				r.signal = c.key(s.Key)
			}
			rs = append(rs, r)
			continue
		}
		for up := cur; up.Node() != r.fn.Node; up = up.Parent() {
			switch s := up.Node().(type) {
			case *ast.AssignStmt:
				r.signal = c.key(s.Lhs[0])
			case *ast.ForStmt, *ast.RangeStmt:
				if r.loop == nil {
					r.loop = s
				}
			}
			if r.body != nil {
				continue
			}
			switch around := up.Parent().Node().(type) {
			case *ast.CommClause:
				if k, _ := up.ParentEdge(); k == edge.CommClause_Comm {
					r.body = nonNil(around.Body)
				} else {
					r.body = nonNil(after(around.Body, up.Node()))
				}
			case *ast.BlockStmt:
				r.body = nonNil(after(around.List, up.Node()))
			case *ast.CaseClause:
				r.body = nonNil(after(around.Body, up.Node()))
			}
		}
		rs = append(rs, r)
	}
	return rs
}

func nonNil(list []ast.Stmt) []ast.Stmt {
	if list == nil {
		return []ast.Stmt{}
	}
	return list
}

// after returns the statements of list behind s.
func after(list []ast.Stmt, s ast.Node) []ast.Stmt {
	for i := range list {
		if list[i] == s {
			return list[i+1:]
		}
	}
	return nil
}

// hard reports an exit that is the first thing done, but for words of farewell,
// when a signal comes.
func (c *checker) hard(r receipt, serving token.Pos) {
	w := &farewells{c: c, signal: r.signal}
	if !w.list(r.body, 0) || w.exit == nil {
		return
	}
	c.report(rule.Finding{
		Pos:       w.exit.Pos(),
		End:       w.exit.End(),
		Tier:      rule.Likely,
		Message:   c.nameOf(w.exit) + " ends the process as soon as the signal comes: the requests in flight are cut off, and no deferred call runs",
		Cause:     "exit on a signal",
		Primitive: values.Callee(c.TypesInfo, w.exit),
		Chain:     append([]rule.Step{step(r.pos, "receives the signal"), step(serving, "serves clients")}, w.steps...),
		Mend:      "shut the servers down first, with a deadline, and exit only on the second signal",
	})
}

func (c *checker) nameOf(call *ast.CallExpr) string {
	return c.witness.Short(values.Callee(c.TypesInfo, call))
}

// farewells walks the statements that follow a signal to the first exit. It gives
// up at whatever may give those who are served time.
type farewells struct {
	c      *checker
	signal types.Object
	exit   *ast.CallExpr
	steps  []rule.Step
}

// list reports whether nothing in the way of the exit, if there is one, can matter to
// those who are served.
func (w *farewells) list(list []ast.Stmt, depth int) bool {
	for _, s := range list {
		if w.exit != nil {
			return true
		}
		if !w.stmt(s, depth) {
			return false
		}
	}
	return true
}

func (w *farewells) stmt(s ast.Stmt, depth int) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		call, ok := ast.Unparen(s.X).(*ast.CallExpr)
		return ok && w.call(call, depth)
	case *ast.SwitchStmt:
		if s.Tag == nil || !w.ofSignal(s.Tag) {
			return false
		}
		for _, cl := range s.Body.List {
			clause := cl.(*ast.CaseClause)
			if slices.ContainsFunc(clause.List, func(e ast.Expr) bool { return w.c.isSignal(e, ending...) }) {
				return w.list(clause.Body, depth)
			}
		}
		return false
	case *ast.IfStmt:
		if !w.ofSignal(s.Cond) {
			return false
		}
		return w.list(s.Body.List, depth)
	case *ast.BlockStmt:
		return w.list(s.List, depth)
	case *ast.AssignStmt:
		return len(s.Rhs) == 1 && w.harmless(s.Rhs[0])
	case *ast.DeclStmt, *ast.EmptyStmt:
		return true
	}
	return false
}

func (w *farewells) ofSignal(e ast.Expr) bool {
	return w.signal != nil && w.c.mentions(e, w.signal)
}

// call reports whether a call before the exit does nothing for those who are served.
func (w *farewells) call(call *ast.CallExpr, depth int) bool {
	if w.c.stops(call) {
		w.exit = call
		return true
	}
	k := w.c.Funcs.Call(call)
	if k != nil && k.Callee != nil && depth < 2 && k.Callee.Obj != nil && !orderly(k.Callee.Obj.Name()) {
		n := len(w.steps)
		w.steps = append(w.steps, step(call.Pos(), "calls "+w.c.called(k.Callee)))
		if signal := w.passed(k); signal != nil {
			defer func(s types.Object) { w.signal = s }(w.signal)
			w.signal = signal
		}
		ok := w.list(k.Callee.Body.List, depth+1)
		if w.exit == nil {
			w.steps = w.steps[:n]
		}
		return ok
	}
	return w.harmless(call)
}

// passed returns the parameter that the signal is passed for, or nil.
func (w *farewells) passed(k *funcs.Call) types.Object {
	for i, a := range k.Site.Args {
		if w.signal != nil && w.c.key(a) == w.signal && i < k.Callee.Sig.Params().Len() {
			return k.Callee.Sig.Params().At(i)
		}
	}
	return nil
}

// harmless reports whether e, and all that it calls, only says or computes something.
func (w *farewells) harmless(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || !ok {
			return ok
		}
		if tv := w.c.TypesInfo.Types[ast.Unparen(call.Fun)]; tv.IsType() || tv.IsBuiltin() {
			return true
		}
		k := w.c.Funcs.Call(call)
		ok = k != nil && k.Func != nil && says(k.Func)
		return ok
	})
	return ok
}

// says reports whether fn writes a log or a text, or the like.
func says(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return fn.Name() == "Error"
	}
	switch fn.Pkg().Path() {
	case "fmt", "strings", "strconv", "errors", "log", "log/slog":
		return true
	case "os/signal":
		return true
	case "os":
		return fn.Name() == "String" || fn.Name() == "Remove" || fn.Name() == "Getpid"
	case "syscall":
		return fn.Name() == "String" || fn.Name() == "Signal"
	}
	return speaks(fn.Name())
}

// speaks reports whether a method of that name writes a line of a log.
func speaks(name string) bool {
	for _, p := range []string{"Print", "Debug", "Info", "Notice", "Warn", "Error", "Log", "Trace", "Msg"} {
		if rest, ok := strings.CutPrefix(name, p); ok && (len(rest) <= 2 || strings.HasPrefix(rest, "ing") || strings.HasPrefix(rest, "Context")) {
			return true
		}
	}
	return false
}

// The effects that make a signal wait: for as long as somebody else takes, or for as
// long as a file does, which is short most of the time.
var (
	slowly  = effects.SetOf(effects.Net, effects.Sleep)
	shortly = effects.SetOf(effects.Disk)
)

// slow reports work in the loop that receives signals, while which a signal that
// comes behind another is lost.
func (c *checker) slow(r receipt) {
	if len(r.body) == 0 {
		return
	}
	from, to := r.body[0].Pos(), r.body[len(r.body)-1].End()
	tier, which := rule.Suspected, "of the same kind"
	p, chain, ok := c.slowPlace(r.fn, slowly, from, to, 0)
	if ok && r.n.ends {
		tier = rule.Likely
	}
	if !ok {
		if p, chain, ok = c.slowPlace(r.fn, shortly, from, to, 0); !ok {
			return
		}
	}
	if r.n.ends {
		which = "to end the process"
	}
	c.report(rule.Finding{
		Pos:       p.Pos,
		End:       p.End,
		Tier:      tier,
		Message:   fmt.Sprintf("this runs in the loop that receives signals, and %s: the channel holds 1 signal, so one %s that comes behind another meanwhile is lost", witness.Does(p.Effects[0].Kind), which),
		Cause:     "work in the signal loop",
		Primitive: c.witness.Primitive(p.Effects[0]),
		Chain:     append([]rule.Step{step(r.pos, "receives the signal")}, chain...),
		Mend:      "give the signals that end the process a channel of their own, or do the work in a goroutine that a channel wakes",
	})
}

// slowPlace returns the first place between two positions of f, or in the function that
// is handed the signal there, that waits for something and after which the loop goes on.
func (c *checker) slowPlace(f *funcs.Func, kinds effects.Set, from, to token.Pos, depth int) (witness.Place, []rule.Step, bool) {
	for _, p := range c.witness.Places(f.Node, kinds, nil) {
		if p.Call == nil || p.Pos < from || p.Pos >= to || p.Effects[0].ByCaller || c.leaves(f, p.Call) {
			continue
		}
		k := c.Funcs.Call(p.Call)
		if k == nil || k.Mode != funcs.Plain || k.Func != nil && says(k.Func) {
			continue
		}
		if k.Callee != nil && k.Callee.Obj != nil && depth < 2 && c.chooses(k.Callee) {
			q, chain, ok := c.slowPlace(k.Callee, kinds, k.Callee.Body.Pos(), k.Callee.Body.End(), depth+1)
			if ok {
				return q, append([]rule.Step{step(p.Pos, "calls "+c.called(k.Callee))}, chain...), true
			}
			continue
		}
		return p, c.witness.Chain(p.Effects[0]), true
	}
	return witness.Place{}, nil, false
}

// chooses reports whether f looks which signal it was handed.
func (c *checker) chooses(f *funcs.Func) (found bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.SwitchStmt); ok && s.Tag != nil {
			if v, ok := c.key(s.Tag).(*types.Var); ok {
				found = found || dataflow.IsParam(f, v)
			}
		}
		return !found
	})
	return found
}

// ending are the signals that end a process.
var ending = []string{"SIGINT", "SIGTERM", "SIGQUIT", "Interrupt"}

// toEnd reports whether a case is that of signals which end the process, and of no others.
func (c *checker) toEnd(list []ast.Expr) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(e ast.Expr) bool { return !c.isSignal(e, ending...) })
}

// asksForEnd reports whether the condition holds only for a signal that ends the process.
func (c *checker) asksForEnd(cond ast.Expr) bool {
	e, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return false
	}
	switch e.Op {
	case token.EQL:
		return c.isSignal(e.X, ending...) || c.isSignal(e.Y, ending...)
	case token.LAND:
		return c.asksForEnd(e.X) || c.asksForEnd(e.Y)
	case token.LOR:
		return c.asksForEnd(e.X) && c.asksForEnd(e.Y)
	}
	return false
}

// leaves reports whether the process, or the loop, ends soon after the call: then no
// signal is waited for any more. It does if one of the blocks around it ends so.
func (c *checker) leaves(f *funcs.Func, call *ast.CallExpr) bool {
	cur, ok := c.cursor(call)
	if !ok {
		return true
	}
	for up := cur; up.Node() != f.Node; up = up.Parent() {
		var list []ast.Stmt
		switch n := up.Node().(type) {
		case *ast.CaseClause:
			if list = n.Body; c.toEnd(n.List) {
				return true
			}
		case *ast.IfStmt:
			if n.Body.Pos() <= call.Pos() && call.End() <= n.Body.End() && c.asksForEnd(n.Cond) {
				return true
			}
		case *ast.CommClause:
			list = n.Body
		case *ast.BlockStmt:
			list = n.List
		case *ast.FuncLit:
			return true // it runs at another time
		case *ast.ForStmt, *ast.RangeStmt:
			return false
		}
		if len(list) == 0 || up.Node() == ast.Node(f.Body) {
			continue
		}
		switch s := list[len(list)-1].(type) {
		case *ast.ReturnStmt:
			return true
		case *ast.BranchStmt:
			if s.Tok == token.GOTO || s.Tok == token.BREAK && s.Label != nil {
				return true
			}
		case *ast.ExprStmt:
			if call, ok := ast.Unparen(s.X).(*ast.CallExpr); ok && c.stops(call) {
				return true
			}
		}
	}
	return false
}
