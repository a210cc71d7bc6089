package script

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
)

// task walks the commands of tasks of a Taskfile.
func (s *shell) task(argv []string, env Vars, pos syntax.Pos, f fate) {
	dir := s.dir
	var names []string
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case a == "-d" || a == "--dir":
			if i++; i < len(argv) {
				dir = resolve(s.dir, argv[i])
			}
		case a == "--":
			i = len(argv)
		case !strings.HasPrefix(a, "-") && !strings.Contains(a, "="):
			names = append(names, a)
		}
	}
	if len(names) == 0 {
		names = []string{"default"}
	}
	file := s.r.first(dir, "Taskfile.yml", "taskfile.yml", "Taskfile.yaml", "taskfile.yaml", "Taskfile.dist.yml", "Taskfile.dist.yaml")
	if file == "" {
		s.emit(argv, env, pos, f, "the Taskfile of this directory is not in the repository")
		return
	}
	data, err := s.r.t.Read(file)
	if err != nil {
		return
	}
	docs, err := yamltree.Parse(file, data)
	if err != nil || len(docs) == 0 {
		s.emit(argv, env, pos, f, "the Taskfile cannot be read")
		return
	}
	run := &tasking{s: s.child(env, pos, f), doc: docs[0], done: make(map[string]bool), dir: dir}
	for _, n := range names {
		if !run.task(n, 0) {
			s.emit(argv, env, pos, f, "the Taskfile has no task "+n)
		}
	}
}

// first returns the first of these files that there is in a directory.
func (r *Reader) first(dir string, names ...string) string {
	for _, n := range names {
		if p := resolve(dir, n); p != "" && r.t.Has(p) {
			return p
		}
	}
	return ""
}

type tasking struct {
	s    *shell
	doc  yamltree.Node
	done map[string]bool
	dir  string
}

func (t *tasking) task(name string, depth int) bool {
	task := t.doc.Get("tasks", name)
	if !task.Exists() {
		return false
	}
	if t.done[name] || depth > maxDepth {
		return true
	}
	t.done[name] = true
	for _, dep := range task.Get("deps").List() {
		if n := dep.Text() + dep.Get("task").Text(); n != "" {
			t.task(n, depth+1)
		}
	}
	dir := t.dir
	if d := task.Get("dir").Text(); d != "" {
		dir = resolve(t.dir, t.s.template(d))
	}
	cmds := task.Get("cmds").List()
	if one := task.Get("cmd"); one.Exists() {
		cmds = append(cmds, one)
	}
	if !task.IsMap() {
		cmds = task.List()
	}
	ignored, _ := task.Get("ignore_error").Bool()
	for _, c := range cmds {
		if n := c.Get("task").Text(); n != "" {
			t.task(n, depth+1)
			continue
		}
		text := c
		if c.IsMap() {
			text = c.Get("cmd")
		}
		off, _ := c.Get("ignore_error").Bool()
		t.command(text, dir, ignored || off)
	}
	return true
}

func (t *tasking) command(n yamltree.Node, dir string, ignored bool) {
	sub := *t.s
	sub.vars, sub.funcs = maps.Clone(t.s.vars), make(map[string]*function)
	sub.file, sub.line, sub.dir = n.File(), n.Line(), dir
	sub.via = slices.Clone(t.s.via)
	if ignored && sub.outer == "" {
		sub.outer = "`ignore_error` lets the task go on"
	}
	sub.text(t.s.template(n.Text()))
}

// template marks what stands between double braces.
func (s *shell) template(text string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "{{")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		inner, after, ok := strings.Cut(rest, "}}")
		if !ok {
			return b.String() + "{{" + rest
		}
		b.WriteString(s.r.Mark("{{" + inner + "}}"))
		text = after
	}
}

// just walks the recipes of a justfile.
func (s *shell) just(argv []string, env Vars, pos syntax.Pos, f fate) {
	file := s.r.first(s.dir, "justfile", "Justfile", ".justfile")
	if file == "" {
		s.emit(argv, env, pos, f, "the justfile of this directory is not in the repository")
		return
	}
	data, err := s.r.t.Read(file)
	if err != nil {
		return
	}
	recipes, first := parseJust(string(data))
	names := slices.DeleteFunc(slices.Clone(argv[1:]), func(a string) bool { return strings.HasPrefix(a, "-") || strings.Contains(a, "=") })
	if len(names) == 0 {
		names = []string{first}
	}
	child := s.child(env, pos, f)
	child.file = file
	// Words after a recipe that takes parameters are those.
	if !child.recipes(recipes, names[0], make(map[string]bool)) {
		s.emit(argv, env, pos, f, "the justfile has no recipe "+names[0])
	}
	for _, n := range names[1:] {
		child.recipes(recipes, n, make(map[string]bool))
	}
}

type justRecipe struct {
	needs []string
	lines []string
	from  int
}

// parseJust splits a justfile into its recipes.
func parseJust(text string) (recipes map[string]*justRecipe, first string) {
	recipes = make(map[string]*justRecipe)
	var cur *justRecipe
	for i, line := range strings.Split(text, "\n") {
		switch {
		case strings.TrimSpace(line) == "":
			if cur != nil {
				cur.lines = append(cur.lines, "")
			}
		case line[0] == ' ' || line[0] == '\t':
			if cur != nil {
				if cur.from == 0 {
					cur.from = i + 1
				}
				cur.lines = append(cur.lines, strings.TrimSpace(line))
			}
		case line[0] == '#' || line[0] == '[':
		default:
			cur = nil
			head, needs, ok := strings.Cut(line, ":")
			if !ok || strings.HasPrefix(needs, "=") {
				continue
			}
			words := strings.Fields(strings.TrimPrefix(head, "@"))
			if len(words) == 0 {
				continue
			}
			cur = &justRecipe{}
			for _, n := range strings.Fields(needs) {
				if n != "&&" && !strings.HasPrefix(n, "#") {
					cur.needs = append(cur.needs, strings.Trim(n, "()"))
				}
			}
			recipes[words[0]] = cur
			if first == "" {
				first = words[0]
			}
		}
	}
	return recipes, first
}

func (s *shell) recipes(all map[string]*justRecipe, name string, done map[string]bool) bool {
	r, ok := all[name]
	if !ok || done[name] {
		return ok
	}
	done[name] = true
	for _, n := range r.needs {
		s.recipes(all, n, done)
	}
	if len(r.lines) > 0 && strings.HasPrefix(r.lines[0], "#!") {
		sub := s.subshell()
		sub.line = r.from
		sub.set(strings.Fields(r.lines[0])[1:])
		sub.text(sub.template(strings.Join(r.lines, "\n")))
		return true
	}
	for i := 0; i < len(r.lines); i++ {
		l := r.lines[i]
		sub := s.subshell()
		sub.line = r.from + i
		for strings.HasSuffix(l, `\`) && i+1 < len(r.lines) {
			i++
			l += "\n" + r.lines[i]
		}
		for l != "" && (l[0] == '@' || l[0] == '-') {
			if l[0] == '-' && sub.outer == "" {
				sub.outer = "just goes on after its failure (`-` before the command)"
			}
			l = l[1:]
		}
		sub.text(sub.template(l))
	}
	return true
}
