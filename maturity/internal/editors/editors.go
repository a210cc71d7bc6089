package editors

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/tailscale/hujson"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Kind is what a setting does.
type Kind string

// What settings do. The value is given in brackets.
const (
	Gopls       Kind = "gopls"           // diagnostics by gopls are on or set up
	Linter      Kind = "linter"          // golangci-lint runs while one edits [the tool]
	LinterFlag  Kind = "linter flag"     // with this flag [the flag]
	Lagvet      Kind = "lagvet"          // lagvet's language server runs
	GoplsBinary Kind = "gopls binary"    // gopls is another program [its path]
	Analysis    Kind = "analysis"        // an analyzer is turned on [its name]
	AnalysisOff Kind = "analysis off"    // an analyzer or rule is turned off [its name]
	OnlyRules   Kind = "only rules"      // lagvet's server runs these rules only [one of them]
	Vulnerable  Kind = "vulnerabilities" // go.mod is checked for them
	UpgradeLens Kind = "upgrades"        // go.mod shows upgrades
	GoModOff    Kind = "go.mod off"      // one of the two is turned off [which]
)

// A Setting is what a committed file tells an editor.
type Setting struct {
	Kind   Kind
	Value  string
	Editor string
	verdict.Place
}

// A Hook is a command that runs before a commit or a push.
type Hook struct {
	Manager string // "pre-commit", "lefthook", "husky", "git"
	Run     string // the command, or the hook's id
	Repo    string // that the hook comes from; "" for a command
	Rev     string // of Repo
	Weak    string // why its failure does not stop the commit; "" if it does
	verdict.Place
}

// A Result is what a repository brings for editors.
type Result struct {
	Settings []Setting
	Hooks    []Hook
	Problems []tree.Problem

	tree   *tree.Tree
	builds []verdict.Place // where lagvet builds a gopls
}

// Collect reads editor settings and hooks.
func Collect(t *tree.Tree) *Result {
	r := &Result{tree: t}
	for _, name := range t.Files() {
		if read := reader(name); read != nil && !tree.Foreign(name, "examples", "example") {
			read(r, name)
		}
	}
	r.findBuilds()
	return r
}

// reader is what reads a file, by its name; nil for files of no interest.
func reader(name string) func(r *Result, name string) {
	base := path.Base(name)
	switch base {
	case "devcontainer.json", ".devcontainer.json":
		return (*Result).devContainer
	case ".nvim.lua", ".nvimrc", ".exrc", ".lazy.lua", ".vimrc", ".dir-locals.el":
		return (*Result).program
	}
	if base == name { // these are looked for in the root only
		switch base {
		case ".pre-commit-config.yaml", ".pre-commit-config.yml":
			return (*Result).preCommit
		case "lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", "lefthook.json", "lefthook.toml":
			return (*Result).lefthook
		}
	}
	if path.Ext(base) == ".code-workspace" {
		return (*Result).workspace
	}
	switch dir := path.Base(path.Dir(name)); {
	case dir == ".vscode" && base == "settings.json":
		return (*Result).vscodeSettings
	case dir == ".zed" && base == "settings.json":
		return (*Result).zed
	case dir == ".helix" && base == "languages.toml":
		return (*Result).helix
	case dir == ".idea" && path.Ext(base) == ".xml":
		return (*Result).program
	case (dir == ".husky" || strings.HasSuffix(dir, "hooks")) && (base == "pre-commit" || base == "pre-push"):
		return (*Result).script
	}
	return nil
}

func (r *Result) vscodeSettings(name string) { r.vscode(name, r.object(name)) }

func (r *Result) workspace(name string) {
	r.vscode(name, r.object(name).Get("settings"))
}

func (r *Result) devContainer(name string) {
	r.vscode(name, r.object(name).Get("customizations", "vscode", "settings"))
}

// hujsonPlace finds the place in an error of hujson's.
var hujsonPlace = pattern.New(`^hujson: line (\d+), column (\d+): (.*)`)

func (r *Result) problem(name string, err error) {
	p := tree.Problem{Place: verdict.Place{File: name, Text: err.Error()}}
	if e, ok := errors.AsType[*yamltree.Error](err); ok {
		p.Line, p.Column, p.Text = e.Line, e.Column, e.Why
	}
	if e, ok := errors.AsType[toml.ParseError](err); ok {
		p.Line, p.Column, p.Text = e.Position.Line, e.Position.Col, e.Message
	}
	if m := hujsonPlace.FindStringSubmatch(err.Error()); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.Column, _ = strconv.Atoi(m[2])
		p.Text = m[3]
	}
	r.Problems = append(r.Problems, p)
}

// object reads JSON with comments; what cannot be read has no values.
func (r *Result) object(name string) yamltree.Node {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return yamltree.Node{}
	}
	if strings.TrimSpace(string(data)) == "" {
		return yamltree.Node{}
	}
	if yamltree.Deep(data) {
		r.problem(name, fmt.Errorf("values are nested more than %d deep", yamltree.MaxDepth))
		return yamltree.Node{}
	}
	plain, err := hujson.Standardize(data)
	if err != nil {
		r.problem(name, err)
		return yamltree.Node{}
	}
	// JSON without tabs, which may stand between values only, is YAML.
	return r.parse(name, []byte(strings.ReplaceAll(string(plain), "\t", " ")))
}

func (r *Result) parse(name string, data []byte) yamltree.Node {
	docs, err := yamltree.Parse(name, data)
	if err != nil {
		r.problem(name, err)
	}
	if len(docs) == 0 {
		return yamltree.Node{}
	}
	return docs[0]
}

func (r *Result) add(kind Kind, value, editor string, place verdict.Place) {
	r.Settings = append(r.Settings, Setting{kind, value, editor, place})
}

// program looks at the lines of a file that an editor runs, or keeps for itself.
func (r *Result) program(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return
	}
	editor := map[string]string{".dir-locals.el": "Emacs", ".exrc": "Vim", ".vimrc": "Vim", ".nvimrc": "Neovim"}[path.Base(name)]
	if editor == "" {
		editor = "Neovim"
	}
	if path.Ext(name) == ".xml" {
		editor = "GoLand"
	}
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		text = strings.TrimSpace(text)
		if strings.HasPrefix(text, "--") || strings.HasPrefix(text, ";") || strings.HasPrefix(text, `"`) {
			continue
		}
		place := verdict.Place{File: name, Line: line, Text: text}
		for _, m := range mentions() {
			if strings.Contains(text, m.word) {
				r.add(m.kind, m.word, editor, place)
			}
		}
	}
}

// findBuilds finds where the repository has lagvet build a gopls.
func (r *Result) findBuilds() {
	for _, name := range r.tree.Files() {
		if !maySayBuild(name) || tree.Foreign(name, "examples", "example") {
			continue
		}
		data, err := r.tree.Read(name)
		if err != nil {
			continue // another file may say it
		}
		if i := strings.Index(string(data), "lagvet gopls build"); i >= 0 {
			r.builds = append(r.builds, verdict.Place{File: name, Line: strings.Count(string(data[:i]), "\n") + 1, Text: "lagvet gopls build"})
		}
	}
}

// maySayBuild reports whether a file is one that tells how tools are built.
func maySayBuild(name string) bool {
	switch base := path.Base(name); base {
	case "Makefile", "GNUmakefile", "Taskfile.yml", "justfile", "Dockerfile", "mise.toml":
		return true
	case "README.md", "CONTRIBUTING.md":
		return base == name
	}
	switch path.Ext(name) {
	case ".mk", ".sh":
		return true
	}
	return strings.HasPrefix(name, ".devcontainer/") || strings.HasPrefix(name, ".github/workflows/")
}

// fromTOML reads TOML as the same values in JSON, which have no places.
func fromTOML(data []byte) ([]byte, error) {
	if yamltree.Deep(data) {
		return nil, fmt.Errorf("values are nested more than %d deep", yamltree.MaxDepth)
	}
	var v map[string]any
	if _, err := toml.Decode(string(data), &v); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("reading TOML: %w", err)
	}
	return plain, nil
}

// find is the place of the first line that holds a word.
func find(name string, data []byte, word string) verdict.Place {
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		if strings.Contains(text, word) {
			return verdict.Place{File: name, Line: line, Text: strings.TrimSpace(text)}
		}
	}
	return verdict.Place{File: name}
}
