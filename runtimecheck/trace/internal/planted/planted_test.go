//go:build linux

package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	blamed "github.com/lagvet/lagvet/runtimecheck/trace"
)

func TestMain(m *testing.M) {
	if ok, err := child(os.Getenv); ok {
		if err != nil {
			fail(err)
		}
		return
	}
	os.Exit(m.Run())
}

// tries is how often a scenario may be run until the cause is found: the machine may do
// anything in one of them. How often it is found in the long run, make planted tells.
const tries = 4

func TestPlanted(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			for n := range tries {
				v, err := try(t.Context(), s, t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				if v.recorded != "" {
					t.Log(v.recorded)
				}
				if v.found() {
					return
				}
				t.Logf("try %d: %v", n, v)
			}
			t.Error("the cause that was planted is not found")
		})
	}
}

// What was recorded tells the cause to machines that cannot have it.
func TestRecorded(t *testing.T) {
	for _, s := range scenarios {
		if s.quota == 0 {
			continue
		}
		dir := t.TempDir()
		if err := unpack(s, dir); err != nil {
			t.Fatal(err)
		}
		r, err := report(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		v, err := judge(s, r)
		if err != nil || !v.found() {
			t.Errorf("%v, %v", v, err)
		}
	}
	// No kernel takes a quota that small: it is as where no group can be made.
	s, _ := byName("throttled")
	s.quota = 1e-9
	v, err := try(t.Context(), s, t.TempDir())
	if err != nil || v.recorded == "" || !v.found() {
		t.Errorf("without a group: %v, %v", v, err)
	}
	if err := unpack(scenario{name: "another"}, t.TempDir()); err == nil {
		t.Error("what was not recorded is unpacked")
	}
}

// Without what is looked for nothing is found: a judge that says yes to everything
// would let an engine pass that does not work.
func TestJudge(t *testing.T) {
	b := blame{component: blamed.Lock, where: "(*store).get", behind: []hop{{component: blamed.Network, where: "flush", external: "network"}}}
	frame := func(name string) []blamed.Frame { return []blamed.Frame{{Function: "main." + name}} }
	good := func() blamed.Slice {
		return blamed.Slice{
			Latency: planted, Time: planted, Parts: []blamed.Part{{Component: blamed.Lock, Time: planted}},
			Causes: []blamed.Cause{{Component: blamed.Lock, Time: planted, Stack: frame("(*store).get"), Behind: []blamed.Cause{
				{Component: blamed.Network, Time: planted, Role: "main.flush", External: "network"},
			}}},
		}
	}
	tests := []struct {
		name  string
		spoil func(*blamed.Slice)
		want  string
	}{
		{"as it is", func(*blamed.Slice) {}, ""},
		{"too fast", func(s *blamed.Slice) { s.Latency = time.Millisecond }, "the latency"},
		{"no parts", func(s *blamed.Slice) { s.Parts = nil }, "not first"},
		{"another part", func(s *blamed.Slice) { s.Parts[0].Component = blamed.Sync }, "not first"},
		{"too little", func(s *blamed.Slice) { s.Time *= 3 }, "33 % only"},
		{"no cause", func(s *blamed.Slice) { s.Causes = nil }, "no cause"},
		{"another cause", func(s *blamed.Slice) { s.Causes[0].Component = blamed.Sync }, "sync is the first"},
		{"another place", func(s *blamed.Slice) { s.Causes[0].Stack = frame("put") }, "not in (*store).get"},
		{"nothing behind", func(s *blamed.Slice) { s.Causes[0].Behind = nil }, "nothing is told"},
		{"something else behind", func(s *blamed.Slice) { s.Causes[0].Behind[0].Component = blamed.Sleep }, "sleep is the first"},
		{"someone else behind", func(s *blamed.Slice) { s.Causes[0].Behind[0].Role = "main.put" }, "not in flush"},
		{"another end", func(s *blamed.Slice) { s.Causes[0].Behind[0].External = "timer" }, "not network"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := good()
			tt.spoil(&s)
			f := b.judge(s)
			if !strings.Contains(f.wrong, tt.want) || (tt.want == "") != (f.wrong == "") {
				t.Errorf("%q, want %q", f.wrong, tt.want)
			}
		})
	}
	if _, err := judge(scenarios[0], &blamed.Report{}); err == nil {
		t.Error("a report without requests is judged")
	}
}

// Each scenario plants something else, by a name of its own.
func TestScenarios(t *testing.T) {
	var names, blames []string
	for _, s := range scenarios {
		names, blames = append(names, s.name), append(blames, fmt.Sprint(s.blame))
	}
	for _, all := range [][]string{names, blames} {
		slices.Sort(all)
		if len(slices.Compact(slices.Clone(all))) != len(scenarios) {
			t.Errorf("%q: one is there twice", all)
		}
	}
	if _, err := choose("sleep,none"); err == nil {
		t.Error("a scenario that there is not is chosen")
	}
	if some, err := choose("sleep,assist"); err != nil || len(some) != 2 {
		t.Errorf("%v, %v", some, err)
	}
}
