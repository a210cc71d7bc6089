package editors

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// mentioned is what a word in a file that is not parsed stands for.
type mentioned struct {
	word string
	kind Kind
}

func mentions() []mentioned {
	return []mentioned{
		{"gopls", Gopls}, {"golangci", Linter}, {"GoLinter", Linter}, {"lagvet", Lagvet}, {"vulncheck", Vulnerable}, {"upgrade_dependency", UpgradeLens},
	}
}

// said is a value with its key, as a proof shows it.
func said(name, key string, n yamltree.Node) verdict.Place {
	text := key
	if v := n.Text(); v != "" {
		text += ": " + v
	}
	return verdict.Place{File: name, Line: n.Line(), Text: text}
}

// vscode reads settings of the Go extension (https://github.com/golang/vscode-go/wiki/settings),
// and of extensions that start a language server of one's own.
func (r *Result) vscode(name string, settings yamltree.Node) {
	const editor = "VS Code"
	lints := true
	tool := yamltree.Node{}
	for key, n := range settings.Fields() {
		place := said(name, key, n)
		switch key {
		case "go.useLanguageServer":
			if on, ok := n.Bool(); ok && on {
				r.add(Gopls, "", editor, place)
			}
		case "go.lintTool":
			tool = n
		case "go.lintOnSave":
			if n.Text() == "off" || n.Text() == "false" {
				lints = false
			}
		case "go.lintFlags":
			for _, f := range n.List() {
				r.add(LinterFlag, f.Text(), editor, said(name, key, f))
			}
		case "go.alternateTools":
			if g := n.Get("gopls"); g.Text() != "" && g.Text() != "gopls" {
				r.add(GoplsBinary, g.Text(), editor, said(name, "gopls", g))
			}
		case "glspc.server.command":
			words := append([]string{n.Text()}, settings.Get("glspc.server.commandArguments").Texts()...)
			r.command(words, editor, place)
		case "lagvet.disable", "lagvet.rules":
			r.lagvetRules(strings.TrimPrefix(key, "lagvet."), n, editor)
		case "gopls":
			r.gopls(n, editor)
		case "go.languageServerFlags":
		default:
			if sub, ok := strings.CutPrefix(key, "gopls."); ok {
				r.goplsSetting(sub, n, editor)
			}
		}
	}
	if t := tool.Text(); lints && strings.HasPrefix(t, "golangci-lint") {
		r.add(Linter, t, editor, said(name, "go.lintTool", tool))
	}
}

// command recognises a language server by what starts it.
func (r *Result) command(words []string, editor string, place verdict.Place) {
	base := func(w string) string { return strings.TrimSuffix(path.Base(w), ".exe") }
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = base(w)
	}
	if i := slices.Index(names, "lagvet"); i >= 0 && slices.Contains(names[i:], "lsp") {
		r.add(Lagvet, "", editor, place)
	}
	if slices.Contains(names, "gopls") {
		r.add(Gopls, "", editor, place)
	}
	if slices.Contains(names, "golangci-lint-langserver") {
		r.add(Linter, "golangci-lint-langserver", editor, place)
	}
}

func (r *Result) lagvetRules(key string, n yamltree.Node, editor string) {
	kind := AnalysisOff
	if key == "rules" {
		kind = OnlyRules
	}
	for _, e := range n.List() {
		r.add(kind, e.Text(), editor, said(n.File(), "lagvet."+key, e))
	}
}

// gopls reads gopls's settings (https://go.dev/gopls/settings).
func (r *Result) gopls(settings yamltree.Node, editor string) {
	if !settings.IsMap() {
		return
	}
	r.add(Gopls, "", editor, said(settings.File(), "gopls", settings))
	for key, n := range settings.Fields() {
		r.goplsSetting(key, n, editor)
	}
}

// goplsSetting reads one setting, which may be named with its group before it:
// "ui.diagnostic.analyses" is "analyses".
func (r *Result) goplsSetting(key string, n yamltree.Node, editor string) {
	key = key[strings.LastIndexByte(key, '.')+1:]
	file := n.File()
	switch key {
	case "analyses":
		for name, v := range n.Fields() {
			r.onOffNamed(v, Analysis, AnalysisOff, name, editor, said(file, name, v))
		}
	case "staticcheck":
		r.onOffNamed(n, Analysis, AnalysisOff, "staticcheck", editor, said(file, key, n))
	case "vulncheck":
		switch n.Text() {
		case "Imports", "Prompt":
			r.add(Vulnerable, key, editor, said(file, key, n))
		case "Off":
			r.add(GoModOff, key, editor, said(file, key, n))
		}
	case "codelenses":
		for name, v := range n.Fields() {
			switch name {
			case "upgrade_dependency":
				r.onOffNamed(v, UpgradeLens, GoModOff, name, editor, said(file, name, v))
			case "run_govulncheck", "vulncheck":
				r.onOffNamed(v, Vulnerable, GoModOff, name, editor, said(file, name, v))
			}
		}
	}
}

func (r *Result) onOffNamed(n yamltree.Node, on, off Kind, name, editor string, place verdict.Place) {
	v, ok := n.Bool()
	switch {
	case ok && v:
		r.add(on, name, editor, place)
	case ok:
		r.add(off, name, editor, place)
	}
}

// zed reads Zed's settings (https://zed.dev/docs/configuring-languages).
func (r *Result) zed(name string) {
	const editor = "Zed"
	root := r.object(name)
	for server, n := range root.Get("lsp").Fields() {
		bin := n.Get("binary")
		words := append([]string{bin.Get("path").Text()}, bin.Get("arguments").Texts()...)
		if words[0] != "" {
			r.command(words, editor, verdict.Place{File: name, Line: bin.Line(), Text: strings.Join(words, " ")})
		}
		if server == "golangci-lint" || server == "golangci-lint-langserver" {
			r.add(Linter, server, editor, said(name, server, n))
		}
		if server != "gopls" {
			continue
		}
		if words[0] != "" && path.Base(words[0]) == "gopls" && words[0] != "gopls" {
			r.add(GoplsBinary, words[0], editor, said(name, "path", bin.Get("path")))
		}
		r.gopls(n.Get("initialization_options"), editor)
		r.gopls(n.Get("settings"), editor)
	}
	for _, n := range root.Get("languages", "Go", "language_servers").List() {
		if n.Text() == "gopls" {
			r.add(Gopls, "", editor, said(name, "language_servers", n))
		}
	}
}

// helix reads Helix's languages.toml (https://docs.helix-editor.com/languages.html).
func (r *Result) helix(name string) {
	const editor = "Helix"
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, err)
		return
	}
	plain, err := fromTOML(data)
	if err != nil {
		r.problem(name, err)
		return
	}
	root := r.parse(name, plain)
	used := []string{"gopls", "golangci-lint-lsp"} // what Helix runs for Go by itself
	for _, l := range root.Get("language").List() {
		if l.Get("name").Text() != "go" {
			continue
		}
		if l.Get("language-servers").Exists() {
			used = nil
			for _, s := range l.Get("language-servers").List() {
				used = append(used, s.Text(), s.Get("name").Text())
			}
		}
		if slices.Contains(used, "gopls") {
			r.add(Gopls, "", editor, find(name, data, "gopls"))
		}
	}
	for server, n := range root.Get("language-server").Fields() {
		if !slices.Contains(used, server) {
			continue
		}
		command := n.Get("command").Text()
		place := find(name, data, "[language-server."+server)
		place.Text = strings.TrimSpace(fmt.Sprintf("%s %s", command, strings.Join(n.Get("args").Texts(), " ")))
		if command != "" {
			r.command(append([]string{command}, n.Get("args").Texts()...), editor, place)
		}
		if server != "gopls" {
			r.lagvetRulesOf(n.Get("config"), editor, place)
			continue
		}
		if path.Base(command) == "gopls" && command != "gopls" {
			r.add(GoplsBinary, command, editor, place)
		}
		from := len(r.Settings)
		r.gopls(n.Get("config"), editor)
		for i := range r.Settings[from:] { // the values of TOML have no places
			r.Settings[from+i].Place = find(name, data, strings.SplitN(r.Settings[from+i].Text, ":", 2)[0])
		}
	}
}

func (r *Result) lagvetRulesOf(config yamltree.Node, editor string, place verdict.Place) {
	for _, key := range []string{"disable", "rules"} {
		from := len(r.Settings)
		r.lagvetRules(key, config.Get(key), editor)
		for i := range r.Settings[from:] {
			r.Settings[from+i].Place = place
		}
	}
}
