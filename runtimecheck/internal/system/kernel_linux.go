package system

import (
	"errors"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// here asks the kernel that this process runs on.
type here struct{}

func (here) Affinity(tid int) ([]int, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(tid, &set); err != nil {
		return nil, err
	}
	var cpus []int
	for cpu, left := 0, set.Count(); left > 0; cpu++ {
		if set.IsSet(cpu) {
			cpus = append(cpus, cpu)
			left--
		}
	}
	return cpus, nil
}

func (here) CPU() (cpu, node int, err error) {
	var c, n uint32
	if _, _, errno := unix.RawSyscall(unix.SYS_GETCPU, uintptr(unsafe.Pointer(&c)), uintptr(unsafe.Pointer(&n)), 0); errno != 0 {
		return 0, 0, errno
	}
	return int(c), int(n), nil
}

func (here) Clock() (Clock, error) {
	var t unix.Timex // Modes 0: read only
	if _, err := unix.Adjtimex(&t); err != nil {
		return Clock{}, err
	}
	offset := time.Duration(t.Offset) * time.Microsecond
	if t.Status&unix.STA_NANO != 0 {
		offset = time.Duration(t.Offset)
	}
	return Clock{
		Synced:   t.Status&unix.STA_UNSYNC == 0,
		MaxError: time.Duration(t.Maxerror) * time.Microsecond,
		Offset:   offset,
		TAI:      time.Duration(t.Tai) * time.Second,
	}, nil
}

func (here) Now() (time.Duration, error) { return costOfNow(), nil }

func (here) Limit(pid int) (soft, hard uint64, err error) {
	var limit unix.Rlimit
	if err := unix.Prlimit(pid, unix.RLIMIT_NOFILE, nil, &limit); err != nil {
		return 0, 0, err
	}
	return limit.Cur, limit.Max, nil
}

// Nodes asks move_pages(2), which tells and moves nothing if it is given no nodes.
func (here) Nodes(pid int, pages []uintptr) ([]int, error) {
	if len(pages) == 0 {
		return nil, nil
	}
	status := make([]int32, len(pages))
	if _, _, errno := unix.Syscall6(unix.SYS_MOVE_PAGES, uintptr(pid), uintptr(len(pages)),
		uintptr(unsafe.Pointer(&pages[0])), 0, uintptr(unsafe.Pointer(&status[0])), 0); errno != 0 {
		return nil, errno
	}
	nodes := make([]int, len(pages))
	for i, s := range status {
		nodes[i] = int(s)
	}
	return nodes, nil
}

func (here) Listener(fd int) (Listener, bool, error) {
	// A file is no socket, and a descriptor may have been closed since it was listed.
	accepts, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ACCEPTCONN)
	if errors.Is(err, unix.ENOTSOCK) || errors.Is(err, unix.EBADF) || err == nil && accepts == 0 {
		return Listener{}, false, nil
	}
	if err != nil {
		return Listener{}, false, err
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return Listener{}, false, err
	}
	var l Listener
	switch a := name.(type) {
	case *unix.SockaddrInet4:
		l.Address = netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *unix.SockaddrInet6:
		l.Address = netip.AddrPortFrom(netip.AddrFrom16(a.Addr), uint16(a.Port))
	default:
		return Listener{}, false, nil // not of the network
	}
	protocol, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	// Package net asks for MPTCP where there is any; each such socket has one of TCP inside,
	// which answers for it.
	if err != nil || protocol != unix.IPPROTO_TCP && protocol != unix.IPPROTO_MPTCP {
		return Listener{}, false, err
	}
	// Of a socket that listens these two fields have another meaning than their names
	// say, see tcp_get_info in the kernel's net/ipv4/tcp.c.
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return Listener{}, false, err
	}
	l.Queue, l.Backlog = int(info.Unacked), int(info.Sacked)
	return l, true, nil
}
