package hostbuild

import (
	"errors"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	tests := []struct {
		said, message, remedy string
	}{
		{"write /tmp/go-build/b001/_pkg_.a: no space left on device", "the disk is full", "go clean -cache"},
		{"go: download go1.99.1 for linux/amd64: toolchain not available", "cannot be fetched", "go.dev/dl"},
		{"go: example.com/m@v1: dial tcp: lookup proxy: no such host", "cannot be reached", "network"},
		{"verifying example.com/m@v1.0.0: checksum mismatch\nSECURITY ERROR", "checksum database", "go clean -modcache"},
		{"go: mkdir /go/pkg/mod: permission denied", "may not write", "GOMODCACHE"},
		{"example.com/m: /usr/lib/go/pkg/tool/compile: signal: killed", "want of memory", "GOMAXPROCS=1"},
		{"go: example.com/m@bad: invalid version: unknown revision bad", "there is no version bad", "go list"},
		{"something else", "go build failed", "below"},
		{"", "go build failed", "below"},
	}
	for _, tt := range tests {
		f := explain("go build", tt.said, errors.New("exit status 1"))
		if !strings.Contains(f.Message, tt.message) || !strings.Contains(f.Remedy, tt.remedy) {
			t.Errorf("%q: %q, %q; want %q, %q", tt.said, f.Message, f.Remedy, tt.message, tt.remedy)
		}
		if f.Said == "" {
			t.Errorf("%q: the words of the go command are lost", tt.said)
		}
	}
}

func TestWithoutTelemetry(t *testing.T) {
	tests := []struct {
		name, src, want string
	}{
		{
			"one statement",
			"package main\n\nimport (\n\t\"os\"\n\n\t\"golang.org/x/telemetry\"\n)\n\nfunc main() {\n\ttelemetry.Start(telemetry.Config{\n\t\tUpload: true,\n\t})\n\tos.Exit(0)\n}\n",
			"package main\n\nimport (\n\t\"os\"\n)\n\nfunc main() {\n\n\tos.Exit(0)\n}\n",
		},
		{
			"none",
			"package main\n\nimport \"example.com/telemetry\"\n\nfunc main() { telemetry.Start() }\n",
			"package main\n\nimport \"example.com/telemetry\"\n\nfunc main() { telemetry.Start() }\n",
		},
	}
	for _, tt := range tests {
		got, err := withoutTelemetry("main.go", []byte(tt.src))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if string(got) != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
	if _, err := withoutTelemetry("main.go", []byte("package")); err == nil {
		t.Error("what is no Go file is taken for one")
	}
}

func TestGoplsFits(t *testing.T) {
	const list = "package settings\n\nvar AllAnalyzers = initAnalyzers()\n"
	tests := []struct {
		name, src, want string // in the error; empty: none
	}{
		{"as it is", list + "\ntype Analyzer struct {\n\tanalyzer *analysis.Analyzer\n}\n", ""},
		{"no list", "package settings\n\nfunc AllAnalyzers() {}\n", "no variable AllAnalyzers"},
		{"another field", list + "\ntype Analyzer struct{ a int }\n", "no field analyzer"},
		{"another type", list + "\ntype Analyzer interface{ analyzer() }\n", "no field analyzer"},
		{"no type", list, "no field analyzer"},
		{"no Go", "package", "expected"},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		writeFiles(t, dir, map[string]string{
			"internal/settings/analysis.go":      tt.src,
			"internal/settings/analysis_test.go": "no Go either",
		})
		err := goplsFits(dir)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: the error is %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestThisLagvet(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		writeFiles(t, dir, map[string]string{"go.mod": "module " + Module + "\n", "bin/lagvet": ""})
	}
	real := func(dir string) string {
		dir, err := filepath.EvalSymlinks(dir)
		if err != nil {
			t.Fatal(err)
		}
		return dir
	}
	released := &debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.7.0", Sum: "h1:x"}}
	stamped := &debug.BuildInfo{Main: debug.Module{Path: Module, Version: "v0.0.0-20260101000000-abcdef"}}
	elsewhere := t.TempDir()
	tests := []struct {
		name   string
		info   *debug.BuildInfo
		places []string
		want   Lagvet
		err    string
	}{
		{"released", released, []string{one}, Lagvet{Version: "v0.7.0"}, ""},
		{"beside its source", stamped, []string{filepath.Join(one, "bin", "lagvet"), elsewhere}, Lagvet{Dir: real(one)}, ""},
		{"in its source", nil, []string{"", filepath.Join(one, "bin")}, Lagvet{Dir: real(one)}, ""},
		{"both the same", stamped, []string{filepath.Join(one, "bin", "lagvet"), one}, Lagvet{Dir: real(one)}, ""},
		{"both, but not the same", stamped, []string{filepath.Join(one, "bin", "lagvet"), two}, Lagvet{}, "more than one"},
		{"nowhere", stamped, []string{elsewhere}, Lagvet{}, "pass --lagvet"},
	}
	for _, tt := range tests {
		got, err := ThisLagvet(tt.info, tt.places...)
		if got != tt.want || tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v, %v; want %v, %q", tt.name, got, err, tt.want, tt.err)
		}
	}
}

func TestAskedLagvet(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	writeFiles(t, dir, map[string]string{"go.mod": "module " + Module + "\n"})
	tests := []struct {
		asked string
		want  Lagvet
		err   string
	}{
		{dir, Lagvet{Dir: dir}, ""},
		{"0.7.0", Lagvet{Version: "v0.7.0"}, ""},
		{"v0.7.0", Lagvet{Version: "v0.7.0"}, ""},
		{"latest", Lagvet{Version: "latest"}, ""},
		{other, Lagvet{}, "does not hold the module"},
		{"./none", Lagvet{}, "there is no directory"},
		{filepath.Join(dir, "none"), Lagvet{}, "there is no directory"},
	}
	for _, tt := range tests {
		got, err := AskedLagvet(tt.asked)
		if got != tt.want || tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v, %v; want %v, %q", tt.asked, got, err, tt.want, tt.err)
		}
	}
}
