package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// A shell is the state of one, at some place of a script.
type shell struct {
	r    *Reader
	out  *[]Command
	prog *syntax.File

	file string // what the text is part of
	line int    // where it begins there
	via  []verdict.Place

	vars     Vars
	lists    map[string][]string
	exported map[string]bool
	funcs    map[string]*function
	args     []string
	name     string
	dir      string
	stack    []string // of pushd

	errexit, pipefail bool

	outer  string // why the failure of all of it stops nothing
	cond   string // what decides whether this runs
	checks bool   // what is printed here fails the script
	depth  int
}

type function struct {
	body *syntax.Stmt
	prog *syntax.File
	file string
	line int

	asked, fails bool // whether it ends the shell with a failure, once that was asked
	running      int  // how many calls of it are being walked
}

// A fate is what becomes of a statement's failure; "" is that the script fails.
type fate struct {
	full   string // with what set -e does
	status string // by its status alone
	deaf   bool   // set -e does not count here
	pipe   bool   // each status of a pipe is looked at
}

func lost(why string) fate { return fate{full: why, status: why, deaf: true} }

const goesOn = "the script goes on after its failure (no `set -e`)"

// text walks a whole script.
func (s *shell) text(text string) {
	if s.depth > maxDepth {
		return
	}
	s.prog = s.r.parse(text, s.file, s.line)
	if s.prog == nil {
		return
	}
	s.list(s.prog.Stmts, "", false)
}

// list walks statements one after the other. tail is what becomes of the status of
// the last. It reports whether the shell ends there.
func (s *shell) list(stmts []*syntax.Stmt, tail string, deaf bool) (done bool) {
	for i, st := range stmts {
		if s.r.steps++; s.r.stopped() {
			return true
		}
		f := fate{status: tail, deaf: deaf}
		if rest := stmts[i+1:]; len(rest) > 0 {
			f.status = goesOn
			switch s.saved(rest) {
			case "?":
				f.status = ""
			case "PIPESTATUS":
				f.status, f.pipe = "", true
			}
		}
		f.full = f.status
		if s.errexit && !deaf {
			f.full = ""
		}
		if s.stmt(st, f) {
			return true
		}
	}
	return false
}

// saved returns the parameter by which what follows looks at the status of what came
// before, and may fail for it: "?", "PIPESTATUS" or "".
func (s *shell) saved(rest []*syntax.Stmt) string {
	name := ""
	for n := range syntax.Preorder(rest[0]) {
		if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil && (p.Param.Value == "?" || p.Param.Value == "PIPESTATUS") {
			name = p.Param.Value
		}
	}
	if name == "" || !slices.ContainsFunc(rest, s.mayExit) {
		return ""
	}
	return name
}

// mayExit reports whether somewhere in st the shell ends with a failure.
func (s *shell) mayExit(st *syntax.Stmt) bool {
	for n := range syntax.Preorder(st) {
		if c, ok := n.(*syntax.CallExpr); ok && s.failing(c) {
			return true
		}
	}
	return false
}

func (s *shell) stmt(st *syntax.Stmt, f fate) (done bool) {
	switch {
	case st.Background:
		if !s.waits() {
			f = lost("it runs in the background (`&`), and nothing asks how it ended")
		}
		sub := s.subshell()
		sub.command(st, f)
		return false
	case st.Negated:
		s.command(st, lost("`!` turns its failure into success"))
		return false
	}
	return s.command(st, f)
}

// waits reports whether the script asks for the status of what runs beside it.
func (s *shell) waits() bool {
	for n := range syntax.Preorder(s.prog) {
		if s.r.steps++; s.r.stopped() {
			return false
		}
		if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "wait" {
			return true
		}
	}
	return false
}

func (s *shell) command(st *syntax.Stmt, f fate) (done bool) {
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		return s.call(c, f)
	case *syntax.BinaryCmd:
		return s.binary(c, f)
	case *syntax.Block:
		return s.list(c.Stmts, f.status, f.deaf)
	case *syntax.Subshell:
		sub := s.subshell()
		sub.list(c.Stmts, f.full, f.deaf)
	case *syntax.IfClause:
		return s.ifClause(c, f)
	case *syntax.WhileClause:
		s.condition(c.Cond, "a loop ends with its failure", "a loop ends with its failure")
		s.list(c.Do, f.status, f.deaf)
	case *syntax.ForClause:
		s.forClause(c, f)
	case *syntax.CaseClause:
		return s.caseClause(c, f)
	case *syntax.FuncDecl:
		if c.Name != nil {
			s.funcs[c.Name.Value] = &function{body: c.Body, prog: s.prog, file: s.file, line: s.line}
		}
	case *syntax.TimeClause:
		if c.Stmt != nil {
			return s.stmt(c.Stmt, f)
		}
	case *syntax.TestClause:
		s.substs(c, f.full, true)
	case *syntax.DeclClause:
		s.declare(c)
	}
	return false
}

// subshell returns a shell whose changes s does not see.
func (s *shell) subshell() *shell {
	s.r.steps += stepCommand
	sub := *s
	sub.vars, sub.lists = maps.Clone(s.vars), maps.Clone(s.lists)
	sub.exported, sub.funcs = maps.Clone(s.exported), maps.Clone(s.funcs)
	sub.stack = slices.Clone(s.stack)
	return &sub
}

func (s *shell) binary(c *syntax.BinaryCmd, f fate) (done bool) {
	switch c.Op {
	case syntax.AndStmt:
		return s.and(c, f)
	case syntax.OrStmt:
		return s.or(c, f)
	}
	s.pipe(c, f)
	return false
}

func (s *shell) and(c *syntax.BinaryCmd, f fate) (done bool) {
	// set -e does not count for what stands left of &&: only where the list's status
	// does.
	left := fate{full: f.status, status: f.status, deaf: true}
	if f.status == goesOn && s.errexit {
		left.full = "`set -e` does not count left of `&&`, and the script goes on"
		left.status = left.full
	}
	if isTest(c.X) {
		why := "`&&` takes it for an answer"
		if s.fails([]*syntax.Stmt{c.Y}) {
			why = ""
		}
		s.condition([]*syntax.Stmt{c.X}, why, why)
		return s.guarded(c.X, true, c.Y, f)
	}
	if s.stmt(c.X, left) {
		return true
	}
	if s.stmt(c.Y, f) {
		s.addCond("not where " + quoted(s.r.source(c.X)) + " succeeds")
	}
	return false
}

func (s *shell) or(c *syntax.BinaryCmd, f fate) (done bool) {
	why := "`|| " + s.r.source(c.Y) + "` takes its failure away"
	left := lost(why)
	switch {
	case s.ends(c.Y) || s.noted(c.Y):
		left = fate{deaf: true}
	case s.fails([]*syntax.Stmt{c.Y}):
		left = fate{full: f.full, status: f.full, deaf: true}
	case s.readLater(c.X):
		left = fate{deaf: true}
		prev := s.cond
		s.addCond("what is made of the output of " + quoted(s.r.source(c.X)))
		defer func() { s.cond = prev }()
	}
	if isTest(c.X) {
		s.condition([]*syntax.Stmt{c.X}, left.full, left.full)
		return s.guarded(c.X, false, c.Y, f)
	}
	s.stmt(c.X, left)
	if s.ends(c.Y) {
		return false
	}
	prev := s.cond
	s.addCond("only if " + quoted(s.r.source(c.X)) + " fails")
	s.stmt(c.Y, f)
	s.cond = prev
	return false
}

// readLater reports whether what a command prints goes to a file that a later command
// of the script reads.
func (s *shell) readLater(st *syntax.Stmt) bool {
	for _, r := range st.Redirs {
		if r.Word == nil || r.Op != syntax.RdrOut && r.Op != syntax.RdrAll {
			continue
		}
		name := s.r.source(r.Word)
		if name == "/dev/null" || strings.HasPrefix(name, "&") {
			continue
		}
		for n := range syntax.Preorder(s.prog) {
			if s.r.steps++; s.r.stopped() {
				return false
			}
			if c, ok := n.(*syntax.CallExpr); ok && c.Pos().After(r.Pos()) && slices.ContainsFunc(c.Args, func(w *syntax.Word) bool { return s.r.source(w) == name }) {
				return true
			}
		}
	}
	return false
}

// guarded walks st, which runs where a test comes out as want.
func (s *shell) guarded(test *syntax.Stmt, want bool, st *syntax.Stmt, f fate) (done bool) {
	known, value := s.truth(test)
	if known {
		return value == want && s.stmt(st, f)
	}
	text := quoted(s.r.source(test))
	if !want {
		text = "not " + text
	}
	s.perhaps(text, []*syntax.Stmt{st}, func() bool { return s.stmt(st, f) })
	return false
}

// perhaps walks what runs only under a condition that is not known.
func (s *shell) perhaps(cond string, stmts []*syntax.Stmt, walk func() bool) {
	prev, before := s.cond, s.subshell()
	s.addCond(cond)
	ended := walk()
	s.cond = prev
	s.merge(before)
	if ended && !s.fails(stmts) {
		s.addCond("not where " + cond)
	}
}

func (s *shell) addCond(text string) {
	const most = 300
	if s.cond != "" && len(s.cond) < most && !strings.Contains(s.cond, text) {
		text = s.cond + " and " + text
	} else if s.cond != "" {
		text = s.cond
	}
	s.cond = text
}

// merge makes unknown what differs between s and what it was before a branch that
// may not have run.
func (s *shell) merge(before *shell) {
	for name, v := range s.vars {
		if old, ok := before.vars[name]; !ok || old != v {
			s.vars[name] = s.r.Mark("$" + name)
		}
	}
	for name, l := range s.lists {
		if !slices.Equal(before.lists[name], l) {
			delete(s.lists, name)
		}
	}
	if s.dir != before.dir {
		s.dir = ""
	}
	s.errexit = s.errexit && before.errexit
	s.pipefail = s.pipefail && before.pipefail
}

func (s *shell) pipe(c *syntax.BinaryCmd, f fate) {
	left := lost("its output goes into " + quoted(s.r.source(c.Y)) + ", and without `pipefail` only the end of a pipe counts")
	if s.pipefail || f.pipe || failsWithInput(s.r.source(c.Y)) {
		left = f
	}
	l := s.subshell()
	l.checks = s.checks || failsOnOutput(s.r.source(c.Y))
	l.stmt(c.X, left)
	r := s.subshell()
	if f.pipe {
		f.full = ""
	}
	r.stmt(c.Y, f)
}

// failsWithInput reports whether a program that reads the output of tests fails if
// they did.
func failsWithInput(right string) bool {
	name, _, _ := strings.Cut(right, " ")
	switch path.Base(name) {
	case "tparse":
		return true
	case "go-junit-report":
		return strings.Contains(right, "set-exit-code")
	case "reviewdog":
		return strings.Contains(right, "-fail-on-error") || strings.Contains(right, "-fail-level")
	}
	return false
}

// failsOnOutput reports whether what stands right in a pipe fails if there is
// anything to read.
func failsOnOutput(right string) bool {
	for _, p := range []string{"fail_on_output", "(! read", "! read", "(! grep", "! grep", "not grep", "diff - ", "diff -u /dev/null -", "diff /dev/null -", "cmp - "} {
		if strings.Contains(right, p) {
			return true
		}
	}
	return false
}

func (s *shell) ifClause(c *syntax.IfClause, f fate) (done bool) {
	if len(c.Cond) == 0 { // else
		return s.list(c.Then, f.status, f.deaf)
	}
	var otherwise []*syntax.Stmt
	if c.Else != nil && len(c.Else.Cond) == 0 {
		otherwise = c.Else.Then
	}
	const answer = "`if` takes its failure for an answer"
	fails, succeeds := answer, answer
	if s.fails(otherwise) {
		fails = ""
	}
	if s.fails(c.Then) {
		succeeds = ""
	}
	s.condition(c.Cond, fails, succeeds)
	last := c.Cond[len(c.Cond)-1]
	known, value := s.truth(last)
	switch {
	case known && value:
		return s.list(c.Then, f.status, f.deaf)
	case known && c.Else != nil:
		return s.ifClause(c.Else, f)
	case known:
		return false
	}
	text := quoted(s.r.source(last))
	s.perhaps(text, c.Then, func() bool { return s.list(c.Then, f.status, f.deaf) })
	if c.Else != nil {
		s.perhaps("not "+text, otherwise, func() bool { return s.ifClause(c.Else, f) })
	}
	return false
}

// condition walks commands whose failure a script asks about. fails is what becomes
// of that, succeeds what becomes of their success.
func (s *shell) condition(stmts []*syntax.Stmt, fails, succeeds string) {
	for i, st := range stmts {
		why := "the script only asks how it ended"
		if i == len(stmts)-1 {
			why = fails
			if st.Negated {
				why = succeeds
			}
		}
		switch {
		case isTest(st):
			// What is printed may fail the script whichever way it is asked.
			if fails == "" || succeeds == "" {
				why = ""
			}
			s.substs(st, why, true)
		default:
			sub := s.subshell()
			sub.command(st, fate{full: why, status: why, deaf: true})
		}
	}
}

func (s *shell) forClause(c *syntax.ForClause, f fate) {
	it, ok := c.Loop.(*syntax.WordIter)
	if !ok {
		s.list(c.Do, f.status, f.deaf)
		return
	}
	for _, w := range it.Items {
		s.substs(w, "it only says what a loop goes over", false)
	}
	items := s.fields(it.Items)
	if !it.InPos.IsValid() {
		items = s.args
	}
	const most = 64
	if len(items) > most {
		items = []string{s.r.Mark("$" + it.Name.Value)}
	}
	for i, item := range items {
		s.vars[it.Name.Value] = item
		status := f.status
		if i < len(items)-1 {
			status = "the loop goes on after its failure"
		}
		// Each turn of a loop over what is not known may be one before the last.
		if open(item) && status == "" {
			status = "the loop goes on after its failure"
		}
		if s.list(c.Do, status, f.deaf) {
			return
		}
	}
}

func (s *shell) caseClause(c *syntax.CaseClause, f fate) (done bool) {
	word := s.value(c.Word)
	for _, item := range c.Items {
		match := !open(word)
		if match {
			match = slices.ContainsFunc(item.Patterns, func(p *syntax.Word) bool {
				ok, err := path.Match(s.value(p), word)
				return ok && err == nil
			})
			if match {
				return s.list(item.Stmts, f.status, f.deaf)
			}
			continue
		}
		s.perhaps("case "+quoted(s.r.source(c.Word)), item.Stmts, func() bool { return s.list(item.Stmts, f.status, f.deaf) })
	}
	return false
}

// substs walks the commands whose output is used within n.
func (s *shell) substs(n syntax.Node, why string, checks bool) {
	syntax.Walk(n, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CmdSubst)
		if !ok {
			return true
		}
		sub := s.subshell()
		sub.checks = checks && why == ""
		if s.depth++; s.depth <= maxDepth {
			sub.depth = s.depth
			sub.list(c.Stmts, why, why != "" || !s.errexit)
		}
		s.depth--
		return false
	})
}

func (s *shell) declare(c *syntax.DeclClause) {
	for _, a := range c.Args {
		if a.Name == nil {
			continue
		}
		if !a.Naked {
			s.assign(a, lost(quoted(c.Variant.Value)+" takes its failure away"))
		}
		if c.Variant.Value == "export" {
			s.exported[a.Name.Value] = true
		}
	}
}

// assign sets a variable, and walks the commands whose output it takes.
func (s *shell) assign(a *syntax.Assign, f fate) {
	name := a.Name.Value
	if a.Array != nil {
		var words []*syntax.Word
		for _, e := range a.Array.Elems {
			if e.Value != nil {
				words = append(words, e.Value)
			}
		}
		l := s.fields(words)
		if a.Append {
			l = append(slices.Clone(s.lists[name]), l...)
		}
		if s.lists == nil {
			s.lists = make(map[string][]string)
		}
		if len(l) < maxValue {
			s.lists[name] = l
		}
		delete(s.vars, name)
		return
	}
	if a.Value != nil {
		if hasSubst(a.Value) {
			held, why := s.heldAgainst(name), f.full
			if held {
				why = ""
			}
			s.substs(a.Value, why, held)
		}
	}
	v := s.value(a.Value)
	if a.Append {
		v = s.vars[name] + v
	}
	if a.Index != nil || len(v) > maxValue {
		v = s.r.Mark("$" + name)
	}
	s.vars[name] = v
}

func hasSubst(w *syntax.Word) bool {
	for n := range syntax.Preorder(w) {
		if _, ok := n.(*syntax.CmdSubst); ok {
			return true
		}
	}
	return false
}

// env returns the variables that programs see, and these on top.
func (s *shell) env(more Vars) Vars {
	env := make(Vars)
	for name, v := range s.vars {
		if s.exported[name] {
			env[name] = v
		}
	}
	maps.Copy(env, more)
	return env
}

func (s *shell) place(pos syntax.Pos) verdict.Place {
	return verdict.Place{File: s.file, Line: s.line + int(pos.Line()) - 1}
}
