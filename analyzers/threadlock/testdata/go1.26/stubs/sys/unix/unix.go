// Package unix stands for the real one.
package unix

type CPUSet [16]uint64

func (s *CPUSet) Set(cpu int) { s[cpu/64] |= 1 << (cpu % 64) }

type CapUserHeader struct{}

type CapUserData struct{}

const (
	CLONE_NEWNET           = 0x40000000
	CLONE_FS               = 0x200
	PR_SET_NAME            = 15
	PR_SET_CHILD_SUBREAPER = 36
	PR_SET_TIMERSLACK      = 29
	SYS_SCHED_SETAFFINITY  = 203
	SYS_SETRESUID          = 117
	SYS_GETPID             = 39
)

func SchedSetaffinity(pid int, set *CPUSet) error                 { return nil }
func Setns(fd, nstype int) error                                  { return nil }
func Unshare(flags int) error                                     { return nil }
func Chdir(path string) error                                     { return nil }
func Gettid() int                                                 { return 1 }
func Setfsuid(uid int) error                                      { return nil }
func Capset(hdr *CapUserHeader, data *CapUserData) error          { return nil }
func Prctl(option int, a2, a3, a4, a5 uintptr) error              { return nil }
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2, errno uintptr) { return 0, 0, 0 }
func Exec(argv0 string, argv, envv []string) error                { return nil }
