package unit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/bench/unit"
)

func TestAll(t *testing.T) {
	seen := make(map[string]bool)
	for _, u := range unit.All() {
		if seen[u.Name] || u.Role == "" || u.Label == "" || u.What == "" || u.Better*u.Better != 1 || strings.ContainsAny(u.Name, " \t\n") {
			t.Errorf("%+v is not whole, or not the first of its name", u)
		}
		seen[u.Name] = true
	}
}

// The page lists the units as they are.
func TestPage(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "bench.md"))
	if err != nil {
		t.Fatal(err)
	}
	var table strings.Builder
	for _, u := range unit.All() {
		better := "lower"
		if u.Better > 0 {
			better = "higher"
		}
		fmt.Fprintf(&table, "| `%s` | %s | %s | %s |\n", u.Name, u.Role, better, u.What)
	}
	if !strings.Contains(string(page), "|---|---|---|---|\n"+table.String()) {
		t.Errorf("docs/bench.md does not hold the table\n%s", table.String())
	}
}
