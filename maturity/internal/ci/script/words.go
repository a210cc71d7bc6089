package script

import (
	"io"
	"path"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"
)

// environ gives the shell's expansion what is known, and marks for the rest.
type environ struct {
	s *shell
	// unset are names that are not known and have a default where they are used,
	// which is what the script's author thinks they are.
	unset map[string]bool
}

func (e environ) Each(func(string, expand.Variable) bool) {}

func (e environ) Get(name string) expand.Variable {
	if v, ok := e.s.lookup(name); ok {
		return v
	}
	if e.unset[name] || name == "IFS" {
		return expand.Variable{}
	}
	return str(e.s.r.Mark("$" + name))
}

func str(v string) expand.Variable {
	return expand.Variable{Set: true, Kind: expand.String, Str: v}
}

// lookup returns a variable or parameter that is known.
func (s *shell) lookup(name string) (expand.Variable, bool) {
	if v, ok := s.vars[name]; ok {
		return str(v), true
	}
	if l, ok := s.lists[name]; ok {
		return expand.Variable{Set: true, Kind: expand.Indexed, List: l}, true
	}
	switch name {
	case "@", "*":
		return expand.Variable{Set: true, Kind: expand.Indexed, List: s.args}, true
	case "#":
		return str(strconv.Itoa(len(s.args))), true
	case "0", "BASH_SOURCE":
		if s.name != "" {
			return str(rootDir + "/" + s.name), true
		}
	case "PWD":
		if s.dir != "" {
			return str(path.Join(rootDir, s.dir)), true
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n > 0 {
		if n <= len(s.args) {
			return str(s.args[n-1]), true
		}
		return str(""), true
	}
	for _, root := range envRoot {
		if name == root {
			return str(rootDir), true
		}
	}
	return expand.Variable{}, false
}

// defaulted returns the names that words use with a default, as in ${X:-y}.
func defaulted(words []*syntax.Word) map[string]bool {
	names := make(map[string]bool)
	for _, w := range words {
		for n := range syntax.Preorder(w) {
			if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil && p.Exp != nil {
				switch p.Exp.Op {
				case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull,
					syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
					names[p.Param.Value] = true
				}
			}
		}
	}
	return names
}

func (s *shell) config(words []*syntax.Word) *expand.Config {
	return &expand.Config{Env: environ{s, defaulted(words)}, CmdSubst: s.subst, ProcSubst: func(p *syntax.ProcSubst) (string, error) {
		return s.r.Mark(s.r.source(p)), nil
	}}
}

// fields expands words as the shell does. Words that cannot be expanded stay as they
// are written.
func (s *shell) fields(words []*syntax.Word) []string {
	var all []string
	for _, w := range words {
		if costly(w) {
			all = append(all, s.r.Mark(s.r.source(w)))
			continue
		}
		fs, err := expand.Fields(s.config([]*syntax.Word{w}), w)
		if err != nil || size(fs) > maxValue {
			fs = []string{s.r.Mark(s.r.source(w))}
		}
		all = append(all, fs...)
	}
	return all
}

// value expands a word that is not split.
func (s *shell) value(w *syntax.Word) string {
	if w == nil {
		return ""
	}
	if costly(w) {
		return s.r.Mark(s.r.source(w))
	}
	v, err := expand.Literal(s.config([]*syntax.Word{w}), w)
	if err != nil || len(v) > maxValue {
		return s.r.Mark(s.r.source(w))
	}
	return v
}

// subst writes what a command prints where that is known without running it: paths.
func (s *shell) subst(w io.Writer, c *syntax.CmdSubst) error {
	text, ok := s.prints(c.Stmts)
	if !ok {
		text = s.r.Mark(s.r.source(c))
	}
	_, err := io.WriteString(w, text)
	return err
}

// printsAll reports whether what is substituted in a word is known, so that there is
// no command in it that matters.
func (s *shell) printsAll(w *syntax.Word) bool {
	all := true
	syntax.Walk(w, func(n syntax.Node) bool {
		c, ok := n.(*syntax.CmdSubst)
		if ok {
			_, known := s.prints(c.Stmts)
			all = all && known
		}
		return !ok
	})
	return all
}

func (s *shell) prints(stmts []*syntax.Stmt) (string, bool) {
	if len(stmts) != 1 {
		return "", false
	}
	switch c := stmts[0].Cmd.(type) {
	case *syntax.CallExpr:
		return s.printsCall(s.fields(c.Args))
	case *syntax.BinaryCmd:
		// $(cd "$(dirname "$0")" && pwd)
		cd, ok := c.X.Cmd.(*syntax.CallExpr)
		if !ok || c.Op != syntax.AndStmt {
			return "", false
		}
		argv := s.fields(cd.Args)
		if len(argv) < 2 || argv[0] != "cd" {
			return "", false
		}
		dir := resolve(s.dir, argv[len(argv)-1])
		if dir == "" {
			return "", false
		}
		sub := *s
		sub.dir = dir
		return sub.prints([]*syntax.Stmt{c.Y})
	}
	return "", false
}

func (s *shell) printsCall(argv []string) (string, bool) {
	if len(argv) == 0 {
		return "", false
	}
	switch {
	case argv[0] == "pwd" && s.dir != "":
		return path.Join(rootDir, s.dir), true
	case argv[0] == "dirname" && len(argv) == 2 && !open(argv[1]):
		return path.Dir(argv[1]), true
	case argv[0] == "basename" && len(argv) == 2 && !open(argv[1]):
		return path.Base(argv[1]), true
	case (argv[0] == "realpath" || argv[0] == "readlink") && len(argv) >= 2 && !open(argv[len(argv)-1]):
		if p := resolve(s.dir, argv[len(argv)-1]); p != "" {
			return path.Join(rootDir, p), true
		}
	case strings.Join(argv, " ") == "git rev-parse --show-toplevel":
		return rootDir, true
	case argv[0] == "echo" && len(argv) > 1 && !strings.HasPrefix(argv[1], "-"):
		return strings.Join(argv[1:], " "), true
	case argv[0] == "uname":
		// Hosts of continuous integration are what Go calls linux/amd64 where nothing
		// else is said.
		switch strings.Join(argv[1:], "") {
		case "", "-s":
			return "Linux", true
		case "-m":
			return "x86_64", true
		}
	case len(argv) == 3 && argv[0] == "go" && argv[1] == "env":
		switch argv[2] {
		case "GOOS", "GOHOSTOS":
			return "linux", true
		case "GOARCH", "GOHOSTARCH":
			return "amd64", true
		}
	}
	return "", false
}

// maxValue is how many bytes the words of a command or the value of a variable may
// have before they count as not known: x=$x$x grows fast.
const maxValue = 64 << 10

func size(fields []string) int {
	n := 0
	for _, f := range fields {
		n += len(f)
	}
	return n
}

// costly reports whether a word holds what may take long or grow large: arithmetic,
// and ranges such as {1..1000000000}.
func costly(w *syntax.Word) bool {
	for n := range syntax.Preorder(w) {
		switch n := n.(type) {
		case *syntax.ArithmExp:
			return true
		case *syntax.Lit:
			if strings.Contains(n.Value, "..") && strings.Contains(n.Value, "{") {
				return true
			}
		}
	}
	return false
}
