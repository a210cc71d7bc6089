package modules_test

import (
	"go/types"
	"os/exec"
	"strings"
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
		{"", "github.com/owner/m/a/b", "github.com/owner/m/c", true},
		{"", "github.com/owner/m/a/b", "github.com/owner/other", false},
		{"", "example.com/m/a/b", "example.com/m/c", true},
		{"", "example.com/m/a/b", "example.com/other", false},
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
		if got := modules.OursPath(pass, c.other); got != c.want && c.other != c.pkg {
			t.Errorf("seen from %s (module %q), path %s is ours: %v, want %v", c.pkg, c.module, c.other, got, c.want)
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
		{"", "shop/a", false},
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

// TestStdPaths compares the first elements with those of the release in use.
func TestStdPaths(t *testing.T) {
	out, err := exec.Command("go", "list", "std", "cmd").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for path := range strings.FieldsSeq(string(out)) {
		if !modules.IsStd(path) {
			t.Errorf("%s is not known to be of the standard library", path)
		}
	}
	if modules.IsStd("shop") || modules.IsStd("zoo/a") || modules.IsStd("a") {
		t.Error("paths without a dot are taken for the standard library")
	}
}
