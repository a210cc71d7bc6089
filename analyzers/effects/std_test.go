package effects

import (
	"bytes"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// placeholder matches functions without a body that nobody calls: with them the
// standard library says that others pull them in.
var placeholder = regexp.MustCompile(`\.bad(linkname_\w+|RoundTrip|ServeHTTP|SetPath)$`)

// exportedOfRuntime matches what a program can call of package runtime.
var exportedOfRuntime = regexp.MustCompile(`^(runtime|\(\*?runtime\.[A-Z]\w*\))\.[A-Z]\w*$`)

// maxUnknown is the share of functions that may be unknown, in percent. It was
// 17 with Go 1.25 and 1.26, and 18 with 1.27: functions that write to what they
// find in a field, or call what a user may have set.
const maxUnknown = 20

// TestStandardLibrary looks for what the tables do not know of a release: they
// name what has no Go body, and that changes from one release to the next.
func TestStandardLibrary(t *testing.T) {
	dir, err := filepath.Abs("testdata/server")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "list", "-f", `{{if and .GoFiles (ne .ImportPath "unsafe")}}{{.ImportPath}}{{end}}`, "std")
	cmd.Dir = dir
	cmd.Env = toolEnviron(dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	found := vetted(t, dir, strings.Fields(string(out))...)
	total, unknowns := 0, 0
	causes := make(map[string]int)
	for name, s := range found {
		e, isUnknown := s.Effect(Unknown)
		isUnknown = isUnknown && !e.ByCaller
		if s.Stated == noBody.Stated || s.Stated == ofRuntime.Stated {
			if s.Stated == noBody.Stated && !placeholder.MatchString(name) || exportedOfRuntime.MatchString(name) {
				t.Errorf("%s has no row: %s", name, s.Stated)
			}
			continue
		}
		total++
		if isUnknown {
			unknowns++
			causes[last(e)]++
		}
	}
	if total < 15000 {
		t.Errorf("only %d functions", total)
	}
	t.Logf("%s: %d of %d functions are unknown, because of %s", release(t, dir), unknowns, total, most(causes, 12))
	if unknowns*100 > total*maxUnknown {
		t.Errorf("%d of %d functions are unknown", unknowns, total)
	}
}

// last returns what stands at the end of the chain of an effect.
func last(e Effect) string {
	end := "a row"
	for s := range e.Chain.All {
		end = s.Func
	}
	return end
}

// most lists the n most frequent keys with their counts.
func most(counts map[string]int, n int) string {
	keys := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(a, b)
	})
	var words []string
	for _, k := range keys[:min(n, len(keys))] {
		words = append(words, fmt.Sprintf("%s (%d)", k, counts[k]))
	}
	return strings.Join(words, ", ")
}

// release returns the Go release whose standard library is looked at, "go1.26"
// for go1.26.8: that of the go command in use, which may be another than the one
// that built this test.
func release(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.Command("go", "env", "GOVERSION")
	cmd.Dir = dir
	cmd.Env = toolEnviron(dir)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go env: %v", err)
	}
	return langOf(string(bytes.TrimSpace(out)))
}

// langOf returns the release of a version of Go: "go1.26" of "go1.26.8".
func langOf(version string) string {
	if i := strings.LastIndexByte(version, '.'); strings.Count(version, ".") > 1 {
		return version[:i]
	}
	return version
}
