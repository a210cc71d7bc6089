//go:build e2e

package e2e

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/hostbuild"
)

// A golangci is a golangci-lint with lagvet's linters and a cache of its own.
type golangci struct{ bin, cache string }

func TestGolangci(t *testing.T) {
	tmp := t.TempDir()
	g := golangci{filepath.Join(tmp, "golangci-lint"), filepath.Join(tmp, "cache")}
	process{}.must(t, lagvet, "golangci", "build", "--lagvet", checkout(t), "--output", g.bin)
	t.Run("findings", g.findings)
	t.Run("rules", g.rules)
	t.Run("formats", g.formats)
	t.Run("fix", g.fix)
	t.Run("settings", g.settings)
	t.Run("configuration", g.configuration)
	t.Run("stale", g.stale)
	t.Run("facts", g.facts)
	t.Run("forgetful", g.forgetful)
	t.Run("broken", g.broken)
	t.Run("refused", g.refused)
	t.Run("custom", g.custom)
}

// golangciFile returns a file that the documentation tells users to write.
func golangciFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "hosts", "golangci", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// module returns a copy of the golden module in which a file of the documentation
// is golangci-lint's configuration.
func (g golangci) module(t *testing.T, file string) process {
	t.Helper()
	p := process{dir: module(t), env: []string{"GOLANGCI_LINT_CACHE=" + g.cache}}
	write(t, p.dir, ".golangci.yml", golangciFile(t, file))
	p.must(t, g.bin, "config", "verify")
	return p
}

// An issue is one of golangci-lint's.
type issue struct {
	FromLinter, Text string
	Pos              struct {
		Filename     string
		Line, Column int
	}
}

// issues runs golangci-lint and returns what it reports, and what it logs.
func (g golangci) issues(t *testing.T, p process, args ...string) ([]issue, string) {
	t.Helper()
	out, log, code := p.run(t, g.bin, append([]string{"run", "--show-stats=false", "--output.json.path=stdout"}, args...)...)
	if code != 1 {
		t.Fatalf("golangci-lint: exit code %d\n%s%s", code, out, log)
	}
	var report struct{ Issues []issue }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return report.Issues, log
}

// run runs golangci-lint and returns what lagvet's linters find.
func (g golangci) run(t *testing.T, p process, args ...string) []Finding {
	t.Helper()
	all, _ := g.issues(t, p, args...)
	var fs []Finding
	for _, i := range all {
		if i.FromLinter == "lagvet" || isRule(i.FromLinter) {
			fs = append(fs, i.finding(t, p.dir))
		}
	}
	return fs
}

// finding reads the text of an issue: the rule's name unless the linter's is that,
// the message, the chain in brackets and what to do.
func (i issue) finding(t *testing.T, dir string) Finding {
	t.Helper()
	f := Finding{Place: place(t, dir, i.Pos.Filename, i.Pos.Line, i.Pos.Column), Rule: i.FromLinter, Message: i.Text}
	if name, rest, ok := strings.Cut(i.Text, ": "); ok && i.FromLinter == "lagvet" && isRule(name) {
		f.Rule, f.Message = name, rest
	}
	return unfold(f)
}

// unfold returns a finding, in whose message stand the chain and what to do, with the
// chain apart.
func unfold(f Finding) Finding {
	f.Message, _, _ = strings.Cut(f.Message, "; mend: ")
	if message, chain, ok := strings.Cut(f.Message, " ["); ok && strings.HasSuffix(chain, "]") {
		f.Message, f.Chain = message, strings.Split(strings.TrimSuffix(chain, "]"), "; ")
	}
	return f
}

func isRule(name string) bool {
	return slices.ContainsFunc(analyzers.All(), func(r *analyzers.Rule) bool { return r.Name == name })
}

// stands matches the place of a step.
var stands = regexp.MustCompile(`^(?:\S+/)?([^/\s]+\.go:\d+:\d+): `)

// inline returns findings as hosts show them that show nothing but messages: without those that the
// compiler tells, and with files in chains by their last name. Why code is hot may
// have the sign in it that stands between steps.
func inline(fs []Finding) []Finding {
	var out []Finding
	for _, f := range without(fs, Finding.needsCompiler) {
		var chain []string
		for _, s := range f.Chain {
			chain = append(chain, stands.ReplaceAllString(s, "$1 "))
		}
		if f.Chain = nil; len(chain) > 0 {
			f.Chain = strings.Split(strings.Join(chain, "; "), "; ")
		}
		out = append(out, f)
	}
	return out
}

// The linter of all rules finds what there is to find, and a second run takes all
// of it from the cache.
func (g golangci) findings(t *testing.T) {
	p := g.module(t, ".golangci.yml")
	compare(t, "golangci-lint", g.run(t, p, "./..."), inline(expected(t)), whole)

	first, _ := g.issues(t, p, "./...")
	p.env = append(p.env, "GL_DEBUG=goanalysis/issues/cache")
	second, log := g.issues(t, p, "./...")
	if !slices.Equal(first, second) {
		t.Errorf("the second run reports\n%v\nthe first one reported\n%v", second, first)
	}
	if n := strings.Count(log, "from cache\""); n != 5 || strings.Contains(log, "Didn't load") { // the packages of the golden module
		t.Errorf("%d packages are from the cache, want 5:\n%s", n, log)
	}

	edit(t, p.dir, "feed/feed.go", "time.NewTicker(time.Second)", "time.NewTicker(time.Second) //nolint:lagvet")
	compare(t, "golangci-lint with nolint:lagvet", g.run(t, p, "./..."), inline(without(expected(t), of("tickerleak"))), whole)
}

// of returns whether a finding is one of the rules.
func of(rules ...string) func(Finding) bool {
	return func(f Finding) bool { return slices.Contains(rules, f.Rule) }
}

// The linters of single rules find the same, and nolint comments go by their names.
func (g golangci) rules(t *testing.T) {
	p := g.module(t, "rules.golangci.yml")
	compare(t, "golangci-lint, rule by rule", g.run(t, p, "./..."), inline(expected(t)), whole)
	edit(t, p.dir, "feed/feed.go", "time.NewTicker(time.Second)", "time.NewTicker(time.Second) //nolint:tickerleak // it is ours")
	edit(t, p.dir, "gateway/gateway.go", "runtime.ReadMemStats(&m)", "runtime.ReadMemStats(&m) //nolint:lockblock")
	compare(t, "golangci-lint with nolint comments", g.run(t, p, "./..."), inline(without(expected(t), of("tickerleak"))), whole)
	compare(t, "golangci-lint with some linters", g.run(t, p, "--enable-only=stw,lockblock", "./..."),
		inline(without(expected(t), func(f Finding) bool { return !of("stw", "lockblock")(f) })), whole)
}

// What golangci-lint writes in other formats is valid, and SARIF goes by rule.
func (g golangci) formats(t *testing.T) {
	p := g.module(t, "rules.golangci.yml")
	p.run(t, g.bin, "run", "--output.sarif.path=o.sarif", "--output.checkstyle.path=o.checkstyle", "--output.junit-xml.path=o.junit", "--output.code-climate.path=o.climate", "./...")
	read := func(name string) string {
		t.Helper()
		data, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	var want []string
	for _, f := range inline(expected(t)) {
		want = append(want, f.Rule)
	}
	slices.Sort(want)
	if got := sarifRules(t, read("o.sarif")); !slices.Equal(got, want) {
		t.Errorf("the rules in SARIF are %q, want %q", got, want)
	}
	for _, name := range []string{"o.checkstyle", "o.junit"} {
		text := read(name)
		if err := wellFormed(text); err != nil || !strings.Contains(text, "(*Gateway).limit waits for Gateway.mu here") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	var climate []struct{ Description string }
	if err := json.Unmarshal([]byte(read("o.climate")), &climate); err != nil || len(climate) < len(want) {
		t.Errorf("code climate has %d entries, %v", len(climate), err)
	}
}

// sarifRules returns the rule of each result that is lagvet's, sorted, of a log
// that must be valid.
func sarifRules(t *testing.T, text string) []string {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(root + "/cmd/internal/report/testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("SARIF: %v", err)
	}
	var log struct {
		Runs []struct {
			Results []struct{ RuleID string }
		}
	}
	if err := json.Unmarshal([]byte(text), &log); err != nil {
		t.Fatal(err)
	}
	var rules []string
	for _, r := range log.Runs[0].Results {
		if isRule(r.RuleID) {
			rules = append(rules, r.RuleID)
		}
	}
	slices.Sort(rules)
	return rules
}

// wellFormed returns what is wrong with text as XML.
func wellFormed(text string) error {
	for dec := xml.NewDecoder(strings.NewReader(text)); ; {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// --fix mends what can be mended, and the result compiles.
func (g golangci) fix(t *testing.T) {
	p := g.module(t, ".golangci.yml")
	left := g.run(t, p, "--fix", "./...")
	compare(t, "golangci-lint --fix", left, inline(without(expected(t), of("initperreq"))), whole)
	mended(t, p, `if !regexp.MustCompile`, "if !cancelRE.MatchString")
	p.must(t, "go", "vet", "./gateway")
}

// What the settings name is read at each run: another content of a profile or of
// the configuration is seen, though neither the code nor the settings change.
func (g golangci) settings(t *testing.T) {
	p := g.module(t, "settings.golangci.yml")
	if err := os.Mkdir(filepath.Join(p.dir, "ci"), 0o777); err != nil {
		t.Fatal(err)
	}
	// What lagvet check says of the same with the same profile and configuration.
	same := func() []Finding {
		return inline(check(t, p.dir, "--config", "ci/lagvet.yml", "--profile", "cpu.pprof", "--rule", "hotalloc", "--rule", "hotblock"))
	}
	write(t, p.dir, "ci/lagvet.yml", "strict: false\n")
	writeProfile(t, filepath.Join(p.dir, "cpu.pprof"), "Rank", 69)
	ranked := g.run(t, p, "./...")
	compare(t, "golangci-lint with a profile", ranked, same(), whole)

	writeProfile(t, filepath.Join(p.dir, "cpu.pprof"), "Prices", 34)
	priced := g.run(t, p, "./...")
	compare(t, "golangci-lint with another profile", priced, same(), whole)
	if len(priced) != len(ranked)-1 {
		t.Errorf("the other profile makes %d findings of %d, want one fewer", len(priced), len(ranked))
	}

	write(t, p.dir, "ci/lagvet.yml", `assume: [{func: "(*example.com/wire.Conn).Send", effects: none, reason: it has a buffer}]`+"\n")
	assumed := g.run(t, p, "./...")
	compare(t, "golangci-lint with an assumption", assumed, without(priced, func(f Finding) bool { return strings.Contains(f.Message, "Publish") }), whole)
	if len(assumed) != len(priced)-1 {
		t.Errorf("the assumption makes %d findings of %d, want one fewer", len(assumed), len(priced))
	}
	write(t, p.dir, "ci/lagvet.yml", "strict: false\n")
	compare(t, "golangci-lint without the assumption", g.run(t, p, "./..."), priced, whole)
}

// Of .lagvet.yml, all that concerns findings is obeyed; a changed one is seen.
func (g golangci) configuration(t *testing.T) {
	p := g.module(t, "rules.golangci.yml")
	compare(t, "golangci-lint without .lagvet.yml", g.run(t, p, "./..."), inline(expected(t)), whole)
	want := configured(t, p.dir)
	compare(t, "golangci-lint with .lagvet.yml", g.run(t, p, "./..."), inline(want), whole)
}

// A package of which golangci-lint has results and facts from two configurations is
// judged by those of the one that holds.
func (g golangci) stale(t *testing.T) {
	p := g.module(t, ".golangci.yml")
	want := inline(expected(t))
	compare(t, "golangci-lint", g.run(t, p, "./..."), want, whole)

	const file = ".lagvet.yml"
	write(t, p.dir, file, "roots: [example.com/golden/store.Fetch]\n")
	if got := g.run(t, p, "./..."); !slices.ContainsFunc(got, func(f Finding) bool {
		return f.Rule == "ctxless" && strings.HasPrefix(f.Place, "store/")
	}) {
		t.Errorf("where store.Fetch is a root, nothing is found there:\n%s", show(got, whole))
	}
	if err := os.Remove(filepath.Join(p.dir, file)); err != nil {
		t.Fatal(err)
	}
	edit(t, p.dir, "gateway/gateway.go", "package gateway", "package gateway // edited")
	compare(t, "golangci-lint with the first configuration again", g.run(t, p, "./..."), want, whole)
}

// Code that golangci-lint cannot check, because it does not compile or is of a Go
// after the one that built golangci-lint, is reported by golangci-lint.
func (g golangci) broken(t *testing.T) {
	p := g.module(t, ".golangci.yml")
	edit(t, p.dir, "wire/wire.go", "return len(msg) + 4", "return len(msg) + undefined")
	if all, _ := g.issues(t, p, "./..."); !slices.ContainsFunc(all, func(i issue) bool {
		return i.FromLinter == "typecheck" && strings.Contains(i.Text, "undefined: undefined")
	}) {
		t.Errorf("that a dependency does not compile is not reported: %v", all)
	}
	p = g.module(t, ".golangci.yml")
	p.env = append(p.env, "GOTOOLCHAIN="+newer)
	out, log, code := p.run(t, g.bin, "run", "./...")
	if !strings.Contains(log, "requires newer Go version") && !strings.Contains(out, "(typecheck)") || code == 0 {
		t.Errorf("golangci-lint under %s: exit code %d\n%s%s", newer, code, out, log)
	}
}

// What cannot be obeyed ends the run with a sentence that says what to do.
func (g golangci) refused(t *testing.T) {
	p := process{dir: module(t), env: []string{"GOLANGCI_LINT_CACHE=" + g.cache}}
	for _, tt := range []struct{ custom, want string }{
		{"lagvet: {type: module, settings: {rule: [stw]}}", `unknown setting "rule" (did you mean "rules"?)`},
		{"lagvet: {type: module, settings: {rules: [stv]}}", `did you mean "stw"?`},
		{"stw: {type: module, settings: {profile: [cpu.pprof]}}", `did you mean "profiles"?`},
		{"stw: {type: module, settings: {profiles: [none.pprof]}}", "none.pprof: no such file"},
		{"stw: {type: module, settings: {config: none.yml}}", "cannot read the configuration"},
		{"heapescape: {type: module}", "heapescape asks the compiler"},
		{"{lagvet: {type: module}, stw: {type: module}}", "two linters run stw"},
		{"{ctxless: {type: module}, stw: {type: module, settings: {profiles: [cpu.pprof]}}}", "two ways"},
	} {
		if !strings.HasPrefix(tt.custom, "{") {
			tt.custom = "{" + tt.custom + "}"
		}
		writeProfile(t, filepath.Join(p.dir, "cpu.pprof"), "Rank", 69)
		write(t, p.dir, ".golangci.yml", "version: \"2\"\nlinters: {settings: {custom: "+tt.custom+"}}\n")
		out, log, code := p.run(t, g.bin, "run", "./...")
		if code < 2 || !strings.Contains(out+log, tt.want) {
			t.Errorf("%s: exit code %d, and not %s:\n%s%s", tt.custom, code, tt.want, out, log)
		}
	}
}

// golangci-lint's own way builds the same, from its repository, which its module
// stands in for here.
func (g golangci) custom(t *testing.T) {
	const file = ".custom-gcl.yml"
	want := hostbuild.Golangci()
	config := golangciFile(t, file)
	if !strings.Contains(config, "version: "+want.Default+"\n") {
		t.Errorf("%s does not ask for %s", file, want.Default)
	}
	var host struct{ Dir string }
	if err := json.Unmarshal([]byte(process{dir: root}.must(t, "go", "mod", "download", "-json", want.Module+"@"+want.Default)), &host); err != nil {
		t.Fatal(err)
	}
	origin := filepath.Join(t.TempDir(), "origin")
	if err := os.CopyFS(origin, os.DirFS(host.Dir)); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) {
		t.Helper()
		process{dir: origin}.must(t, "git", append([]string{"-c", "user.name=e2e", "-c", "user.email=e2e@example.com"}, args...)...)
	}
	git("init", "-q")
	git("add", "-Af")
	git("commit", "-qm", "the module")
	git("tag", want.Default)

	p := g.module(t, ".golangci.yml")
	write(t, p.dir, file, config)
	edit(t, p.dir, file, "version: v0.1.0", "path: "+checkout(t)) // which is not released
	p.env = append(p.env, "GOFLAGS=-trimpath", "GIT_CONFIG_COUNT=1",
		"GIT_CONFIG_KEY_0=url."+origin+".insteadOf", "GIT_CONFIG_VALUE_0=https://github.com/golangci/golangci-lint.git")
	p.must(t, g.bin, "custom")
	g.bin = filepath.Join(p.dir, "bin", "golangci-lint")
	compare(t, "golangci-lint custom", g.run(t, p, "./..."), inline(expected(t)), whole)
}
