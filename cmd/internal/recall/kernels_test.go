package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

const profileTest = "" +
	"	gokerTestCases := []testCase{\n" +
	"		makeFlakyTest(\"Cockroach1055\",\n" +
	"			`Cockroach1055\\.func2\\(.* \\[chan receive\\]`,\n" +
	"			`Cockroach1055\\.func2\\.1\\(.* \\[sync\\.Mutex\\.Lock\\]`,\n" +
	"		),\n" +
	"		// makeTest(testCase{name: \"Kubernetes1321\"},\n" +
	"		// 	`NewMux_kubernetes1321\\.gowrap1\\(.* \\[chan send\\]`,\n" +
	"		makeTest(\"Moby25348\",\n" +
	"			`\\(\\*Manager_moby25348\\)\\.init\\(.* \\[sync\\.WaitGroup\\.Wait\\]`,\n" +
	"		),\n" +
	"		makeTest(\"Cockroach7504\",\n" +
	"			`Cockroach7504\\.func2\\.1.* \\[sync\\.Mutex\\.Lock\\]`,\n" +
	"		),\n"

const list = `
| Bug ID |  Ref | Patch | Type | Sub-type |
| ---- | ---- | ---- | ---- | ---- |
|[cockroach#7504]|[pull request]|[patch]| Resource | AB-BA Deadlock |
|[cockroach#1055]|[pull request]|[patch]| Mixed | Channel & WaitGroup |
|[moby#25384]|[pull request]|[patch]| Mixed | Misuse WaitGroup |
`

func TestReadKernels(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, programs), 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{profile: profileTest, filepath.Join(programs, "README.md"): list} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readKernels(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []kernel{
		{name: "cockroach1055", kind: "channel & waitgroup", leaks: []hang{{"Cockroach1055.func2", "chan receive"}, {"Cockroach1055.func2.1", "sync.Mutex.Lock"}}},
		{name: "cockroach7504", kind: "ab-ba", leaks: []hang{{"Cockroach7504.func2.1", "sync.Mutex.Lock"}}},
		{name: "moby25384", kind: "misuse waitgroup", leaks: []hang{{"(*Manager_moby25348).init", "sync.WaitGroup.Wait"}}},
	}
	if len(got) != len(want) {
		t.Fatalf("%d programs, want %d", len(got), len(want))
	}
	for i, k := range got {
		if k.name != want[i].name || k.kind != want[i].kind || !slices.Equal(k.leaks, want[i].leaks) {
			t.Errorf("%+v, want %+v", *k, want[i])
		}
	}
}

// A finding counts where it speaks of the goroutine that leaks, and of its wait.
func TestMatch(t *testing.T) {
	prog := &program{runs: map[string][]string{"(*T).run": {"lock"}}}
	for _, tt := range []struct {
		f    finding
		want bool
	}{
		{finding{started: "(*T).run", waits: []string{"chan send", "select"}}, true},
		{finding{started: "(*T).stop", waits: []string{"chan send"}}, false},
		{finding{started: "(*T).run", waits: []string{"chan receive"}}, false},
		{finding{in: "lock", waits: []string{"chan send"}}, true},
		{finding{in: "unlock", waits: []string{"chan send"}}, false},
	} {
		k := &kernel{name: "moby1", leaks: []hang{{"(*T).run", "chan send"}}}
		tt.f.prog, tt.f.tier = prog, "likely"
		tt.f.posn.Filename = "moby1.go"
		k.match([]finding{tt.f})
		if got := k.tier != ""; got != tt.want {
			t.Errorf("%+v counts: %v, want %v", tt.f, got, tt.want)
		}
	}
}
