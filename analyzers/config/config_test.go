package config

import (
	_ "embed"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
)

// rules are what the tests' configurations may name: one has options of every type.
func rules() []*analyzers.Rule {
	named := func(name string) *analyzers.Rule {
		return &analyzers.Rule{Name: name, Analyzer: &analysis.Analyzer{Name: name}}
	}
	spawn := named("gounbounded")
	spawn.Flags.Init("gounbounded", flag.ContinueOnError)
	spawn.Flags.Bool("accept_loops", false, "")
	spawn.Flags.Int("limit", 3, "")
	spawn.Flags.Uint("depth", 3, "")
	spawn.Flags.Float64("share", 0.1, "")
	spawn.Flags.Duration("period", time.Second, "")
	spawn.Flags.String("name", "", "")
	return []*analyzers.Rule{named("ctxless"), spawn, named("heapescape")}
}

// full says everything that can be said.
//
//go:embed testdata/full.yml
var full string

func number(n int) *int { return &n }

func TestParse(t *testing.T) {
	got, err := Parse("/m/.lagvet.yml", []byte(full), rules())
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Path: "/m/.lagvet.yml",
		Dir:  "/m",
		Rules: map[string]Rule{
			"ctxless":     {Severity: "low", Tier: "suspected"},
			"gounbounded": {},
			"heapescape":  {Off: true},
		},
		Exclude: []*Exclude{
			{Place: Place{Line: 10, Column: 5}, Path: "internal/legacy", Rules: []string{"ctxless", "directive"}, Reason: "replaced in spring"},
			{Place: Place{Line: 13, Column: 5}, Path: "**/*.pb.go", Reason: "nobody edits it"},
		},
		Profile: []string{"profiles/cpu.pprof"},
		Analysis: Analysis{
			Assume: []Assume{
				{Func: "(*example.com/app/cache.Cache).Get", Effects: []string{"alloc", "lock"}, Reason: "measured, never contended"},
				{Func: "example.com/app.Log", Effects: []string{}, Reason: "a ring in memory"},
			},
			Roots: []Function{
				{Func: "example.com/app/jobs.Run*"},
				{Func: "(*example.com/app/queue.Consumer).handle", Reason: "one call a message"},
			},
			Hot: []Function{{Func: "example.com/app/match/..."}},
			Budgets: []Budget{
				{Func: "(*example.com/app/match.Engine).Match", Allocs: number(0), Defers: number(1), Effects: []string{"lock"}},
				{Func: "example.com/app/match/...", Effects: []string{}},
			},
			Packages: []Packages{
				{Path: "internal/match/**", Require: []string{"hot", "nonblocking"}, All: true, Forbid: []string{"disk", "lock", "net"}, Reason: "the matching loop"},
				{Path: "internal/store", Forbid: []string{"noalloc"}},
			},
			Strict: true,
			Options: map[string]map[string]string{
				"gounbounded": {"accept_loops": "true", "limit": "4", "period": "10ms"},
			},
		},
		Policy: Policy{
			Allow: AllowPolicy{MaxAge: 180 * 24 * time.Hour},
			Gate:  GatePolicy{Severity: "medium", Tier: "likely", Prune: true},
		},
		profileAt:  []Place{{Line: 25, Column: 5}},
		assumeAt:   []Place{{Line: 15, Column: 5}, {Line: 18, Column: 5}},
		budgetAt:   []Place{{Line: 27, Column: 5}, {Line: 28, Column: 5}},
		packagesAt: []Place{{Line: 32, Column: 7}, {Line: 37, Column: 7}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestParseEmpty(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "---\n", "rules:\nexclude:\nassume:\nroots:\nhot:\nprofile:\nbudgets:\nstrict:\npolicy:\n", "policy:\n  packages:\n  allow:\n  gate:\n"} {
		c, err := Parse(".lagvet.yml", []byte(text), rules())
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if data, digest, err := c.Analysis.Bytes(); data != nil || digest != "" || err != nil {
			t.Errorf("%q: analysis is %q, digest %q, error %v; want none", text, data, digest, err)
		}
	}
}

func TestParseAudit(t *testing.T) {
	const text = `
enforce:
  rules: [ctxless]
  forbid:
    - log
    - {api: net/http.Client, except: [example.com/a/clients, example.com/a/internal/...], reason: they are wrapped there}
audit:
  documents: {context: docs/context.md}
  not-applicable: {dependency: it calls nothing}
  waivers:
    - {control: concurrency-race, owner: ops, reason: r, path: cmd/, expires: 2027-03-31}
  forbidden-modules: [github.com/pkg/errors, "golang.org/x/net@<v0.38.0"]
`
	c, err := Parse(".lagvet.yml", []byte(text), rules())
	if err != nil {
		t.Fatal(err)
	}
	wantEnforce := Enforce{
		Rules: []string{"ctxless"},
		Forbid: []Forbidden{
			{API: "log", Place: Place{Line: 5, Column: 7}},
			{
				API: "net/http.Client", Except: []string{"example.com/a/clients", "example.com/a/internal/..."},
				Reason: "they are wrapped there", Place: Place{Line: 6, Column: 7},
			},
		},
	}
	if !reflect.DeepEqual(c.Enforce, wantEnforce) {
		t.Errorf("enforce is %+v\nwant %+v", c.Enforce, wantEnforce)
	}
	wantAudit := Audit{
		Documents:        map[string]string{"context": "docs/context.md"},
		NotApplicable:    map[string]string{"dependency": "it calls nothing"},
		ForbiddenModules: []string{"github.com/pkg/errors", "golang.org/x/net@<v0.38.0"},
		Waivers: []Waiver{{
			Control: "concurrency-race", Owner: "ops", Reason: "r", Path: "cmd",
			Expires: time.Date(2027, 3, 31, 0, 0, 0, 0, time.UTC), Place: Place{Line: 11, Column: 7},
		}},
	}
	if !reflect.DeepEqual(c.Audit, wantAudit) {
		t.Errorf("audit is %+v\nwant %+v", c.Audit, wantAudit)
	}
	if data, _, err := c.Analysis.Bytes(); data != nil || err != nil {
		t.Errorf("analysis is told %q of it, %v: each edit would have all analysed again", data, err)
	}
	clients := c.Enforce.Forbid[1]
	for pkg, want := range map[string]bool{
		"example.com/a/clients": true, "example.com/a/clients/x": false, "example.com/a/internal": true,
		"example.com/a/internal/x": true, "example.com/a/internals": false,
	} {
		if got := clients.Permits(pkg); got != want {
			t.Errorf("%s may make clients: %t, want %t", pkg, got, want)
		}
	}
}

func TestParseAlias(t *testing.T) {
	const text = "hot: &fns [example.com/a.F]\nroots: *fns\n"
	c, err := Parse(".lagvet.yml", []byte(text), rules())
	if err != nil {
		t.Fatal(err)
	}
	if want := []Function{{Func: "example.com/a.F"}}; !reflect.DeepEqual(c.Roots, want) || !reflect.DeepEqual(c.Hot, want) {
		t.Errorf("roots %v, hot %v, want %v each", c.Roots, c.Hot, want)
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name string
		text string
		want string // errors, one a line, without the path
	}{
		{"syntax", "rules:\n  a: [\n", "2:1: not YAML: did not find expected node content"},
		{"no mapping", "- rules\n", "1:1: the configuration must be a mapping, not a list"},
		{"two documents", "hot:\n---\nhot:\n", "2:1: a second document: the file must hold one"},
		{"unknown key", "rulez: {}\n", `1:1: unknown key "rulez" in the configuration (did you mean "rules"?)`},
		{"unknown key without likeness", "settings: {}\n", `1:1: unknown key "settings" in the configuration`},
		{"duplicate key", "hot:\nroots:\nhot:\n", `3:1: "hot" stands twice in the configuration: first in line 1`},
		{"merge key", "a: &x {}\n<<: *x\n", "1:1: unknown key \"a\" in the configuration\n2:1: unknown key \"<<\" in the configuration"},
		{"key that is no name", "[a]: b\n", "1:1: a key of the configuration must be a name, not a list"},
		{"rules as list", "rules: [ctxless]\n", "1:8: rules must be a mapping, not a list"},
		{"unknown rule", "rules:\n  ctxles: off\n", `2:3: unknown rule "ctxles" (did you mean "ctxless"?)`},
		{"duplicate rule", "rules:\n  ctxless: off\n  ctxless: on\n", `3:3: "ctxless" stands twice in rules: first in line 2`},
		{"rule neither on nor off", "rules:\n  ctxless: true\n", `2:12: rule ctxless is "true", and must be on or off`},
		{"rule of nothing", "rules:\n  ctxless:\n", "2:11: rule ctxless is empty"},
		{"rule as list", "rules:\n  ctxless: [off]\n", "2:12: rule ctxless must be a mapping, not a list"},
		{"severity", "rules:\n  ctxless: {severity: hight}\n", `2:23: severity is "hight", and must be low, medium or high (did you mean "high"?)`},
		{"tier", "rules:\n  ctxless: {tier: sure}\n", `2:19: tier is "sure", and must be suspected, likely or proven`},
		{"option of another rule", "rules:\n  ctxless: {accept_loops: true}\n", `2:13: unknown key "accept_loops" in rule ctxless`},
		{"misspelt option", "rules:\n  gounbounded: {accept_loop: true}\n", `2:17: unknown key "accept_loop" in rule gounbounded (did you mean "accept_loops"?)`},
		{"no bool", "rules:\n  gounbounded: {accept_loops: yes}\n", `2:31: accept_loops is "yes", and must be true or false`},
		{"no int", "rules:\n  gounbounded: {limit: many}\n", `2:24: limit is "many", and must be a whole number`},
		{"no uint", "rules:\n  gounbounded: {depth: -1}\n", `2:24: depth is "-1", and must be a whole number, 0 or more`},
		{"no float", "rules:\n  gounbounded: {share: half}\n", `2:24: share is "half", and must be a number`},
		{"no duration", "rules:\n  gounbounded: {period: 10}\n", `2:25: period is "10", and must be a duration such as 10ms`},
		{"option that is no scalar", "rules:\n  gounbounded: {limit: [1]}\n", `2:24: limit must be text, not a list`},
		{"exclude without reason", "exclude:\n  - path: a\n", "2:5: the exclude has no reason"},
		{"exclude with empty reason", "exclude:\n  - {path: a, reason: ''}\n", "2:23: reason is empty"},
		{"exclude without path", "exclude:\n  - reason: b\n", "2:5: the exclude has no path"},
		{"exclude as text", "exclude: [vendor]\n", `1:11: an exclude must be a mapping, not "vendor"`},
		{"exclude as mapping", "exclude: {path: a, reason: b}\n", "1:10: exclude must be a list, not a mapping"},
		{"exclude of an unknown rule", "exclude:\n  - {path: a, rules: [heapescap], reason: b}\n", `2:23: unknown rule "heapescap" (did you mean "heapescape"?)`},
		{"absolute glob", "exclude:\n  - {path: /a, reason: b}\n", `2:12: path "/a" must be relative to the folder of the configuration, inside it, with / between names`},
		{"glob that leaves", "exclude:\n  - {path: a/../../b, reason: b}\n", `2:12: path "a/../../b" must be relative to the folder of the configuration, inside it, with / between names`},
		{"broken glob", "exclude:\n  - {path: 'a[', reason: b}\n", `2:12: path "a[" is no glob: syntax error in pattern`},
		{"assume without parts", "assume:\n  - func: a.F\n", "2:5: the assume has no effects\n2:5: the assume has no reason"},
		{"unknown effect", "assume:\n  - {func: a.F, effects: [locks], reason: b}\n", `2:27: an effect is "locks", and must be alloc, lock, chan, net, disk, sleep, syscall, cgo, stw, spawn, reflect, exit, wallclock or unknown (did you mean "lock"?)`},
		{"effect twice", "assume:\n  - {func: a.F, effects: [net, net], reason: b}\n", `2:32: effect "net" stands twice`},
		{"effects that are no list", "assume:\n  - {func: a.F, effects: non, reason: b}\n", `2:26: effects is "non", and must be none or a list of kinds (did you mean "none"?)`},
		{"assume of a pattern", "assume:\n  - {func: a/..., effects: none, reason: b}\n", `2:12: an assume names one function, not the pattern "a/..."`},
		{"bare function", "hot: [Match]\n", `1:7: "Match" is not the full name of a function: write example.com/app/cache.Get, (*example.com/app/cache.Cache).Get, or example.com/app/cache/... for all that the packages below hold`},
		{"root without func", "roots:\n  - {reason: a}\n", "2:5: the item of roots has no func"},
		{"root as list", "roots:\n  - [a.F]\n", "2:5: an item of roots must be a mapping, not a list"},
		{"empty profile", "profile: ['']\n", "1:11: a profile is empty"},
		{"strict that is no truth", "strict: very\n", "1:9: strict must be true or false"},
		{"negative budget", "budgets:\n  - {func: a.F, allocs: -1}\n", "2:25: allocs must be a number, 0 or more"},
		{"budget that is no number", "budgets:\n  - {func: a.F, defers: few}\n", "2:25: defers must be a number, 0 or more"},
		{"policy as list", "policy: [a]\n", "1:9: policy must be a mapping, not a list"},
		{"unknown policy", "policy: {package: []}\n", `1:10: unknown key "package" in policy (did you mean "packages"?)`},
		{"policy without a path", "policy:\n  packages:\n    - {forbid: lock}\n", "3:7: the policy for packages has no path"},
		{"policy for nothing", "policy:\n  packages:\n    - {path: a, reason: r}\n", "3:7: the policy asks for nothing: give it require or forbid"},
		{"policy that forbids nothing", "policy:\n  packages:\n    - {path: a, forbid: []}\n", "3:25: the list is empty: name an effect, or leave the key out"},
		{"policy for other folders", "policy: {packages: {../a: lock}}\n", `1:21: path "../a" must be relative to the folder of the configuration, inside it, with / between names`},
		{"unknown effect forbidden", "policy: {packages: {a: [lock, nett]}}\n", `1:31: an effect is "nett", and must be noalloc, nonblocking, alloc, lock, chan, net, disk, sleep, syscall, cgo, stw, spawn, reflect, exit, wallclock or unknown (did you mean "net"?)`},
		{"effect forbidden twice", "policy: {packages: {a: [lock, lock]}}\n", `1:31: "lock" stands twice`},
		{"nothing forbidden", "policy: {packages: {a: }}\n", "1:24: an effect is empty"},
		{"unknown directive", "policy: {packages: [{path: a, require: nonblock}]}\n", `1:40: a directive is "nonblock", and must be hot, nonblocking, noalloc or root`},
		{"some functions", "policy: {packages: [{path: a, require: hot, functions: some}]}\n", `1:56: functions is "some", and must be exported or all`},
		{"age", "policy: {allow: {max-age: 6 months}}\n", `1:27: max-age is "6 months", and must be a number of days or weeks such as 180d or 26w`},
		{"no age", "policy: {allow: {max-age: 0d}}\n", `1:27: max-age is "0d", and must be a number of days or weeks such as 180d or 26w`},
		{"age beyond time", "policy: {allow: {max-age: 999999999999w}}\n", `1:27: max-age is "999999999999w", and must be a number of days or weeks such as 180d or 26w`},
		{"gate", "policy: {gate: {severity: grave, tier: sure, prune: often}}\n", `1:27: severity is "grave", and must be low, medium or high` + "\n" + `1:40: tier is "sure", and must be suspected, likely or proven` + "\n1:53: prune must be true or false"},
		{"budget of nothing", "budgets:\n  - {func: a.F}\n", "2:5: the budget limits nothing: give it allocs, defers or effects"},
		{"enforcing an unknown rule", "enforce: {rules: [ctxles]}\n", `1:19: unknown rule "ctxles" (did you mean "ctxless"?)`},
		{"forbidding nothing", "enforce:\n  forbid:\n    - {reason: r}\n", "3:7: what is forbidden has no api"},
		{"forbidding what is no name", "enforce: {forbid: ['http.Get()']}\n", `1:20: "http.Get()" is no API: write an import path, or one with a name behind it such as net/http.Get`},
		{"waiver of nothing", "audit:\n  waivers:\n    - {path: a}\n", "3:7: the waiver has no control\n3:7: the waiver has no owner\n3:7: the waiver has no reason\n3:7: the waiver has no expires"},
		{"module of a version", "audit: {forbidden-modules: [example.com/a/..., example.com/b@v1.2.3]}\n", `1:48: "example.com/b@v1.2.3" forbids no module: write its path, example.com/a/... for those below it, or example.com/a@<v1.2.3 for the versions before one`},
		{"waiver until some time", "audit: {waivers: [{control: a, owner: b, reason: c, expires: soon}]}\n", `1:62: expires is "soon", and must be a day such as 2027-03-31`},
		{"every error", "hott: []\nrules:\n  ctxles: off\nexclude:\n  - path: /x\n", `1:1: unknown key "hott" in the configuration (did you mean "hot"?)
3:3: unknown rule "ctxles" (did you mean "ctxless"?)
5:5: the exclude has no reason
5:11: path "/x" must be relative to the folder of the configuration, inside it, with / between names`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Parse("p", []byte(tt.text), rules())
			if err == nil {
				t.Fatalf("read as %+v", c)
			}
			want := "p:" + strings.ReplaceAll(tt.want, "\n", "\np:")
			if err.Error() != want {
				t.Errorf("got  %s\nwant %s", err, want)
			}
		})
	}
}

func TestWellFormed(t *testing.T) {
	tests := []struct {
		name             string
		formed, aPattern bool
	}{
		{"main.main", true, false},
		{"example.com/a.F", true, false},
		{"gopkg.in/yaml.v3.Unmarshal", true, false},
		{"(example.com/a.T).M", true, false},
		{"(*example.com/a.T).M", true, false},
		{"(*example.com/a.List[T]).Push", true, false},
		{"example.com/a.Größe2", true, false},
		{"example.com/a.F*", true, true},
		{"example.com/a.*", true, true},
		{"(*example.com/a.T).*", true, true},
		{"(*example.com/a.*).M", true, true},
		{"example.com/a/...", true, true},
		{"", false, false},
		{"F", false, false},
		{"example.com/a", false, false},
		{"example.com/a.", false, false},
		{".F", false, false},
		{"example.com/a.2F", false, false},
		{"(*example.com/a.T.M", false, false},
		{"(*T).M", false, false},
		{"*example.com/a.T.M", false, true},
		{"example.com/*/a.F", false, true},
		{"/...", false, true},
		{"example.com/a F.G", false, false},
	}
	for _, tt := range tests {
		if got := wellFormed(tt.name); got != tt.formed {
			t.Errorf("wellFormed(%q) = %v", tt.name, got)
		}
		if got := isPattern(tt.name); got != tt.aPattern {
			t.Errorf("isPattern(%q) = %v", tt.name, got)
		}
	}
}

// The bytes are the same for what means the same, and differ for what does not.
func TestAnalysisBytes(t *testing.T) {
	read := func(text string) (string, string) {
		t.Helper()
		c, err := Parse("p", []byte(text), rules())
		if err != nil {
			t.Fatal(err)
		}
		data, digest, err := c.Analysis.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		return string(data), digest
	}
	base := "hot: [a.F]\nassume: [{func: a.G, effects: [net, lock], reason: r}]\nrules: {gounbounded: {limit: 1, accept_loops: true}}\n"
	data, digest := read(base)
	same := []string{
		"# comment\n" + base,
		"rules:\n  gounbounded:\n    accept_loops: true\n    limit: 1\n  ctxless: off\nassume:\n- reason: r\n  effects: [lock, net]\n  func: a.G\nhot:\n- func: a.F\n",
		base + "exclude: [{path: a, reason: b}]\nprofile: [cpu.pprof]\n",
		base + "policy: {allow: {max-age: 2w}, gate: {prune: true}}\n",
	}
	for _, text := range same {
		if d, dig := read(text); d != data || dig != digest {
			t.Errorf("%s\nmeans the same and gives %s\nnot %s", text, d, data)
		}
	}
	other := []string{
		strings.Replace(base, "a.F", "a.H", 1),
		strings.Replace(base, "a.G", "a.H", 1),
		strings.Replace(base, "net, lock", "net", 1),
		strings.Replace(base, "limit: 1", "limit: 2", 1),
		base + "roots: [a.F]\n",
		base + "strict: true\n",
		base + "budgets: [{func: a.F, allocs: 0}]\n",
		base + "budgets: [{func: a.F, effects: none}]\n",
		base + "policy: {packages: {a: lock}}\n",
		base + "policy: {packages: {a: [lock, net]}}\n",
		base + "policy: {packages: [{path: a, require: hot}]}\n",
		base + "policy: {packages: [{path: a, require: hot, functions: all}]}\n",
	}
	digests := map[string]string{digest: base}
	for _, text := range other {
		_, dig := read(text)
		if prev, ok := digests[dig]; ok {
			t.Errorf("%s\nand\n%s\nshare a digest", text, prev)
		}
		digests[dig] = text
	}
}

// In one line a path is a policy: what is forbidden below it.
func TestPolicyInOneLine(t *testing.T) {
	c, err := Parse(".lagvet.yml", []byte("policy:\n  packages:\n    internal/match/**: nonblocking\n    \"**/*.pb.go\": [net, alloc]\n"), rules())
	if err != nil {
		t.Fatal(err)
	}
	want := []Packages{{Path: "internal/match/**", Forbid: []string{"nonblocking"}}, {Path: "**/*.pb.go", Forbid: []string{"alloc", "net"}}}
	if !reflect.DeepEqual(c.Packages, want) || c.PackagesAt(1).Line != 4 {
		t.Errorf("got %+v, the second in line %d; want %+v, in line 4", c.Packages, c.PackagesAt(1).Line, want)
	}
}

// Only the compiler tells what a function allocates, so it is asked of packages where
// that is limited, and of no others.
func TestAsksCompiler(t *testing.T) {
	const pkg = "example.com/app/match"
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"", false},
		{"budgets: [{func: example.com/app/match.F, allocs: 3}]", true},
		{"budgets: [{func: example.com/app/..., effects: [lock]}]", true},
		{"budgets: [{func: example.com/app/..., effects: [alloc]}]", false},
		{"budgets: [{func: example.com/app/match.F, defers: 1}]", false},
		{"budgets: [{func: example.com/app/other.F, allocs: 0}]", false},
		{"policy: {packages: {internal/match: noalloc}}", true},
		{"policy: {packages: {internal/match/**: [net, alloc]}}", true},
		{"policy: {packages: {internal/match: nonblocking}}", false},
		{"policy: {packages: {internal/other: noalloc}}", false},
		{"policy: {packages: [{path: internal/match, require: noalloc}]}", false},
	} {
		c, err := Parse("/m/.lagvet.yml", []byte(tt.text), rules())
		if err != nil {
			t.Fatal(err)
		}
		c.Root = c.Dir
		if got, err := c.AsksCompiler(pkg+" ["+pkg+".test]", []string{"/m/internal/match/f.go"}); got != tt.want || err != nil {
			t.Errorf("%s: %t, %v; want %t", tt.text, got, err, tt.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"ctxless", "hotdefer", "heapescape", "on", "off"}
	tests := []struct{ name, want string }{
		{"ctxles", ` (did you mean "ctxless"?)`},
		{"hotdefre", ` (did you mean "hotdefer"?)`},
		{"offf", ` (did you mean "off"?)`},
		{"yes", ""},
		{"tickerleak", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := DidYouMean(tt.name, known); got != tt.want {
			t.Errorf("DidYouMean(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name   string
		files  []string
		from   string
		gowork string
		want   string
	}{
		{"here", []string{"go.mod", ".lagvet.yml"}, ".", "", ".lagvet.yml"},
		{"above", []string{"go.mod", ".lagvet.yml"}, "a/b", "", ".lagvet.yml"},
		{"nearest", []string{"go.mod", ".lagvet.yml", "a/.lagvet.yml"}, "a/b", "", "a/.lagvet.yml"},
		{"not beyond the module", []string{".lagvet.yml", "a/go.mod"}, "a/b", "", ""},
		{"at the root of the workspace", []string{".lagvet.yml", "go.work", "a/go.mod"}, "a/b", "", ".lagvet.yml"},
		{"workspace off", []string{".lagvet.yml", "go.work", "a/go.mod"}, "a/b", "off", ""},
		{"workspace set", []string{".lagvet.yml", "w.work", "a/go.mod"}, "a/b", "w.work", ".lagvet.yml"},
		{"workspace set elsewhere", []string{".lagvet.yml", "c/w.work", "a/go.mod"}, "a/b", "c/w.work", ""},
		{"no module", []string{".lagvet.yml"}, "a", "", ""},
		{"none", []string{"go.mod"}, "a", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, f := range tt.files {
				write(t, filepath.Join(dir, f), "")
			}
			from := filepath.Join(dir, tt.from)
			if err := os.MkdirAll(from, 0o755); err != nil {
				t.Fatal(err)
			}
			gowork := tt.gowork
			if strings.HasSuffix(gowork, ".work") {
				gowork = filepath.Join(dir, gowork)
			}
			got, err := Find(from, gowork)
			if err != nil {
				t.Fatal(err)
			}
			want := tt.want
			if want != "" {
				want = filepath.Join(dir, want)
			}
			if got != want {
				t.Errorf("found %q, want %q", got, want)
			}
		})
	}
}

func TestFindMisspelt(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "")
	write(t, filepath.Join(dir, ".lagvet.yaml"), "")
	_, err := Find(dir, "")
	if _, ok := errors.AsType[Errors](err); !ok || !strings.Contains(err.Error(), "rename the file") {
		t.Errorf("error is %v", err)
	}
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, Name)
	write(t, path, full)
	_, err := Load(path, rules())
	if want := ".lagvet.yml:25:5: cannot read the profile profiles/cpu.pprof: no such file or directory"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error is %v, want …%s", err, want)
	}
	write(t, filepath.Join(dir, "profiles", "cpu.pprof"), "")
	c, err := Load(path, rules())
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "profiles", "cpu.pprof"); len(c.Profile) != 1 || c.Profile[0] != want {
		t.Errorf("profile is %q, want %q", c.Profile, want)
	}
	if got := c.Exclude[0].File; got != path {
		t.Errorf("exclude stands in %q, want %q", got, path)
	}
	for _, at := range []Place{c.AssumedAt(0), c.BudgetAt(1), c.PackagesAt(1)} {
		if at.File != path || at.Line == 0 {
			t.Errorf("it stands at %+v, want a line of %q", at, path)
		}
	}
	if c.Root != dir {
		t.Errorf("paths of policies are relative to %q, want %q", c.Root, dir)
	}
	if at := c.PackagesAt(0); at.Line != 32 || c.Packages[0].Exists(dir) {
		t.Errorf("the policy at line %d covers a file, and there is none", at.Line)
	}
	write(t, filepath.Join(dir, "internal", "match", "a.go"), "")
	if !c.Packages[0].Exists(dir) || c.Packages[1].Exists(dir) {
		t.Error("the policy does not cover the file, or another one does")
	}
	_, err = Load(filepath.Join(dir, "none.yml"), rules())
	if want := "none.yml: cannot read the configuration: no such file or directory"; err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("error is %v, want …%s", err, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add("rules: {ctxless: off}\n---\n")
	f.Add("a: &a [*a]\nhot: *a\n")
	f.Add("? {a: b}\n: c\n")
	f.Add("rules: !!binary aGk=\n")
	f.Add("policy: {packages: {a/**: [lock, nonblocking]}, allow: {max-age: 26w}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("p", []byte(text), rules())
		if err == nil {
			if _, _, err := c.Analysis.Bytes(); err != nil {
				t.Errorf("valid and not encodable: %v", err)
			}
			if _, err := c.Limits(); err != nil {
				t.Errorf("valid and not encodable: %v", err)
			}
			return
		}
		errs, ok := errors.AsType[Errors](err)
		if !ok || len(errs) == 0 {
			t.Fatalf("%T is no list of errors", err)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + strings.Count(text, "\u0085") + strings.Count(text, "\u2028") + strings.Count(text, "\u2029") + 2
		for _, e := range errs {
			if e.Line < 1 || e.Line > lines || e.Column < 1 {
				t.Errorf("%v: not a position in a text of %d lines", e, lines)
			}
		}
	})
}

func TestExcludeExists(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/b.go", "a/notes.txt", ".git/c.go"} {
		write(t, filepath.Join(dir, name), "")
	}
	tests := []struct {
		glob string
		want bool
	}{{"a", true}, {"**/b.go", true}, {"b", false}, {"**/*.txt", false}, {"**/c.go", false}}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		for _, dir := range []string{dir, link} {
			if got := (&Exclude{Path: tt.glob}).Exists(dir); got != tt.want {
				t.Errorf("%s: exists in %s = %v", tt.glob, dir, got)
			}
		}
	}
}
