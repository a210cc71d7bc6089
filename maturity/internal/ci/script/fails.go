package script

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// isTest reports whether a statement asks something, rather than does.
func isTest(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.TestClause:
		return true
	case *syntax.BinaryCmd:
		return c.Op != syntax.Pipe && c.Op != syntax.PipeAll && isTest(c.X) && isTest(c.Y)
	case *syntax.CallExpr:
		if len(c.Args) == 0 {
			return false
		}
		switch c.Args[0].Lit() {
		case "[", "test", "command", "which", "type", "hash", "true", "false", "grep":
			return c.Args[0].Lit() != "command" || len(c.Args) > 1 && strings.HasPrefix(c.Args[1].Lit(), "-")
		}
	}
	return false
}

// fails reports whether statements end in failure whenever they run.
func (s *shell) fails(stmts []*syntax.Stmt) bool {
	if len(stmts) == 0 {
		return false
	}
	if slices.ContainsFunc(stmts, s.ends) {
		return true
	}
	last := stmts[len(stmts)-1]
	switch c := last.Cmd.(type) {
	case *syntax.Block:
		return s.fails(c.Stmts)
	case *syntax.Subshell:
		return s.fails(c.Stmts)
	case *syntax.CallExpr:
		return len(c.Args) > 0 && c.Args[0].Lit() == "false" || s.noted(last)
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && s.fails([]*syntax.Stmt{c.Y}) && !isTest(c.X)
	}
	return false
}

// ends reports whether a statement ends the shell with a failure whenever it runs.
func (s *shell) ends(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.Block:
		return slices.ContainsFunc(c.Stmts, s.ends)
	case *syntax.CallExpr:
		return s.failing(c)
	case *syntax.BinaryCmd:
		return c.Op == syntax.AndStmt && s.ends(c.Y) && isEcho(c.X) || c.Op == syntax.OrStmt && s.ends(c.X)
	}
	return false
}

func isEcho(st *syntax.Stmt) bool {
	c, ok := st.Cmd.(*syntax.CallExpr)
	return ok && len(c.Args) > 0 && (c.Args[0].Lit() == "echo" || c.Args[0].Lit() == "printf")
}

// failing reports whether a call ends the shell with a failure.
func (s *shell) failing(c *syntax.CallExpr) bool {
	if len(c.Args) == 0 {
		return false
	}
	name := c.Args[0].Lit()
	switch name {
	case "exit", "return":
		return len(c.Args) == 1 || c.Args[1].Lit() != "0"
	}
	if fn, ok := s.funcs[name]; ok {
		return s.functionFails(fn)
	}
	// Functions of files that are read elsewhere go by these names.
	switch name {
	case "die", "fail", "fatal", "abort", "error_exit", "exit_error", "err_exit", "panic":
		return true
	}
	return false
}

func (s *shell) functionFails(fn *function) bool {
	if !fn.asked {
		fn.asked = true // one that calls itself does not end
		fn.fails = s.ends(fn.body)
	}
	return fn.fails
}

// noted reports whether a statement sets a variable that later fails the script.
func (s *shell) noted(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) > 0 {
			return false
		}
		return slices.ContainsFunc(c.Assigns, func(a *syntax.Assign) bool {
			return a.Name != nil && s.heldAgainst(a.Name.Value)
		})
	case *syntax.Block:
		return slices.ContainsFunc(c.Stmts, s.noted)
	}
	return false
}

// A question is whether a program fails depending on a variable.
type question struct {
	prog *syntax.File
	name string
}

// heldAgainst reports whether the script fails depending on a variable.
func (s *shell) heldAgainst(name string) bool {
	q := question{s.prog, name}
	held, ok := s.r.held[q]
	if !ok {
		s.r.held[q] = false // where the answer is asked for on the way to it
		held = s.findHeld(name)
		s.r.held[q] = held
	}
	return held
}

func (s *shell) findHeld(name string) bool {
	found := false
	for n := range syntax.Preorder(s.prog) {
		if s.r.steps++; s.r.stopped() {
			return false
		}
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 1 && (n.Args[0].Lit() == "exit" || n.Args[0].Lit() == "return") {
				found = found || refers(n, name)
			}
		case *syntax.IfClause:
			for _, c := range n.Cond {
				if refers(c, name) && (s.fails(n.Then) || n.Else != nil && s.fails(n.Else.Then)) {
					found = true
				}
			}
		case *syntax.BinaryCmd:
			if isTest(n.X) && refers(n.X, name) && s.fails([]*syntax.Stmt{n.Y}) {
				found = true
			}
		}
		if found {
			return true
		}
	}
	return false
}

func refers(n syntax.Node, name string) bool {
	for n := range syntax.Preorder(n) {
		if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == name {
			return true
		}
	}
	return false
}

// truth says how a test comes out, where that is known.
func (s *shell) truth(st *syntax.Stmt) (known, value bool) {
	switch c := st.Cmd.(type) {
	case *syntax.TestClause:
		known, value = s.test(c.X)
	case *syntax.CallExpr:
		known, value = s.testCall(s.fields(c.Args))
	case *syntax.BinaryCmd:
		known, value = s.both(c)
	}
	return known, value != st.Negated
}

func (s *shell) both(c *syntax.BinaryCmd) (known, value bool) {
	if c.Op != syntax.AndStmt && c.Op != syntax.OrStmt {
		return false, false
	}
	xk, xv := s.truth(c.X)
	yk, yv := s.truth(c.Y)
	return join(c.Op == syntax.AndStmt, xk, xv, yk, yv)
}

// join is x && y, or x || y, of what may not be known.
func join(and, xk, xv, yk, yv bool) (known, value bool) {
	switch {
	case xk && xv != and, yk && yv != and:
		return true, !and
	case xk && yk:
		return true, and
	}
	return false, false
}

func (s *shell) test(x syntax.TestExpr) (known, value bool) {
	switch x := x.(type) {
	case *syntax.Word:
		v := s.value(x)
		return !open(v), v != ""
	case *syntax.ParenTest:
		return s.test(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			known, value = s.test(x.X)
			return known, !value
		}
		w, ok := x.X.(*syntax.Word)
		return s.unary(x.Op.String(), s.value(w), ok)
	case *syntax.BinaryTest:
		if x.Op == syntax.AndTest || x.Op == syntax.OrTest {
			xk, xv := s.test(x.X)
			yk, yv := s.test(x.Y)
			return join(x.Op == syntax.AndTest, xk, xv, yk, yv)
		}
		l, lok := x.X.(*syntax.Word)
		r, rok := x.Y.(*syntax.Word)
		if !lok || !rok {
			return false, false
		}
		return compare(s.value(l), x.Op.String(), s.value(r), true)
	}
	return false, false
}

func (s *shell) unary(op, v string, ok bool) (known, value bool) {
	if !ok {
		return false, false
	}
	switch op {
	case "-z":
		return !open(v), v == ""
	case "-n":
		return !open(v), v != ""
	case "-f", "-e", "-d", "-s", "-r", "-x", "-a":
		// What is not there yet may be made before.
		p := resolve(s.dir, v)
		return p != "" && (s.r.t.Has(p) || len(s.r.t.Under(p)) > 0), true
	}
	return false, false
}

func compare(l, op, r string, patterns bool) (known, value bool) {
	if open(l) || open(r) {
		return false, false
	}
	eq := l == r
	if patterns {
		if m, err := path.Match(r, l); err == nil {
			eq = eq || m
		}
	}
	switch op {
	case "=", "==":
		return true, eq
	case "!=":
		return true, !eq
	}
	x, errX := strconv.Atoi(l)
	y, errY := strconv.Atoi(r)
	if errX != nil || errY != nil {
		return false, false
	}
	switch op {
	case "-eq":
		return true, x == y
	case "-ne":
		return true, x != y
	case "-gt":
		return true, x > y
	case "-ge":
		return true, x >= y
	case "-lt":
		return true, x < y
	case "-le":
		return true, x <= y
	}
	return false, false
}

// testCall is the outcome of "[" and "test".
func (s *shell) testCall(argv []string) (known, value bool) {
	if len(argv) == 0 {
		return false, false
	}
	switch argv[0] {
	case "true", ":":
		return true, true
	case "false":
		return true, false
	case "[":
		argv = strings.Split(strings.TrimSuffix(strings.Join(argv, "\x00"), "\x00]"), "\x00")
	case "test":
	default:
		return false, false
	}
	argv = argv[1:]
	if len(argv) > 1 && argv[0] == "!" {
		known, value = s.testCall(append([]string{"test"}, argv[1:]...))
		return known, !value
	}
	switch len(argv) {
	case 1:
		if argv[0] == "]" {
			return true, false
		}
		return !open(argv[0]), argv[0] != ""
	case 2:
		return s.unary(argv[0], argv[1], true)
	case 3:
		return compare(argv[0], argv[1], argv[2], false)
	}
	return false, false
}
