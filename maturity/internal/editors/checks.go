package editors

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// looked is where committed settings are looked for.
const looked = ".vscode/settings.json, a *.code-workspace, .devcontainer/devcontainer.json, .zed/settings.json, .helix/languages.toml, .nvim.lua, .exrc, .dir-locals.el and .idea were looked for"

// of returns the settings of these kinds.
func (r *Result) of(kinds ...Kind) []Setting {
	var all []Setting
	for _, s := range r.Settings {
		if slices.Contains(kinds, s.Kind) {
			all = append(all, s)
		}
	}
	return all
}

func places(settings []Setting) []verdict.Place {
	var all []verdict.Place
	for _, s := range settings {
		all = append(all, s.Place)
	}
	return all
}

// names are the editors of settings, each once.
func names(settings []Setting) string {
	var all []string
	for _, s := range settings {
		if !slices.Contains(all, s.Editor) {
			all = append(all, s.Editor)
		}
	}
	return strings.Join(all, ", ")
}

// unread is UNKNOWN if a file of settings could not be read, hooks aside.
func (r *Result) unread(hooks bool) (verdict.Result, bool) {
	for _, p := range r.Problems {
		if hooks == ofHooks(p.File) {
			return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.Place, p.Text), p.Place), true
		}
	}
	return verdict.Result{}, false
}

func ofHooks(file string) bool {
	base := path.Base(file)
	return strings.Contains(base, "pre-commit") || strings.Contains(base, "lefthook") || base == "pre-push"
}

// CI is what continuous integration holds code to, as far as editors can do the same.
type CI struct {
	Golangci     bool          // it runs golangci-lint
	Config       string        // the configuration of golangci-lint that it names; "" for the root's
	Rules        []string      // the rules of lagvet that it blocks on
	LagvetLinter bool          // it runs lagvet's rules by golangci-lint
	Place        verdict.Place // where it says so
	Tools        []Tool        // what it and go.mod name a version of
}

// A Tool is a version of lagvet or golangci-lint that something names.
type Tool struct {
	Name, Version string
	verdict.Place
}

// SameAsCI checks that what an editor shows while one writes is what continuous
// integration refuses: the editor runs golangci-lint with the same configuration if CI
// runs it, none of lagvet's rules that CI blocks on is turned off, and wherever a version of
// lagvet or golangci-lint is named, commit hooks among them, it is the same.
func (r *Result) SameAsCI(ci CI) verdict.Result {
	if !ci.Golangci && len(ci.Rules) == 0 {
		return verdict.Unseen("continuous integration is known to run neither golangci-lint nor lagvet, so that editors cannot be held against it")
	}
	on := r.of(Linter, Lagvet, GoplsBinary, Gopls, Analysis)
	if len(on) == 0 {
		if v, ok := r.unread(false); ok {
			return v
		}
		return verdict.Failed("no committed editor settings do what continuous integration does: "+looked, ci.Place)
	}
	var bad, good []verdict.Place
	var why string
	differ := func(reason string, place verdict.Place) {
		if why == "" {
			why = reason
		}
		bad = append(bad, place)
	}
	linter := r.of(Linter)
	switch {
	case ci.Golangci && len(linter) > 0:
		good = append(good, places(linter)...)
		r.flags(ci, differ)
		r.schema(ci, linter, differ)
	case ci.Golangci && !(ci.LagvetLinter && len(r.of(Lagvet)) > 0):
		differ("continuous integration runs golangci-lint, and the committed editor settings do not", on[0].Place)
	}
	if len(ci.Rules) > 0 {
		r.rules(ci, linter, differ, &good)
	}
	r.versions(ci, differ)
	if len(bad) > 0 {
		return verdict.Failed(why, bad...)
	}
	if v, ok := r.unread(false); ok {
		return v
	}
	if ci.Place.File != "" {
		good = append(good, ci.Place)
	}
	return verdict.Passed("committed editor settings run the linters that continuous integration runs", good...)
}

// flags finds what makes an editor's golangci-lint another one than CI's.
func (r *Result) flags(ci CI, differ func(string, verdict.Place)) {
	flags := r.of(LinterFlag)
	for i, f := range flags {
		name, value, assigned := strings.Cut(f.Value, "=")
		switch strings.TrimLeft(name, "-") {
		case "fast", "fast-only":
			if value != "false" {
				differ("the editor's golangci-lint leaves out the linters that are slow ("+f.Value+")", f.Place)
			}
		case "disable", "enable-only", "disable-all", "D", "no-config", "presets", "new-from-rev", "new":
			differ("the editor's golangci-lint is told to look at less ("+f.Value+")", f.Place)
		case "config", "c":
			if !assigned && i+1 < len(flags) {
				value = flags[i+1].Value
			}
			value = strings.TrimPrefix(strings.TrimPrefix(value, "${workspaceFolder}/"), "${workspaceRoot}/")
			if !sameConfig(path.Clean(value), ci.Config) {
				differ(fmt.Sprintf("the editor's golangci-lint reads another configuration (%s)", value), f.Place)
			}
		}
	}
}

// versions finds the versions of tools that differ from the first that is named.
func (r *Result) versions(ci CI, differ func(string, verdict.Place)) {
	all := slices.Clone(ci.Tools)
	for _, h := range r.Hooks {
		for _, name := range []string{"lagvet", "golangci-lint"} {
			if path.Base(h.Repo) == name {
				all = append(all, Tool{name, h.Rev, h.Place})
			}
		}
	}
	firsts := make(map[string]Tool)
	for _, t := range all {
		if !numbered.MatchString(t.Version) {
			continue // a branch, or the newest
		}
		first, ok := firsts[t.Name]
		switch {
		case !ok:
			firsts[t.Name] = t
		case !sameVersion(first.Version, t.Version):
			differ(fmt.Sprintf("%s is of version %s at %s, and %s at %s", t.Name, first.Version, first.Place, t.Version, t.Place), t.Place)
		}
	}
}

// numbered matches a version.
var numbered = pattern.New(`^v?\d+(\.\d+)*([-+].*)?$`)

// golangciLint is the version of golangci-lint that is named; "" if none is.
func (ci CI) golangciLint() string {
	for _, t := range ci.Tools {
		if t.Name == "golangci-lint" {
			return t.Version
		}
	}
	return ""
}

// sameConfig reports whether two names are of one configuration; that in the root
// needs none.
func sameConfig(a, b string) bool {
	inRoot := func(s string) bool { return s == "" || strings.HasPrefix(s, ".golangci.") }
	return a == b || inRoot(a) && inRoot(b)
}

// schema compares the major version that an editor's setting names.
func (r *Result) schema(ci CI, linter []Setting, differ func(string, verdict.Place)) {
	version := ci.golangciLint()
	if !numbered.MatchString(version) {
		return
	}
	for _, s := range linter {
		if s.Value == "golangci-lint-v2" && !strings.HasPrefix(strings.TrimPrefix(version, "v"), "2") {
			differ("the editor runs golangci-lint 2, and continuous integration "+version, s.Place)
		}
	}
}

// rules compares lagvet's rules.
func (r *Result) rules(ci CI, linter []Setting, differ func(string, verdict.Place), good *[]verdict.Place) {
	server := r.of(Lagvet, GoplsBinary)
	if len(server) == 0 && !(ci.LagvetLinter && len(linter) > 0) {
		differ("continuous integration blocks on lagvet's rules, and the committed editor settings run neither its language server nor a gopls that has them", r.of(Gopls, Linter, Analysis)[0].Place)
		return
	}
	*good = append(*good, places(server)...)
	for _, s := range r.of(AnalysisOff) {
		if slices.Contains(ci.Rules, s.Value) {
			differ(fmt.Sprintf("the editor turns off %s, which continuous integration blocks on", s.Value), s.Place)
		}
	}
	only := r.of(OnlyRules)
	if len(only) == 0 {
		return
	}
	for _, rule := range ci.Rules {
		if !slices.ContainsFunc(only, func(s Setting) bool { return s.Value == rule }) {
			differ(fmt.Sprintf("the editor's list of rules lacks %s, which continuous integration blocks on", rule), only[0].Place)
		}
	}
}

// sameVersion compares versions; one may say less, as "v2.15".
func sameVersion(a, b string) bool {
	a, b = strings.TrimPrefix(a, "v"), strings.TrimPrefix(b, "v")
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// Hints checks that an editor shows lagvet's findings: by its language server, or by a
// gopls that lagvet built. A gopls of another path may be anything unless a file of the
// repository has lagvet build one, or its settings name lagvet's rules: any of rules.
func (r *Result) Hints(rules ...string) verdict.Result {
	if server := r.of(Lagvet); len(server) > 0 {
		return verdict.Passed("lagvet's language server is set up for "+names(server), places(server)...)
	}
	binary := r.of(GoplsBinary)
	for _, s := range r.of(Analysis, AnalysisOff) {
		if len(binary) > 0 && slices.Contains(rules, s.Value) {
			return verdict.Passed(fmt.Sprintf("%s runs a gopls that knows lagvet's rule %s", names(binary), s.Value), append(places(binary), s.Place)...)
		}
	}
	if len(binary) > 0 && len(r.builds) > 0 {
		return verdict.Passed(fmt.Sprintf("%s runs a gopls that lagvet builds", names(binary)), append(places(binary), r.builds...)...)
	}
	if v, ok := r.unread(false); ok {
		return v
	}
	if len(binary) > 0 {
		return verdict.Unseen(fmt.Sprintf("%s runs gopls from %s, and nothing here says that lagvet built it (lagvet gopls build)", names(binary), binary[0].Value), places(binary)...)
	}
	return verdict.Failed("no committed editor settings start lagvet lsp or a gopls that lagvet built", places(r.of(Gopls, Linter))...)
}

// GoModDiagnostics checks that an editor shows in go.mod what is vulnerable or could be
// upgraded: gopls's setting vulncheck or its code lenses.
func (r *Result) GoModDiagnostics() verdict.Result {
	on := r.of(Vulnerable, UpgradeLens)
	if len(on) > 0 {
		return verdict.Passed("gopls shows in go.mod what is vulnerable or can be upgraded, in "+names(on), places(on)...)
	}
	if v, ok := r.unread(false); ok {
		return v
	}
	if off := r.of(GoModOff); len(off) > 0 {
		return verdict.Failed("the committed editor settings turn gopls's hints on go.mod off", places(off)...)
	}
	return verdict.Failed(`no committed editor settings turn on gopls's "vulncheck": "Imports", or its code lenses upgrade_dependency and run_govulncheck`, places(r.of(Gopls))...)
}

// PreCommit checks that a hook looks at Go code before a commit or push, stops it if it
// fails, and comes in a given version.
func (r *Result) PreCommit() verdict.Result {
	var loose, weak, good []verdict.Place
	var why string
	for _, h := range r.Hooks {
		if h.loose() {
			p := h.Place
			p.Text = fmt.Sprintf("%s at %q", h.Repo, h.Rev)
			loose = append(loose, p)
		}
		switch {
		case !h.ofGo():
		case h.Weak != "":
			if why == "" {
				why = h.Weak
			}
			weak = append(weak, h.Place)
		default:
			good = append(good, h.Place)
		}
	}
	switch v, unread := r.unread(true); {
	case len(loose) > 0:
		return verdict.Failed("commit hooks come in whatever version a branch is at", loose...)
	case len(good) > 0:
		return verdict.Passed("a hook looks at Go code before each commit", good...)
	case len(weak) > 0:
		return verdict.Failed("a hook looks at Go code, and stops no commit: "+why, weak...)
	case unread:
		return v
	case len(r.Hooks) > 0:
		return verdict.Failed("the commit hooks do not look at Go code", r.Hooks[0].Place)
	}
	return verdict.Failed("there are no commit hooks: .pre-commit-config.yaml, lefthook.yml, .husky/pre-commit, and pre-commit and pre-push in .githooks and other directories of hooks were looked for")
}
