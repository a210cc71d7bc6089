package baseline

import (
	"os"
	"testing"
)

func TestDeclares(t *testing.T) {
	texts := map[string]string{
		"/m/a.go": "package a\n\ntype T[P any] struct{}\n\nfunc F() {}\n\nfunc (t *T[P]) M() {}\n\nfunc (t T[P]) V() {}\n",
		"/m/b.go": "package a\n\nfunc (",
	}
	src := Source{Root: "/m", Read: func(file string) ([]byte, error) {
		text, ok := texts[file]
		if !ok {
			return nil, os.ErrNotExist
		}
		return []byte(text), nil
	}}
	for _, tt := range []struct {
		file, fn string
		want     bool
	}{
		{"/m/a.go", "example.com/x.y/a.F", true},
		{"/m/a.go", "example.com/x.y/a.M", false},
		{"/m/a.go", "(*example.com/x.y/a.T[P]).M", true},
		{"/m/a.go", "(*example.com/x.y/a.T).M", true},
		{"/m/a.go", "(example.com/x.y/a.T[example.com/b.P]).V", true},
		{"/m/a.go", "(a.T).F", false},
		{"/m/b.go", "example.com/x.y/a.G", true}, // nobody knows
		{"/m/c.go", "example.com/x.y/a.F", false},
	} {
		if got := src.Declares(tt.file, tt.fn); got != tt.want {
			t.Errorf("%s declares %s: %t, want %t", tt.file, tt.fn, got, tt.want)
		}
	}
}
