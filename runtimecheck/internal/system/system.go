package system

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A System is a machine.
type System struct {
	// Root is the directory that its files lie below: "/", a fixture tree, or empty
	// where the operating system has no /proc and no /sys.
	Root   string
	Kernel Kernel

	elsewhere bool
}

// Here returns the machine that this process runs on.
func Here() *System {
	s := &System{Kernel: here{}}
	if runtime.GOOS == "linux" {
		s.Root = "/"
	}
	return s
}

// ErrElsewhere is the error of everything that is asked of [Elsewhere].
var ErrElsewhere = errors.New("the machine that the process runs on cannot be seen from here")

// Elsewhere returns a machine of which nothing is known: that of a process behind an
// endpoint, which must not be taken for this one.
func Elsewhere() *System { return &System{Kernel: nowhere{}, elsewhere: true} }

// rootless is the error of a file where there are none.
func (s *System) rootless(op, name string) error {
	err := errors.ErrUnsupported
	if s.elsewhere {
		err = ErrElsewhere
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// nowhere is the kernel of [Elsewhere].
type nowhere struct{}

func (nowhere) Affinity(int) ([]int, error)              { return nil, ErrElsewhere }
func (nowhere) CPU() (cpu, node int, err error)          { return 0, 0, ErrElsewhere }
func (nowhere) Clock() (Clock, error)                    { return Clock{}, ErrElsewhere }
func (nowhere) Now() (time.Duration, error)              { return 0, ErrElsewhere }
func (nowhere) Limit(int) (soft, hard uint64, err error) { return 0, 0, ErrElsewhere }
func (nowhere) Nodes(int, []uintptr) ([]int, error)      { return nil, ErrElsewhere }
func (nowhere) Listener(int) (Listener, bool, error)     { return Listener{}, false, ErrElsewhere }

// A Kernel answers system calls. What the operating system does not have, it answers
// with [errors.ErrUnsupported].
type Kernel interface {
	// Affinity returns the CPUs that a thread may run on, in order; 0 is the calling
	// thread.
	Affinity(tid int) ([]int, error)
	// CPU returns the CPU and the NUMA node that the calling thread is on.
	CPU() (cpu, node int, err error)
	// Clock returns the state of the clock that the kernel keeps.
	Clock() (Clock, error)
	// Now returns what it costs to ask for the time, as time.Now does it.
	Now() (time.Duration, error)
	// Limit returns the soft and the hard limit of a process on open files; 0 is this
	// process. No limit is math.MaxUint64.
	Limit(pid int) (soft, hard uint64, err error)
	// Nodes returns on which NUMA node each of the pages of a process is, by an address
	// in it; negative for a page that is not in memory. Pages stay where they are.
	Nodes(pid int, pages []uintptr) ([]int, error)
	// Listener returns what a descriptor of this process listens on with TCP; ok is false
	// if it is none that does.
	Listener(fd int) (l Listener, ok bool, err error)
}

// A Listener is a socket that connections are accepted on.
type Listener struct {
	Address netip.AddrPort
	Queue   int // connections that wait to be accepted
	Backlog int // how many may: one more than this
}

// A Clock is what adjtimex(2) says.
type Clock struct {
	Synced   bool          // STA_UNSYNC is not set
	MaxError time.Duration // by which the clock may be wrong
	Offset   time.Duration // that is being corrected
	TAI      time.Duration // TAI minus UTC; 0 if nobody has set it
}

// Path returns where a file of the machine is read, "/proc/sys/kernel/osrelease".
func (s *System) Path(name string) string {
	return filepath.Join(s.Root, filepath.FromSlash(name))
}

// most bounds a file of /proc or /sys that is read whole, in bytes. The largest that is
// (mountinfo of a host with thousands of containers) has some MB.
const most = 16 << 20

// Read returns the text of a file, without white space at its ends.
func (s *System) Read(name string) (string, error) {
	data, err := s.Bytes(name)
	return strings.TrimSpace(string(data)), err
}

// Bytes returns what is in a file.
func (s *System) Bytes(name string) ([]byte, error) {
	f, err := s.open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s has more than %d bytes", name, most)
	}
	return data, err
}

// Lines calls each with one line of a file after the other, until it returns false. A
// file whose first lines are enough can be of any length.
func (s *System) Lines(name string, each func(line string) bool) error {
	f, err := s.open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	scanner := bufio.NewScanner(f)
	for scanner.Scan() {
		if !each(scanner.Text()) {
			return nil
		}
	}
	return scanner.Err()
}

func (s *System) open(name string) (*os.File, error) {
	if s.Root == "" {
		return nil, s.rootless("read", name)
	}
	return os.Open(s.Path(name))
}

// List returns the names of what is in a directory, in order.
func (s *System) List(name string) ([]string, error) {
	if s.Root == "" {
		return nil, s.rootless("read", name)
	}
	entries, err := os.ReadDir(s.Path(name))
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names, err
}

// Link returns what a symbolic link says.
func (s *System) Link(name string) (string, error) {
	if s.Root == "" {
		return "", s.rootless("readlink", name)
	}
	return os.Readlink(s.Path(name))
}

// Proc returns the machine's /proc.
func (s *System) Proc() (procfs.FS, error) {
	if s.Root == "" {
		return procfs.FS{}, s.rootless("open", "/proc")
	}
	return procfs.NewFS(s.Path("/proc"))
}

// Absent is the observation of what could not be read because of err: it does not
// exist here, or whoever looks may not see it.
func Absent(id, source string, err error) posture.Observation {
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return posture.None(id, source, runtime.GOOS+" does not have it")
	case errors.Is(err, ErrElsewhere):
		o := posture.Hidden(id, source, ErrElsewhere.Error())
		o.Mend = "run lagvet doctor --pid on that machine"
		return o
	case errors.Is(err, syscall.ESRCH):
		return posture.Hidden(id, source, "the process has ended")
	case errors.Is(err, fs.ErrNotExist):
		return posture.None(id, source, source+" does not exist: this kernel is built without it, or hides it")
	case errors.Is(err, fs.ErrPermission):
		o := posture.Hidden(id, source, "reading "+source+" is not permitted")
		o.Mend = "run lagvet as the user of the process, or as root"
		return o
	}
	return posture.Hidden(id, source, fmt.Sprintf("%s cannot be read: %v", source, err))
}
