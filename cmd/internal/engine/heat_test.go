package engine

import (
	"path/filepath"
	"slices"
	"testing"
)

func TestHeat(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- a/a.go --
package a

//lagvet:hot
func F() { g() }

func g() {}

//lagvet:assume none -- a ring in memory
func cold() {}
-- a/a_test.go --
package a

import "testing"

func TestF(t *testing.T) { F() }
-- b/b.go --
package b

import "example.com/m/a"

func Calls() { a.F() }
`)
	for _, tests := range []bool{false, true} {
		res := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Heat: true, Tests: tests})
		if len(res.Problems) > 0 || len(res.Findings) > 0 {
			t.Fatalf("problems %v, findings %v", res.Problems, res.Findings)
		}
		var got []string
		for _, h := range res.Heat {
			s := h.Func
			if h.Hot != nil {
				s += " hot"
				for _, step := range h.Hot.Via {
					s += " via " + filepath.Base(step.File)
				}
			}
			got = append(got, s)
		}
		want := []string{"example.com/m/a.F hot", "example.com/m/a.cold", "example.com/m/a.g hot via a.go", "example.com/m/b.Calls"}
		if !slices.Equal(got, want) {
			t.Errorf("tests %v: got %q, want %q", tests, got, want)
		}
		if len(res.Assumed) != 1 || filepath.Base(res.Assumed[0].File) != "a.go" || res.Assumed[0].Reason == "" {
			t.Errorf("tests %v: %+v assumed, want one in a.go", tests, res.Assumed)
		}
		if len(res.Modules) != 1 || res.Modules[0] != dir || res.GOROOT == "" || res.GOMODCACHE == "" {
			t.Errorf("modules %q, GOROOT %q, GOMODCACHE %q", res.Modules, res.GOROOT, res.GOMODCACHE)
		}
	}
}
