package build

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/fixture"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// with returns build information with settings, "key=value".
func with(settings ...string) *debug.BuildInfo {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Main: debug.Module{Path: "example.com/app", Version: "v1.2.3"}}
	for _, s := range settings {
		key, value, _ := strings.Cut(s, "=")
		info.Settings = append(info.Settings, debug.BuildSetting{Key: key, Value: value})
	}
	return info
}

func TestObserve(t *testing.T) {
	const gc = "-compiler=gc"
	slow := func() (string, error) { return "main: -N -l", nil }
	fast := func() (string, error) { return "", nil }
	stripped := func() (string, error) { return "", errors.New("it is stripped of it") }
	tests := []struct {
		name     string
		info     *debug.BuildInfo
		compiler func() (string, error)
		id       string
		text     string
		current  string
		absent   posture.Verdict
	}{
		{"plain", with(gc), slow, race, "none", "", ""},
		{"plain", with(gc), slow, optimised, "yes", "", ""},
		{"plain", with(gc), slow, pgo, "none", "", ""},
		{"plain", with(gc), slow, trimpath, "no", "", ""},
		{"plain", with(gc), slow, cgo, "no", "", ""},
		{"plain", with(gc), slow, experiment, "none", "", ""},
		{"plain", with(gc), slow, module, "released", "example.com/app v1.2.3", ""},
		{"race", with(gc, "-race=true"), nil, race, "-race", "", ""},
		{"sanitizers", with(gc, "-asan=true", "-msan=true"), nil, race, "-asan -msan", "", ""},
		{"for a debugger", with(gc, "-gcflags=all=-N -l"), nil, optimised, "no", `no: -gcflags="all=-N -l"`, ""},
		{"a level", with(gc, "-gcflags=all=-l=4"), nil, optimised, "yes", "", ""},
		{"pgo", with(gc, "-pgo=/src/default.pgo"), nil, pgo, "a profile", "/src/default.pgo (that it holds anything is not recorded)", ""},
		{"trimpath", with(gc, "-trimpath=true"), nil, trimpath, "yes", "", ""},
		{"cgo", with(gc, "CGO_ENABLED=1"), nil, cgo, "allowed", "allowed (that there is any is not recorded)", ""},
		{"experiment", with(gc, "GOEXPERIMENT=arenas"), nil, experiment, "arenas", "", ""},
		{"modified", with(gc, "vcs.revision=abc", "vcs.modified=true"), nil, module, "modified", "example.com/app v1.2.3, revision abc, with changes that are in no revision", ""},
		{"no settings", with(), nil, race, "", "", posture.Unknown},
		{"no settings", with(), nil, optimised, "", "", posture.Unknown},
		{"no settings", with(), slow, optimised, "no", "no: main: -N -l", ""},
		{"no settings", with(), fast, optimised, "yes", "", ""},
		{"no settings", with(), stripped, optimised, "", "", posture.Unknown},
		{"no settings", with(), fast, pgo, "", "", posture.Unknown},
		{"no settings", with(), fast, experiment, "", "", posture.Unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name+" "+tt.id, func(t *testing.T) {
			o := fixture.Observation(t, observe(tt.info, "a file", tt.compiler), tt.id)
			if o.Text != tt.text || o.Current != tt.current || o.Absent != tt.absent {
				t.Errorf("observed %+v", o)
			}
			if tt.absent != "" && o.Reason == "" {
				t.Error("it is not said why")
			}
			if o.Absent == "" && o.Grade != posture.Declared {
				t.Errorf("what a builder was told has the grade %s", o.Grade)
			}
		})
	}
}

func TestModule(t *testing.T) {
	for version, want := range map[string]string{"v1.0.0": "released", "(devel)": "unversioned", "": "unversioned", "v1.0.1-0.20260101000000-abcdef+dirty": "modified"} {
		info := with()
		info.Main.Version = version
		if o := (settings{}).module(info); o.Text != want {
			t.Errorf("%q: %+v, want %s", version, o, want)
		}
	}
	if o := (settings{}).module(&debug.BuildInfo{}); o.Absent != posture.Unknown {
		t.Errorf("no main module: %+v", o)
	}
}

func TestExperimentOfVersion(t *testing.T) {
	for _, v := range []string{"go1.26.8-X:goroutineleakprofile", "go1.25.1 X:goroutineleakprofile"} {
		info := with("-compiler=gc")
		info.GoVersion = v
		if o := fixture.Observation(t, observe(info, "a file", nil), experiment); o.Text != "goroutineleakprofile" {
			t.Errorf("%s: %+v", v, o)
		}
	}
}

func TestRelease(t *testing.T) {
	for _, tt := range []struct {
		of, known string
		behind    float64
		says      string
		absent    posture.Verdict
	}{
		{"go1.26.8", "go1.26.8", 0, "as new as", ""},
		{"go1.26.8-X:arenas", "go1.26.8", 0, "as new as", ""},
		{"go1.26.3", "go1.26.8", 0, "at least go1.26.8 of the same minor", ""},
		{"go1.24.13", "go1.26.8", 2, "2 minor releases on", ""},
		{"go1.27.1", "go1.26.8", 0, "newer than", ""},
		{"go1.21", "go1.26.8", 5, "5 minor releases on", ""},
		{"devel go1.28-abcdef", "go1.26.8", 0, "", posture.Unknown},
		{"unknown", "go1.26.8", 0, "", posture.Unknown},
		{"", "go1.26.8", 0, "", posture.Unknown},
		{"go2", "go1.26.8", 0, "", posture.Unknown},
		{"go1.26.8", "devel go1.28-abcdef", 0, "", posture.Unknown},
	} {
		o := release(tt.of, tt.known, "a file")
		if o.Value != tt.behind || !strings.Contains(o.Current, tt.says) || o.Absent != tt.absent {
			t.Errorf("%q, known %q: %+v", tt.of, tt.known, o)
		}
		if o.Absent == "" && o.Grade != posture.Heuristic {
			t.Errorf("what lagvet does not know of is held against %q: %+v", tt.of, o)
		}
	}
}

func TestUnoptimised(t *testing.T) {
	for flags, want := range map[string]bool{
		"": false, "-N": true, "-l": true, "all=-N -l": true, "example.com/...=-l": true, `all="-N" "-l"`: true,
		"-m": false, "-l=4": false, "all=-d=ssa/check_bce/debug=1": false, "-lang=go1.26": false, "-m -N": true,
		"regabi": false, "-N -l regabi": true, "-l regabi": true,
	} {
		if got := unoptimised(flags); got != want {
			t.Errorf("%q: %v", flags, got)
		}
	}
}

// A program of whose files nothing can be read: it is said of every check, and why.
func TestUnreadable(t *testing.T) {
	for name, tt := range map[string]struct {
		system *system.System
		want   posture.Verdict
		reason string
	}{
		"kernel thread": {fixture.Tree(t, "-- proc/12/status --\n"), posture.NotApplicable, "thread of the kernel"},
		"a text":        {fixture.Tree(t, "-- bin/app --\n#!/bin/sh\n-- proc/12/exe -> ../../bin/app --\n"), posture.Unknown, "no executable that can be read"},
		"empty":         {fixture.Tree(t, "-- bin/app --\n-- proc/12/exe -> ../../bin/app --\n"), posture.Unknown, "no executable that can be read"},
		"elsewhere":     {system.Elsewhere(), posture.Unknown, system.ErrElsewhere.Error()},
	} {
		seen := Probe.Look(t.Context(), &target.Target{System: tt.system, Kind: target.Process, PID: 12})
		for _, s := range Probe.Specs {
			o := fixture.Observation(t, seen, s.ID)
			if o.Absent != tt.want || !strings.Contains(o.Reason, tt.reason) {
				t.Errorf("%s: %+v", name, o)
			}
		}
	}
}

// What another user may not see is unknown, with what to do.
func TestForbidden(t *testing.T) {
	err := &fs.PathError{Op: "readlink", Path: "/proc/12/exe", Err: syscall.EACCES}
	if o := absent(race, "/proc/12/exe", err); o.Absent != posture.Unknown || !strings.Contains(o.Mend, "as the user of the process") {
		t.Errorf("observed %+v", o)
	}
}

// This program's own build information is read in the process, on each system.
func TestSelf(t *testing.T) {
	seen := Probe.Look(t.Context(), &target.Target{System: &system.System{}, Kind: target.Self, PID: 1})
	info, ok := debug.ReadBuildInfo()
	if !ok {
		t.Fatal("the test has no build information")
	}
	want := "none"
	for _, s := range info.Settings {
		if s.Key == "-race" && s.Value == "true" {
			want = "-race"
		}
	}
	if o := fixture.Observation(t, seen, race); o.Text != want {
		t.Errorf("observed %+v, want %s", o, want)
	}
	if o := fixture.Observation(t, seen, toolchain); o.Value != 0 || !strings.Contains(o.Current, "as new as") {
		t.Errorf("observed %+v", o)
	}
}

func FuzzSlowUnit(f *testing.F) {
	// A unit as the Go linker writes it: version 5, an entry with a name and a producer.
	abbrev := []byte{1, 0x11, 0, 0x03, 0x08, 0x25, 0x08, 0, 0, 0}
	unit := func(producer string) []byte {
		body := append([]byte{5, 0, 1, 8, 0, 0, 0, 0, 1}, "main\x00"+producer+"\x00"...)
		return append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)
	}
	f.Add(append(unit("GNU C"), unit("Go cmd/compile go1.26.8; -N -l regabi")...), abbrev)
	f.Add(unit("Go cmd/compile go1.26.8; regabi"), abbrev)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0, 0}, []byte{})
	f.Fuzz(func(t *testing.T, info, abbrev []byte) {
		slow, err := slowUnit(strings.NewReader(string(info)), abbrev, binary.LittleEndian)
		if slow != "" && err != nil {
			t.Errorf("%q and %v", slow, err)
		}
	})
}

func TestSlowUnit(t *testing.T) {
	abbrev := []byte{1, 0x11, 0, 0x03, 0x08, 0x25, 0x08, 0, 0, 0}
	unit := func(producer string, more int) string {
		body := append([]byte{5, 0, 1, 8, 0, 0, 0, 0, 1}, "main\x00"+producer+"\x00"...)
		body = append(body, make([]byte, more)...)
		return string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + string(body)
	}
	c, fast := unit("GNU C17 13.2", 0), unit("Go cmd/compile go1.26.8; regabi", 3*mostHead)
	slow := unit("Go cmd/compile go1.26.8; -N -l regabi", 10)
	for name, tt := range map[string]struct {
		info, want, err string
	}{
		"none":      {"", "", "no unit of it"},
		"C only":    {c, "", "no unit of it"},
		"fast":      {c + fast, "", ""},
		"slow last": {c + fast + slow, "main: -N -l regabi", ""},
		"cut off":   {fast + slow[:20], "", ""},
		"64 bits":   {"\xff\xff\xff\xff", "", "64-bit"},
	} {
		got, err := slowUnit(strings.NewReader(tt.info), abbrev, binary.LittleEndian)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}
