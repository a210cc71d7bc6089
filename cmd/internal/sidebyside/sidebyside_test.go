package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	got := median([]sample{{wall: 3, tree: 1}, {wall: 1, tree: 9}, {wall: 2, tree: 5}})
	if want := (sample{wall: 2, tree: 5}); got != want {
		t.Errorf("median = %+v, want %+v", got, want)
	}
}

func TestLargestAndCopy(t *testing.T) {
	src, dst := t.TempDir(), filepath.Join(t.TempDir(), "copy")
	for name, text := range map[string]string{
		"go.mod":       "module m\n\ngo 1.26\n",
		"a/a.go":       "package a\n",
		"b/b.go":       "package b\n\n// longer\n",
		"b/b_test.go":  "package b\n",
		".git/ignored": "x",
	} {
		file := filepath.Join(src, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := copyTree(dst, src, func(name string) bool { return name != "b_test.go" }); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"a/a.go": true, "b/b_test.go": false, ".git/ignored": false} {
		if _, err := os.Stat(filepath.Join(dst, name)); (err == nil) != want {
			t.Errorf("%s copied: %t, want %t", name, err == nil, want)
		}
	}
	got, err := largest(t.Context(), dst, "./...")
	if err != nil || got != filepath.Join("b", "b.go") {
		t.Errorf("largest = %q, %v", got, err)
	}
}

func TestMeasure(t *testing.T) {
	s, err := measure(t.Context(), t.TempDir(), t.TempDir(), []string{"go", "version"})
	if err != nil {
		t.Fatal(err)
	}
	if s.wall <= 0 || s.cpu <= 0 || s.cpu > s.wall*64 || s.wall > time.Minute {
		t.Errorf("sample %+v makes no sense", s)
	}
	if _, err := measure(t.Context(), t.TempDir(), t.TempDir(), []string{"go", "nonesuch"}); err == nil {
		t.Error("a failing command was measured")
	}
	if _, err := measure(t.Context(), t.TempDir(), t.TempDir(), []string{"nonesuch"}); err == nil {
		t.Error("a missing command was measured")
	}
}

func TestAddLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.go")
	if err := os.WriteFile(file, []byte("package x\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	restore, err := addLine(file)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("gofmt", "-e", file).CombinedOutput(); err != nil || string(out) == "package x\n" {
		t.Errorf("edited to %q, %v", out, err)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if src, err := os.ReadFile(file); err != nil || string(src) != "package x\n" {
		t.Errorf("restored to %q, %v", src, err)
	}
}

func TestAgainst(t *testing.T) {
	plain := &arm{samples: map[string][]sample{"warm": {{wall: 2}, {wall: 4}, {wall: 10}}}}
	other := &arm{toolexec: "tool enforce", out: "out/", samples: map[string][]sample{"warm": {{wall: 3}, {wall: 4}, {wall: 30}}}}
	bs := &builder{arms: []*arm{plain, other}}
	got := bs.against(other, "warm", func(s sample) time.Duration { return s.wall })
	if want := []float64{1, 1.5, 3}; !slices.Equal(got, want) {
		t.Errorf("ratios %v, want %v", got, want)
	}
	if got, want := middle([]float64{1, 2, 3, 4, 5}), "3.00 (2.00 to 4.00)"; got != want {
		t.Errorf("the middle is %q, want %q", got, want)
	}
	if got, want := other.args("./..."), []string{"go", "build", "-toolexec=tool enforce", "-o", "out/", "./..."}; !slices.Equal(got, want) {
		t.Errorf("it is built by %q, want %q", got, want)
	}
	if got, want := plain.args("."), []string{"go", "build", "."}; !slices.Equal(got, want) {
		t.Errorf("it is built by %q, want %q", got, want)
	}
}
