// Package live starts real Go processes for tests to look at: the test binary again,
// with another main function.
//
//	func TestMain(m *testing.M) { live.Main(m, map[string]func(){"pinned": pinned}) }
//
//	func TestPinned(t *testing.T) { pid := live.Start(t, "pinned"); … }
package live

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// variable names the main function that the process is to run.
const variable = "LAGVET_TEST_CHILD"

// Main runs the tests, or in a process that [Start] has started the function that it
// named. Such a function says with [Ready] when there is something to look at.
func Main(m *testing.M, mains map[string]func()) {
	if name := os.Getenv(variable); name != "" {
		mains[name]()
		return
	}
	os.Exit(m.Run())
}

// Ready tells the test that there is something to look at, and returns when it has
// ended.
func Ready() {
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// Start starts a process that runs the main function of that name, with more of an
// environment ("GOGC=50"), and returns its number once it is ready. It ends with the
// test.
func Start(t testing.TB, name string, env ...string) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(append(os.Environ(), env...), variable+"="+name)
	cmd.Stderr = os.Stderr
	pid, line := Run(t, cmd)
	if line != "ready\n" {
		t.Fatalf("the process %s said %q", name, line)
	}
	return pid
}

// Run starts a program and returns its number and the first line that it has written,
// once it has. It is to end when its standard input does, which is when the test ends.
func Run(t testing.TB, cmd *exec.Cmd) (pid int, line string) {
	t.Helper()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		_ = cmd.Wait() // how it ends is of no interest
	})
	line, err = bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("%s said %q: %v", cmd.Path, line, err)
	}
	return cmd.Process.Pid, line
}
