package witness

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"
)

func TestShort(t *testing.T) {
	x := &Index{pass: &analysis.Pass{Pkg: types.NewPackage("example.com/shop/book", "book")}}
	for _, tt := range []struct{ name, want string }{
		{"net/http.Get", "http.Get"},
		{"(*sync.Mutex).Lock", "(*sync.Mutex).Lock"},
		{"(*example.com/shop/book.Cache).get", "(*Cache).get"},
		{"example.com/shop/book.best.func1", "best.func1"},
		{"(example.com/other/book.Side).Flip", "(book.Side).Flip"},
		{"(*example.com/x.Map[example.com/shop/book.Key, int]).Load", "(*x.Map[Key, int]).Load"},
		{"(*example.com/other/book/v2.Side).Flip", "(*book.Side).Flip"},
		{"channel receive", "channel receive"},
	} {
		if got := x.Short(tt.name); got != tt.want {
			t.Errorf("%s is shortened to %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPathOf(t *testing.T) {
	for name, want := range map[string]string{
		"net/http.Get":                        "net/http",
		"(*net/http.Client).Do":               "net/http",
		"(example.com/x.Side).Flip":           "example.com/x",
		"(*example.com/x.Map[other.Key]).Get": "example.com/x",
		"example.com/x.best.func1":            "example.com/x",
		"channel receive":                     "",
		"//lagvet:assume":                     "",
		"the result of example.com/x.New":     "",
	} {
		if got := PathOf(name); got != want {
			t.Errorf("%s is of package %q, want %q", name, got, want)
		}
	}
}
