package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the reports of the traces in testdata anew")

// unzip returns what a file holds.
func unzip(t testing.TB, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGolden holds the reports of traces that each release of Go wrote against those
// that were looked at.
func TestGolden(t *testing.T) {
	for name, data := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			r := analyze(t, data, Options{Slowest: 1, Functions: []string{"main.critical", "main.absent", "main.critical"}})
			verify(t, r)
			got, err := json.MarshalIndent(r, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join("testdata", name+".json.gz")
			if *update {
				zip(t, file, got)
			}
			if want := unzip(t, file); !bytes.Equal(got, want) {
				line, was, is := differ(want, got)
				t.Errorf("%s differs from line %d: %s, not %s; if that is right: go test -run Golden -update", file, line, is, was)
			}
			planted(t, r)
		})
	}
}

// differ finds the first line that differs.
func differ(a, b []byte) (line int, was, is string) {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return i + 1, strings.TrimSpace(x[i]), strings.TrimSpace(y[i])
		}
	}
	return min(len(x), len(y)) + 1, "", ""
}

func zip(t *testing.T, name string, data []byte) {
	t.Helper()
	var buf bytes.Buffer
	z, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// planted holds a report against what the program did that was traced.
func planted(t *testing.T, r *Report) {
	t.Helper()
	tests := []struct {
		kind  Kind
		name  string
		count int64
		has   Component
	}{
		{Region, "locked", 24, Lock},
		{Region, "exchange", 10, Channel},
		{Region, "collect", 2, GCWait},
		{Region, "allocate", 2, Running},
		{Region, "prepare", 2, Scheduler},
		{Region, "fulfil", 4, Sleep},
		{Task, "order", 2, Sleep},
		{Function, "main.critical", 24, Lock},
		{Handler, "main.handler.ServeHTTP", 6, Sleep},
	}
	if r.Trace.Generations != 2 || r.Trace.Wall.IsZero() {
		t.Errorf("%d generations from %v", r.Trace.Generations, r.Trace.Wall)
	}
	for _, test := range tests {
		g := groupOf(t, r, test.kind, test.name)
		if g.Count != test.count {
			t.Errorf("%s: %d, not %d", test.name, g.Count, test.count)
		}
		if !slices.ContainsFunc(g.Slices[0].Parts, func(p Part) bool { return p.Component == test.has }) {
			t.Errorf("%s: no %s in %v", test.name, test.has, g.Slices[0].Parts)
		}
	}
	if len(r.Groups) != len(tests) {
		t.Errorf("%d groups, not %d", len(r.Groups), len(tests))
	}
}
