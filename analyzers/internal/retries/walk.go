package retries

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A walk follows the ways on from a call that has failed.
type walk struct {
	x     *Index
	f     *funcs.Func
	call  *funcs.Call
	g     *graph
	waits func(*ast.CallExpr) bool
	loops []ast.Stmt // around the call, innermost first
	items []bool     // of loops: they go through things

	err   *types.Var
	block *cfg.Block // that the call is in
	at    int        // the index of its node there
	back  []bool     // by block: the call can be reached from it

	given  int // so many of the innermost loops have given up
	result *Retry
	seen   map[state]bool
}

// A state is how a way has come to the beginning of a block.
type state struct {
	block  *cfg.Block
	left   uint64 // loops around the call that it has left
	paused bool
	anew   bool // the error variable is nil, or was given another value on the way to the call
}

// begin finds the call, and reports whether its error is looked at.
func (w *walk) begin() (ok bool) {
	if w.err, ok = w.x.fails(w.call); !ok {
		return false
	}
	for _, b := range w.g.Blocks {
		for i, n := range b.Nodes {
			if b.Live && within(n, w.call.Site.Pos()) {
				w.block, w.at = b, i
			}
		}
	}
	if w.block == nil {
		return false
	}
	w.back = reaching(w.g.CFG, w.block)
	return true
}

// reaching returns, by index, the blocks from which target can be reached.
func reaching(g *cfg.CFG, target *cfg.Block) []bool {
	preds := make([][]*cfg.Block, len(g.Blocks))
	for _, b := range g.Blocks {
		for _, s := range b.Succs {
			preds[s.Index] = append(preds[s.Index], b)
		}
	}
	back := make([]bool, len(g.Blocks))
	for work := []*cfg.Block{target}; len(work) > 0; {
		b := work[len(work)-1]
		work = work[:len(work)-1]
		if !back[b.Index] {
			back[b.Index] = true
			work = append(work, preds[b.Index]...)
		}
	}
	return back
}

// run follows the ways, as if the first loops, so many as given says, had given up, and
// from a success instead of a failure if well is set.
func (w *walk) run(given int, well bool) *Retry {
	w.given, w.seen = given, make(map[state]bool)
	w.result = &Retry{Call: w.call, Error: w.err}
	w.nodes(state{block: w.block, anew: well}, w.block.Nodes[w.at:], true)
	if w.result.Loop == nil { // nothing comes back, or a goto does
		return nil
	}
	return w.result
}

// enter goes on at the beginning of a block.
func (w *walk) enter(s state) {
	if w.seen[s] {
		return
	}
	w.seen[s] = true
	if s.block == w.block {
		w.entered(s)
		return
	}
	w.nodes(s, s.block.Nodes, false)
}

// entered goes on in the block of the call, up to it.
func (w *walk) entered(s state) {
	for _, n := range w.block.Nodes[:w.at] {
		w.pause(&s, n)
	}
	for i, l := range w.loops {
		if s.left&(1<<i) == 0 { // the innermost loop that was not left
			if w.result.Loop == nil || l.Pos() > w.result.Loop.Pos() {
				w.result.Loop = l
			}
			break
		}
	}
	w.result.Paused = w.result.Paused || s.paused
	w.result.Hot = w.result.Hot || !s.paused
}

// nodes goes through what is left of a block and on from there.
func (w *walk) nodes(s state, nodes []ast.Node, first bool) {
	for i, n := range nodes {
		if first && i == 0 {
			continue // the call itself
		}
		if w.overwrites(n) {
			if n.Pos() > w.call.Site.Pos() || !within(w.loops[len(w.loops)-1], n.Pos()) {
				w.exit(Exit{}) // it goes on to something else
				return
			}
			s.anew = true // what the call needs is made, or the way is another failure's
		}
		w.pause(&s, n)
	}
	w.leave(s, nodes)
}

// leave goes on from the end of a block.
func (w *walk) leave(s state, nodes []ast.Node) {
	succs := s.block.Succs
	var cond ast.Expr
	if len(succs) == 2 && len(nodes) > 0 {
		cond, _ = nodes[len(nodes)-1].(ast.Expr)
	}
	if cond != nil {
		if decided, then := w.decides(cond, s.anew); decided {
			if then {
				succs = succs[:1]
			} else {
				succs = succs[1:]
			}
		} else if b := w.g.branch[cond]; b != nil && !within(b, w.call.Site.Pos()) {
			w.paused(&s, w.pausesIn(b)...) // it waits if there is reason to
		}
	}
	if l := s.block.Stmt; isHead(s.block) && !within(l, w.call.Site.Pos()) {
		w.paused(&s, w.pausesIn(l)...)
	}
	for _, b := range succs {
		switch {
		case b.Kind == cfg.KindSelectAfterCase && len(b.Succs) == 0: // no clause of a select statement is ready
		case w.turns(s, b): // to the next thing
		case w.back[b.Index]:
			w.enter(w.entering(s, b))
		case len(succs) == 1:
			w.exit(Exit{Stmt: s.block.Stmt})
		default:
			w.exit(Exit{Cond: cond, Tag: w.tag(cond), Stmt: parting(s.block, b)})
		}
	}
	if len(s.block.Succs) == 0 {
		w.exit(Exit{Stmt: s.block.Stmt})
	}
}

// tag returns what a case of a switch statement is compared with, or nil.
func (w *walk) tag(cond ast.Expr) ast.Expr {
	if sw, ok := w.g.branch[cond].(*ast.SwitchStmt); ok {
		return sw.Tag
	}
	return nil
}

func isHead(b *cfg.Block) bool { return b.Kind == cfg.KindRangeLoop || b.Kind == cfg.KindForLoop }

// parting returns the statement by which the ways from b part, one of which goes to next.
func parting(b, next *cfg.Block) ast.Stmt {
	if next.Stmt != nil {
		return next.Stmt
	}
	return b.Stmt
}

// turns reports whether b begins another turn of a loop that goes on to something
// else with it, or has given up.
func (w *walk) turns(s state, b *cfg.Block) bool {
	if b.Kind != cfg.KindForBody && b.Kind != cfg.KindRangeBody {
		return false
	}
	for i, l := range w.loops {
		if l == b.Stmt {
			return (w.items[i] || i < w.given) && s.left&(1<<i) == 0
		}
	}
	return false
}

// entering returns the state in which the way goes on to b.
func (w *walk) entering(s state, b *cfg.Block) state {
	s.block = b
	for i, l := range w.loops {
		if !inside(b, l) {
			s.left |= 1 << i
		}
	}
	if cc, ok := b.Stmt.(*ast.CommClause); ok && b.Kind == cfg.KindSelectCaseBody && cc.Comm != nil {
		w.paused(&s, cc.Comm)
	}
	return s
}

// inside reports whether the block is part of the loop.
func inside(b *cfg.Block, loop ast.Stmt) bool {
	if b.Stmt == loop {
		return b.Kind != cfg.KindForDone && b.Kind != cfg.KindRangeDone
	}
	return b.Stmt != nil && within(loop, b.Stmt.Pos())
}

// exit notes that a way leaves.
func (w *walk) exit(e Exit) {
	for _, known := range w.result.Exits {
		if known == e {
			return
		}
	}
	w.result.Exits = append(w.result.Exits, e)
}

// overwrites reports whether n gives the error variable another value.
func (w *walk) overwrites(n ast.Node) bool {
	as, ok := n.(*ast.AssignStmt)
	if !ok || w.err == nil {
		return false
	}
	for i, l := range as.Lhs {
		if w.x.variable(ast.Unparen(l)) != w.err {
			continue
		}
		if len(as.Lhs) != len(as.Rhs) {
			return true
		}
		return !w.keeps(as.Rhs[i]) // err = fmt.Errorf("…: %w", err) is the same failure
	}
	return false
}

func (w *walk) keeps(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && w.x.info.Uses[id] == w.err
		return !found
	})
	return found
}

// decides returns what the condition is if the call has failed, or has not if well is
// set, where that decides it.
func (w *walk) decides(cond ast.Expr, well bool) (decided, then bool) {
	cond = ast.Unparen(cond)
	if sw, ok := w.g.branch[cond].(*ast.SwitchStmt); ok && sw.Tag != nil {
		null := w.x.info.Types[cond].IsNil()
		return w.isErr(sw.Tag) && (null || well), null && well
	}
	switch n := cond.(type) {
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			decided, then = w.decides(n.X, well)
			return decided, !then
		}
	case *ast.CallExpr: // errors.Is(err, …), temporary(err)
		return well && slices.ContainsFunc(n.Args, w.isErr), false
	case *ast.BinaryExpr:
		switch n.Op {
		case token.EQL, token.NEQ:
			null := w.x.info.Types[n.Y].IsNil()
			if w.isErr(n.X) && (null || well) {
				return true, (n.Op == token.EQL) == (null && well)
			}
		case token.LAND, token.LOR:
			short := n.Op == token.LOR // the value that decides by itself
			known := 0
			for _, e := range []ast.Expr{n.X, n.Y} {
				if d, v := w.decides(e, well); d {
					if v == short {
						return true, short
					}
					known++
				}
			}
			return known == 2, !short
		}
	}
	return false, false
}

// isErr reports whether e is the error, or the call itself where that is compared.
func (w *walk) isErr(e ast.Expr) bool {
	e = ast.Unparen(e)
	if e == w.call.Site {
		return true
	}
	return w.err != nil && w.x.variable(e) == w.err
}

// pause notes that n waits, if it does.
func (w *walk) pause(s *state, n ast.Node) {
	if !w.g.polls[n] {
		w.paused(s, w.pausesIn(n)...)
	}
}

func (w *walk) paused(s *state, by ...ast.Node) {
	if len(by) > 0 {
		s.paused = true
		w.result.Pauses = append(w.result.Pauses, by...)
	}
}

// pausesIn returns what waits in n, the call itself excepted.
func (w *walk) pausesIn(n ast.Node) (found []ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.GoStmt, *ast.DeferStmt:
			return false
		case *ast.SelectStmt:
			if !hasDefault(n) {
				found = append(found, n)
			}
		case *ast.UnaryExpr:
			if n.Op == token.ARROW && !w.polled(n) {
				found = append(found, n)
			}
		case *ast.SendStmt:
			if !w.g.polls[n] {
				found = append(found, n)
			}
		case *ast.CallExpr:
			if n != w.call.Site && (w.x.waitsByName(n) || w.waits != nil && w.waits(n)) {
				found = append(found, n)
			}
		}
		return true
	})
	return found
}

// polled reports whether the receive is one of a select statement that does not wait.
func (w *walk) polled(recv *ast.UnaryExpr) bool {
	for comm := range w.g.polls {
		if within(comm, recv.Pos()) {
			return true
		}
	}
	return false
}

// Pauses returns what waits in n, which stands in f. Calls for which waits returns
// true do.
func (x *Index) Pauses(f *funcs.Func, n ast.Node, waits func(*ast.CallExpr) bool) []ast.Node {
	w := &walk{x: x, g: x.graph(f), call: new(funcs.Call), waits: waits}
	return w.pausesIn(n)
}
