package main

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ownSession lets the processes of a run be told from all others, whatever
// process groups they make.
func ownSession(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// maxRSS returns the largest resident set among the process and those it
// waited for.
func maxRSS(ps *os.ProcessState) int64 {
	if ru, ok := ps.SysUsage().(*syscall.Rusage); ok {
		return ru.Maxrss << 10
	}
	return 0
}

// watch samples the resident memory of a session until stop, which returns its peak.
func watch(session int) (stop func() int64) {
	done, peak := make(chan struct{}), make(chan int64)
	go func() {
		t := time.NewTicker(20 * time.Millisecond)
		defer t.Stop()
		var most int64
		for {
			select {
			case <-t.C:
				most = max(most, resident(session))
			case <-done:
				peak <- most
				return
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-peak
	}
}

// resident sums the resident memory of a session's processes. A process that
// ends meanwhile counts nothing.
func resident(session int) int64 {
	pids, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	var sum int64
	for _, d := range pids {
		if d.Name()[0] < '0' || d.Name()[0] > '9' {
			continue
		}
		stat, err := os.ReadFile("/proc/" + d.Name() + "/stat")
		if err != nil {
			continue
		}
		// proc_pid_stat(5): after the name in parentheses, field 3 is the
		// state, 6 the session, 24 the resident set in pages.
		_, rest, ok := strings.Cut(string(stat), ") ")
		f := strings.Fields(rest)
		if !ok || len(f) < 22 || f[3] != strconv.Itoa(session) {
			continue
		}
		pages, err := strconv.ParseInt(f[21], 10, 64)
		if err == nil {
			sum += pages * int64(os.Getpagesize())
		}
	}
	return sum
}
