package engine

import (
	"slices"
	"strings"
	"testing"
)

func TestTree(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module m
-- a_test.go --
-- a.go --
-- p/p_test.go --
-- p/default.pgo --
-- p/q/default.pgo --
-- p/q/x_test.go.txt --
-- vendor/v/v_test.go --
-- testdata/t/t_test.go --
-- .git/g_test.go --
-- _old/o_test.go --
-- nested/go.mod --
module n
-- nested/n_test.go --
-- nested/deep/d_test.go --
`)
	for _, tt := range []struct {
		walks    []string
		tests    string
		profiles string
	}{
		{[]string{"."}, "a_test.go p/p_test.go", "p/default.pgo p/q/default.pgo"},
		{[]string{".", ".", "p"}, "a_test.go p/p_test.go", "p/default.pgo p/q/default.pgo"},
		{[]string{".", "nested"}, "a_test.go p/p_test.go nested/deep/d_test.go nested/n_test.go", "p/default.pgo p/q/default.pgo"},
		{[]string{"p", "testdata/t"}, "p/p_test.go testdata/t/t_test.go", "p/default.pgo p/q/default.pgo"},
		{[]string{"no/such"}, "", ""},
	} {
		var got tree
		for _, w := range tt.walks {
			path, _ := patternPath("./"+w, dir)
			got.walk(path)
		}
		if tests := relative(got.tests, dir); tests != tt.tests {
			t.Errorf("walking %v: tests %s, want %s", tt.walks, tests, tt.tests)
		}
		if profiles := relative(got.profiles, dir); profiles != tt.profiles {
			t.Errorf("walking %v: profiles %s, want %s", tt.walks, profiles, tt.profiles)
		}
	}
}

func relative(paths []string, dir string) string {
	var rels []string
	for _, p := range paths {
		rel, _ := within(p, dir)
		rels = append(rels, rel)
	}
	return strings.Join(rels, " ")
}

func TestAim(t *testing.T) {
	env := goenv{GOROOT: "/usr/local/go"}
	modules := []module{{"example.com/m", "/src/m"}, {"example.com/n", "/src/n"}}
	for _, tt := range []struct {
		patterns string
		sure     bool
		dirs     string
	}{
		{"./...", true, "/src/m/p"},
		{".", true, "/src/m/p"},
		{"../...", true, "/src/m"},
		{"../q/x...", true, "/src/m/q"},
		{"../../n/...", true, "/src/n"},
		{"../../...", true, "/src"}, // both modules are below it
		{"../../other", false, ""},
		{"/src/n/a /src/m", true, "/src/n/a /src/m"},
		{"/usr/local/go/src/net", false, ""},
		{"../vendor/example.org/d", false, ""},
		{"x.go", true, "/src/m/p"},
		{"example.com/m/...", true, ""},
		{"example.com/n", true, ""},
		{"example.com/mm", false, ""},
		{"work", true, ""},
		{"std", false, ""},
		{"all", false, ""},
		{"net/http", false, ""},
		{"...", false, ""},
		{"./... std", false, "/src/m/p"},
	} {
		got := aimOf(strings.Fields(tt.patterns), "/src/m/p", env, modules)
		if got.sure != tt.sure || !slices.Equal(got.dirs, strings.Fields(tt.dirs)) {
			t.Errorf("%s: %+v", tt.patterns, got)
		}
	}
	for _, tt := range []struct {
		pattern string
		module  module
	}{
		{"./...", module{"std", "/usr/local/go/src"}},
		{"cmd/...", module{"cmd", "/usr/local/go/src/cmd"}},
	} {
		if got := aimOf([]string{tt.pattern}, tt.module.Dir, env, []module{tt.module}); got.sure {
			t.Errorf("%s in GOROOT leads into a main module: %+v", tt.pattern, got)
		}
	}
}

func TestSplitFlags(t *testing.T) {
	for _, tt := range []struct{ flags, want string }{
		{"", ""},
		{"-mod=mod", "-mod=mod"},
		{" -mod=mod\t-tags=a,b ", "-mod=mod|-tags=a,b"},
		{`'-overlay=/a b/o.json' -x`, "-overlay=/a b/o.json|-x"},
		{`"-ldflags=-s -w"`, "-ldflags=-s -w"},
		{`'unfinished`, "'unfinished"},
	} {
		if got := strings.Join(splitFlags(tt.flags), "|"); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.flags, got, tt.want)
		}
	}
}

func TestTakeFlag(t *testing.T) {
	for _, tt := range []struct{ flags, rest, value, err string }{
		{"-tags=a -race", "-tags=a -race", "", ""},
		{"-tags=a -overlay=o.json -race", "-tags=a -race", "o.json", ""},
		{"--overlay o.json -race", "-race", "o.json", ""},
		{"-overlay=o.json -overlay=p.json", "", "p.json", ""},
		{"-race -overlay", "", "", "flag -overlay needs a value"},
		{"-overlays=o.json", "-overlays=o.json", "", ""},
	} {
		rest, value, err := takeFlag(strings.Fields(tt.flags), "overlay")
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%s: error %v, want %s", tt.flags, err, tt.err)
			}
			continue
		}
		if err != nil || strings.Join(rest, " ") != tt.rest || value != tt.value {
			t.Errorf("%s: %q, %q, %v", tt.flags, rest, value, err)
		}
	}
}
