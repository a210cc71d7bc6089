//go:build e2e

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A gopls is one with lagvet's rules, in the home directory of a user.
type gopls struct {
	bin  string
	home string
	env  []string // a cache that its sessions share, and this user's Go
}

// buildGopls builds one as the documentation tells users to.
func buildGopls(t *testing.T, snippet string) *gopls {
	t.Helper()
	home := t.TempDir()
	g := &gopls{filepath.Join(home, "bin", "gopls"), home, []string{"GOPLSCACHE=" + filepath.Join(home, "cache")}}
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		g.env = append(g.env, name+"="+strings.TrimSpace(process{}.must(t, "go", "env", name)))
	}
	g.sh(t, checkout(t), snippet)
	if out := g.sh(t, checkout(t), snippet); !strings.Contains(out, "up to date") || !strings.Contains(out, "without heapescape") {
		t.Errorf("built again, lagvet gopls build says %q", out)
	}
	return g
}

// sh runs a snippet of the documentation in a directory, at the user's home.
func (g *gopls) sh(t *testing.T, dir, snippet string) string {
	t.Helper()
	path := filepath.Dir(lagvet) + string(os.PathListSeparator) + os.Getenv("PATH")
	p := process{dir: dir, env: append(slices.Clip(g.env), "HOME="+g.home, "PATH="+path)}
	return p.must(t, "sh", "-c", readSnippet(t, snippet))
}

// start begins a session in a module.
func (g *gopls) start(t *testing.T, dir string, o lspclient.Options) *session {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	o.Command, o.Folders, o.Env = []string{g.bin}, []string{dir}, g.env
	if o.InitializationOptions == nil {
		o.InitializationOptions = map[string]any{"showBugReports": true}
	}
	c, err := lspclient.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		for _, m := range c.Messages() {
			if strings.Contains(m.Message, "A bug occurred") {
				t.Errorf("gopls shows %q", m.Message)
			}
		}
	})
	return &session{&editor{c, t, ctx, dir}}
}

// A session is that of an editor whose language server is gopls.
type session struct{ *editor }

// pull returns what the server finds in an open file now.
func (s *session) pull(file string) []Finding {
	s.t.Helper()
	ds, err := s.Pull(s.ctx, s.path(file))
	s.do(err)
	return s.findings(file, ds)
}

// await waits until the diagnostics of a file that the server publishes are those
// that are wanted.
func (s *session) await(what, file string, want []Finding) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.ctx, patience/2)
	defer cancel()
	var last []Finding
	_, err := s.Await(ctx, s.path(file), func(ds []protocol.Diagnostic) bool {
		last = s.findings(file, ds)
		return show(last, whole) == show(want, whole)
	})
	if err != nil {
		compare(s.t, what, last, want, whole)
		s.t.Fatalf("%s: %v", what, err)
	}
}

// findings returns lagvet's among the diagnostics of a file.
func (s *session) findings(file string, ds []protocol.Diagnostic) []Finding {
	s.t.Helper()
	var fs []Finding
	for _, d := range ds {
		if d.CodeDescription == nil || !strings.Contains(d.CodeDescription.Href, "lagvet/lagvet") {
			continue
		}
		f := Finding{Place: s.place(s.path(file), d.Range.Start), Rule: d.Source, Message: d.Message}
		if d.Source != "lagvet" && string(d.Code) != d.Source {
			s.t.Fatalf("%v has the code %s", f, d.Code)
		}
		if d.Severity != protocol.SeverityWarning {
			s.t.Errorf("%v has the severity %d", f, d.Severity)
		}
		for _, r := range d.RelatedInformation {
			path, ok := protocol.PathOf(r.Location.URI)
			if !ok {
				s.t.Fatalf("%v: what is related stands at %s", f, r.Location.URI)
			}
			if text, ok := step(s.t, s.dir, s.place(path, r.Location.Range.Start), r.Message); ok {
				f.Chain = append(f.Chain, text)
			}
		}
		fs = append(fs, f)
	}
	return fs
}

// goplsFinds returns what gopls is to find in a file: it never runs the compiler.
func goplsFinds(t *testing.T, file string) []Finding {
	t.Helper()
	return without(expected(t), func(f Finding) bool { return f.needsCompiler() || !strings.HasPrefix(f.Place, file+":") })
}

var goldenFiles = []string{"book/book.go", "feed/feed.go", "gateway/gateway.go", "quiet/quiet.go", "store/store.go"}

func TestGopls(t *testing.T) {
	g := buildGopls(t, "build.sh")
	t.Run("check", g.check)
	t.Run("session", g.session)
	t.Run("fix", g.fix)
	t.Run("dependency", g.dependency)
	t.Run("analyses", g.analyses)
	t.Run("configuration", g.configuration)
	t.Run("fault", g.fault)
	t.Run("settings", g.settings)
}

// The newest gopls is built by a newer Go, and serves a project of the one in use.
func TestNewerGopls(t *testing.T) {
	g := buildGopls(t, "newer.sh")
	if out := (process{}).must(t, "go", "version", "-m", g.bin); !strings.Contains(out, newer) {
		t.Errorf("it was not built by %s:\n%s", newer, out)
	}
	t.Run("check", g.check)
	t.Run("session", g.session)
}

// Of a gopls that keeps its analyzers in another way, the command says what is
// missing and what to do, and leaves the one that is there.
func TestUnfitGopls(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "gopls", "the one before")
	_, errs, code := process{dir: dir}.run(t, lagvet, "gopls", "build", "--lagvet", checkout(t), "--version", "v0.16.2", "--output", "gopls")
	for _, want := range []string{"gopls v0.16.2 does not fit", "no variable AllAnalyzers", "--version v0.24.0 (go1.27) or v0.23.0 (go1.26)", "lagvet lsp"} {
		if !strings.Contains(errs, want) {
			t.Errorf("%q is not said in\n%s", want, errs)
		}
	}
	if data, err := os.ReadFile(filepath.Join(dir, "gopls")); code != 3 || err != nil || string(data) != "the one before" {
		t.Errorf("exit code %d, and the file holds %q, %v", code, data, err)
	}
}

// gopls check prints what an editor would show.
func (g *gopls) check(t *testing.T) {
	dir := module(t)
	var got []Finding
	for _, file := range goldenFiles {
		out := g.sh(t, filepath.Join(dir, filepath.Dir(file)), "check.sh")
		got = append(got, readGoplsCheck(t, dir, out)...)
	}
	want := without(expected(t), Finding.needsCompiler)
	for i := range want {
		want[i].Rule = "" // which gopls check does not print
	}
	compare(t, "gopls check", got, want, plain)
}

// checkLine matches a line of gopls check: a place whose end may follow, and a
// message, which begins with a dash if it is of what is related.
var checkLine = regexp.MustCompile(`^(.*?\.go):(\d+):(\d+)(?:-[\d:]+)?: (.*)$`)

func readGoplsCheck(t *testing.T, dir, out string) []Finding {
	t.Helper()
	var fs []Finding
	for line := range strings.Lines(out) {
		m := checkLine.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			t.Fatalf("gopls check prints %q", line)
		}
		row, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		column, err := strconv.Atoi(m[3])
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(m[4], "- ") || strings.Contains(m[4], "bufio.Scanner") { // a rule of gopls' own
			continue
		}
		fs = append(fs, Finding{Place: place(t, dir, m[1], row, column), Message: m[4]})
	}
	return fs
}

// An open file shows its findings, with their chains, and no other.
func (g *gopls) session(t *testing.T) {
	s := g.start(t, module(t), lspclient.Options{})
	s.openAll()
	for _, file := range goldenFiles {
		if want := goplsFinds(t, file); len(want) > 0 {
			s.await("gopls", file, want)
		}
		compare(t, "gopls, asked for "+file, s.pull(file), goplsFinds(t, file), whole)
	}
	if err := s.Shutdown(s.ctx); err != nil {
		t.Error(err)
	}
}

// A fix is offered for a finding, and clears it and nothing else.
func (g *gopls) fix(t *testing.T) {
	s := g.start(t, module(t), lspclient.Options{})
	const file, rule = "gateway/gateway.go", "initperreq"
	s.do(s.Open(s.path(file)))
	s.await("gopls", file, goplsFinds(t, file))
	ds, err := s.Pull(s.ctx, s.path(file))
	s.do(err)
	i := slices.IndexFunc(ds, func(d protocol.Diagnostic) bool { return d.Code == rule })
	if i < 0 {
		t.Fatalf("%s is not found: %v", rule, ds)
	}
	if want := "/docs/rules/" + rule + ".md"; !strings.HasSuffix(ds[i].CodeDescription.Href, want) {
		t.Errorf("%s is explained at %s, not at …%s", rule, ds[i].CodeDescription.Href, want)
	}
	actions, err := s.CodeActions(s.ctx, s.path(file), ds[i])
	s.do(err)
	if len(actions) == 0 {
		t.Fatal("no fix is offered")
	}
	s.do(s.Perform(s.ctx, actions[0]))
	got, err := s.Pull(s.ctx, s.path(file))
	s.do(err)
	// The fix moves the lines of the others.
	rules := func(f Finding) string { return f.Rule }
	others := without(goplsFinds(t, file), func(f Finding) bool { return f.Rule == rule })
	compare(t, fmt.Sprintf("after the fix %q", actions[0].Title), s.findings(file, got), others, rules)
	data, err := os.ReadFile(s.path(file))
	if err != nil {
		t.Fatal(err)
	}
	if string(data) == s.Text(s.path(file)) {
		t.Error("the fix changed nothing, or the file on disk")
	}
}

// What is typed into one package reaches the open files of others before it is saved.
func (g *gopls) dependency(t *testing.T) {
	s := g.start(t, module(t), lspclient.Options{})
	const file, dependency = "book/book.go", "store/store.go"
	s.do(s.Open(s.path(file)))
	s.do(s.Open(s.path(dependency)))
	want := goplsFinds(t, file)
	s.await("gopls", file, want)
	before := s.Text(s.path(dependency))
	lockFree := strings.NewReplacer("\tt.mu.RLock()\n", "", "\tdefer t.mu.RUnlock()\n", "").Replace(before)
	if lockFree == before {
		t.Fatal("the table takes no lock")
	}
	fewer := without(want, func(f Finding) bool { return strings.Contains(f.Message, "(*store.Table).Price") })
	if len(fewer) != len(want)-1 {
		t.Fatalf("of %v, %d are about the table", want, len(want)-len(fewer))
	}
	s.do(s.Change(s.path(dependency), lockFree))
	s.await("without the lock", file, fewer)
	s.do(s.Change(s.path(dependency), before))
	s.await("with the lock again", file, want)
}

// The setting analyses switches rules, while gopls runs.
func (g *gopls) analyses(t *testing.T) {
	s := g.start(t, module(t), lspclient.Options{Settings: map[string]any{"gopls": map[string]any{}}})
	const file = "gateway/gateway.go"
	s.do(s.Open(s.path(file)))
	want := goplsFinds(t, file)
	s.await("gopls", file, want)
	turn := func(on bool) {
		rules := map[string]bool{"stw": on, "ctxless": on}
		s.do(s.Configure(s.ctx, map[string]any{"gopls": map[string]any{"analyses": rules}}))
	}
	turn(false)
	s.await("with two rules off", file, without(want, func(f Finding) bool { return f.Rule == "stw" || f.Rule == "ctxless" }))
	turn(true)
	s.await("with all rules on", file, want)
}

// What .lagvet.yml says holds from the start of gopls on, and what was cached for
// another one is not shown.
func (g *gopls) configuration(t *testing.T) {
	dir := module(t)
	const file = "book/book.go"
	find := func(config string) []Finding {
		write(t, dir, ".lagvet.yml", config)
		s := g.start(t, dir, lspclient.Options{})
		s.do(s.Open(s.path(file)))
		defer s.Close()
		return s.pull(file)
	}
	want := goplsFinds(t, file)
	compare(t, "without rules", find(""), want, whole)
	got := find("rules:\n  hotcall: off\nhot:\n  - example.com/golden/book.Rank\n")
	changed := without(want, func(f Finding) bool { return f.Rule == "hotcall" })
	if len(got) != len(changed)+1 || !slices.ContainsFunc(got, func(f Finding) bool {
		return f.Rule == "hotalloc" && f.Chain[0] == "book/book.go:72:10: hot by configuration"
	}) {
		t.Errorf("with hotcall off and Rank hot, gopls finds\n%s", show(got, whole))
	}
	assumed := find("assume:\n  - func: (*example.com/golden/store.Table).Price\n    effects: none\n    reason: a test\n")
	compare(t, "with a table that is assumed not to wait", assumed, without(want, func(f Finding) bool { return strings.Contains(f.Message, "(*store.Table).Price") }), whole)
	limited := without(in(configured(t, dir), file), Finding.needsCompiler)
	compare(t, "with budgets", find(configuration), limited, whole)
	compare(t, "without rules again", find(""), want, whole)
}

// With a broken .lagvet.yml gopls lives, says so, and looks as if there were none.
func (g *gopls) fault(t *testing.T) {
	dir := module(t)
	write(t, dir, ".lagvet.yml", "rules:\n  hotdefr: off\n")
	s := g.start(t, dir, lspclient.Options{})
	const file = "feed/feed.go"
	s.do(s.Open(s.path(file)))
	isFault := func(f Finding) bool { return strings.HasPrefix(f.Rule, "lagvetconfig_") }
	got := s.pull(file)
	compare(t, "beside the fault", without(got, isFault), goplsFinds(t, file), whole)
	faults := without(got, func(f Finding) bool { return !isFault(f) })
	const says = `did you mean "hotdefer"?`
	if len(faults) != 1 || !strings.Contains(faults[0].Message, says) || !strings.Contains(faults[0].Message, ".lagvet.yml:2:") {
		t.Errorf("the faults are %v, want one that says %s", faults, says)
	}
	if !strings.Contains(s.Stderr(), says) {
		t.Errorf("on standard error there is %q, not that %s", s.Stderr(), says)
	}
}

// The settings that the documentation gives for each editor are ones that gopls
// knows, and do what they are to do.
func (g *gopls) settings(t *testing.T) {
	const file, off = "feed/feed.go", "hotdefer"
	want := without(goplsFinds(t, file), func(f Finding) bool { return f.Rule == off })
	editors := []struct {
		name     string
		settings map[string]any
		at       func(*lspclient.Options, map[string]any)
	}{
		{"vscode.json", member(decodeJSON(t, "vscode.json"), "gopls"), asSection},
		{"zed.json", member(decodeJSON(t, "zed.json"), "lsp", "gopls", "initialization_options"), asOptions},
		{"helix.toml", member(decodeTOML(t, "helix.toml"), "language-server", "gopls", "config"), asOptions},
		{"neovim.lua", analysesIn(t, "neovim.lua"), asSection},
		{"lspconfig.lua", analysesIn(t, "lspconfig.lua"), asSection},
		{"eglot.el", analysesIn(t, "eglot.el"), asSection},
		{"lsp-mode.el", analysesIn(t, "lsp-mode.el"), asSection},
	}
	for _, e := range editors {
		t.Run(e.name, func(t *testing.T) {
			var o lspclient.Options
			e.at(&o, e.settings)
			s := g.start(t, module(t), o)
			s.do(s.Open(s.path(file)))
			compare(t, e.name, s.pull(file), want, whole)
			if said := s.complaints(); said != "" {
				t.Errorf("gopls says of %v: %s", e.settings, said)
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		var o lspclient.Options
		asSection(&o, map[string]any{"analysis": map[string]any{off: false}})
		s := g.start(t, module(t), o)
		s.do(s.Open(s.path(file)))
		s.pull(file)
		if s.complaints() == "" {
			t.Errorf("gopls does not complain of a setting that there is not: %v", s.Messages())
		}
	})
}

// complaints returns what the server said of the settings.
func (s *session) complaints() string {
	var said []string
	for _, m := range s.Messages() {
		if strings.Contains(m.Message, "Invalid settings") {
			said = append(said, m.Message)
		}
	}
	return strings.Join(said, "\n")
}

// Editors give settings in answer to a question, or as they start the server.
func asSection(o *lspclient.Options, settings map[string]any) {
	o.Settings = map[string]any{"gopls": settings}
}

func asOptions(o *lspclient.Options, settings map[string]any) { o.InitializationOptions = settings }

const goplsSnippets = root + "/testdata/hosts/gopls/"

func decodeJSON(t *testing.T, name string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(readSnippet(t, name)), &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func decodeTOML(t *testing.T, name string) map[string]any {
	t.Helper()
	var v map[string]any
	if err := toml.Unmarshal([]byte(readSnippet(t, name)), &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

func readSnippet(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(goplsSnippets + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// member returns what stands under keys, one in another, or nil.
func member(v map[string]any, keys ...string) map[string]any {
	for _, k := range keys {
		v, _ = v[k].(map[string]any)
	}
	return v
}

// analysis matches an analysis that is switched, in Lua and in Emacs Lisp.
var analysis = regexp.MustCompile(`analyses\W+(\w+)\W+(false|json-false|true|t)\b`)

func analysesIn(t *testing.T, name string) map[string]any {
	t.Helper()
	m := analysis.FindStringSubmatch(readSnippet(t, name))
	if m == nil {
		t.Fatalf("%s switches no analysis", name)
	}
	return map[string]any{"analyses": map[string]any{m[1]: m[2] == "true" || m[2] == "t"}}
}

// Every file for an editor is one that a test reads.
func TestGoplsSnippets(t *testing.T) {
	entries, err := os.ReadDir(goplsSnippets)
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("gopls_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.Contains(string(src), fmt.Sprintf("%q", e.Name())) {
			t.Errorf("no test reads %s", e.Name())
		}
	}
}
