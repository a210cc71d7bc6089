package timerchurn

import (
	"go/ast"
	"go/token"
	"time"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
	"github.com/lagvet/lagvet/analyzers/internal/timing"
)

// Makes is the fact of a function that makes a new timer in each call.
type Makes struct {
	Made     string         // by what: "time.After"
	Posn     token.Position // where
	Duration time.Duration  // how long it runs, if Known
	Known    bool
	Param    int  // the parameter that says how long, or -1
	Left     bool // the function may return before the timer fires, and nothing stops it
}

// AFact marks Makes as a fact.
func (*Makes) AFact() {}

func (m *Makes) String() string { return "makes a timer by " + m.Made }

// A site is a call that makes a timer, by itself or by the function that it calls.
type site struct {
	fn    *funcs.Func
	call  *ast.CallExpr
	made  string
	by    *Makes          // of the function called, if that makes it
	comm  *ast.CommClause // the select case that receives from it in place
	d     time.Duration   // how long it runs, if known
	known bool
	mine  bool // it is made here, or out of this package: no function of it has a finding of its own
}

// site returns what is known of a call that makes a timer, or nil.
func (c *checker) site(f *funcs.Func, k *funcs.Call) *site {
	if k.Mode != funcs.Plain {
		return nil
	}
	s := &site{fn: f, call: k.Site, mine: true}
	if primitive(k) {
		s.made = k.FullName()
		s.comm = c.comm(k.Site)
		s.d, s.known = timing.Constant(c.TypesInfo, k.Site.Args[0])
		return s
	}
	s.by = c.made(k)
	if s.by == nil {
		return nil
	}
	s.mine = k.Callee == nil
	s.made, s.d, s.known = s.by.Made, s.by.Duration, s.by.Known
	if p := s.by.Param; p >= 0 && p < len(k.Site.Args) {
		s.d, s.known = timing.Constant(c.TypesInfo, k.Site.Args[p])
	}
	return s
}

// primitive reports whether the call makes a timer that a channel tells of.
func primitive(k *funcs.Call) bool {
	if k.Func == nil || len(k.Site.Args) != 1 {
		return false
	}
	name := k.FullName()
	return name == "time.After" || name == "time.NewTimer"
}

// made returns what is known of the function called, if each of its calls makes
// a timer.
func (c *checker) made(k *funcs.Call) *Makes {
	if k.Callee != nil {
		return c.makers[k.Callee]
	}
	m := new(Makes)
	if k.Func == nil || k.Func.Pkg() == nil || modules.IsStd(k.Func.Pkg().Path()) || !c.ImportObjectFact(k.Func, m) {
		return nil
	}
	return m
}

// findMakers finds the functions that make a timer whenever they are called, and
// tells the packages that import this one.
func (c *checker) findMakers() map[*funcs.Func]*Makes {
	makers := make(map[*funcs.Func]*Makes)
	if modules.Std(c.Pass.Pass) {
		return makers
	}
	c.makers = makers
	for more := true; more; {
		more = false
		for _, f := range c.Funcs.Funcs {
			if f.Obj == nil || makers[f] != nil || c.values.InTest(f.Node.Pos()) {
				continue
			}
			if m := c.maker(f); m != nil {
				makers[f] = m
				more = true
			}
		}
	}
	for f, m := range makers {
		c.ExportObjectFact(f.Obj, m)
	}
	return makers
}

// maker returns what f makes in each call, or nil.
func (c *checker) maker(f *funcs.Func) *Makes {
	for _, k := range f.Out {
		s := c.site(f, k)
		if s == nil || c.Hotness.Cold(k.Site.Pos()) {
			continue
		}
		at := c.anchor(k.Site)
		if c.seldom.Loop(at) != nil || c.seldom.Conditional(at) {
			continue
		}
		m := &Makes{Made: s.made, Posn: c.Fset.Position(k.Site.Pos()), Duration: s.d, Known: s.known, Param: -1}
		if !s.known {
			m.Param = c.param(f, s)
		}
		m.Left = s.by != nil && s.by.Left || s.comm != nil && len(c.others(s)) > 0
		return m
	}
	return nil
}

// param returns the index of the parameter of f that s runs for, or -1.
func (c *checker) param(f *funcs.Func, s *site) int {
	arg := 0
	if s.by != nil {
		arg = s.by.Param
	}
	if arg < 0 || arg >= len(s.call.Args) {
		return -1
	}
	v := c.values.Variable(s.call.Args[arg])
	for i := range f.Sig.Params().Len() {
		if v != nil && f.Sig.Params().At(i) == v {
			return i
		}
	}
	return -1
}

// comm returns the case of a select that receives from what the call returns.
func (c *checker) comm(call *ast.CallExpr) *ast.CommClause {
	cur, ok := syntax.Find(c.root, call)
	if !ok {
		return nil
	}
	for cur := range cur.Enclosing((*ast.CommClause)(nil), (*ast.FuncLit)(nil), (*ast.FuncDecl)(nil)) {
		clause, ok := cur.Node().(*ast.CommClause)
		if ok && clause.Comm != nil && clause.Comm.Pos() <= call.Pos() && call.End() <= clause.Comm.End() {
			return clause
		}
		return nil
	}
	return nil
}

// anchor returns where it is decided that the call is made: what a case of a
// select waits for is evaluated whenever the select is.
func (c *checker) anchor(call *ast.CallExpr) token.Pos {
	if clause := c.comm(call); clause != nil {
		return c.selecting(clause).Pos()
	}
	return call.Lparen
}

// selecting returns the select that the case is one of.
func (c *checker) selecting(clause *ast.CommClause) *ast.SelectStmt {
	cur, _ := syntax.Find(c.root, clause)
	return cur.Parent().Parent().Node().(*ast.SelectStmt)
}

// others returns the cases that may end the wait before the timer does.
func (c *checker) others(s *site) []*ast.CommClause {
	var others []*ast.CommClause
	for _, stmt := range c.selecting(s.comm).Body.List {
		if clause := stmt.(*ast.CommClause); clause != s.comm {
			others = append(others, clause)
		}
	}
	return others
}

// chain returns the steps from the call to the timer.
func (s *site) chain() []rule.Step {
	if s.by == nil {
		return nil
	}
	return []rule.Step{{Posn: s.by.Posn, Text: s.by.Made + " makes a timer in each call"}}
}
