package linters_test

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/linters"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

func v2(text string) string { return "-- .golangci.yml --\nversion: \"2\"\n" + text }
func v1(text string) string { return "-- .golangci.yml --\nrun:\n  timeout: 5m\n" + text }

func TestEnabled(t *testing.T) {
	for name, c := range map[string]struct {
		repo   string
		linter string
		on     bool
		place  string
	}{
		"standard":              {v2("linters: {}\n"), "govet", true, ".golangci.yml:2"},
		"not standard":          {v2("linters: {}\n"), "bodyclose", false, ".golangci.yml:2"},
		"no configuration":      {"-- a --\n", "govet", true, ""},
		"none there, not usual": {"-- a --\n", "bodyclose", false, ""},
		"enabled":               {v2("linters:\n  enable:\n    - errorlint\n    - bodyclose\n"), "bodyclose", true, ".golangci.yml:5"},
		"disabled":              {v2("linters:\n  disable:\n    - govet\n"), "govet", false, ".golangci.yml:4"},
		"both":                  {v2("linters:\n  enable: [govet]\n  disable: [govet]\n"), "govet", false, ".golangci.yml:4"},
		"none":                  {v2("linters:\n  default: none\n"), "govet", false, ".golangci.yml:3"},
		"all":                   {v2("linters:\n  default: all\n"), "bodyclose", true, ".golangci.yml:3"},
		"all, unknown":          {v2("linters:\n  default: all\n"), "racecheck", false, ".golangci.yml"},
		"all, of version 1":     {v2("linters:\n  default: all\n"), "gosimple", false, ".golangci.yml"},
		"fast":                  {v2("linters:\n  default: fast\n"), "govet", false, ".golangci.yml:3"},
		"fast one":              {v2("linters:\n  default: fast\n"), "misspell", true, ".golangci.yml:3"},
		"formatter":             {v2("formatters:\n  enable: [gofumpt]\n"), "gofumpt", true, ".golangci.yml:3"},
		"silenced":              {v2("linters:\n  enable: [noctx]\n  exclusions:\n    rules:\n      - linters: [noctx]\n        path: .*\n"), "noctx", false, ".golangci.yml:6"},
		"silenced by text":      {v2("linters:\n  enable: [noctx]\n  exclusions:\n    rules:\n      - linters: [noctx]\n        text: .*\n"), "noctx", false, ".golangci.yml:6"},
		"silenced in tests":     {v2("linters:\n  enable: [noctx]\n  exclusions:\n    rules:\n      - linters: [noctx]\n        path: _test\\.go\n"), "noctx", true, ".golangci.yml:3"},
		"custom":                {v2("linters:\n  settings:\n    custom:\n      lagvet:\n        type: module\n"), "lagvet", true, ".golangci.yml:6"},
		"custom, none":          {v2("linters:\n  default: none\n  settings:\n    custom:\n      lagvet: {type: module}\n"), "lagvet", false, ".golangci.yml:3"},

		"1 standard":         {v1(""), "gosimple", true, ".golangci.yml:1"},
		"1 enable-all":       {v1("linters:\n  enable-all: true\n"), "bodyclose", true, ".golangci.yml:4"},
		"1 disable-all":      {v1("linters:\n  disable-all: true\n  enable: [govet]\n"), "errcheck", false, ".golangci.yml:4"},
		"1 named":            {v1("linters:\n  disable-all: true\n  enable: [vet]\n"), "govet", true, ".golangci.yml:5"},
		"1 megacheck":        {v1("linters:\n  disable-all: true\n  enable: [megacheck]\n"), "staticcheck", true, ".golangci.yml:5"},
		"1 preset":           {v1("linters:\n  presets: [bugs]\n"), "noctx", true, ".golangci.yml:4"},
		"1 preset of others": {v1("linters:\n  presets: [style]\n"), "unused", false, ".golangci.yml:4"},
		"1 fast":             {v1("linters:\n  fast: true\n"), "govet", false, ".golangci.yml:4"},
		"1 fast but named":   {v1("linters:\n  fast: true\n  enable: [govet]\n"), "govet", true, ".golangci.yml:5"},
		"1 excluded":         {v1("issues:\n  exclude-rules:\n    - path: .*\n      linters: [govet]\n"), "govet", false, ".golangci.yml:5"},

		"part":           {v2("linters: {}\n"), "govet/lostcancel", true, ".golangci.yml:2"},
		"part not usual": {v2("linters: {}\n"), "govet/nilness", false, ".golangci.yml:2"},
		"part enabled":   {v2("linters:\n  settings:\n    govet:\n      enable: [nilness]\n"), "govet/nilness", true, ".golangci.yml:5"},
		"part disabled":  {v2("linters:\n  settings:\n    govet:\n      disable: [lostcancel]\n"), "govet/lostcancel", false, ".golangci.yml:5"},
		"parts disabled": {v2("linters:\n  settings:\n    govet:\n      disable-all: true\n"), "govet/lostcancel", false, ".golangci.yml:5"},
		"all parts":      {v2("linters:\n  settings:\n    govet:\n      enable-all: true\n      disable: [shadow]\n"), "govet/nilness", true, ".golangci.yml:5"},
		"all parts but":  {v2("linters:\n  settings:\n    govet:\n      enable-all: true\n      disable: [shadow]\n"), "govet/shadow", false, ".golangci.yml:6"},
		"1 part":         {v1("linters-settings:\n  govet:\n    disable: [copylocks]\n"), "govet/copylocks", false, ".golangci.yml:5"},
		"part of none":   {v2("linters:\n  default: none\n"), "govet/lostcancel", false, ".golangci.yml:3"},
		"part silenced":  {v2("linters:\n  exclusions:\n    rules:\n      - linters: [govet]\n        text: '(copylocks|lostcancel):'\n"), "govet/lostcancel", false, ".golangci.yml:5"},
		"other silenced": {v2("linters:\n  exclusions:\n    rules:\n      - linters: [govet]\n        text: '(copylocks|lostcancel):'\n"), "govet/waitgroup", true, ".golangci.yml:3"},
		"part excluded":  {v2("linters:\n  exclusions:\n    rules:\n      - path: ^internal/\n        text: lostcancel\n"), "govet/lostcancel", true, ".golangci.yml:3"},
		"part of others": {v2("linters:\n  enable: [gosec]\n"), "gosec/G104", false, ".golangci.yml"},

		"TOML":   {"-- .golangci.toml --\nversion = \"2\"\n[linters]\nenable = [\n  \"errorlint\",\n  \"bodyclose\"]\n", "bodyclose", true, ".golangci.toml:5"},
		"JSON":   {"-- .golangci.json --\n{\"linters\": {\n\"enable\": [\"bodyclose\"]}}\n", "bodyclose", true, ".golangci.json:2"},
		"first":  {v2("linters: {default: none}\n") + "-- .golangci.yaml --\nversion: \"2\"\n", "govet", false, ".golangci.yml:2"},
		"nested": {"-- tools/.golangci.yml --\nlinters: {enable-all: true}\n", "bodyclose", false, ""},
		"broken": {"-- .golangci.yml --\nlinters: [\n", "govet", false, ""},
		"empty":  {"-- .golangci.yml --\n# nothing\n", "govet", true, ".golangci.yml:1"},
	} {
		t.Run(name, func(t *testing.T) {
			on, place := linters.Collect(treetest.Open(t, c.repo)).Enabled(c.linter)
			if on != c.on || place.String() != c.place {
				t.Errorf("%s is on: %t at %q (%s), want %t at %q", c.linter, on, place, place.Text, c.on, c.place)
			}
		})
	}
}

func TestWeak(t *testing.T) {
	code := "-- cmd/a/main.go --\n-- cmd/b/b.go --\n"
	for name, c := range map[string]struct {
		repo string
		want string // the places, of which each is said to be one of the repository's own words
	}{
		"nothing":           {v2("linters: {}\n"), ""},
		"exit code":         {v2("run:\n  issues-exit-code: 0\n"), ".golangci.yml:3 issues-exit-code"},
		"exit code 1":       {v2("run:\n  issues-exit-code: 1\n"), ""},
		"new":               {v2("issues:\n  new: true\n"), ".golangci.yml:3 new"},
		"new from base":     {v2("issues:\n  new-from-merge-base: main\n"), ""},
		"fix":               {v2("issues:\n  fix: true\n"), ".golangci.yml:3 fix"},
		"nothing enabled":   {v2("linters:\n  default: none\n"), ".golangci.yml:3 default"},
		"all paths":         {v2("linters:\n  exclusions:\n    paths:\n      - .*\n"), ".golangci.yml:5 paths"},
		"all there are":     {v2("linters:\n  exclusions:\n    paths: [^cmd/]\n") + code, ".golangci.yml:4 paths"},
		"some":              {v2("linters:\n  exclusions:\n    paths: [^cmd/a/]\n") + code, ""},
		"all findings":      {v2("linters:\n  exclusions:\n    rules:\n      - path: \\.go$\n        text: .*\n"), ".golangci.yml:5 an exclusion"},
		"some findings":     {v2("linters:\n  exclusions:\n    rules:\n      - path: \\.go$\n        text: deprecated\n"), ""},
		"all but":           {v2("linters:\n  exclusions:\n    rules:\n      - path-except: ^api/\n        text: .*\n"), ""},
		"caps are not":      {v2("issues:\n  max-issues-per-linter: 1\n"), ""},
		"1 exit code":       {v1("  issues-exit-code: 0\n"), ".golangci.yml:3 issues-exit-code"},
		"1 exclude":         {v1("issues:\n  exclude: [.+]\n"), ".golangci.yml:4 exclude"},
		"1 skip-dirs":       {v1("  skip-dirs: [.]\n"), ".golangci.yml:3 skip-dirs"},
		"1 nothing enabled": {v1("linters:\n  disable-all: true\n"), ".golangci.yml:4 disable-all"},
		"TOML":              {"-- .golangci.toml --\n[run]\nissues-exit-code = 0\n", ".golangci.toml:2 issues-exit-code"},
		"bad pattern":       {v2("linters:\n  exclusions:\n    paths: ['(']\n    rules: [{path: '(', text: '('}]\n"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := linters.Collect(treetest.Open(t, c.repo))
			if len(r.Problems) > 0 {
				t.Fatal(r.Problems)
			}
			var got []string
			for _, p := range r.Weak() {
				words, _, _ := strings.Cut(p.Text, ":")
				got = append(got, p.String()+" "+words)
			}
			if s := strings.Join(got, "; "); !strings.HasPrefix(s, c.want) || (c.want == "") != (s == "") {
				t.Errorf("weak is %q, want %q", s, c.want)
			}
			status := verdict.Pass
			if c.want != "" {
				status = verdict.Fail
			}
			treetest.Want(t, r.Strict(), status, "", "")
		})
	}
	treetest.Want(t, linters.Collect(treetest.Open(t, "-- a --\n")).Strict(), verdict.NotApplicable, "no configuration", "")
	treetest.Want(t, linters.Collect(treetest.Open(t, "-- .golangci.yml --\na: [\n")).Strict(), verdict.Unknown, "cannot be read", ".golangci.yml:1")
}

// A configuration that cannot be read says nothing of linters, unless another one counts.
func TestBroken(t *testing.T) {
	for name, c := range map[string]struct {
		repo   string
		status verdict.Status
		words  string
		proof  string
	}{
		"broken":       {"-- .golangci.yml --\nlinters:\n  enable: [\n", verdict.Unknown, ".golangci.yml:2 cannot be read", ".golangci.yml:2"},
		"broken TOML":  {"-- .golangci.toml --\na = 1\nb =\n", verdict.Unknown, ".golangci.toml:2 cannot be read", ".golangci.toml:2"},
		"deep TOML":    {"-- .golangci.toml --\na = " + strings.Repeat("[", 100_000) + "\n", verdict.Unknown, "nested more than 1000 deep", ".golangci.toml"},
		"long TOML":    {"-- .golangci.toml --\n[" + strings.Repeat("a.", 100_000) + "a]\n", verdict.Unknown, "nested more than 1000 deep", ".golangci.toml"},
		"other broken": {v2("linters: {enable: [bodyclose]}\n") + "-- .golangci.json --\n{\n", verdict.Pass, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			treetest.Want(t, linters.Collect(treetest.Open(t, c.repo)).Strict(), c.status, c.words, c.proof)
		})
	}
}

// A command may name another configuration than the root's.
func TestOf(t *testing.T) {
	r := linters.Collect(treetest.Open(t, v2("linters: {default: none}\n")+"-- ci/.golangci.yml --\nversion: \"2\"\n-- ci/golangci-broken.yml --\n[\n-- .github/workflows/golangci-lint.yml --\n[\n"))
	for file, want := range map[string]bool{"": false, "./ci/.golangci.yml": true, "ci/golangci-broken.yml": false} {
		if on, _ := r.Of(file).Enabled("govet"); on != want {
			t.Errorf("by %q govet is on: %t", file, on)
		}
	}
	treetest.Want(t, r.Of("ci/golangci-broken.yml").Strict(), verdict.Unknown, "cannot be read", "ci/golangci-broken.yml:1")
	if len(r.Problems) != 1 {
		t.Errorf("problems are %v: a workflow is no configuration", r.Problems)
	}
}

func TestRule(t *testing.T) {
	all := v2("linters:\n  settings:\n    custom:\n      lagvet:\n        type: module\n")
	for name, c := range map[string]struct {
		repo  string
		rule  string
		on    bool
		place string
	}{
		"all rules":       {all, "lockblock", true, ".golangci.yml:6"},
		"some":            {all + "        settings:\n          rules: [hotalloc]\n", "lockblock", false, ".golangci.yml:8"},
		"one of some":     {all + "        settings:\n          rules: [hotalloc]\n", "hotalloc", true, ".golangci.yml:6"},
		"no rules":        {all + "        settings:\n          rules: []\n", "lockblock", false, ".golangci.yml:8"},
		"by itself":       {v2("linters:\n  settings:\n    custom:\n      lockblock: {type: module}\n"), "lockblock", true, ".golangci.yml:5"},
		"disabled":        {v2("linters:\n  settings:\n    custom:\n      lockblock: {type: module}\n  disable: [lockblock]\n"), "lockblock", false, ".golangci.yml:6"},
		"not enabled":     {strings.Replace(all, "linters:\n", "linters:\n  default: none\n", 1), "lockblock", false, ".golangci.yml:3"},
		"enabled":         {strings.Replace(all, "linters:\n", "linters:\n  default: none\n  enable: [lagvet]\n", 1), "lockblock", true, ".golangci.yml:8"},
		"no plugin":       {strings.Replace(all, "module", "goplugin", 1), "lockblock", false, ".golangci.yml"},
		"silenced":        {strings.Replace(all, "  settings:", "  exclusions:\n    rules: [{linters: [lagvet], path: .*}]\n  settings:", 1), "lockblock", false, ".golangci.yml:4"},
		"version 1":       {v1("linters-settings:\n  custom:\n    lagvet:\n      type: module\n"), "lockblock", true, ".golangci.yml:6"},
		"not set up":      {v2("linters: {enable: [lagvet]}\n"), "lockblock", false, ".golangci.yml"},
		"none":            {"-- a --\n", "lockblock", false, ""},
		"broken":          {"-- .golangci.yml --\n\tx\n", "lostcancel", false, ""},
		"of go vet":       {v2("linters: {}\n"), "lostcancel", true, ".golangci.yml:2"},
		"of go vet, none": {"-- a --\n", "lostcancel", true, ""},
		"of govet off":    {v2("linters: {disable: [govet]}\n"), "lostcancel", false, ".golangci.yml"},
	} {
		t.Run(name, func(t *testing.T) {
			on, place := linters.Collect(treetest.Open(t, c.repo)).Rule(c.rule)
			if on != c.on || place.String() != c.place {
				t.Errorf("it is on: %t at %q (%s), want %t at %q", on, place, place.Text, c.on, c.place)
			}
		})
	}
}

func TestPluginsPinned(t *testing.T) {
	gcl := func(version, plugin string) string {
		return "-- .custom-gcl.yml --\nversion: " + version + "\nplugins:\n  - module: github.com/lagvet/lagvet\n    import: github.com/lagvet/lagvet/analyzers/golangci\n" + plugin
	}
	for name, c := range map[string]struct {
		repo   string
		status verdict.Status
		words  string
		proof  string
	}{
		"pinned":       {gcl("v2.15.0", "    version: v0.1.0\n"), verdict.Pass, "given versions", ".custom-gcl.yml:3"},
		"latest":       {gcl("v2.15.0", "    version: latest\n"), verdict.Fail, "without a version", ".custom-gcl.yml:3"},
		"directory":    {gcl("v2.15.0", "    path: ../lagvet\n"), verdict.Pass, "", ""},
		"loose linter": {gcl("latest", "    version: v0.1.0\n"), verdict.Fail, "no version of golangci-lint", ""},
		"none":         {"-- a --\n", verdict.NotApplicable, "no .custom-gcl.yml", ""},
		"broken":       {"-- .custom-gcl.yml --\nplugins: [\n", verdict.Unknown, "cannot be read", ".custom-gcl.yml:1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := linters.Collect(treetest.Open(t, c.repo)).PluginsPinned()
			treetest.Want(t, got, c.status, c.words, c.proof)
		})
	}
	r := linters.Collect(treetest.Open(t, gcl("v2.15.0", "    version: v0.1.0\n")))
	if v, p, ok := r.LagvetVersion(); v != "v0.1.0" || p.Line != 3 || !ok {
		t.Errorf("lagvet is %s at %s, %t", v, p, ok)
	}
}

// No configuration makes the reader fail, nor takes long.
func FuzzConfig(f *testing.F) {
	f.Add("version: \"2\"\nlinters:\n  default: all\n  exclusions:\n    rules: [{path: a, text: b, linters: [govet]}]\n", "")
	f.Add("linters:\n  presets: [bugs]\n", "linters = 1\n")
	f.Fuzz(func(t *testing.T, yml, toml string) {
		r := linters.Collect(treetest.Files(t, map[string]string{".golangci.yml": yml, ".golangci.toml": toml}))
		r.Rule("lostcancel")
		for _, v := range []verdict.Result{r.Strict(), r.PluginsPinned(), r.Of(".golangci.toml").Strict()} {
			if v.Reason == "" {
				t.Errorf("a result without a reason: %+v", v)
			}
		}
	})
}
