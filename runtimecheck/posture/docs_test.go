package posture

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// What the schema names is what docs/runtimecheck.md describes.
func TestJSONIsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "runtimecheck.md"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	r := sample()
	r.Over = time.Second
	if err := r.JSON(&b, Tool{Commit: "c"}, ""); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	keys := []map[string]any{doc, doc["subject"].(map[string]any), doc["tool"].(map[string]any)}
	for _, c := range doc["checks"].([]any) {
		keys = append(keys, c.(map[string]any))
	}
	for _, m := range keys {
		for k := range m {
			if !bytes.Contains(page, []byte("`"+k+"`")) {
				t.Errorf("docs/runtimecheck.md does not say what %s is", k)
			}
		}
	}
}
