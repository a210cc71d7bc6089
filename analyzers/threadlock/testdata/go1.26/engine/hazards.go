// Package engine works on threads of its own.
package engine

import (
	"errors"
	"net/http"
	"os/exec"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"

	"example.com/threadlock/pin"
)

type manager struct {
	mu   sync.Mutex
	core bool
	jobs chan job
	done chan struct{}
}

type job struct{ run func() error }

var errCore = errors.New("no core scheduling")

func (m *manager) schedCore() error {
	if !m.core {
		return errCore
	}
	return nil
}

// A return before the unlock.
func (m *manager) start(cmd *exec.Cmd) error {
	runtime.LockOSThread() // want `^likely: the thread stays locked on some path, and the goroutine goes on: .* ← returns with the thread locked$`
	if err := m.schedCore(); err != nil {
		return err
	}
	err := cmd.Start()
	runtime.UnlockOSThread()
	return err
}

// The error of one call says nothing of that of the next.
func (m *manager) startTwo(a, b *exec.Cmd) (err error) {
	if err = m.schedCore(); err != nil {
		return err
	}
	runtime.LockOSThread() // want `^likely: the thread stays locked on some path`
	if err = a.Start(); err != nil {
		return err
	}
	if err := b.Start(); err != nil {
		return err
	}
	runtime.UnlockOSThread()
	return nil
}

// By a helper of another package.
func (m *manager) pinned(cmd *exec.Cmd) error {
	pin.Lock(2) // want `^likely: the thread stays locked on some path`
	if err := cmd.Start(); err != nil {
		return err
	}
	pin.Unlock()
	return nil
}

// By helpers of this one, one of which is a method.
func (m *manager) lock() {
	m.mu.Lock()
	runtime.LockOSThread()
}

func (m *manager) unlock() {
	runtime.UnlockOSThread()
	m.mu.Unlock()
}

func (m *manager) both(fs []func() error) error {
	m.lock() // want `^likely: the thread stays locked on some path`
	for _, f := range fs {
		if err := f(); err != nil {
			m.mu.Unlock()
			return err
		}
	}
	m.unlock()
	return nil
}

// Once more in each turn.
func (m *manager) turns(n int) {
	for range n {
		runtime.LockOSThread() // want `^likely: the thread stays locked on some path`
		m.schedCore()
	}
}

// One unlock for two locks.
func (m *manager) twice(f func()) {
	runtime.LockOSThread() // want `^likely: the thread is locked more often than it is unlocked, so it stays locked: the calls are counted ← undoes one lock ← returns with the thread locked$`
	defer runtime.UnlockOSThread()
	pin.Lock(3)
	f()
}

// Two unlocks for one lock, while a caller holds one.
func (m *manager) outer(f func() error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	m.inner(f)
}

func (m *manager) inner(f func() error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if f() == nil {
		m.core = true
	}
	runtime.UnlockOSThread() // want `^likely: the thread is unlocked more often than it is locked here, which undoes a lock of the caller`
}

// A handler that never unlocks.
func (m *manager) serve(w http.ResponseWriter, r *http.Request) {
	runtime.LockOSThread() // want `^likely: nothing unlocks the thread, and the goroutine goes on to the next request \(HTTP handler\)`
	if err := m.schedCore(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// Another condition than that of the lock.
func (m *manager) conditions(pinned, quick bool) {
	if pinned {
		runtime.LockOSThread() // want `^likely: the thread stays locked on some path`
	}
	m.schedCore()
	if !quick {
		runtime.UnlockOSThread()
	}
}

// A switch, one of whose cases forgets.
func (m *manager) choose(kind int) int {
	runtime.LockOSThread() // want `^likely: the thread stays locked on some path`
	switch kind {
	case 1:
		runtime.UnlockOSThread()
		return 1
	case 2:
		return 2
	}
	runtime.UnlockOSThread()
	return 0
}

// A generic worker, whose lock belongs to a closure.
func each[T any](ts []T, f func(T) error) error {
	step := func(t T) error {
		runtime.LockOSThread() // want `^likely: the thread stays locked on some path`
		if err := f(t); err != nil {
			return err
		}
		runtime.UnlockOSThread()
		return nil
	}
	for _, t := range ts {
		if err := step(t); err != nil {
			return err
		}
	}
	return nil
}

// Calls about a thread that the goroutine may leave.
func (m *manager) run() {
	go m.worker(4)
	go func() {
		unix.Setfsuid(1000) // want `^likely: unix.Setfsuid is about the user as which this thread opens files, and the goroutine is not locked to it`
		m.schedCore()
	}()
}

func (m *manager) worker(cpu int) {
	var set unix.CPUSet
	set.Set(cpu)
	if err := unix.SchedSetaffinity(unix.Gettid(), &set); err != nil { // want `^likely: unix.SchedSetaffinity is about the processors that this thread runs on`
		return
	}
	m.privileges()
	for j := range m.jobs {
		j.run()
	}
}

func (m *manager) privileges() {
	unix.Capset(new(unix.CapUserHeader), new(unix.CapUserData)) // want `^likely: unix.Capset is about the capabilities of this thread`
	unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)              // want `^likely: unix.Prctl is about the timer slack of this thread`
	unix.Prctl(unix.PR_SET_NAME, 0, 0, 0, 0)                    // want `^suspected: unix.Prctl is about the name of this thread`
	unix.RawSyscall(unix.SYS_SETRESUID, 0, 1000, 0)             // want `^likely: unix.RawSyscall is about the user of this thread alone`
}

// Pin is called from anywhere.
func Pin(cpu int) error {
	var set unix.CPUSet
	set.Set(cpu)
	return unix.SchedSetaffinity(0, &set) // want `^suspected: unix.SchedSetaffinity is about the processors`
}

// Unlocked too early.
func (m *manager) early() {
	go func() {
		runtime.LockOSThread()
		m.schedCore()
		runtime.UnlockOSThread()
		unix.Unshare(unix.CLONE_FS) // want `^likely: unix.Unshare is about the namespaces of this thread`
	}()
}

// A locked thread that waits for others.
//
//lagvet:hot
func (m *manager) loop() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		select { // want `^likely: select waits for a channel on a locked thread: .* ← locks the thread`
		case j := <-m.jobs:
			j.run()
		case <-m.done:
			return
		}
	}
}

func (m *manager) slowLoop() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for {
		m.mu.Lock() // want `^suspected: \(\*sync.Mutex\).Lock waits for a lock on a locked thread`
		core := m.core
		m.mu.Unlock()
		if core {
			return
		}
	}
}

// A goroutine that ends locked and does not say why.
func (m *manager) short() {
	go func() {
		runtime.LockOSThread() // want `^suspected: the goroutine ends with its .* locked: the runtime destroys`
		m.schedCore()
	}()
}
