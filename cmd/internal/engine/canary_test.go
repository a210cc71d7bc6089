package engine

import (
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/analyzers"
)

// Each rule has its file in the module, and each file its rule.
func TestCanaryCoversRules(t *testing.T) {
	var files, want []string
	for _, f := range txtar.Parse(canaryModule).Files {
		files = append(files, f.Name)
	}
	for _, r := range analyzers.All() {
		want = append(want, r.Name+".go")
	}
	want = append(want, "go.mod")
	slices.Sort(files)
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("the module has %v, want %v", files, want)
	}
}
