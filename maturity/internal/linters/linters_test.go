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

		"part":               {v2("linters: {}\n"), "govet/lostcancel", true, ".golangci.yml:2"},
		"part not usual":     {v2("linters: {}\n"), "govet/nilness", false, ".golangci.yml:2"},
		"part enabled":       {v2("linters:\n  settings:\n    govet:\n      enable: [nilness]\n"), "govet/nilness", true, ".golangci.yml:5"},
		"part disabled":      {v2("linters:\n  settings:\n    govet:\n      disable: [lostcancel]\n"), "govet/lostcancel", false, ".golangci.yml:5"},
		"parts disabled":     {v2("linters:\n  settings:\n    govet:\n      disable-all: true\n"), "govet/lostcancel", false, ".golangci.yml:5"},
		"all parts":          {v2("linters:\n  settings:\n    govet:\n      enable-all: true\n      disable: [shadow]\n"), "govet/nilness", true, ".golangci.yml:5"},
		"all parts but":      {v2("linters:\n  settings:\n    govet:\n      enable-all: true\n      disable: [shadow]\n"), "govet/shadow", false, ".golangci.yml:6"},
		"1 part":             {v1("linters-settings:\n  govet:\n    disable: [copylocks]\n"), "govet/copylocks", false, ".golangci.yml:5"},
		"part of none":       {v2("linters:\n  default: none\n"), "govet/lostcancel", false, ".golangci.yml:3"},
		"check":              {v2("linters: {}\n"), "staticcheck/SA2002", true, ".golangci.yml:2"},
		"check not usual":    {v2("linters: {}\n"), "staticcheck/ST1000", false, ".golangci.yml:2"},
		"check off":          {v2("linters:\n  settings:\n    staticcheck:\n      checks: [all, -SA2*]\n"), "staticcheck/SA2002", false, ".golangci.yml:5"},
		"check on again":     {v2("linters:\n  settings:\n    staticcheck:\n      checks: [-SA2*, SA2002]\n"), "staticcheck/SA2002", true, ".golangci.yml:5"},
		"check excluded":     {v2("linters:\n  exclusions:\n    rules:\n      - linters: [staticcheck]\n        text: 'SA(4003|2002):'\n"), "staticcheck/SA2002", false, ".golangci.yml:5"},
		"check not excluded": {v2("linters:\n  exclusions:\n    rules:\n      - linters: [staticcheck]\n        text: 'SA(4003|2002):'\n"), "staticcheck/SA2003", true, ".golangci.yml:3"},
		"part excluded":      {v2("linters:\n  exclusions:\n    rules:\n      - path: ^internal/\n        text: lostcancel\n"), "govet/lostcancel", true, ".golangci.yml:3"},
		"part of others":     {v2("linters:\n  enable: [gosec]\n"), "gosec/G104", false, ".golangci.yml"},

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
		"new from":          {v2("issues:\n  new-from-rev: HEAD~\n"), ".golangci.yml:3 new-from-rev"},
		"new from base":     {v2("issues:\n  new-from-merge-base: main\n"), ".golangci.yml:3 new-from-merge-base"},
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
		"TOML":              {"-- .golangci.toml --\n[issues]\nnew-from-rev = \"HEAD~\"\n", ".golangci.toml:2 new-from-rev"},
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

func TestLinters(t *testing.T) {
	for name, c := range map[string]struct {
		repo   string
		status verdict.Status
		words  string
		proof  string
	}{
		"on":           {v2("linters:\n  enable: [bodyclose]\n"), verdict.Pass, "told to run govet, bodyclose", ".golangci.yml:3"},
		"off":          {v2("linters:\n  disable: [govet]\n"), verdict.Fail, "not told to run govet, bodyclose", ".golangci.yml:3"},
		"none":         {"-- a --\n", verdict.Fail, "bodyclose is not among", ""},
		"broken":       {"-- .golangci.yml --\nlinters:\n  enable: [\n", verdict.Unknown, ".golangci.yml:2 cannot be read", ".golangci.yml:2"},
		"broken TOML":  {"-- .golangci.toml --\na = 1\nb =\n", verdict.Unknown, ".golangci.toml:2 cannot be read", ".golangci.toml:2"},
		"deep TOML":    {"-- .golangci.toml --\na = " + strings.Repeat("[", 100_000) + "\n", verdict.Unknown, "nested more than 1000 deep", ".golangci.toml"},
		"long TOML":    {"-- .golangci.toml --\n[" + strings.Repeat("a.", 100_000) + "a]\n", verdict.Unknown, "nested more than 1000 deep", ".golangci.toml"},
		"other broken": {v2("linters: {enable: [bodyclose]}\n") + "-- .golangci.json --\n{\n", verdict.Pass, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := linters.Collect(treetest.Open(t, c.repo)).Linters("govet", "bodyclose")
			treetest.Want(t, got, c.status, c.words, c.proof)
		})
	}
	treetest.Want(t, linters.Collect(treetest.Open(t, "-- a --\n")).Linters("govet"), verdict.Unknown, "by itself", "")
}

// A command may name another configuration than the root's.
func TestOf(t *testing.T) {
	r := linters.Collect(treetest.Open(t, v2("linters: {default: none}\n")+"-- ci/.golangci.yml --\nversion: \"2\"\n-- ci/golangci-broken.yml --\n[\n-- .github/workflows/golangci-lint.yml --\n[\n"))
	treetest.Want(t, r.Linters("govet"), verdict.Fail, "", ".golangci.yml:2")
	treetest.Want(t, r.Of("./ci/.golangci.yml").Linters("govet"), verdict.Pass, "", "ci/.golangci.yml:1")
	treetest.Want(t, r.Of("ci/golangci-broken.yml").Linters("govet"), verdict.Unknown, "cannot be read", "ci/golangci-broken.yml:1")
	if len(r.Problems) != 1 {
		t.Errorf("problems are %v: a workflow is no configuration", r.Problems)
	}
}

func TestLagvet(t *testing.T) {
	all := v2("linters:\n  settings:\n    custom:\n      lagvet:\n        type: module\n")
	for name, c := range map[string]struct {
		repo   string
		status verdict.Status
		words  string
		proof  string
	}{
		"all rules":      {all, verdict.Pass, "lagvet's rules hotalloc, lockblock", ".golangci.yml:6"},
		"some":           {all + "        settings:\n          rules: [hotalloc]\n", verdict.Fail, "rules lockblock", ".golangci.yml:8"},
		"no rules":       {all + "        settings:\n          rules: []\n", verdict.Fail, "hotalloc, lockblock", ".golangci.yml:8"},
		"one each":       {v2("linters:\n  settings:\n    custom:\n      hotalloc: {type: module}\n      lockblock: {type: module}\n"), verdict.Pass, "", ".golangci.yml:6"},
		"one of two":     {v2("linters:\n  settings:\n    custom:\n      hotalloc: {type: module}\n      lockblock: {type: module}\n  disable: [lockblock]\n"), verdict.Fail, "rules lockblock", ".golangci.yml:7"},
		"not enabled":    {strings.Replace(all, "linters:\n", "linters:\n  default: none\n", 1), verdict.Fail, "", ".golangci.yml:3"},
		"enabled":        {strings.Replace(all, "linters:\n", "linters:\n  default: none\n  enable: [lagvet]\n", 1), verdict.Pass, "", ".golangci.yml:8"},
		"no plugin":      {strings.Replace(all, "module", "goplugin", 1), verdict.Fail, "", ".golangci.yml"},
		"silenced":       {strings.Replace(all, "  settings:", "  exclusions:\n    rules: [{linters: [lagvet], path: .*}]\n  settings:", 1), verdict.Fail, "", ".golangci.yml:4"},
		"version 1":      {v1("linters-settings:\n  custom:\n    lagvet:\n      type: module\n"), verdict.Pass, "", ".golangci.yml:6"},
		"not set up":     {v2("linters: {enable: [lagvet]}\n"), verdict.Fail, "", ".golangci.yml"},
		"none":           {"-- a --\n", verdict.Fail, "no .golangci.yml", ""},
		"unknown as bad": {"-- .golangci.yml --\n\tx\n", verdict.Unknown, "", ".golangci.yml:1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := linters.Collect(treetest.Open(t, c.repo)).Lagvet("hotalloc", "lockblock")
			treetest.Want(t, got, c.status, c.words, c.proof)
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

func TestTestsLeftOut(t *testing.T) {
	for text, want := range map[string]bool{"run: {tests: false}\n": true, "run: {tests: true}\n": false, "run: {}\n": false} {
		if _, got := linters.Collect(treetest.Open(t, v2(text))).TestsLeftOut(); got != want {
			t.Errorf("%s leaves tests out: %t", text, got)
		}
	}
}

// No configuration makes the reader fail, nor takes long.
func FuzzConfig(f *testing.F) {
	f.Add("version: \"2\"\nlinters:\n  default: all\n  exclusions:\n    rules: [{path: a, text: b, linters: [govet]}]\n", "")
	f.Add("linters:\n  presets: [bugs]\n", "linters = 1\n")
	f.Fuzz(func(t *testing.T, yml, toml string) {
		r := linters.Collect(treetest.Files(t, map[string]string{".golangci.yml": yml, ".golangci.toml": toml}))
		for _, v := range []verdict.Result{r.Linters("govet/lostcancel", "lagvet"), r.Strict(), r.Lagvet("hotalloc"), r.Of(".golangci.toml").Strict()} {
			if v.Reason == "" {
				t.Errorf("a result without a reason: %+v", v)
			}
		}
	})
}
