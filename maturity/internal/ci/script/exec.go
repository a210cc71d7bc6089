package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call walks a simple command.
func (s *shell) call(c *syntax.CallExpr, f fate) (done bool) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			if a.Name != nil {
				s.assign(a, f)
			}
		}
		return false
	}
	for _, w := range c.Args {
		if hasSubst(w) && !s.printsAll(w) {
			why := "it only makes words of a command"
			if isTest(&syntax.Stmt{Cmd: c}) {
				why = f.full
			}
			s.substs(w, why, why == "")
		}
	}
	env := make(Vars)
	for _, a := range c.Assigns {
		if a.Name != nil {
			env[a.Name.Value] = s.value(a.Value)
		}
	}
	return s.exec(s.fields(c.Args), env, c.Pos(), f)
}

// exec goes into what a command runs, or yields it.
func (s *shell) exec(argv []string, env Vars, pos syntax.Pos, f fate) (done bool) {
	argv = unwrap(argv, env)
	if len(argv) == 0 {
		return false
	}
	if fn, ok := s.funcs[argv[0]]; ok {
		return s.function(fn, argv, env, f)
	}
	switch name := path.Base(argv[0]); name {
	case "exit", "return":
		return true
	case "cd", "pushd":
		s.chdir(name, argv)
	case "popd":
		if n := len(s.stack); n > 0 {
			s.dir, s.stack = s.stack[n-1], s.stack[:n-1]
		}
	case "set":
		s.set(argv[1:])
	case "echo", "printf", "true", "false", ":", "[", "test", "shift", "unset", "mkdir", "rm", "cat", "export":
		if name == "shift" && len(s.args) > 0 {
			s.args = s.args[1:]
		}
		if name == "unset" {
			for _, v := range argv[1:] {
				delete(s.vars, v)
			}
		}
		if name == "echo" || name == "printf" {
			s.emit(argv, env, pos, f, "")
		}
	case ".", "source":
		if len(argv) > 1 {
			s.source(argv[1], pos, f)
		}
	case "eval":
		s.nested(strings.Join(argv[1:], " "), env, pos, f, s)
	case "bash", "sh", "zsh", "dash", "ash":
		s.interpreter(argv, env, pos, f)
	case "make", "gmake":
		s.emit(argv, env, pos, f, "")
		s.make(argv, env, pos, f)
	case "docker", "podman", "nerdctl", "lima", "nix":
		s.container(argv, env, pos, f)
	default:
		s.program(argv, env, pos, f)
	}
	return false
}

// emit yields a command. unread says why what it runs could not be looked into.
func (s *shell) emit(argv []string, env Vars, pos syntax.Pos, f fate, unread string) {
	if s.r.steps += stepCommand; s.r.stopped() {
		return
	}
	c := Command{Dir: s.dir, Env: s.env(env), Via: slices.Clone(s.via), Lost: s.fate(f), Checks: s.checks, Unread: unread}
	c.Place = s.place(pos)
	for _, a := range argv {
		text, opens := s.r.Show(a)
		c.Argv = append(c.Argv, text)
		c.Open = append(c.Open, opens...)
	}
	for name, v := range c.Env {
		c.Env[name], _ = s.r.Show(v)
	}
	c.Text = strings.Join(c.Argv, " ")
	c.If, _ = s.r.Show(s.cond)
	*s.out = append(*s.out, c)
}

func (s *shell) fate(f fate) string {
	if s.outer != "" {
		return s.outer
	}
	return f.full
}

// function walks the body of a function in the same shell.
func (s *shell) function(fn *function, argv []string, env Vars, f fate) (done bool) {
	// Nothing new comes of a function that calls itself again.
	if s.r.steps += stepCommand; s.depth >= maxDepth || s.r.stopped() || fn.running > 1 {
		return false
	}
	fn.running++
	defer func() { fn.running-- }()
	prog, file, line, args := s.prog, s.file, s.line, s.args
	s.prog, s.file, s.line, s.args = fn.prog, fn.file, fn.line, argv[1:]
	s.depth++
	maps.Copy(s.vars, env)
	outer := s.outer
	if f.full != "" && s.outer == "" && f.deaf && f.full == f.status {
		s.outer = f.full
	}
	s.stmt(fn.body, f)
	s.outer = outer
	s.depth--
	s.prog, s.file, s.line, s.args = prog, file, line, args
	// Whether it was exit or return that ended it is the same to the commands after
	// it, save in functions that are there to end the script.
	return s.functionFails(fn)
}

func (s *shell) chdir(name string, argv []string) {
	if name == "pushd" {
		s.stack = append(s.stack, s.dir)
	}
	to := ""
	for _, a := range argv[1:] {
		if !strings.HasPrefix(a, "-") {
			to = a
		}
	}
	if to == "" {
		s.dir = ""
		return
	}
	s.dir = resolve(s.dir, to)
}

func (s *shell) set(args []string) {
	for i, a := range args {
		on := strings.HasPrefix(a, "-")
		if !on && !strings.HasPrefix(a, "+") {
			continue
		}
		if a == "--" {
			s.args = args[i+1:]
			return
		}
		if strings.Contains(a, "e") {
			s.errexit = on
		}
		if strings.HasSuffix(a, "o") && i+1 < len(args) {
			switch args[i+1] {
			case "errexit":
				s.errexit = on
			case "pipefail":
				s.pipefail = on
			}
		}
	}
}

// child returns the shell of another process.
func (s *shell) child(env Vars, pos syntax.Pos, f fate) *shell {
	s.r.steps += stepProcess
	sub := &shell{
		r: s.r, out: s.out, file: s.file, line: s.line, dir: s.dir, vars: s.env(env),
		exported: make(map[string]bool), funcs: make(map[string]*function),
		outer: s.fate(f), cond: s.cond, checks: s.checks, depth: s.depth + 1,
	}
	for name := range sub.vars {
		sub.exported[name] = true
	}
	sub.via = append(slices.Clone(s.via), s.place(pos))
	return sub
}

// nested walks a text that a script holds as a word.
func (s *shell) nested(text string, env Vars, pos syntax.Pos, f fate, in *shell) {
	sub := *in
	sub.line = s.line + int(pos.Line()) - 1
	if in == s {
		sub.outer = s.fate(f)
		sub.depth++
	}
	if sub.depth > maxDepth || len(text) > maxValue {
		return
	}
	sub.text(text)
}

// interpreter walks what a shell is started for.
func (s *shell) interpreter(argv []string, env Vars, pos syntax.Pos, f fate) {
	sub := s.child(env, pos, f)
	command := false
	for i := 1; i < len(argv); i++ {
		a := argv[i]
		switch {
		case a == "--":
			continue
		case a == "-o" || a == "+o" || a == "-O":
			if i+1 < len(argv) {
				sub.set(argv[i : i+2])
			}
			i++
		case strings.HasPrefix(a, "--"):
		case strings.HasPrefix(a, "-") && len(a) > 1:
			if strings.Contains(a, "s") && !command {
				s.emit(argv, env, pos, f, "runs a text that is piped into the shell")
				return
			}
			command = command || strings.Contains(a, "c")
			sub.set([]string{a})
			if strings.HasSuffix(a, "o") && i+1 < len(argv) {
				sub.set([]string{"-o", argv[i+1]})
				i++
			}
		case command:
			sub.args = argv[min(i+2, len(argv)):]
			s.nested(a, env, pos, f, sub)
			return
		default:
			if !sub.script(a, argv[i+1:]) {
				s.emit(argv, env, pos, f, "runs a script that is not in the repository")
			}
			return
		}
	}
}

// script walks a file of the tree in s, a shell that was started for it.
func (s *shell) script(name string, args []string) bool {
	file := resolve(s.dir, name)
	if file == "" || s.depth > maxDepth {
		return false
	}
	data, err := s.r.t.Read(file)
	if err != nil {
		return false
	}
	s.file, s.line, s.name, s.args = file, 1, file, args
	first, _, _ := strings.Cut(string(data), "\n")
	if words := strings.Fields(strings.TrimPrefix(first, "#!")); strings.HasPrefix(first, "#!") && len(words) > 1 {
		s.set(words[1:])
	}
	s.text(string(data))
	return true
}

// source walks a file of the tree in the same shell.
func (s *shell) source(name string, pos syntax.Pos, f fate) {
	file := resolve(s.dir, name)
	if file == "" || s.depth >= maxDepth {
		return
	}
	data, err := s.r.t.Read(file)
	if err != nil {
		return
	}
	prog, f0, line, via, outer := s.prog, s.file, s.line, s.via, s.outer
	s.via = append(slices.Clone(via), s.place(pos))
	s.file, s.line, s.outer = file, 1, s.fate(f)
	s.depth++
	s.text(string(data))
	s.depth--
	s.prog, s.file, s.line, s.via, s.outer = prog, f0, line, via, outer
}

// container yields a command that runs another one in a container, or wherever a
// program that is not known runs it, and that: it sees the same files.
func (s *shell) container(argv []string, env Vars, pos syntax.Pos, f fate) {
	s.emit(argv, env, pos, f, "")
	if len(argv) < 3 || argv[1] == "build" || argv[1] == "buildx" {
		return
	}
	i := slices.IndexFunc(argv[2:], func(a string) bool {
		switch path.Base(a) {
		case "make", "bash", "sh", "go", "gotestsum", "golangci-lint":
			return !strings.HasPrefix(a, "-") && !strings.Contains(a, ":")
		}
		return false
	})
	if i >= 0 {
		s.program(argv[i+2:], env, pos, f)
	}
}

// program yields a command, or goes into it if it is a script of the repository.
func (s *shell) program(argv []string, env Vars, pos syntax.Pos, f fate) {
	switch path.Base(argv[0]) {
	case "bash", "sh", "make":
		s.exec(argv, env, pos, f)
		return
	case "task", "go-task":
		s.emit(argv, env, pos, f, "")
		s.task(argv, env, pos, f)
		return
	case "just":
		s.emit(argv, env, pos, f, "")
		s.just(argv, env, pos, f)
		return
	}
	if open(argv[0]) && s.depth < maxDepth {
		s.depth++
		s.container(argv, env, pos, f)
		s.depth--
		return
	}
	if !strings.Contains(argv[0], "/") {
		s.emit(argv, env, pos, f, unread(argv))
		return
	}
	file := resolve(s.dir, argv[0])
	if file == "" || !s.r.t.Has(file) {
		s.emit(argv, env, pos, f, unread(argv))
		return
	}
	data, err := s.r.t.Read(file)
	if err != nil || !isShell(file, data) {
		s.emit(argv, env, pos, f, "runs "+file+", which is no shell script")
		return
	}
	s.child(env, pos, f).script(argv[0], argv[1:])
}

// unread says why what a program runs is not looked into: for those that have steps
// of their own.
func unread(argv []string) string {
	switch path.Base(argv[0]) {
	case "test-engine-client", "bktec":
		return "it runs what another service picks"
	case "mage", "bazel", "bazelisk", "earthly", "dagger", "nix", "nox", "tox", "rake", "gradle", "gradlew", "moon", "act", "pants":
		return "its steps are not written in a language that is read here"
	case "go":
		if len(argv) > 2 && argv[1] == "tool" {
			return unread(argv[2:])
		}
		if len(argv) > 2 && argv[1] == "run" && !strings.Contains(argv[2], "@") {
			for _, a := range argv[2:] {
				if strings.HasSuffix(a, ".go") || strings.HasPrefix(a, ".") {
					return "what this program does is not looked into"
				}
			}
		}
	}
	return ""
}

func isShell(file string, data []byte) bool {
	first, _, _ := strings.Cut(string(data[:min(len(data), 256)]), "\n")
	if strings.HasPrefix(first, "#!") {
		return strings.Contains(first, "sh") && !strings.Contains(first, "fish") && !strings.Contains(first, "pwsh")
	}
	switch path.Ext(file) {
	case ".sh", ".bash":
		return true
	}
	return false
}

// unwrap takes off what runs another command and fails with it. Variables that are
// set on the way go to env.
func unwrap(argv []string, env Vars) []string {
	for len(argv) > 0 {
		rest, ok := unwrapOne(argv, env)
		if !ok {
			return argv
		}
		argv = rest
	}
	return argv
}

// wrappers are commands that run another, by their flags that take a word.
var wrappers = map[string]string{
	"sudo": "-u -g -C -h -p", "env": "-u -C -S", "time": "-f -o", "nice": "-n", "ionice": "-c -n", "timeout": "-k -s",
	"command": "", "exec": "-a", "nohup": "", "stdbuf": "-i -o -e", "xvfb-run": "-n -s -e", "unbuffer": "", "xargs": "-n -P -I -L -d -a -s -E",
	"retry": "-t -n -s -d", "setarch": "", "taskset": "-c", "builtin": "", "chrt": "", "caffeinate": "", "doas": "-u",
	"aws-vault": "", "poetry": "", "pipenv": "", "op": "", "chronic": "", "ts": "",
}

func unwrapOne(argv []string, env Vars) (rest []string, ok bool) {
	name := path.Base(argv[0])
	withWord, ok := wrappers[name]
	if !ok {
		if k, v, isVar := strings.Cut(argv[0], "="); isVar && syntax.ValidName(k) {
			env[k] = v
			return argv[1:], true
		}
		return nil, false
	}
	rest = argv[1:]
	for len(rest) > 0 {
		a := rest[0]
		k, v, isVar := strings.Cut(a, "=")
		switch {
		case a == "--":
			return rest[1:], true
		case strings.HasPrefix(a, "-"):
			if name == "command" && (a == "-v" || a == "-V") {
				return nil, true
			}
			n := 1
			if slices.Contains(strings.Fields(withWord), a) {
				n = 2
			}
			rest = rest[min(n, len(rest)):]
		case isVar && syntax.ValidName(k):
			env[k] = v
			rest = rest[1:]
		case name == "timeout" || name == "taskset" || name == "setarch" || name == "chrt" || name == "retry" && isNumber(a):
			// Its first word says how long, where or how often.
			return rest[1:], true
		default:
			return rest, true
		}
	}
	return nil, true
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789smh") == "" }
