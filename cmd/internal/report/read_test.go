package report

import (
	"bytes"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// What was written is read again, but for what only the run itself knows.
func TestReadJSON(t *testing.T) {
	r := sample(t)
	text := write(t, r, JSON)
	got, err := ReadJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Findings) != len(r.Findings) || len(got.Silenced) != len(r.Silenced) || len(r.Silenced) == 0 {
		t.Fatalf("%d findings and %d silenced, want %d and %d", len(got.Findings), len(got.Silenced), len(r.Findings), len(r.Silenced))
	}
	for i, f := range append(got.Findings, got.Silenced...) {
		want := append(r.Findings, r.Silenced...)[i]
		want.Fixes, want.Hot, want.Evidence, want.NeedsHot = nil, nil, nil, false
		want.End.File = f.End.File // the same, where there is an end
		if !reflect.DeepEqual(f, want) {
			t.Errorf("%+v\nwant %+v", f, want)
		}
	}
	if at := got.Findings[0].Start.File; !filepath.IsAbs(at) {
		t.Errorf("a finding stands in %s", at)
	}
}

func TestReadJSONRefuses(t *testing.T) {
	text := write(t, sample(t), JSON)
	for name, tt := range map[string]struct{ text, says string }{
		"nothing":             {"", "no JSON report of lagvet check"},
		"a list":              {"[]", "no JSON report of lagvet check"},
		"an object":           {"{}", "make one with lagvet check"},
		"another tool's":      {strings.Replace(text, `"name": "lagvet"`, `"name": "other"`, 1), "make one with lagvet check"},
		"of another version":  {strings.Replace(text, `"version": 1`, `"version": 2`, 1), "version 2"},
		"what is cut":         {text[:len(text)/2], "no JSON report of lagvet check"},
		"a report of a trace": {`{"version": 1, "tool": {"name": "lagvet"}, "groups": []}`, "make one with lagvet check"},
	} {
		if _, err := ReadJSON(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", name, err, tt.says)
		}
	}
}

func FuzzReadJSON(f *testing.F) {
	for _, s := range []string{"", "{}", `{"version":1,"tool":{"name":"lagvet"},"root":"/r","findings":[{"rule":"r","file":"a.go","line":1,"chain":[{"text":"x"}],"silenced_by":{"by":"exclude"}}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadJSON(bytes.NewReader(data))
		if (r == nil) == (err == nil) {
			t.Errorf("%v, %v", r, err)
		}
	})
}
