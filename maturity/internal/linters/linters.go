package linters

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Config is a configuration of golangci-lint.
type Config struct {
	File   string
	Schema int // 1 or 2

	root  yamltree.Node
	text  string   // of a TOML file, whose values have no places
	files []string // Go files that it is about, from its directory, without tests
	rules []exclusion
}

// A Plugin is a module that golangci-lint is built with.
type Plugin struct {
	Module  string
	Version string // "" if it is in a directory
	verdict.Place
}

// A Result is what a repository tells golangci-lint.
type Result struct {
	Configs  []*Config // sorted by file
	Plugins  []Plugin
	Version  string // of golangci-lint, by .custom-gcl.yml
	Problems []tree.Problem

	tree *tree.Tree
	use  string // the configuration that counts; "" for the root's
}

// names of the configuration in the order in which golangci-lint looks for them.
func names() []string {
	return []string{".golangci.yml", ".golangci.yaml", ".golangci.toml", ".golangci.json"}
}

// Collect reads the configurations of golangci-lint.
func Collect(t *tree.Tree) *Result {
	r := &Result{tree: t}
	for _, name := range t.Files() {
		switch base := path.Base(name); {
		case (base == ".custom-gcl.yml" || base == ".custom-gcl.yaml") && !tree.Foreign(name, "workflows"):
			r.custom(name)
		case isConfig(base) && !tree.Foreign(name, "workflows"):
			r.config(name)
		}
	}
	return r
}

// isConfig reports whether a file is by its name a configuration of golangci-lint, if
// one that a command has to name.
func isConfig(base string) bool {
	if !strings.HasPrefix(strings.TrimPrefix(base, "."), "golangci") {
		return false
	}
	switch path.Ext(base) {
	case ".yml", ".yaml", ".toml", ".json":
		return true
	}
	return false
}

// Of returns the result by the configuration of this file, the argument of --config; by
// the root's if there is none.
func (r *Result) Of(file string) *Result {
	if file == "" {
		return r
	}
	o := *r
	o.use = path.Clean(file)
	return &o
}

// main is the configuration that counts, nil if there is none that was read.
func (r *Result) main() *Config {
	want := names()
	if r.use != "" {
		want = []string{r.use}
	}
	for _, name := range want {
		for _, c := range r.Configs {
			if c.File == name {
				return c
			}
		}
		if r.unreadable(name) {
			return nil
		}
	}
	return nil
}

func (r *Result) unreadable(name string) bool {
	return slices.ContainsFunc(r.Problems, func(p tree.Problem) bool { return p.File == name })
}

// unread is the result of every check if the configuration that counts could not be
// read.
func (r *Result) unread() (verdict.Result, bool) {
	if r.main() != nil {
		return verdict.Result{}, false
	}
	want := names()
	if r.use != "" {
		want = []string{r.use}
	}
	for _, p := range r.Problems {
		if slices.Contains(want, p.File) {
			return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.Place, p.Text), p.Place), true
		}
	}
	return verdict.Result{}, false
}

func (r *Result) problem(err error, file string) {
	p := tree.Problem{Place: verdict.Place{File: file, Text: err.Error()}}
	if e, ok := errors.AsType[*yamltree.Error](err); ok {
		p.Line, p.Column, p.Text = e.Line, e.Column, e.Why
	}
	if e, ok := errors.AsType[toml.ParseError](err); ok {
		p.Line, p.Column, p.Text = e.Position.Line, e.Position.Col, e.Message
	}
	r.Problems = append(r.Problems, p)
}

func (r *Result) config(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(err, name)
		return
	}
	c := &Config{File: name, Schema: 1}
	source := data
	if path.Ext(name) == ".toml" {
		c.text = string(data)
		if source, err = fromTOML(data); err != nil {
			r.problem(err, name)
			return
		}
	}
	docs, err := yamltree.Parse(name, source)
	if err != nil {
		r.problem(err, name)
		return
	}
	if len(docs) > 0 {
		c.root = docs[0]
	}
	if strings.HasPrefix(c.root.Get("version").Text(), "2") {
		c.Schema = 2
	}
	c.files = r.goFiles(path.Dir(name))
	c.rules = c.exclusions()
	r.Configs = append(r.Configs, c)
}

// fromTOML gives the same values as JSON, which is YAML too.
func fromTOML(data []byte) ([]byte, error) {
	if yamltree.Deep(data) {
		return nil, fmt.Errorf("values are nested more than %d deep", yamltree.MaxDepth)
	}
	var v map[string]any
	if _, err := toml.Decode(string(data), &v); err != nil {
		return nil, err
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("reading TOML: %w", err)
	}
	return data, nil
}

// maxFiles is how many Go files are held against the patterns of exclusions.
const maxFiles = 500

// goFiles are Go files below a directory, relative to it.
func (r *Result) goFiles(dir string) []string {
	var all []string
	for _, f := range r.tree.Under(dir) {
		if !strings.HasSuffix(f, ".go") || strings.HasSuffix(f, "_test.go") || tree.Foreign(f, "workflows") {
			continue
		}
		if dir != "." {
			f = f[len(dir)+1:]
		}
		if all = append(all, f); len(all) == maxFiles {
			break
		}
	}
	return all
}

func (r *Result) custom(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(err, name)
		return
	}
	docs, err := yamltree.Parse(name, data)
	if err != nil {
		r.problem(err, name)
		return
	}
	for _, d := range docs {
		r.Version = d.Get("version").Text()
		for _, p := range d.Get("plugins").List() {
			module, version := p.Get("module"), p.Get("version").Text()
			r.Plugins = append(r.Plugins, Plugin{module.Text(), version, verdict.Place{File: name, Line: module.Line(), Text: strings.TrimSpace(module.Text() + " " + version)}})
		}
	}
}

// place is where a value stands.
func (c *Config) place(n yamltree.Node, text string) verdict.Place {
	p := verdict.Place{File: c.File, Line: n.Line(), Text: text}
	if c.text != "" {
		p.Line = 0
		word := n.Text()
		for i, line := range strings.Split(c.text, "\n") {
			if word != "" && strings.Contains(line, word) {
				p.Line = i + 1
				break
			}
		}
	}
	return p
}

// named is the element of a list of linters that names this one.
func (c *Config) named(list yamltree.Node, linter string) (yamltree.Node, bool) {
	for _, n := range list.List() {
		if slices.Contains(canonical(c.Schema, n.Text()), linter) {
			return n, true
		}
	}
	return yamltree.Node{}, false
}

// Enabled reports whether golangci-lint runs a linter, and where that is said. An analyzer
// of govet's is named too: "govet/lostcancel". Where there is
// no configuration, golangci-lint's own linters are on, and the place has no file. A
// linter whose findings are all excluded is off.
func (r *Result) Enabled(linter string) (on bool, place verdict.Place) {
	c := r.main()
	if c == nil {
		if _, bad := r.unread(); bad {
			return false, verdict.Place{}
		}
		c = &Config{Schema: 2}
	}
	name, part, parted := strings.Cut(linter, "/")
	on, place = c.enabled(name)
	if !on || !parted {
		return on, place
	}
	if on, place = c.part(name, part, place); !on {
		return false, place
	}
	if p, ok := c.silencedPart(name, part); ok {
		return false, p
	}
	return true, place
}

func (c *Config) enabled(name string) (bool, verdict.Place) {
	linters := c.root.Get("linters")
	on, place := c.byDefault(name)
	for _, list := range []yamltree.Node{linters.Get("enable"), c.root.Get("formatters", "enable")} {
		if n, ok := c.named(list, name); ok {
			on, place = true, c.place(n, name)
		}
	}
	if n, ok := c.named(linters.Get("disable"), name); ok {
		on, place = false, c.place(n, name+" is disabled")
	}
	if !on {
		return false, place
	}
	if p, ok := c.silenced(name); ok {
		return false, p
	}
	return true, place
}

// byDefault tells whether a linter is on without being named.
func (c *Config) byDefault(name string) (bool, verdict.Place) {
	linters := c.root.Get("linters")
	custom := c.root.Get("linters", "settings", "custom", name)
	if c.Schema == 1 {
		custom = c.root.Get("linters-settings", "custom", name)
	}
	l, ok := known(name)
	ok = ok && strings.Contains(l.schemas, fmt.Sprint(c.Schema)) || custom.Exists()
	if !ok {
		return false, verdict.Place{File: c.File, Text: "golangci-lint has no linter " + name}
	}
	usual := c.usual(name)
	if custom.Exists() {
		usual = c.place(custom, name+" is set up, which turns it on")
		l.slow = true
	}
	if c.Schema == 2 {
		group := linters.Get("default")
		switch group.Text() {
		case "none":
			return false, c.place(group, "default: none")
		case "all":
			return true, c.place(group, "default: all")
		case "fast":
			return !l.slow, c.place(group, "default: fast")
		}
		return standard(2, name) || custom.Exists(), usual
	}
	var on bool
	var place verdict.Place
	switch {
	case isTrue(linters.Get("disable-all")):
		place = c.place(linters.Get("disable-all"), "disable-all: true")
	case len(linters.Get("presets").List()) > 0:
		place = c.place(linters.Get("presets"), "presets")
	case isTrue(linters.Get("enable-all")):
		on, place = true, c.place(linters.Get("enable-all"), "enable-all: true")
	default:
		on, place = standard(1, name) || custom.Exists(), usual
	}
	for _, p := range linters.Get("presets").List() {
		if slices.Contains(l.presets, p.Text()) {
			on, place = true, c.place(p, "preset "+p.Text())
		}
	}
	if on && l.slow && isTrue(linters.Get("fast")) {
		return false, c.place(linters.Get("fast"), "fast: true")
	}
	return on, place
}

// usual is the place of what golangci-lint does with a linter that the configuration
// does not name: the section that could.
func (c *Config) usual(name string) verdict.Place {
	if c.File == "" {
		return verdict.Place{}
	}
	p := verdict.Place{File: c.File, Line: 1, Text: name + " is not named here, and not on by itself"}
	if n := c.root.Get("linters"); n.Exists() && c.text == "" {
		p.Line = n.Line()
	}
	if standard(c.Schema, name) {
		p.Text = name + " is on by golangci-lint's default"
	}
	return p
}

func isTrue(n yamltree.Node) bool {
	v, ok := n.Bool()
	return ok && v
}

// settings are those of a linter.
func (c *Config) settings(linter string) yamltree.Node {
	if c.Schema == 1 {
		return c.root.Get("linters-settings", linter)
	}
	return c.root.Get("linters", "settings", linter)
}

// part tells whether a linter that is on runs one of its analyzers.
func (c *Config) part(linter, part string, place verdict.Place) (bool, verdict.Place) {
	if linter != "govet" {
		return false, verdict.Place{File: c.File, Text: linter + " has no parts that are known here"}
	}
	s := c.settings(linter)
	enable, enabled := c.named(s.Get("enable"), part)
	disable, disabled := c.named(s.Get("disable"), part)
	switch {
	case isTrue(s.Get("enable-all")):
		if disabled {
			return false, c.place(disable, part+" is disabled")
		}
		return true, c.place(s.Get("enable-all"), "enable-all: true")
	case enabled:
		return true, c.place(enable, part)
	case disabled:
		return false, c.place(disable, part+" is disabled")
	case isTrue(s.Get("disable-all")):
		return false, c.place(s.Get("disable-all"), "disable-all: true")
	case !vetDefault(part):
		place.Text = part + " is not among what " + linter + " runs by itself"
		return false, place
	}
	return true, place
}
