package sleeppoll

import (
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// spin reports a loop that can come round without doing anything: on one way
// through its body it only looks, at what this goroutine does not change, and then
// begins again.
func (c *checker) spin(l *loop) bool {
	if c.pinned(l.fn) {
		return false
	}
	w := &walker{checker: c, loop: l, budget: mostWays}
	p := path{read: make(dataflow.Vars), reset: make(dataflow.Vars), sent: make(dataflow.Objects), recvd: make(dataflow.Objects)}
	if l.Cond != nil && !w.look(l.Cond, &p) {
		return c.spinLock(l)
	}
	for _, e := range w.list(l.Body.List, p) {
		switch {
		case e.how == broke, e.skipped, e.def != nil && c.empties(l):
			continue
		case e.how == fell && e.def == nil && !c.waits(l.Body.List, l, w.turn()):
			continue // other ways round do something, and perhaps they take turns
		case l.Cond == nil && e.how == fell && len(l.Body.List) > 0 && !e.asked:
			continue // only calls that look: a loop that nobody writes
		}
		if e.clocked && !e.shared {
			continue // it waits for a moment to pass
		}
		c.reportSpin(l, e)
		return true
	}
	return false
}

// empties reports whether a loop goes on only while a channel that it receives from holds
// something: where another was faster the channel is empty, and the loop ends.
func (c *checker) empties(l *loop) (found bool) {
	recvd := make(dataflow.Objects)
	ast.Inspect(l.Body, func(n ast.Node) bool {
		if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
			if k := dataflow.Key(c.TypesInfo, u.X); k != nil {
				recvd[k] = true
			}
		}
		return true
	})
	if l.Cond == nil {
		return false
	}
	ast.Inspect(l.Cond, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "len" {
			k := dataflow.Key(c.TypesInfo, call.Args[0])
			found = found || k != nil && recvd[k]
		}
		return true
	})
	return found
}

// pinned reports whether the function keeps its thread: what polls there does so
// on purpose.
func (c *checker) pinned(f *funcs.Func) bool {
	for _, k := range f.Out {
		if named(k, "runtime.LockOSThread") {
			return true
		}
	}
	return false
}

// burns is what a spin costs, after what it does.
const burns = ": it takes a whole processor from the goroutines that would change that"

// reportSpin reports the way round a loop that ends in e.
func (c *checker) reportSpin(l *loop, e end) {
	f := rule.Finding{Pos: l.For, End: l.Body.Lbrace, Tier: rule.Likely, Primitive: "for"}
	if e.how == continued {
		f.Pos, f.End = e.at, e.at+token.Pos(len("continue"))
		f.Primitive = "continue"
	}
	switch {
	case e.def != nil:
		c.emptyDefault(&f, l, e)
	case !e.shared:
		if c.afterExit(l) {
			return
		}
		unchanged(&f, e)
	case e.how == continued:
		c.leftOut(&f, l)
	default:
		f.Cause = "busy spin"
		f.Message = "this loop spins until another goroutine changes what it reads" + burns
		f.Mend = "wait for what changes it: receive from a channel that is closed or sent to, or a sync.Cond; a spin that must be, bound it and then block"
	}
	if why := c.excuse(l, e); why != "" {
		f.Tier = rule.Suspected
		f.Message += " (but " + why + ")"
	}
	c.Report(f)
}

func (c *checker) emptyDefault(f *rule.Finding, l *loop, e end) {
	f.Pos, f.End = e.def.Pos(), e.def.Colon+1
	f.Tier = rule.Proven
	f.Cause, f.Primitive = "default that does nothing", "select"
	f.Message = "this default goes straight back to the select, and the loop spins while no case is ready" + burns
	f.Mend = "drop the default: the select then waits until a case is ready"
	f.Fixes = c.dropDefault(l, e.def)
}

func unchanged(f *rule.Finding, e end) {
	f.Tier = rule.Proven
	f.Cause = "nothing changes"
	f.Message = "nothing in this loop changes what it goes by, so once it comes round it will for ever: it takes a whole processor"
	f.Mend = "change in the loop what its condition reads; to block for ever, select {}"
	if e.how == continued {
		f.Message = "this continue repeats the loop with nothing changed, so it will for ever: it takes a whole processor"
		f.Mend = "evaluate anew what the loop goes by before it continues, or leave the loop"
	}
}

func (c *checker) leftOut(f *rule.Finding, l *loop) {
	f.Cause = "wait left out"
	f.Message = "this continue goes round the loop with nothing done and nothing waited for" + burns
	f.Mend = "wait before the first continue, as at the top of the loop, or wait for what is missing"
	if wait := c.wait(l); wait != nil {
		f.Message = "this continue goes round the loop without the wait in it" + burns
		f.Chain = []rule.Step{{Pos: wait.Site.Pos(), Text: "is left out: time.Sleep"}}
	}
}

// afterExit reports whether the loop stands behind a call that most likely ends the
// process, for the compiler's sake.
func (c *checker) afterExit(l *loop) bool {
	prev, ok := l.cur.PrevSibling()
	if !ok {
		return false
	}
	s, ok := prev.Node().(*ast.ExprStmt)
	if !ok {
		return false
	}
	k := c.callOf(s.X)
	return k != nil && (k.Func == nil || exits.MatchString(k.Func.Name()))
}

var exits = pattern.New(`(?i)exit|fatal|abort|throw|panic|halt|reboot|exec`)

// excuse says why a spin may be what is meant, or returns "".
func (c *checker) excuse(l *loop, e end) string {
	if e.def != nil {
		return ""
	}
	loads := make(map[types.Object]int)
	for _, k := range c.calls(l.ForStmt) {
		if k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() != "sync/atomic" {
			continue
		}
		switch {
		case strings.HasPrefix(k.Func.Name(), "CompareAndSwap"):
			return "it may have to wait for a compare-and-swap of another goroutine only"
		case strings.HasPrefix(k.Func.Name(), "Load"):
			if sel, ok := ast.Unparen(k.Site.Fun).(*ast.SelectorExpr); ok && k.Func.Signature().Recv() != nil {
				o := dataflow.Key(c.TypesInfo, sel.X)
				if loads[o]++; o != nil && loads[o] > 1 {
					return "it reads a value twice, as what reads beside a writer does"
				}
			}
		}
	}
	if e.clocked {
		return "a clock ends it"
	}
	return ""
}

// wait returns what the loop waits by at the top level of its body, or nil.
func (c *checker) wait(l *loop) *funcs.Call {
	for _, s := range l.Body.List {
		if k := c.sleep(s); k != nil {
			return k
		}
	}
	return nil
}

// spinLock reports a loop for a compare-and-swap of constants that has nothing in
// it: a lock that nobody can sleep on.
func (c *checker) spinLock(l *loop) bool {
	for _, s := range l.Body.List {
		e, ok := s.(*ast.ExprStmt)
		if !ok || !named(c.callOf(e.X), "runtime.Gosched") {
			return false
		}
	}
	u, ok := ast.Unparen(l.Cond).(*ast.UnaryExpr)
	if !ok || u.Op != token.NOT {
		return false
	}
	k := c.callOf(u.X)
	if k == nil || k.Func == nil || k.Func.Pkg() == nil || k.Func.Pkg().Path() != "sync/atomic" || !strings.HasPrefix(k.Func.Name(), "CompareAndSwap") {
		return false
	}
	for _, a := range k.Site.Args[len(k.Site.Args)-2:] {
		if c.TypesInfo.Types[a].Value == nil {
			return false
		}
	}
	c.Report(rule.Finding{
		Pos:       l.For,
		End:       l.Body.Lbrace,
		Tier:      rule.Likely,
		Message:   "this loop spins until another goroutine lets go of what it takes: if that one is descheduled, a whole processor waits for it",
		Cause:     "spin lock",
		Primitive: k.FullName(),
		Mend:      "use sync.Mutex, which spins for a moment and then sleeps, or TryLock",
	})
	return true
}

func (c *checker) callOf(e ast.Expr) *funcs.Call {
	call, ok := ast.Unparen(e).(*ast.CallExpr)
	if !ok {
		return nil
	}
	return c.Funcs.Call(call)
}

// A path is what is known of a way through the body of a loop.
type path struct {
	read, reset dataflow.Vars    // variables from outside the body: looked at, and given a value before that
	shared      bool             // it goes by what another goroutine may change
	clocked     bool             // or by the time
	asked       bool             // it goes by anything
	skipped     bool             // it leaves out a branch that works: perhaps the turn before did not
	sent, recvd dataflow.Objects // the channels of selects that were not ready
}

func (p path) clone() path {
	p.read, p.reset = maps.Clone(p.read), maps.Clone(p.reset)
	p.sent, p.recvd = maps.Clone(p.sent), maps.Clone(p.recvd)
	return p
}

// How a way through statements ends, if not outside of the loop.
const (
	fell = iota
	continued
	broke // out of a switch or a select, or else the loop
)

// An end is that of one way through statements on which nothing is done.
type end struct {
	path
	how int
	at  token.Pos       // of a continue
	def *ast.CommClause // the default that was all of it
}

// mostWays is how many ways through a body are followed.
const mostWays = 200

// A walker follows the ways through the body of a loop on which nothing is done.
type walker struct {
	*checker
	loop   *loop
	budget int
}

// list returns how the ways through the statements end. Too many ways are none.
func (w *walker) list(list []ast.Stmt, p path) []end {
	ways := []end{{path: p}}
	for _, s := range list {
		var next, done []end
		for _, e := range ways {
			if e.how != fell {
				done = append(done, e)
				continue
			}
			if w.budget--; w.budget < 0 {
				return nil
			}
			next = append(next, w.stmt(s, e.path.clone())...)
		}
		ways = append(done, next...)
	}
	return ways
}

// stmt returns how the ways through s end, those left out on which something is done.
func (w *walker) stmt(s ast.Stmt, p path) []end {
	on := func(p path) []end { return []end{{path: p}} }
	switch s := s.(type) {
	case *ast.EmptyStmt:
		return on(p)
	case *ast.BlockStmt:
		return w.list(s.List, p)
	case *ast.DeclStmt:
		if w.look(s, &p) {
			return on(p)
		}
	case *ast.ExprStmt:
		if named(w.callOf(s.X), "runtime.Gosched") || w.look(s.X, &p) {
			return on(p)
		}
	case *ast.AssignStmt:
		if w.assign(s, &p) {
			return on(p)
		}
	case *ast.IncDecStmt:
		if w.inner(s.X) {
			return on(p)
		}
	case *ast.IfStmt:
		return w.branch(s, p)
	case *ast.SwitchStmt:
		if s.Init == nil && (s.Tag == nil || w.look(s.Tag, &p)) {
			return w.cases(s.Body.List, p)
		}
	case *ast.RangeStmt:
		if w.plainRange(s) && w.look(s.X, &p) {
			p.asked = true
			return on(p)
		}
	case *ast.SelectStmt:
		return w.selects(s, p)
	case *ast.BranchStmt:
		return w.jump(s, p)
	}
	return nil
}

func (w *walker) branch(s *ast.IfStmt, p path) []end {
	if s.Init != nil {
		init, ok := s.Init.(*ast.AssignStmt)
		if !ok || !w.assign(init, &p) {
			return nil
		}
	}
	if !w.look(s.Cond, &p) {
		return nil
	}
	p.asked = true
	then, other := p.clone(), p
	then.skipped = then.skipped || w.works(s.Else)
	other.skipped = other.skipped || w.works(s.Body)
	ends := w.list(s.Body.List, then)
	if s.Else == nil {
		return append(ends, end{path: other})
	}
	return append(ends, w.stmt(s.Else, other)...)
}

// works reports whether the branch s does something and lets the loop go on.
func (w *walker) works(s ast.Stmt) bool {
	if b, ok := s.(*ast.BlockStmt); ok && w.ends(b.List, w.loop) {
		return false
	}
	return !w.pureStmt(s, w.turn())
}

func (w *walker) cases(list []ast.Stmt, p path) []end {
	var ends []end
	rest := true
	p.asked = true
	for _, s := range list {
		clause := s.(*ast.CaseClause)
		rest = rest && clause.List != nil
		for _, e := range clause.List {
			if !w.look(e, &p) {
				return nil
			}
		}
		ends = append(ends, w.list(clause.Body, p.clone())...)
	}
	if rest { // as a rule there is a case for each value
		p.skipped = p.skipped || !w.pure(list, w.turn())
		ends = append(ends, end{path: p})
	}
	return unbroken(ends)
}

// unbroken has the ways that break go on behind what they break out of.
func unbroken(ends []end) []end {
	for i := range ends {
		if ends[i].how == broke {
			ends[i].how = fell
		}
	}
	return ends
}

// selects follows the default of a select, while none of its cases is ready.
func (w *walker) selects(s *ast.SelectStmt, p path) []end {
	for _, stmt := range s.Body.List {
		clause := stmt.(*ast.CommClause)
		if clause.Comm != nil {
			continue
		}
		p.shared, p.asked = true, true
		if w.channels(s, p) {
			return nil
		}
		ends := unbroken(w.list(clause.Body, p))
		for i := range ends {
			if w.whole(s) && (len(clause.Body) == 0 || ends[i].how == continued) {
				ends[i].def = clause
			}
		}
		return ends
	}
	return nil
}

// channels notes the channels that a select has not been able to send to or to receive
// from. It reports whether one is both: a channel with room is never full and empty, so
// somebody has taken something out or put it in meanwhile.
func (w *walker) channels(s *ast.SelectStmt, p path) (both bool) {
	for _, stmt := range s.Body.List {
		switch comm := stmt.(*ast.CommClause).Comm.(type) {
		case *ast.SendStmt:
			if k := dataflow.Key(w.TypesInfo, comm.Chan); k != nil {
				p.sent[k] = true
				both = both || p.recvd[k]
			}
		case ast.Stmt:
			ast.Inspect(comm, func(n ast.Node) bool {
				if u, ok := n.(*ast.UnaryExpr); ok && u.Op == token.ARROW {
					if k := dataflow.Key(w.TypesInfo, u.X); k != nil {
						p.recvd[k] = true
						both = both || p.sent[k]
					}
				}
				return true
			})
		}
	}
	return both
}

// whole reports whether the select is all of the loop's body.
func (w *walker) whole(s *ast.SelectStmt) bool {
	return len(w.loop.Body.List) == 1 && w.loop.Body.List[0] == s
}

func (w *walker) jump(s *ast.BranchStmt, p path) []end {
	switch {
	case s.Tok == token.CONTINUE && (s.Label == nil || s.Label.Name == w.loop.label):
		return []end{{path: p, how: continued, at: s.Pos()}}
	case s.Tok == token.BREAK && s.Label == nil:
		return []end{{path: p, how: broke}}
	}
	return nil
}

// look notes what n reads, and reports whether that is all it does.
func (w *walker) look(n ast.Node, p *path) bool {
	if !w.looksAt(n) {
		return false
	}
	for v := range dataflow.Mentioned(w.TypesInfo, n) {
		if !w.within(v) && !p.reset[v] {
			p.read[v] = true
		}
		p.shared = p.shared || points(v.Type()) || !w.within(v) && w.captured(v)
	}
	for o := range w.guards.Reads(w.loop.fn, n) {
		p.shared = p.shared || dataflow.LocalVar(o) == nil
	}
	for _, k := range w.calls(n) {
		switch {
		case k.Callee != nil, k.Dynamic: // what these read is theirs
			p.shared = true
		case k.Func != nil && k.Func.Pkg() != nil && k.Func.Pkg().Path() == "time":
			p.clocked = true
		}
	}
	return true
}

// points reports whether others may change what a value of type t leads to.
func points(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Chan, *types.Slice:
		return true
	}
	return false
}

// captured reports whether another function may change v meanwhile: a literal that
// uses it, or the function around the literal that the loop stands in.
func (w *walker) captured(v *types.Var) bool {
	if w.settled(v) {
		return false
	}
	if w.Funcs.At(v.Pos()) != w.loop.fn {
		return true
	}
	found := false
	ast.Inspect(w.loop.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			found = found || dataflow.Mentioned(w.TypesInfo, n)[v]
			return false
		case *ast.UnaryExpr:
			found = found || n.Op == token.AND && w.values.Variable(n.X) == v
		}
		return !found
	})
	return found
}

// byAddress reports whether the method is called with the address of a variable.
func byAddress(m *types.Selection) bool {
	_, pointer := types.Unalias(m.Recv()).(*types.Pointer)
	_, wants := m.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	return wants && !pointer
}

// settled reports whether v keeps the value that it is declared with.
func (w *walker) settled(v *types.Var) bool {
	settled := true
	set := func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && w.TypesInfo.Uses[id] == v {
			settled = false
		}
	}
	ast.Inspect(w.loop.fn.Outermost().Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				set(l)
			}
		case *ast.IncDecStmt:
			set(n.X)
		case *ast.RangeStmt:
			set(n.Key)
			set(n.Value)
		case *ast.UnaryExpr:
			if n.Op == token.AND {
				set(n.X)
			}
		case *ast.SelectorExpr: // v.Store(x)
			if m := w.TypesInfo.Selections[n]; m != nil && m.Kind() == types.MethodVal && byAddress(m) {
				set(n.X)
			}
		}
		return settled
	})
	return settled
}

func (w *walker) within(v *types.Var) bool {
	return w.loop.Body.Pos() <= v.Pos() && v.Pos() < w.loop.Body.End()
}

// inner reports whether e is a variable of the loop's body, which the next turn
// does not know.
func (w *walker) inner(e ast.Expr) bool {
	return w.keeps(e, w.turn())
}

// turn returns the scope of one turn of the loop.
func (w *walker) turn() scope { return scope{w.loop.Body.Pos(), w.loop.Body.End()} }

// assign reports whether the next turn is none the wiser for the assignment: it
// keeps what is seen in variables of the body, or in one of which nothing was read
// in this turn.
func (w *walker) assign(s *ast.AssignStmt, p *path) bool {
	for _, r := range s.Rhs {
		if !w.emptied(s, r) && !w.look(r, p) {
			return false
		}
	}
	for _, l := range s.Lhs {
		if w.inner(l) {
			continue
		}
		id, ok := ast.Unparen(l).(*ast.Ident)
		if !ok || s.Tok != token.ASSIGN {
			return false
		}
		v := dataflow.LocalVar(w.TypesInfo.ObjectOf(id))
		if v == nil || p.read[v] || w.captured(v) {
			return false
		}
		p.reset[v] = true
	}
	return true
}

// emptied reports whether the assignment is v = v[:0].
func (w *walker) emptied(s *ast.AssignStmt, r ast.Expr) bool {
	sl, ok := ast.Unparen(r).(*ast.SliceExpr)
	if !ok || len(s.Lhs) != 1 || sl.Low != nil || sl.High == nil {
		return false
	}
	high := w.TypesInfo.Types[sl.High].Value
	v := w.values.Variable(sl.X)
	return v != nil && high != nil && high.String() == "0" && w.values.Variable(s.Lhs[0]) == v
}
