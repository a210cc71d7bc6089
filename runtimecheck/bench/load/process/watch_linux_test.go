package process

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

const burnEnv = "LAGVET_TEST_BURN"

// burned is the CPU time that a child uses.
const burned = 120 * time.Millisecond

func TestMain(m *testing.M) {
	switch os.Getenv(burnEnv) {
	case "":
		os.Exit(m.Run())
	case "child":
		burn()
	case "parent":
		if err := again("child").Run(); err != nil {
			panic(err)
		}
	}
	fmt.Println("burned")
	_, _ = io.ReadAll(os.Stdin) // until the test is done
}

// again returns a command that executes this program in another role.
func again(role string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), burnEnv+"="+role)
	return cmd
}

// burn uses up CPU time, by the kernel's own count.
func burn() {
	var u syscall.Rusage
	for time.Duration(u.Utime.Nano()+u.Stime.Nano()) < burned {
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			panic(err)
		}
	}
}

// What a process has used is told, and what its child has used that has ended.
func TestWatch(t *testing.T) {
	for _, role := range []string{"child", "parent"} {
		cmd := again(role)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w, err := Watch(cmd.Process.Pid, 20*time.Millisecond)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("burned"))); err != nil {
			t.Fatal(err)
		}
		u := w.Stop()
		_ = in.Close() // it ends
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		last := u.Samples[len(u.Samples)-1]
		if last.CPU < burned/2 || last.RSS == 0 || u.CPUs <= 0 || u.Ended != nil || u.PID != cmd.Process.Pid {
			t.Errorf("%s: %+v", role, u)
		}
		for i := 1; i < len(u.Samples); i++ {
			if u.Samples[i].CPU < u.Samples[i-1].CPU {
				t.Errorf("%s: CPU time goes back: %+v", role, u.Samples)
			}
		}
	}
}

func TestWatchEnds(t *testing.T) {
	cmd := again("child")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w, err := Watch(cmd.Process.Pid, 10*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	_ = in.Close() // it ends once it has burned
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	u := w.Stop()
	if u.Ended == nil {
		t.Errorf("%+v", u)
	}
	if _, err := u.CPUShare(u.Samples[0].At, time.Now().Add(time.Hour)); err == nil {
		t.Error("what was not seen is told")
	}
	if _, err := Watch(cmd.Process.Pid, time.Second); err == nil {
		t.Error("a process that has ended is watched")
	}
}

func TestWatchAlone(t *testing.T) {
	w, err := WatchAlone(os.Getpid(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if err := again("child").Run(); err != nil { // its standard input is empty
		t.Fatal(err)
	}
	u := w.Stop()
	if grown := u.Samples[len(u.Samples)-1].CPU - u.Samples[0].CPU; grown >= burned {
		t.Errorf("%v were used, as if the child counted", grown)
	}
}
