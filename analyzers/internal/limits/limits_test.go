package limits

import (
	"fmt"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/effects"
)

// function returns a function, or a method of a pointer to T.
func function(path, name string) *types.Func {
	pkg := types.NewPackage(path, "p")
	var recv *types.Var
	if m, ok := strings.CutPrefix(name, "(*T)."); ok {
		name = m
		t := types.NewNamed(types.NewTypeName(token.NoPos, pkg, "T", nil), types.NewStruct(nil, nil), nil)
		recv = types.NewVar(token.NoPos, pkg, "t", types.NewPointer(t))
	}
	return types.NewFunc(token.NoPos, pkg, name, types.NewSignatureType(recv, nil, nil, nil, nil, false))
}

// Of several budgets the closest counts, for each limit by itself.
func TestBudget(t *testing.T) {
	l, err := parse(`{"budgets": [
		{"func": "example.com/a.F", "allocs": 1, "effects": null},
		{"func": "example.com/a/...", "allocs": 9, "defers": 9, "effects": ["lock"]},
		{"func": "example.com/...", "allocs": 99, "defers": 99, "effects": []},
		{"func": "example.com/a.*", "defers": 3, "effects": null},
		{"func": "(*example.com/a.T).M", "allocs": 0, "effects": null},
		{"func": "(*example.com/a.T).M", "allocs": 5, "effects": null}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ pkg, fn, want string }{
		{"example.com/a", "F", "1 allocs, 3 defers, [lock]"},
		{"example.com/a [example.com/a.test]", "G", "9 allocs, 3 defers, [lock]"},
		{"example.com/a", "(*T).M", "5 allocs, 9 defers, [lock]"},
		{"example.com/b", "F", "99 allocs, 99 defers, []"},
		{"example.org/b", "F", "none"},
	} {
		fn := function(tt.pkg, tt.fn)
		in := l.In(fn.Pkg())
		got := "none"
		if b, ok := in.Budget(fn); ok {
			got = fmt.Sprintf("%d allocs, %d defers, %v", *b.Allocs, *b.Defers, b.Effects)
		}
		if got != tt.want {
			t.Errorf("%s.%s: %s, want %s", tt.pkg, tt.fn, got, tt.want)
		}
		if may := len(in.Budgets) > 0; may != (tt.want != "none") {
			t.Errorf("%s may have a budget: %t", tt.pkg, may)
		}
	}
}

func TestCountsAllocs(t *testing.T) {
	n := 0
	for _, tt := range []struct {
		b    Budget
		want bool
	}{
		{Budget{Allocs: &n}, true},
		{Budget{Effects: []string{}}, true},
		{Budget{Effects: []string{"lock"}}, true},
		{Budget{Effects: []string{"alloc"}}, false},
		{Budget{Effects: []string{"alloc"}, Allocs: &n}, true},
		{Budget{Defers: &n}, false},
	} {
		if got := tt.b.CountsAllocs(); got != tt.want {
			t.Errorf("%+v: %t", tt.b, got)
		}
	}
}

func TestPackage(t *testing.T) {
	for _, tt := range []struct {
		path, file string
		want       bool
	}{
		{"internal/match/**", "/m/internal/match/a.go", true},
		{"internal/match/**", "/m/internal/match/sub/a.go", true},
		{"internal/match", "/m/internal/match/a.go", true},
		{"internal/match/*.go", "/m/internal/match/sub/a.go", false},
		{"internal/match/**", "/m/internal/matching/a.go", false},
		{"**", "/other/a.go", false},
		{"", "/m/a.go", false},
	} {
		if got := (Package{Path: tt.path}).Covers("/m", tt.file); got != tt.want {
			t.Errorf("%q covers %s: %t", tt.path, tt.file, got)
		}
	}
	p := Package{Forbid: []string{"noalloc", "wallclock"}}
	if got, want := p.Forbidden(), effects.SetOf(effects.Alloc, effects.WallClock); got != want || !p.ForbidsAlloc() {
		t.Errorf("%v forbids %s, want %s", p.Forbid, got, want)
	}
	for _, word := range Contracts() {
		if (Package{Forbid: []string{word}}).Forbidden() == 0 {
			t.Errorf("%s forbids nothing", word)
		}
	}
	if _, err := parse("{"); err == nil {
		t.Error("no error for what is no JSON")
	}
}
