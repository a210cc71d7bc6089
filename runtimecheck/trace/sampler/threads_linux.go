package sampler

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

// mostOpen bounds how many files of threads stay open, which count against the
// process's limit: 1024 is what most systems allow by default. The others are opened
// for each look.
const mostOpen = 256

// relist is after how many looks the threads are listed in any case: not every /proc
// (gVisor's) counts them in the links of the directory.
const relist = 100

// threads are those of a process.
type threads struct {
	target *target.Target
	dir    int // descriptor of /proc/PID/task
	links  uint64
	looks  int
	stale  bool // one has ended
	all    []*thread
	open   int // how many of them have their file open
	reader reader
}

// A thread is one of them. Its file goes on to be of this thread when that has ended:
// another one of the same number is not taken for it.
type thread struct {
	tid int
	id  int64 // as the process itself sees it
	fd  int   // -1 if it is not kept open
}

// openThreads fails if the kernel has no accounts of threads, or hides them.
func openThreads(t *target.Target) (*threads, error) {
	name := t.Proc("task")
	dir, err := unix.Open(t.Path(name), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, ended(&fs.PathError{Op: "open", Path: name, Err: err})
	}
	// The first thread is there as long as the process is.
	first := t.Proc("task", strconv.Itoa(t.PID), "schedstat")
	if _, err := t.Read(first); err != nil {
		return nil, errors.Join(fmt.Errorf("the kernel keeps no accounts of threads, or hides them: %w", err), unix.Close(dir))
	}
	return &threads{target: t, dir: dir, stale: true}, nil
}

// ended adds os.ErrProcessDone to an error that says so.
func ended(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("%w: %w", os.ErrProcessDone, err)
	}
	return err
}

// read adds the accounts of all threads that there are.
func (t *threads) read(to []account) ([]account, error) {
	if err := t.refresh(); err != nil {
		return nil, err
	}
	for _, th := range t.all {
		a, err := t.account(th)
		if gone(err) {
			t.stale = true
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", t.target.Proc("task", strconv.Itoa(th.tid), "schedstat"), err)
		}
		to = append(to, a)
	}
	if len(to) == 0 {
		return nil, fmt.Errorf("process %d: %w", t.target.PID, os.ErrProcessDone)
	}
	return to, nil
}

func gone(err error) bool { return errors.Is(err, unix.ESRCH) || errors.Is(err, unix.ENOENT) }

// refresh lists the threads if there may be others than before: the directory has a
// link for each of them.
func (t *threads) refresh() error {
	var stat unix.Stat_t
	if err := unix.Fstat(t.dir, &stat); err != nil {
		return ended(fmt.Errorf("counting threads: %w", err))
	}
	t.looks++
	links := uint64(stat.Nlink)
	if !t.stale && links == t.links && t.looks%relist != 0 {
		return nil
	}
	t.links, t.stale = links, false
	return t.list()
}

func (t *threads) list() error {
	names, err := t.target.List(t.target.Proc("task"))
	if err != nil {
		return ended(err)
	}
	known := make(map[int]*thread, len(t.all))
	for _, th := range t.all {
		if _, err := t.account(th); err != nil {
			t.close(th) // another one may have its number by now
			continue
		}
		known[th.tid] = th
	}
	t.all = t.all[:0]
	for _, name := range names {
		tid, err := strconv.Atoi(name)
		if err != nil {
			continue // kernels have only numbers there
		}
		th, ok := known[tid]
		if !ok {
			th = t.add(tid)
		}
		delete(known, tid)
		t.all = append(t.all, th)
	}
	for _, th := range known {
		t.close(th)
	}
	return nil
}

// add opens the file of a thread, if not too many are open. That it cannot be is told
// by who reads.
func (t *threads) add(tid int) *thread {
	th := &thread{tid: tid, id: t.own(tid), fd: -1}
	if t.open >= mostOpen {
		return th
	}
	if fd, err := unix.Openat(t.dir, th.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0); err == nil {
		th.fd = fd
		t.open++
	}
	return th
}

// own returns the number that a thread has in the process's own namespace, by which its
// trace knows it: the last one that status tells, see proc_pid_status(5).
func (t *threads) own(tid int) int64 {
	id := int64(tid)
	// A thread that has ended meanwhile needs none.
	_ = t.target.Lines(t.target.Proc("task", strconv.Itoa(tid), "status"), func(line string) bool {
		rest, ok := strings.CutPrefix(line, "NSpid:")
		if !ok {
			return true
		}
		numbers := strings.Fields(rest)
		if n, err := strconv.ParseInt(last(numbers), 10, 64); err == nil {
			id = n
		}
		return false
	})
	return id
}

func last(of []string) string {
	if len(of) == 0 {
		return ""
	}
	return of[len(of)-1]
}

func (th *thread) path() string { return strconv.Itoa(th.tid) + "/schedstat" }

func (t *threads) close(th *thread) {
	if th.fd >= 0 {
		_ = unix.Close(th.fd) // what was only read has nothing to lose
		t.open--
	}
}

func (t *threads) closeAll() error {
	for _, th := range t.all {
		t.close(th)
	}
	return unix.Close(t.dir)
}

// account reads that of a thread.
func (t *threads) account(th *thread) (account, error) {
	fd := th.fd
	if fd < 0 {
		opened, err := unix.Openat(t.dir, th.path(), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			return account{}, err
		}
		fd = opened
		defer unix.Close(opened)
	}
	text, err := t.reader.read(fd)
	if err != nil {
		return account{}, err
	}
	running, waited, err := parseSchedstat(text)
	return account{th.id, running, waited}, err
}

// A reader reads short files of /proc.
type reader struct {
	buf [128]byte
	vec unix.Iovec
}

// read returns what a file begins with, until the next call. It does not tell the
// scheduler of the system call: the kernel answers in about a microsecond and never
// waits, and the trace that is being taken would have two events more for each thread.
// preadv(2) takes its arguments alike on all architectures, which pread(2) does not.
func (r *reader) read(fd int) ([]byte, error) {
	r.vec.Base = &r.buf[0]
	r.vec.SetLen(len(r.buf))
	n, _, errno := unix.RawSyscall6(unix.SYS_PREADV, uintptr(fd), uintptr(unsafe.Pointer(&r.vec)), 1, 0, 0, 0)
	if errno != 0 {
		return nil, errno
	}
	return r.buf[:n], nil
}
