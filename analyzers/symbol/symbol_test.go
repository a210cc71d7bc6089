package symbol

import (
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		name string
		want Symbol
	}{
		{"main.main", Symbol{"main", "main", ""}},
		{"net/http.HandlerFunc.ServeHTTP", Symbol{"net/http", "HandlerFunc.ServeHTTP", ""}},
		{"github.com/x/y.F", Symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.(*T).M", Symbol{"github.com/x/y", "(*T).M", ""}},
		{"github.com/x/y.(*T).M.func1", Symbol{"github.com/x/y", "(*T).M", "func1"}},
		{"github.com/x/y.(*T).M.func1.2.3", Symbol{"github.com/x/y", "(*T).M", "func1.2.3"}},
		{"github.com/x/y.T.M.func2", Symbol{"github.com/x/y", "T.M", "func2"}},
		{"github.com/x/y.F[...]", Symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[go.shape.int]", Symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[github.com/z/w.T]", Symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.F[[]int,map[string]int].func1", Symbol{"github.com/x/y", "F", "func1"}},
		{"github.com/x/y.(*List[...]).Push", Symbol{"github.com/x/y", "(*List).Push", ""}},
		{"gopkg.in/yaml%2ev3.(*parser).parse", Symbol{"gopkg.in/yaml.v3", "(*parser).parse", ""}},
		{"example.com/a%20b.F", Symbol{"example.com/a b", "F", ""}},
		{"example.com/a%.F", Symbol{"example.com/a%", "F", ""}},
		{"example.com/a%zz.F", Symbol{"example.com/a%zz", "F", ""}},
		{"vendor/golang.org/x/net/http2/hpack.(*Decoder).Write", Symbol{"golang.org/x/net/http2/hpack", "(*Decoder).Write", ""}},
		{"github.com/x/y/vendor/github.com/z/w.F", Symbol{"github.com/z/w", "F", ""}},
		{"github.com/x/y.init", Symbol{"github.com/x/y", "init", ""}},
		{"github.com/x/y.init.0", Symbol{"github.com/x/y", "init.0", ""}},
		{"github.com/x/y.init.1.func2", Symbol{"github.com/x/y", "init.1", "func2"}},
		{"github.com/x/y.init.func1", Symbol{"github.com/x/y", "init", "func1"}},
		{"github.com/x/y.glob..func1", Symbol{"github.com/x/y", "glob.", "func1"}},
		{"github.com/x/y.F-range1", Symbol{"github.com/x/y", "F", ""}},
		{"github.com/x/y.(*T).M-range2", Symbol{"github.com/x/y", "(*T).M", ""}},
		{"github.com/x/y.F-range1.func3", Symbol{"github.com/x/y", "F", "func3"}},
		{"github.com/x/y.F.func1-range1", Symbol{"github.com/x/y", "F", "func1"}},
		{"main.main.F.func1", Symbol{"main", "main.F", "func1"}},
		{"main.(*S).routes.logged.func2", Symbol{"main", "(*S).routes.logged", "func2"}},
		{"main.F.G.func1.H.func2", Symbol{"main", "F.G.func1.H", "func2"}},
	} {
		if got, ok := Parse(tt.name); !ok || got != tt.want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", tt.name, got, ok, tt.want)
		}
	}
	for _, name := range []string{
		"", "runtime", ".", "main.", "github.com/x/y",
		"github.com/x/y.(*T).M-fm", "github.com/x/y.F.gowrap1", "github.com/x/y.F.deferwrap2", "main.F.abi0",
	} {
		if got, ok := Parse(name); ok {
			t.Errorf("Parse(%q) = %+v, want none", name, got)
		}
	}
}

func TestOuters(t *testing.T) {
	s := Symbol{"main", "(*S).routes.logged", "func2"}
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
		if got := [2]bool{Standard(pkg), OfRuntime(pkg)}; got != want {
			t.Errorf("%s: %v, want %v", pkg, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"main.main", "a/b%2ec.(*T[...]).M-range1.func1.2", "glob..func1", "[", "]", "a.b[c.d[e].f]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 200 {
			return // no function has such a name
		}
		sym, ok := Parse(s)
		if ok && (sym.Pkg == "" || len(sym.outers()) == 0) {
			t.Errorf("%q is read as %+v", s, sym)
		}
	})
}
