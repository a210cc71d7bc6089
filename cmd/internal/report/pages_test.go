package report

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// docs/rules is generated, and committed because users read it there.
func TestPagesAreCurrent(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "docs", "rules")
	pages := Pages(Rules(analyzers.Catalogue()))
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("docs/rules/%s is not current (%v): run make docs", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if _, ok := pages[e.Name()]; !ok {
			t.Errorf("docs/rules/%s is the page of no rule: run make docs", e.Name())
		}
	}
}

func TestTerminal(t *testing.T) {
	r := Rule{Name: "r", Page: "r finds things that are long to tell, so that they must be wrapped somewhere.\n\n# What\n\n\tcode()\n", Options: []Option{{"budget", "how many", "3"}}, Group: "g", Class: "c", Severity: "high", Since: "go1.0", Tier: "likely", Fixes: true, NeedsHot: true, Origin: "staticcheck", URL: "https://example.com/r.md"}
	const want = `r: g · severity high · since go1.0 · at best likely · incident class: c · has fixes · needs to know what is hot · from staticcheck

r finds things that are long to tell,
so that they must be wrapped somewhere.

# What

	code()

# Options

Under rules, r in .lagvet.yml:

  - budget: how many (default 3)

https://example.com/r.md
`
	if got := r.Terminal(40); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestIndex(t *testing.T) {
	got := Index([]Rule{
		{Name: "a", Title: "finds *T | U", Group: "one", Class: "c", Severity: "low", Since: "go1.0", Tier: "likely", Fixes: true, Origin: "go vet"},
		{Name: "b", Title: "finds b", Group: "one"},
		{Name: "c", Title: "finds c", Group: "two"},
	})
	for _, want := range []string{"\n## One\n", "\n## Two\n", "| [`a`](a.md) | finds \\*T \\| U | c | low | go1.0 | likely | yes | go vet |\n"} {
		if strings.Count(got, want) != 1 {
			t.Errorf("%q is not there once:\n%s", want, got)
		}
	}
}

func TestFind(t *testing.T) {
	rules := []Rule{{Name: "ctxless"}, {Name: "hotdefer"}}
	if r, err := Find(rules, "hotdefer"); err != nil || r.Name != "hotdefer" {
		t.Errorf("found %q, error %v", r.Name, err)
	}
	if _, err := Find(rules, "hotdefr"); err == nil || err.Error() != `unknown rule "hotdefr" (did you mean "hotdefer"?)` {
		t.Errorf("error %v", err)
	}
}

func TestShort(t *testing.T) {
	r := &Report{Dir: "/home/u/m", Root: "/home/u", Folders: []Folder{{"$GOROOT", "/usr/local/go"}, {"$GOMODCACHE", "/home/u/go/pkg/mod"}}}
	tests := []struct{ file, want string }{
		{"/home/u/m/a/b.go", "a/b.go"},
		{"/home/u/n/b.go", "../n/b.go"},
		{"/usr/local/go/src/net/dial.go", "$GOROOT/src/net/dial.go"},
		{"/home/u/go/pkg/mod/x@v1/x.go", "$GOMODCACHE/x@v1/x.go"},
		{"/elsewhere/x.go", "/elsewhere/x.go"},
	}
	for _, tt := range tests {
		if got := r.short(filepath.FromSlash(tt.file)); got != filepath.FromSlash(tt.want) {
			t.Errorf("%s is shortened to %s, want %s", tt.file, got, tt.want)
		}
	}
}

func TestWhy(t *testing.T) {
	r := &Report{Dir: "/m", Problems: []finding.Problem{{Message: "p does not compile"}}}
	place := func(file string, line, column int) finding.Place {
		return finding.Place{File: file, Line: line, Column: column}
	}
	answers := []Answer{
		{
			Func: "m.F", Start: place("/m/a.go", 3, 6),
			Heat: &finding.Heat{
				Start: place("/m/a.go", 3, 6),
				Hot:   &finding.Hot{Detail: "31 % of CPU in default.pgo", Via: []finding.Step{{Place: place("/m/a.go", 9, 2), Text: "calls F"}}},
				Root:  &finding.Root{Detail: "HTTP handler", Via: []finding.Step{{Place: place("/m/sub/b.go", 10, 22), Text: "calls F"}}},
			},
			Known: true,
			Effects: []finding.Effect{
				{Kind: "alloc", Certainty: "suspected", Cold: true, Chain: []finding.Call{{Func: "append", Place: place("/m/a.go", 4, 2)}}},
				{Kind: "lock", Chain: []finding.Call{{Func: "m.g", Place: place("/m/a.go", 5, 2), Omitted: 2}, {Func: "(*sync.Mutex).Lock", Place: place("/m/sub/b.go", 7, 3)}}},
				{Kind: "unknown", ByCaller: true, Chain: []finding.Call{{Func: "the caller's f", Place: place("/m/a.go", 6, 2)}}},
			},
		},
		{Func: "m.G", Start: place("/m/a.go", 15, 6), Heat: new(finding.Heat), Known: true},
		{Func: "m.H", Start: place("/m/a.go", 25, 6), Known: true, Kind: "net"},
		{Func: "time.Sleep", Start: place("/t/sleep.go", 14, 6), Known: true, Effects: []finding.Effect{{Kind: "sleep", Stated: "sleeps"}}},
	}
	const want = `a.go:3:6: m.F
    hot: 31 % of CPU in default.pgo
        a.go:9:2  calls F
    runs for a request: HTTP handler
        sub/b.go:10:22  calls F
    alloc, suspected, on a cold branch only
        a.go:4:2  append
    lock
        a.go:5:2      m.g
                      … 2 steps left out
        sub/b.go:7:3  (*sync.Mutex).Lock
    unknown, in calling what its caller gave it
        a.go:6:2  the caller's f
a.go:15:6: m.G
    nothing says that it is hot
    no request root is known to reach it
    does nothing that costs latency: no effects
a.go:25:6: m.H
    no effect: net
/t/sleep.go:14:6: time.Sleep
    sleep: sleeps
could not check: p does not compile
`
	var b strings.Builder
	if err := Why(&b, r, answers, false); err != nil || b.String() != want {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, b.String(), want)
	}
	const wantJSON = `[
  {
    "func": "m.F",
    "effects": [
      {
        "kind": "alloc",
        "cold": true,
        "chain": [
          {
            "func": "append",
            "pos": "/m/a.go:4:2"
          }
        ]
      }
    ]
  },
  {
    "func": "m.G",
    "effects": []
  }
]
`
	b.Reset()
	answers[0].Effects = answers[0].Effects[:1]
	if err := WhyJSON(&b, answers[:2]); err != nil || b.String() != wantJSON {
		t.Errorf("error %v, got\n%s\nwant\n%s", err, b.String(), wantJSON)
	}
}

func TestToolString(t *testing.T) {
	tests := []struct {
		tool Tool
		want string
	}{
		{Tool{Version: "v1.2.3", Commit: "0123456789ab", Go: "go1.26.8"}, "lagvet v1.2.3, commit 0123456789ab, built with go1.26.8"},
		{Tool{Version: "devel", Go: "go1.26.8"}, "lagvet devel, built with go1.26.8"},
	}
	for _, tt := range tests {
		if got := tt.tool.String(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
	if tool := ThisTool(); tool.Version == "" || !strings.HasPrefix(tool.Go, "go") && !strings.HasPrefix(tool.Go, "devel") {
		t.Errorf("this tool is %+v", tool)
	}
}
