package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/directive"
)

func document(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// block returns the first code block of a language in a document.
func block(t *testing.T, text, language string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, "```"+language+"\n")
	if !ok {
		t.Fatalf("no block of %s", language)
	}
	code, _, _ := strings.Cut(rest, "```")
	return code
}

func TestConfigIsDocumented(t *testing.T) {
	text := document(t, "config.md")
	c, err := config.Parse("docs/config.md", []byte(block(t, text, "yaml")), analyzers.Catalogue())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Rules) == 0 || len(c.Exclude) == 0 || len(c.Assume) == 0 || len(c.Roots) == 0 || len(c.Hot) == 0 || len(c.Profile) == 0 || len(c.Budgets) == 0 || len(c.Options) == 0 {
		t.Errorf("the example leaves something out: %+v", c)
	}
}

// keys collects the names of fields in a JSON value.
func keys(v any, found map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			found[k] = true
			keys(e, found)
		}
	case []any:
		for _, e := range v {
			keys(e, found)
		}
	}
}

func TestJSONIsDocumented(t *testing.T) {
	var out any
	if err := json.Unmarshal([]byte(write(t, sample(t), JSON)), &out); err != nil {
		t.Fatal(err)
	}
	found := make(map[string]bool)
	keys(out, found)
	text := document(t, "json.md")
	for k := range found {
		if !strings.Contains(text, "`"+k+"`") {
			t.Errorf("docs/json.md does not say what %s is", k)
		}
	}
}

func TestDirectivesAreDocumented(t *testing.T) {
	text := document(t, "directives.md")
	for _, k := range []directive.Kind{directive.Hot, directive.NonBlocking, directive.NoAlloc, directive.Root, directive.Assume, directive.Allow, directive.Bounded} {
		if !strings.Contains(text, "| `//lagvet:"+string(k)) {
			t.Errorf("docs/directives.md does not say what %s is", k)
		}
	}
}
