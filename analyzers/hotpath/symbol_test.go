package hotpath

import (
	"slices"
	"testing"
)

func TestParseSymbol(t *testing.T) {
	for _, tt := range []struct {
		name string
		want symbol
	}{
		{"main.main", symbol{"main", "main", ""}},
		{"net/http.HandlerFunc.ServeHTTP", symbol{"net/http", "HandlerFunc.ServeHTTP", ""}},
		{"github.com/x/y.F", symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.(*T).M", symbol{"github.com/x/y", "(*T).M", ""}},
		{"github.com/x/y.(*T).M.func1", symbol{"github.com/x/y", "(*T).M", "func1"}},
		{"github.com/x/y.(*T).M.func1.2.3", symbol{"github.com/x/y", "(*T).M", "func1.2.3"}},
		{"github.com/x/y.T.M.func2", symbol{"github.com/x/y", "T.M", "func2"}},
		{"github.com/x/y.F[...]", symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[go.shape.int]", symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[github.com/z/w.T]", symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[[]int,map[string]int].func1", symbol{"github.com/x/y", "F", "func1"}},
		{"github.com/x/y.(*List[...]).Push", symbol{"github.com/x/y", "(*List).Push", ""}},
		{"gopkg.in/yaml%2ev3.(*parser).parse", symbol{"gopkg.in/yaml.v3", "(*parser).parse", ""}},
		{"example.com/a%20b.F", symbol{"example.com/a b", "F", ""}},
		{"example.com/a%.F", symbol{"example.com/a%", "F", ""}},
		{"example.com/a%zz.F", symbol{"example.com/a%zz", "F", ""}},
		{"vendor/golang.org/x/net/http2/hpack.(*Decoder).Write", symbol{"golang.org/x/net/http2/hpack", "(*Decoder).Write", ""}},
		{"github.com/x/y/vendor/github.com/z/w.F", symbol{"github.com/z/w", "F", ""}},
		{"github.com/x/y.init", symbol{"github.com/x/y", "init", ""}},
		{"github.com/x/y.init.0", symbol{"github.com/x/y", "init.0", ""}},
		{"github.com/x/y.init.1.func2", symbol{"github.com/x/y", "init.1", "func2"}},
		{"github.com/x/y.init.func1", symbol{"github.com/x/y", "init", "func1"}},
		{"github.com/x/y.glob..func1", symbol{"github.com/x/y", "glob.", "func1"}},
		{"github.com/x/y.F-range1", symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.(*T).M-range2", symbol{"github.com/x/y", "(*T).M", ""}},
		{"github.com/x/y.F-range1.func3", symbol{"github.com/x/y", "F", "func3"}},
		{"github.com/x/y.F.func1-range1", symbol{"github.com/x/y", "F", "func1"}},
		{"main.main.F.func1", symbol{"main", "main.F", "func1"}},
		{"main.(*S).routes.logged.func2", symbol{"main", "(*S).routes.logged", "func2"}},
		{"main.F.G.func1.H.func2", symbol{"main", "F.G.func1.H", "func2"}},
	} {
		if got, ok := parseSymbol(tt.name); !ok || got != tt.want {
			t.Errorf("parseSymbol(%q) = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
	for _, name := range []string{
		"", "runtime", ".", "main.", "github.com/x/y",
		"github.com/x/y.(*T).M-fm", "github.com/x/y.F.gowrap1", "github.com/x/y.F.deferwrap2", "main.F.abi0",
	} {
		if got, ok := parseSymbol(name); ok {
			t.Errorf("parseSymbol(%q) = %+v, want none", name, got)
		}
	}
}

func TestOuters(t *testing.T) {
	s := symbol{"main", "(*S).routes.logged", "func2"}
	want := []string{"(*S).routes.logged", "routes.logged", "logged"}
	if got := s.outers(); !slices.Equal(got, want) {
		t.Errorf("outers %v, want %v", got, want)
	}
}

func TestKindsOfPackages(t *testing.T) {
	for pkg, want := range map[string][2]bool{ // standard, of the runtime
		"runtime":                {true, true},
		"internal/runtime/maps":  {true, true},
		"internal/bytealg":       {true, true},
		"net/http":               {true, false},
		"main":                   {false, false},
		"github.com/x/runtime":   {false, false},
		"myservice/net":          {false, false},
		"golang.org/x/net/http2": {false, false},
	} {
		if got := [2]bool{standard(pkg), ofRuntime(pkg)}; got != want {
			t.Errorf("%s: %v, want %v", pkg, got, want)
		}
	}
}

func TestPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"example.com/a.F", "example.com/a.F", true},
		{"example.com/a.F", "example.com/a.G", false},
		{"example.com/a.F*", "example.com/a.Fast", true},
		{"example.com/a.*", "example.com/a.F", true},
		{"example.com/a.*", "example.com/a/b.F", false},
		{"(*example.com/a.T).M", "(*example.com/a.T).M", true},
		{"(*example.com/a.T).M", "(example.com/a.T).M", false},
		{"(example.com/a.T).M", "(*example.com/a.T).M", false},
		{"(*example.com/a.*).Serve*", "(*example.com/a.T).ServeHTTP", true},
		{"(*example.com/a.Map[K, V]).Get", "(*example.com/a.Map).Get", true},
	} {
		ps := parsePatterns(tt.pattern)
		if len(ps) != 1 {
			t.Errorf("%q is read as %v", tt.pattern, ps)
			continue
		}
		if got := ps[0].matchName(tt.name); got != tt.want {
			t.Errorf("%q matches %q: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
	ps := parsePatterns(" example.com/a.F , ,example.com/b/...")
	if want := []pattern{{name: "example.com/a.F"}, {pkg: "example.com/b"}}; !slices.Equal(ps, want) {
		t.Errorf("read as %v, want %v", ps, want)
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{1: "100 %", 0.999: "100 %", 0.314: "31 %", 0.1: "10 %", 0.099: "9.9 %", 0.042: "4.2 %", 0.0035: "0.35 %"} {
		if got := percent(share); got != want {
			t.Errorf("percent(%v) = %q, want %q", share, got, want)
		}
	}
}

func FuzzParseSymbol(f *testing.F) {
	for _, s := range []string{"main.main", "a/b%2ec.(*T[...]).M-range1.func1.2", "glob..func1", "[", "]", "a.b[c.d[e].f]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			t.Skip("no function has such a name")
		}
		sym, ok := parseSymbol(s)
		if ok && (sym.pkg == "" || len(sym.outers()) == 0) {
			t.Errorf("%q is read as %+v", s, sym)
		}
	})
}
