package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Where they are, below src/runtime.
const (
	programs = "testdata/testgoroutineleakprofile/goker"
	profile  = "goroutineleakprofile_test.go"
)

// A kernel is one program, and what leaks in it.
type kernel struct {
	name  string // "cockroach584", of its file
	kind  string // of the bug: "double locking"
	leaks []hang

	tier, by string // how it is found, and by which rule; empty if it is not
	others   []finding
}

// A hang is a goroutine that leaks.
type hang struct {
	entry string // the function it starts with: "Cockroach1055.func2.1", "(*T).run"
	wait  string // "chan send", "sync.Mutex.Lock"
}

var (
	tests = regexp.MustCompile(`make(?:Flaky)?Test\((?:testCase\{name: )?"(\w+)"`)
	leak  = regexp.MustCompile("`([^`]*?)(?:\\\\\\(\\.\\*|\\.\\*) \\\\\\[([^`]*)\\\\\\]`")
	row   = regexp.MustCompile(`(?m)^\|\[(\w+)#(\d+)\]\|.*\|([^|]+)\|\s*$`)
)

// readKernels reads the list of the programs, and from the test of package runtime
// which of their goroutines leak.
func readKernels(dir string) ([]*kernel, error) {
	list, err := os.ReadFile(filepath.Join(dir, programs, "README.md"))
	if err != nil {
		return nil, err
	}
	test, err := os.ReadFile(filepath.Join(dir, profile))
	if err != nil {
		return nil, err
	}
	leaks := readLeaks(string(test))
	var kernels []*kernel
	for _, m := range row.FindAllStringSubmatch(string(list), -1) {
		k := &kernel{name: m[1] + m[2], kind: kindOf(m[3])}
		k.leaks = leaks[k.name]
		if k.name == "moby25384" { // its program goes by another number
			k.leaks = leaks["moby25348"]
		}
		if len(k.leaks) == 0 {
			return nil, fmt.Errorf("%s: no goroutine is said to leak", k.name)
		}
		kernels = append(kernels, k)
	}
	if len(kernels) == 0 {
		return nil, fmt.Errorf("no programs in %s", filepath.Join(dir, programs))
	}
	slices.SortFunc(kernels, func(a, b *kernel) int { return strings.Compare(a.name, b.name) })
	return kernels, nil
}

// kindOf returns the type of a bug as the list has it, written in one way.
func kindOf(cell string) string {
	kind := strings.ToLower(strings.TrimSpace(cell))
	for _, word := range []string{" deadlock", " leak"} {
		kind = strings.TrimSuffix(kind, word)
	}
	return kind
}

// readLeaks returns the goroutines that leak, by program.
func readLeaks(test string) map[string][]hang {
	leaks := make(map[string][]hang)
	at := tests.FindAllStringSubmatchIndex(test, -1)
	for i, m := range at {
		end := len(test)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		name := strings.ToLower(test[m[2]:m[3]])
		for _, l := range leak.FindAllStringSubmatch(test[m[1]:end], -1) {
			leaks[name] = append(leaks[name], hang{entry: plain(l[1]), wait: plain(l[2])})
		}
	}
	return leaks
}

// plain turns a regular expression for a name into the name. Some write "(*T)"
// without what keeps the parenthesis from grouping.
func plain(expr string) string { return strings.ReplaceAll(expr, `\`, "") }
