package sleeppoll

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/guards"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// sleep returns the call of time.Sleep that s is, or nil.
func (c *checker) sleep(s ast.Stmt) *funcs.Call {
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return nil
	}
	if k := c.callOf(e.X); named(k, "time.Sleep") {
		return k
	}
	return nil
}

// sleeps returns the calls of time.Sleep in the body of the loop, those in loops
// within excepted.
func (c *checker) sleeps(l *loop) []*funcs.Call {
	var found []*funcs.Call
	ast.Inspect(l.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.ForStmt, *ast.RangeStmt:
			return false
		case ast.Stmt:
			if k := c.sleep(n); k != nil {
				found = append(found, k)
			}
		}
		return true
	})
	return found
}

// poll reports a loop that looks and sleeps, and does nothing else, until another
// part of the package has changed what it looks at.
func (c *checker) poll(l *loop) bool {
	sleeps := c.sleeps(l)
	if len(sleeps) != 1 || l.Cond != nil && !c.looksAt(l.Cond) || !c.waits(l.Body.List, l, c.local(l)) || c.shows(l) {
		return false
	}
	changes := c.changes(l)
	if len(changes) == 0 {
		return false
	}
	by := changes[0]
	f := rule.Finding{
		Pos:  sleeps[0].Site.Pos(),
		End:  sleeps[0].Site.End(),
		Tier: rule.Likely,
		Message: fmt.Sprintf("this loop asks for %s again after each sleep%s: what waits for it finds out late, by half of that on average, and wakes for nothing until then",
			what(by.Key), c.length(" of ", sleeps[0])),
		Cause:     "polls by sleeping",
		Primitive: "time.Sleep",
		Chain:     []rule.Step{{Pos: by.Pos, Text: "changes " + what(by.Key)}},
		Mend:      "have what changes it wake those who wait: close or send to a channel, or a sync.Cond",
	}
	switch {
	case l.Post != nil:
		f.Tier = rule.Suspected
		f.Message += " (but it counts how often)"
	case c.growing(l, sleeps[0]):
		f.Tier = rule.Suspected
		f.Message += " (but the sleeps grow, as a backoff's do)"
	case ending(l.fn):
		f.Tier = rule.Suspected
		f.Message += " (but only as something ends)"
	}
	c.Report(f)
	return true
}

// growing reports whether the loop changes how long it sleeps.
func (c *checker) growing(l *loop, sleep *funcs.Call) bool {
	v := c.values.Variable(sleep.Site.Args[0])
	if v == nil || dataflow.LocalVar(v) == nil {
		return false
	}
	found := false
	ast.Inspect(l.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && a.Tok != token.DEFINE {
			found = found || c.values.Variable(a.Lhs[0]) == v
		}
		return !found
	})
	return found
}

// shows reports whether the loop writes something in each turn: it is there to show
// how far the others are.
func (c *checker) shows(l *loop) bool {
	return slices.ContainsFunc(l.Body.List, func(s ast.Stmt) bool {
		e, ok := s.(*ast.ExprStmt)
		return ok && logs(c.callOf(e.X))
	})
}

// length says how long the sleep is, after a word, if the compiler knows it.
func (c *checker) length(word string, sleep *funcs.Call) string {
	if d, ok := timing.Constant(c.TypesInfo, sleep.Site.Args[0]); ok {
		return word + d.String()
	}
	return ""
}

func what(o types.Object) string { return o.Name() }

// local returns the scope of the function that the loop stands in: what it counts there
// is nobody else's.
func (c *checker) local(l *loop) scope { return scope{l.fn.Body.Pos(), l.fn.Body.End()} }

// waits reports whether the statements only look, lock and sleep, and keep what they saw
// in variables of the scope, but for the branches that end the loop, where anything may
// be done: then it is over.
func (c *checker) waits(list []ast.Stmt, l *loop, in scope) bool {
	for _, s := range list {
		if !c.waitStmt(s, l, in) {
			return false
		}
	}
	return true
}

func (c *checker) waitStmt(s ast.Stmt, l *loop, in scope) bool {
	switch s := s.(type) {
	case *ast.ExprStmt:
		k := c.callOf(s.X)
		return c.sleep(s) != nil || logs(k) || named(k, "runtime.Gosched") || c.looksAt(s.X) && (k == nil || k.Callee == nil)
	case *ast.IfStmt:
		if !c.pureStmt(s.Init, in) || !c.looksAt(s.Cond) {
			return false
		}
		if !c.ends(s.Body.List, l) && !c.waits(s.Body.List, l, in) {
			return false
		}
		if b, ok := s.Else.(*ast.BlockStmt); ok {
			return c.ends(b.List, l) || c.waits(b.List, l, in)
		}
		return s.Else == nil || c.waitStmt(s.Else, l, in)
	case *ast.SwitchStmt:
		if !c.pureStmt(s.Init, in) || s.Tag != nil && !c.looksAt(s.Tag) {
			return false
		}
		for _, stmt := range s.Body.List {
			clause := stmt.(*ast.CaseClause)
			for _, e := range clause.List {
				if !c.looksAt(e) {
					return false
				}
			}
			if !c.ends(clause.Body, l) && !c.waits(clause.Body, l, in) {
				return false
			}
		}
		return true
	case *ast.SelectStmt: // a look at whether to go on
		def := false
		for _, stmt := range s.Body.List {
			clause := stmt.(*ast.CommClause)
			def = def || clause.Comm == nil
			if clause.Comm == nil && !c.waits(clause.Body, l, in) || clause.Comm != nil && !c.ends(clause.Body, l) {
				return false
			}
		}
		return def
	case *ast.BlockStmt:
		return c.waits(s.List, l, in)
	}
	return c.pureStmt(s, in)
}

// ends reports whether the statements surely end the loop.
func (c *checker) ends(list []ast.Stmt, l *loop) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.BranchStmt:
		return s.Tok == token.GOTO || s.Tok == token.BREAK && (s.Label == nil || s.Label.Name == l.label)
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		id, ok := ast.Unparen(call.Fun).(*ast.Ident)
		return ok && id.Name == "panic"
	}
	return false
}

// changes returns where other functions of the package change what the loop goes
// by, in the order of the source. What the loop itself changes is its own work.
func (c *checker) changes(l *loop) []guards.Write {
	keys := c.guards.Reads(l.fn, l.ForStmt)
	for _, k := range c.calls(l.ForStmt) {
		if k.Callee != nil {
			for o := range c.guards.Reads(k.Callee, k.Callee.Body) {
				keys[o] = true
			}
		}
	}
	for _, w := range c.guards.Writes(l.fn.Outermost()) {
		if l.Pos() <= w.Pos && w.Pos < l.End() {
			delete(keys, w.Key)
		}
	}
	var found []guards.Write
	for o := range keys {
		for _, w := range c.written()[o] {
			if c.elsewhere(l, w) {
				found = append(found, w)
				break
			}
		}
	}
	slices.SortFunc(found, func(a, b guards.Write) int { return int(a.Pos - b.Pos) })
	return found
}

// elsewhere reports whether w may happen while the loop waits: it is in another
// function, which is no constructor.
func (c *checker) elsewhere(l *loop, w guards.Write) bool {
	f := c.Funcs.At(w.Pos)
	if f == nil || f == l.fn || f.StartsUp() || c.values.InTest(w.Pos) {
		return false
	}
	if f.Obj == nil {
		return true
	}
	return !constructs.MatchString(f.Obj.Name())
}

var constructs = pattern.New(`^(New|new|Make|make|With)([A-Z_0-9]|$)`)

// written returns what the functions of the package change, by what it is.
func (c *checker) written() map[types.Object][]guards.Write {
	if c.changed != nil {
		return c.changed
	}
	c.changed = make(map[types.Object][]guards.Write)
	for _, f := range c.Funcs.Funcs {
		if f.Parent != nil {
			continue
		}
		for _, w := range append(c.guards.Writes(f), c.passed(f)...) {
			if v, ok := w.Key.(*types.Var); ok && !isTime(v.Type()) {
				c.changed[v] = append(c.changed[v], w)
			}
		}
	}
	return c.changed
}

// passed returns where f puts something into a channel or takes something out: how
// much is in it may be asked for.
func (c *checker) passed(f *funcs.Func) []guards.Write {
	var ws []guards.Write
	mark := func(e ast.Expr) {
		if k := dataflow.Key(c.TypesInfo, e); k != nil {
			ws = append(ws, guards.Write{Key: k, Pos: e.Pos()})
		}
	}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SendStmt:
			mark(n.Chan)
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				mark(n.X)
			}
		case *ast.RangeStmt:
			if !c.plainRange(n) {
				mark(n.X)
			}
		}
		return true
	})
	return ws
}

// isTime reports whether t is a moment: what compares it waits for the clock.
func isTime(t types.Type) bool { return types.TypeString(t, nil) == "time.Time" }

var closing = pattern.New(`(?i)^(close|stop|shutdown|drain|terminate|teardown|exit|quit|kill)|(Close|Stop|Shutdown|Drain|Terminate|Exit)$`)

// ending reports whether the function ends something, going by its name.
func ending(f *funcs.Func) bool {
	o := f.Outermost().Obj
	return o != nil && closing.MatchString(o.Name())
}

// selecting reports a loop that is nothing but a select that sleeps by default.
func (c *checker) selecting(l *loop) bool {
	if l.Cond != nil || len(l.Body.List) != 1 {
		return false
	}
	s, ok := l.Body.List[0].(*ast.SelectStmt)
	if !ok || len(s.Body.List) < 2 {
		return false
	}
	for _, stmt := range s.Body.List {
		clause := stmt.(*ast.CommClause)
		if clause.Comm != nil || len(clause.Body) != 1 {
			continue
		}
		k := c.sleep(clause.Body[0])
		if k == nil {
			return false
		}
		c.Report(rule.Finding{
			Pos:       k.Site.Pos(),
			End:       k.Site.End(),
			Tier:      rule.Likely,
			Message:   "this select sleeps" + c.length(" for ", k) + " while no case is ready, and whatever comes meanwhile waits for the sleep to end",
			Cause:     "sleeps in a select",
			Primitive: "time.Sleep",
			Mend:      "drop the default: the select then waits until a case is ready, and is woken at once",
			Fixes:     c.dropDefault(l, clause),
		})
		return true
	}
	return false
}

// drift reports a loop without end whose period is the sleep and its own work.
func (c *checker) drift(l *loop) {
	sleeps := c.sleeps(l)
	if l.Cond != nil || len(sleeps) != 1 || len(l.Body.List) < 2 {
		return
	}
	first, last := c.sleep(l.Body.List[0]), c.sleep(l.Body.List[len(l.Body.List)-1])
	if first == nil && last == nil || c.retries(l) {
		return
	}
	if d, ok := timing.Constant(c.TypesInfo, sleeps[0].Site.Args[0]); ok && d <= 0 || !c.works(l) || d > time.Hour {
		return
	}
	c.Report(rule.Finding{
		Pos:       sleeps[0].Site.Pos(),
		End:       sleeps[0].Site.End(),
		Tier:      rule.Suspected,
		Message:   "this loop comes round after the sleep" + c.length(" of ", sleeps[0]) + " and whatever its own work took: under load it falls behind, and nothing can end the wait",
		Cause:     "drifts",
		Primitive: "time.Sleep",
		Mend:      "use a time.Ticker, whose period does not depend on the work, in a select with what ends the loop",
	})
}

// works reports whether the loop calls anything besides.
func (c *checker) works(l *loop) bool {
	return slices.ContainsFunc(c.calls(l.Body), func(k *funcs.Call) bool {
		return !named(k, "time.Sleep") && !logs(k) && (k.Func == nil || !locks(k.Func))
	})
}

// retries reports whether the loop ends once something has succeeded: the sleep is
// its backoff.
func (c *checker) retries(l *loop) (found bool) {
	var walk func(n ast.Node, plain bool)
	walk = func(n ast.Node, plain bool) {
		ast.Inspect(n, func(m ast.Node) bool {
			if m == n {
				return true
			}
			switch m := m.(type) {
			case *ast.FuncLit:
				return false
			case *ast.ReturnStmt:
				found = true
			case *ast.BranchStmt:
				found = found || m.Tok == token.BREAK && (plain && m.Label == nil || m.Label != nil && m.Label.Name == l.label)
			case *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
				walk(m, false)
				return false
			}
			return !found
		})
	}
	walk(l.Body, true)
	return found
}
