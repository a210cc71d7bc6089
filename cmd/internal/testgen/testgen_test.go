package testgen

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is generated to the golden file")

func generated(t *testing.T, opts Options) []File {
	t.Helper()
	files, err := Generate(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// The tests that are written compile, pass where the contract is kept, and fail
// where it is broken.
func TestGenerate(t *testing.T) {
	files := generated(t, Options{Patterns: []string{"./testdata/contracts"}})
	if len(files) != 1 || files[0].Old || filepath.Base(files[0].Path) != FileName {
		t.Fatalf("%d files: %+v", len(files), files)
	}
	golden := filepath.Join("testdata", "contracts.golden")
	if *update {
		if err := os.WriteFile(golden, files[0].Content, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(files[0].Content) != string(want) {
		t.Errorf("generated\n%s\nwant\n%s", files[0].Content, want)
	}

	dir := t.TempDir()
	test := filepath.Join(dir, FileName)
	overlay := filepath.Join(dir, "overlay.json")
	js, err := json.Marshal(map[string]any{"Replace": map[string]string{files[0].Path: test}})
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{test: files[0].Content, overlay: js} {
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := exec.Command("go", "test", "-v", "-overlay="+overlay, "./testdata/contracts").CombinedOutput()
	for _, name := range files[0].Tests {
		want := "--- PASS: " + name + " "
		if strings.HasSuffix(name, "_Breaks") {
			want = "--- FAIL: " + name + " "
		}
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// What there is already is kept, and written only once.
func TestGenerateAgain(t *testing.T) {
	dir := t.TempDir()
	const module = "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n"
	lay(t, dir, module+"-- a.go --\npackage m\n\n//lagvet:noalloc\nfunc F() {}\n")
	opts := Options{Dir: dir, Patterns: []string{"./..."}}
	put := func(files []File) {
		for _, f := range files {
			if err := os.WriteFile(f.Path, f.Content, 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	first := generated(t, opts)
	put(first)
	if again := generated(t, opts); len(again) != 0 {
		t.Fatalf("written again: %s", again[0].Content)
	}
	edited := strings.Replace(string(first[0].Content), "f := func() { F() }", "f := func() { F(); F() } // mine", 1)
	if err := os.WriteFile(first[0].Path, []byte(edited), 0o666); err != nil {
		t.Fatal(err)
	}
	lay(t, dir, "-- b.go --\npackage m\n\n//lagvet:nonblocking\nfunc G() {}\n")
	more := generated(t, opts)
	if len(more) != 1 || !more[0].Old || len(more[0].Tests) != 1 {
		t.Fatalf("%+v", more)
	}
	for _, want := range []string{"// mine", "func TestContract_F(", "func TestContract_G(", "runtimecheck.NoBlock(t, f)"} {
		if strings.Count(string(more[0].Content), want) != 1 {
			t.Errorf("not once %q in\n%s", want, more[0].Content)
		}
	}
	if strings.Count(string(more[0].Content), "import") != 1 {
		t.Errorf("imports are not merged:\n%s", more[0].Content)
	}
}

// What cannot be read is told.
func TestCannot(t *testing.T) {
	for name, tt := range map[string]struct{ source, want string }{
		"compile":    {"package m\n\n//lagvet:noalloc\nfunc F() { undefined() }\n", "undefined"},
		"directive":  {"package m\n\n//lagvet:noaloc\nfunc F() {}\n", "noaloc"},
		"constraint": {"package m\n\ntype C interface{ M() }\n\n//lagvet:noalloc\nfunc F[T C](t T) {}\n", "no type at hand satisfies the constraints of"},
	} {
		dir := t.TempDir()
		lay(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\n"+tt.source)
		files, err := Generate(t.Context(), Options{Dir: dir, Patterns: []string{"./..."}})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, %v", name, files, err)
		}
	}
}

func lay(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
