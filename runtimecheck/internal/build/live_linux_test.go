package build

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// program says that it is there, and waits to be ended.
const program = `package main

import "os"

func main() {
	os.Stdout.WriteString("ready\n")
	os.Stdin.Read(make([]byte, 1))
}
`

// compile builds the program with flags, with an empty profile beside it if pgo says so.
func compile(t *testing.T, pgo bool, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{"go.mod": "module example.com/app\n\ngo 1.26\n", "main.go": program}
	if pgo {
		files["default.pgo"] = ""
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	exe := filepath.Join(dir, "app")
	cmd := exec.Command("go", append(append([]string{"build", "-o", exe}, flags...), ".")...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return exe
}

// run starts a program, and returns its number once it has said something.
func run(t *testing.T, name string, args ...string) int {
	t.Helper()
	pid, _ := live.Run(t, exec.Command(name, args...))
	return pid
}

func of(t *testing.T, pid int) []posture.Observation {
	return Probe.Look(t.Context(), &target.Target{System: system.Here(), Kind: target.Process, PID: pid})
}

func TestLive(t *testing.T) {
	slow := compile(t, false, "-gcflags=-N -l")
	fast := compile(t, true, "-trimpath")
	tests := []struct {
		exe  string
		want map[string]string
	}{
		{slow, map[string]string{race: "none", optimised: "no", pgo: "none", trimpath: "no", cgo: "no", module: "unversioned"}},
		{fast, map[string]string{race: "none", optimised: "yes", pgo: "a profile", trimpath: "yes", cgo: "no", module: "unversioned"}},
	}
	for _, tt := range tests {
		pid := run(t, tt.exe)
		// The executable is seen even if it is no longer there.
		if err := os.Rename(tt.exe, tt.exe+".old"); err != nil {
			t.Fatal(err)
		}
		seen := of(t, pid)
		for id, want := range tt.want {
			if o := fixture.Observation(t, seen, id); o.Text != want {
				t.Errorf("%s: %+v, want %s", tt.exe, o, want)
			}
		}
		version, err := exec.Command("go", "env", "GOVERSION").Output()
		if err != nil {
			t.Fatal(err)
		}
		if o := fixture.Observation(t, seen, toolchain); !strings.HasPrefix(o.Current, strings.TrimSpace(string(version))) {
			t.Errorf("%+v, built by %s", o, version)
		}
	}
	if got, err := producers(slow + ".old"); err != nil || !strings.HasPrefix(got, "example.com/app: -N -l") && !strings.HasPrefix(got, "main: -N -l") {
		t.Errorf("the debug information says %q, %v", got, err)
	}
	if got, err := producers(fast + ".old"); err != nil || got != "" {
		t.Errorf("the debug information of what is optimised says %q, %v", got, err)
	}
}

// A program in another language.
func TestLiveNoGo(t *testing.T) {
	pid := run(t, "/bin/sh", "-c", "echo ready; read line")
	for _, o := range of(t, pid) {
		if o.Absent != posture.NotApplicable || o.Reason != "it is not a Go program" {
			t.Errorf("observed %+v", o)
		}
	}
}

// Executables that were tampered with.
func TestDamaged(t *testing.T) {
	exe := compile(t, false, "-ldflags=-s -w")
	whole, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	garbled := bytes.ReplaceAll(whole, []byte("\xff Go buildinf:"), []byte("\xff no buildinf:"))
	packed := bytes.Clone(garbled)
	// e_shoff, e_shnum and e_shstrndx of a 64-bit header, elf(5).
	clear(packed[0x28:0x30])
	clear(packed[0x3c:0x40])
	if f, err := elf.NewFile(bytes.NewReader(packed)); err != nil || f.Class != elf.ELFCLASS64 || len(f.Sections) != 0 {
		t.Fatalf("the headers are others than thought: %v", err)
	}
	for name, tt := range map[string]struct {
		data   []byte
		reason string
	}{
		"garbled":   {garbled, "a Go program without build information"},
		"packed":    {packed, "neither build information nor sections"},
		"cut off":   {whole[:len(whole)/2], "cut off"},
		"head only": {whole[:100], "cut off"},
	} {
		file := filepath.Join(t.TempDir(), "app")
		if err := os.WriteFile(file, tt.data, 0o777); err != nil {
			t.Fatal(err)
		}
		s := fixture.Tree(t, fmt.Sprintf("-- proc/12/exe -> %s --\n", file))
		for _, o := range Probe.Look(t.Context(), &target.Target{System: s, Kind: target.Process, PID: 12}) {
			if o.Absent != posture.Unknown || !strings.Contains(o.Reason, tt.reason) {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}
