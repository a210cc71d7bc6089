package engine

import (
	"net/http"
	"runtime"

	"golang.org/x/sys/unix"

	"example.com/threadlock/pin"
)

// init runs on a thread that is locked.
func init() {
	runtime.LockOSThread()
	unix.Unshare(unix.CLONE_FS)
}

func (m *manager) deferred(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := m.schedCore(); err != nil {
		return err
	}
	return f()
}

// In a literal that is deferred.
func (m *manager) deferredLiteral(ns int) error {
	runtime.LockOSThread()
	defer func() {
		unix.Setns(ns, unix.CLONE_NEWNET)
		runtime.UnlockOSThread()
	}()
	return unix.Setns(ns+1, unix.CLONE_NEWNET)
}

// On every path.
func (m *manager) paths(kind int) int {
	runtime.LockOSThread()
	switch {
	case kind > 1:
		runtime.UnlockOSThread()
		return 1
	case kind < 0:
		panic("negative")
	}
	runtime.UnlockOSThread()
	return 0
}

// The same condition, asked again, and a flag.
func (m *manager) same(pinned bool) {
	if pinned {
		runtime.LockOSThread()
	}
	m.schedCore()
	if pinned {
		runtime.UnlockOSThread()
	}
}

func (m *manager) flag(pinned bool) {
	locked := false
	if pinned {
		runtime.LockOSThread()
		locked = true
	}
	m.schedCore()
	if locked {
		runtime.UnlockOSThread()
	}
}

func (m *manager) negated() {
	if m.core {
		runtime.LockOSThread()
	}
	m.schedCore()
	if !m.core {
		return
	}
	runtime.UnlockOSThread()
}

// Nested, and undone as often.
func (m *manager) nestedWell(f func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pin.Lock(1)
	defer pin.Unlock()
	f()
}

// Whoever calls it has to unlock.
func (m *manager) enter(dir string) (err error) {
	runtime.LockOSThread()
	if err = unix.Chdir(dir); err != nil {
		runtime.UnlockOSThread()
		return err
	}
	return nil
}

func (m *manager) scoped() func() {
	m.lock()
	return m.unlock
}

func (m *manager) scopedUser() {
	defer pin.Scoped(1)()
	m.schedCore()
}

func (m *manager) user() {
	m.lock()
	defer m.unlock()
	m.schedCore()
}

// The thread is destroyed, with what was set for it.
func (m *manager) inDir(dir string) error {
	errs := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			errs <- err
			return
		}
		errs <- unix.Chdir(dir)
	}()
	return <-errs
}

// Unlocked only if it succeeded.
func (m *manager) asUser(f func() error) {
	go func() {
		runtime.LockOSThread()
		err := m.become()
		// On an error let the thread go with the goroutine: do not unlock it.
		if err == nil {
			runtime.UnlockOSThread()
		}
	}()
}

func (m *manager) become() error {
	if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, 0, 1000, 0); errno != 0 {
		return errCore
	}
	return nil
}

// A worker for as long as the process lives.
func (m *manager) forever() {
	runtime.LockOSThread()
	for {
		m.schedCore()
	}
}

// About the thread, and locked: here, by the caller, and by a helper.
func (m *manager) pinnedWorker() {
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		m.pinTo(3)
	}()
	go func() {
		pin.Lock(4)
		defer pin.Unlock()
		m.pinTo(4)
	}()
}

func (m *manager) pinTo(cpu int) {
	var set unix.CPUSet
	set.Set(cpu)
	unix.SchedSetaffinity(0, &set)
}

// SetCPU pins the calling thread, which the caller must have locked.
func SetCPU(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	return unix.SchedSetaffinity(0, &set)
}

// About the process, or another thread.
func (m *manager) process(pid int, set *unix.CPUSet) {
	go func() {
		unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
		unix.SchedSetaffinity(pid, set)
		unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	}()
}

// The program takes the place of this one.
func (m *manager) become2(argv []string) {
	go func() {
		unix.Unshare(unix.CLONE_NEWNET)
		unix.Exec(argv[0], argv, nil)
	}()
}

// What runs the literal has locked the thread.
func (m *manager) handle(w http.ResponseWriter, r *http.Request) {
	pin.With(func() error { return unix.Setfsuid(1) })
	w.WriteHeader(http.StatusNoContent)
}

// Hot, and waits for nothing.
//
//lagvet:hot
func (m *manager) poll(ready *[8]bool) int {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	n := 0
	for i := range ready {
		if ready[i] {
			n++
		}
	}
	return n
}

// Allowed with a reason.
func (m *manager) allowed(f func() error) error {
	//lagvet:allow threadlock -- the interpreter wants the thread for good after an error
	runtime.LockOSThread() // want `^allowed: the thread stays locked on some path`
	if err := f(); err != nil {
		return err
	}
	runtime.UnlockOSThread()
	return nil
}
