package modules_test

import (
	"go/types"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

func TestOurs(t *testing.T) {
	for _, c := range []struct {
		module, pkg, other string
		want               bool
	}{
		{"example.com/m", "example.com/m/a", "example.com/m/b", true},
		{"example.com/m", "example.com/m/a", "example.com/m", true},
		{"example.com/m", "example.com/m/a", "example.com/mm", false},
		{"example.com/m", "example.com/m/a", "net/http", false},
		{"example.com/m", "command-line-arguments", "command-line-arguments", true},
		// A host that tells no module.
		{"", "example.com/owner/m/a/b", "example.com/owner/m/c", true},
		{"", "example.com/owner/m/a/b", "example.com/owner/other", false},
		{"", "shop/a", "shop/b", true},
	} {
		pass := &analysis.Pass{Pkg: types.NewPackage(c.pkg, "p")}
		if c.module != "" {
			pass.Module = &analysis.Module{Path: c.module}
		}
		other := types.NewPackage(c.other, "q")
		if c.other == c.pkg {
			other = pass.Pkg
		}
		if got := modules.Ours(pass, other); got != c.want {
			t.Errorf("seen from %s (module %q), %s is ours: %v, want %v", c.pkg, c.module, c.other, got, c.want)
		}
	}
	if modules.Ours(&analysis.Pass{Pkg: types.NewPackage("example.com/m", "m")}, nil) {
		t.Error("no package at all is ours")
	}
}

func TestStd(t *testing.T) {
	for _, c := range []struct {
		module, pkg string
		want        bool
	}{
		{"", "net/http", true},
		{"std", "net/http", true},
		{"", "example.com/m", false},
		{"shop", "shop/a", false}, // a module without a host is none of the standard library
	} {
		pass := &analysis.Pass{Pkg: types.NewPackage(c.pkg, "p")}
		if c.module != "" {
			pass.Module = &analysis.Module{Path: c.module}
		}
		if got := modules.Std(pass); got != c.want {
			t.Errorf("%s (module %q) is of the standard library: %v, want %v", c.pkg, c.module, got, c.want)
		}
	}
}
