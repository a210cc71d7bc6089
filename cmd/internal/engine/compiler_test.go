package engine

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	compilerEnv = "LAGVET_TEST_COMPILER" // the compiler that the counting one runs
	toolDirEnv  = "LAGVET_TEST_TOOLDIR"  // what the tool takes for the directory of the compiler
	countEnv    = "LAGVET_TEST_COUNT"    // the file that gets a line for each package compiled
	muteEnv     = "LAGVET_TEST_MUTE"     // set: what the compiler says is lost
)

// countCompiler is the compiler that counts.
func countCompiler(real string) int {
	pkg := os.Args[slices.Index(os.Args, "-p")+1]
	f, err := os.OpenFile(os.Getenv(countEnv), os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(pkg + "\n")
		f.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cmd := exec.Command(real, os.Args[1:]...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if os.Getenv(muteEnv) != "" {
		cmd.Stdout = nil
	}
	if err := cmd.Run(); err != nil {
		return 1
	}
	return 0
}

// counted has the tool run a compiler that counts, and returns a function that
// returns the packages that it compiled since the last call.
func counted(t *testing.T) func() []string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOTOOLDIR").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.Symlink(hooked(t), filepath.Join(dir, "compile")); err != nil {
		t.Skipf("no compiler that counts: %v", err)
	}
	count := filepath.Join(dir, "count")
	t.Setenv(compilerEnv, filepath.Join(strings.TrimSpace(string(out)), "compile"))
	t.Setenv(toolDirEnv, dir)
	t.Setenv(countEnv, count)
	return func() []string {
		t.Helper()
		data, err := os.ReadFile(count)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		if err := os.WriteFile(count, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return slices.Sorted(slices.Values(strings.Fields(string(data))))
	}
}

// The compiler is asked only about packages that may hold hot code.
func TestCompilerRunsForHotCodeOnly(t *testing.T) {
	compiled := counted(t)
	compiled()
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- cold/cold.go --
package cold

func Sort(s []string) { println(len(s)) }
-- hot/hot.go --
package hot

import "example.com/m/cold"

var last *int

//lagvet:hot
func Keep(x int) { last = &x; cold.Sort(nil) }
`)
	expectCompiled := func(res *Result, cold int, want ...string) {
		t.Helper()
		if got := compiled(); !slices.Equal(got, want) {
			t.Errorf("compiled %q, want %q", got, want)
		}
		if len(res.Problems) > 0 {
			t.Errorf("problems: %s", summary(res, dir))
		}
		if res.Cold != cold {
			t.Errorf("%d packages are cold, want %d", res.Cold, cold)
		}
	}
	all := Options{Dir: dir, Patterns: []string{"./..."}, Tool: hooked(t)}
	without := all
	without.NoCompiler = true
	expect(t, checked(t, without), dir, "! example.com/m/hot: heapescape: the compiler was not asked what the hot functions of example.com/m/hot (1) move to the heap")
	if got := compiled(); len(got) > 0 {
		t.Errorf("compiled %q, though that was not wanted", got)
	}
	expectCompiled(checked(t, all), 1, "example.com/m/hot")
	expectCompiled(checked(t, all), 1)

	// A change in what it imports is one in what escapes.
	write(t, dir, "-- cold/cold.go --\npackage cold\n\nfunc Sort(s []string) {}\n")
	expectCompiled(checked(t, all), 1, "example.com/m/hot")

	// The configuration says what is hot as well.
	all.Config.Hot = append(all.Config.Hot, hotFunction("example.com/m/cold.Sort"))
	expectCompiled(checked(t, all), 0, "example.com/m/cold", "example.com/m/hot")

	write(t, dir, "-- hot/hot.go --\npackage hot\n\nvar last *int\n\nfunc Keep(x int) { last = &x }\n")
	all.Config.Hot = nil
	expectCompiled(checked(t, all), 2)
}

// A compiler that says nothing is not one that moves nothing to the heap.
func TestMuteCompiler(t *testing.T) {
	counted(t)()
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- hot/hot.go --
package hot

var last *int

//lagvet:hot
func Keep(x int) { last = &x }
-- types/types.go --
package types

//lagvet:hot
type F func()
`)
	t.Setenv(muteEnv, "1")
	t.Setenv("GOCACHE", t.TempDir()) // the environment is in no cache key
	res := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Tool: hooked(t)})
	expect(t, res, dir, `
! example.com/m/hot: heapescape: the compiler was not asked what the hot functions of example.com/m/hot (1) move to the heap
! example.com/m/hot: what escapes to the heap could not be checked: asking the compiler what escapes: compiling example.com/m/hot: the compiler wrote nothing of its functions with -m=2`)
	if len(res.Ledger) > 0 {
		t.Errorf("the ledger holds costs that the compiler was not asked about: %v", res.Ledger)
	}
}
