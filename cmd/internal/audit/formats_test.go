package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/report"
)

// One run writes every format, each of which starts as it must.
func TestFormats(t *testing.T) {
	_, root := planted(t)
	starts := map[string]string{
		"text": "concurrency ", "json": "{\n", "html": "<!doctype html>", "sarif": "{\n", "markdown": "# ", "badge": "<svg ", "statement": "{\n",
	}
	o := Options{Dir: root, Level: "L3", Format: "text", NoCheck: true}
	dir := t.TempDir()
	for _, f := range Formats() {
		o.Reports = append(o.Reports, f+"="+filepath.Join(dir, f))
	}
	var out, errs bytes.Buffer
	code, err := Run(t.Context(), o, Streams{Out: &out, Err: &errs})
	if code != report.Found || err != nil || errs.Len() > 0 {
		t.Fatalf("exit code %d, %v, %s", code, err, &errs)
	}
	if !strings.Contains(out.String(), "stands at level 0 of 5, below level 3") {
		t.Errorf("it says %s", &out)
	}
	for _, f := range Formats() {
		data, err := os.ReadFile(filepath.Join(dir, f))
		if err != nil || starts[f] == "" || !strings.HasPrefix(string(data), starts[f]) {
			t.Errorf("%s: %v, %.40q", f, err, data)
		}
	}
	if code, err := Run(t.Context(), Options{Dir: root, Format: "xml"}, Streams{}); code != report.Usage || err == nil {
		t.Errorf("an unknown format: exit code %d, %v", code, err)
	}
}
