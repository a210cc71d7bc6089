package claims

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/lagvet/lagvet/runtimecheck/internal/cpulist"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
)

const nodes = "/sys/devices/system/node/"

// benchNUMA walks through memory of its own node and of another one, on a thread that is
// pinned to a CPU.
func benchNUMA(ctx context.Context, r *run) error {
	here := system.Here()
	withMemory, err := list(here, nodes+"has_memory")
	if err != nil {
		return unmeasurable("the kernel tells of no NUMA nodes: %v", err)
	}
	if len(withMemory) < 2 {
		return unmeasurable("all memory is on one NUMA node")
	}
	cpu, own, err := homeCPU(here, withMemory)
	if err != nil {
		return err
	}
	other := withMemory[0]
	if other == own {
		other = withMemory[len(withMemory)-1]
	}
	r.note("a thread on CPU %d of node %d walks at random through %d MiB of node %d and of node %d", cpu, own, walkBytes>>20, own, other)
	var arms []arm
	for _, a := range []struct {
		name string
		node int
	}{{"memory of its own node", own}, {"memory of another node", other}} {
		w, err := newWalk(here.Kernel, a.node, walkBytes)
		if err != nil {
			return err
		}
		defer w.close()
		arms = append(arms, arm{a.name, func(ctx context.Context, d time.Duration) (sample, error) {
			return onThread([]int{cpu}, func() (sample, error) { return w.arm(a.name).do(ctx, d) })
		}})
	}
	return r.interleave(ctx, arms...)
}

func list(s *system.System, file string) (cpulist.List, error) {
	text, err := s.Read(file)
	if err != nil {
		return nil, err
	}
	return cpulist.Parse(text)
}

// homeCPU returns a CPU that this process may use of a node that has memory.
func homeCPU(s *system.System, withMemory cpulist.List) (cpu, node int, err error) {
	mask, err := allowed(s.Kernel)
	if err != nil {
		return 0, 0, err
	}
	for _, node := range withMemory {
		cpus, err := list(s, fmt.Sprintf("%snode%d/cpulist", nodes, node))
		if err != nil {
			return 0, 0, fmt.Errorf("reading the CPUs of node %d: %w", node, err)
		}
		if both := cpus.And(mask); len(both) > 0 {
			return both[len(both)-1], node, nil
		}
	}
	return 0, 0, unmeasurable("this process may use no CPU of a node that has memory")
}

// walkBytes is more than the caches of a CPU hold.
const walkBytes = 256 << 20

// cell is the distance between two steps of a walk: a cache line and its neighbour.
const cell = 128

// A walk is memory on one node, in which each step says where the next one goes.
type walk struct {
	memory []byte
	at     uint64
}

// From linux/mempolicy.h.
const (
	mpolBind     = 2 // MPOL_BIND: on these nodes or not at all
	mpolMFStrict = 1 // MPOL_MF_STRICT: fail if a page is elsewhere
)

// newWalk takes memory of a node, and makes sure that it lies there.
func newWalk(k system.Kernel, node, size int) (*walk, error) {
	memory, err := unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		return nil, fmt.Errorf("taking memory: %w", err)
	}
	w := &walk{memory: memory}
	if err := w.bind(node); err != nil {
		w.close()
		return nil, err
	}
	w.fill()
	if err := w.verify(k, node); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *walk) close() { _ = unix.Munmap(w.memory) } // it ends with the process anyway

// bind has pages come from a node.
func (w *walk) bind(node int) error {
	mask := make([]uint64, node/64+1)
	mask[node/64] = 1 << (node % 64)
	_, _, errno := unix.Syscall6(unix.SYS_MBIND,
		uintptr(unsafe.Pointer(&w.memory[0])), uintptr(len(w.memory)), mpolBind,
		uintptr(unsafe.Pointer(&mask[0])), uintptr(64*len(mask)+1), mpolMFStrict)
	if errno == unix.ENOSYS || errno == unix.EPERM {
		return unmeasurable("the kernel gives no memory of a chosen node: mbind(2): %v", errno)
	}
	if errno != 0 {
		return fmt.Errorf("asking for memory of node %d: mbind(2): %w", node, errno)
	}
	return nil
}

// fill makes one ring of all cells, in an order that no prefetcher guesses.
func (w *walk) fill() {
	n := len(w.memory) / cell
	order := rand.New(rand.NewPCG(3, 4)).Perm(n)
	for i, from := range order {
		*w.word(uint64(from)) = uint64(order[(i+1)%n])
	}
}

// word is what a cell holds: the number of the next one.
func (w *walk) word(i uint64) *uint64 {
	return (*uint64)(unsafe.Pointer(&w.memory[i*cell]))
}

// verify makes sure that pages are on the node.
func (w *walk) verify(k system.Kernel, node int) error {
	const looks = 64
	var pages []uintptr
	for i := range looks {
		pages = append(pages, uintptr(unsafe.Pointer(&w.memory[i*(len(w.memory)/looks)])))
	}
	where, err := k.Nodes(os.Getpid(), pages)
	if err != nil {
		return fmt.Errorf("asking where pages are: %w", err)
	}
	for _, n := range where {
		if n != node {
			return fmt.Errorf("memory was to be of node %d, and a page is on node %d", node, n)
		}
	}
	return nil
}

// arm takes one step after the other, each of which waits for the one before.
func (w *walk) arm(name string) arm {
	return loop(name, func(n int) {
		at := w.at
		for range n {
			at = *w.word(at)
		}
		w.at = at
		runtime.KeepAlive(at)
	})
}
