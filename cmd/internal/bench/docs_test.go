package bench

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// docs/claims.md has exactly the claims that there are, in their words. Its figures are
// those of the machine that it names: make bench-kit writes it.
func TestClaimsPage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "claims.md"))
	if err != nil {
		t.Fatal(err)
	}
	var rows, sections []string
	for _, m := range regexp.MustCompile("(?m)^\\| \\[`([^`]+)`\\]").FindAllStringSubmatch(string(data), -1) {
		rows = append(rows, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^### (\S+)$`).FindAllStringSubmatch(string(data), -1) {
		sections = append(sections, m[1])
	}
	want := ids(claims.All())
	if !slices.Equal(rows, want) || !slices.Equal(sections, want) {
		t.Errorf("docs/claims.md has other claims than there are: run make bench-kit\nrows %v\nsections %v\nclaims %v", rows, sections, want)
	}
	for _, c := range claims.All() {
		for _, text := range []string{c.Technique, c.Says, c.Disputed, c.Why, c.Do} {
			if !strings.Contains(string(data), cell(text)) {
				t.Errorf("docs/claims.md does not say of %s: %s", c.ID, text)
			}
		}
	}
	if !strings.Contains(string(data), "\n- measured by `lagvet bench --format markdown` (") {
		t.Error("docs/claims.md was not measured in full: run make bench-kit")
	}
}

// The page for users says what words and formats there are.
func TestBenchPage(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "bench.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range claims.Verdicts() {
		if !strings.Contains(string(data), "| "+string(v)+" |") {
			t.Errorf("docs/bench.md does not say what %q is", v)
		}
	}
	for _, name := range append(Formats(), claims.Groups()...) {
		if !strings.Contains(string(data), "`"+name+"`") {
			t.Errorf("docs/bench.md does not name %s", name)
		}
	}
}
