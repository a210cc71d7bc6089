package gopls

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers"
)

// An entry is like gopls' own.
type entry struct {
	severity uint32
	analyzer *analysis.Analyzer
	off      bool
}

func TestRegister(t *testing.T) {
	t.Chdir(filepath.Join("testdata", "faulty"))
	own := &entry{analyzer: &analysis.Analyzer{Name: "own"}}
	list := []*entry{own}
	var out strings.Builder
	if err := Register(&list, &out); err != nil {
		t.Fatal(err)
	}
	if list[0] != own {
		t.Error("gopls' own analyzer is not the first of the list")
	}
	var names []string
	for _, e := range list[1:] {
		names = append(names, e.analyzer.Name)
		if e.off || e.severity != 0 {
			t.Errorf("%s is not as gopls has it by default", e.analyzer.Name)
		}
	}
	for _, r := range analyzers.All() {
		if got, want := slices.Contains(names, r.Name), !slices.Contains(Without(), r.Name); got != want {
			t.Errorf("that %s is in the list is %v", r.Name, got)
		}
	}
	fault := list[len(list)-1].analyzer
	if !strings.HasPrefix(fault.Name, "lagvetconfig_") {
		t.Fatalf("the last of the list is %s, not the fault of the configuration", fault.Name)
	}
	if !strings.Contains(out.String(), `unknown rule "nonsense"`) || strings.Count(out.String(), "\n") != 1 {
		t.Errorf("what is written is %q", out.String())
	}
	if err := analysis.Validate([]*analysis.Analyzer{fault}); err != nil {
		t.Error(err)
	}
	if reporting("another").Name == fault.Name {
		t.Error("another fault has the same name")
	}
}

func TestUnknownEntry(t *testing.T) {
	type renamed struct{ a *analysis.Analyzer }
	type changed struct{ analyzer analysis.Analyzer }
	type deeper struct{ entry }
	tests := []struct {
		entry reflect.Type
		want  string // in the error; empty: none
	}{
		{reflect.TypeFor[entry](), ""},
		{reflect.TypeFor[renamed](), "has no field analyzer"},
		{reflect.TypeFor[changed](), "has no field analyzer"},
		{reflect.TypeFor[deeper](), "has no field analyzer"},
		{reflect.TypeFor[string](), "is not a struct"},
	}
	for _, tt := range tests {
		_, err := fieldOf(tt.entry)
		if tt.want == "" {
			if err != nil {
				t.Errorf("%v: %v", tt.entry, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%v: the error is %v, want one with %q", tt.entry, err, tt.want)
		}
	}
	var list []*string
	if err := Register(&list, os.Stderr); err == nil || list != nil {
		t.Errorf("what cannot hold an analyzer was given one: %v, %v", list, err)
	}
}
