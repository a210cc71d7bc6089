package listeners

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/runtimecheck/internal/probe"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	queue        = "listeners.queue"
	reuseport    = "listeners.reuseport"
	overflows    = "listeners.overflows"
	drops        = "listeners.drops"
	backlogDrops = "listeners.backlog_drops"
)

// Probe looks at sockets that listen.
var Probe = probe.Probe{
	Name: "listeners",
	Specs: []posture.Spec{{
		ID:   queue,
		What: "connections that wait to be accepted, share of somaxconn, on the fullest socket",
		Unit: "%",
		Why:  "each waits for a goroutine to accept it, and once the queue is full the kernel turns more of them away",
		Mend: "accept in a goroutine that does nothing else, or from several sockets (SO_REUSEPORT); if bursts are the cause raise net.core.somaxconn and restart",
		Go:   true,
	}, {
		ID:   reuseport,
		What: "sockets that share an address (SO_REUSEPORT), on the address with the most",
		Why:  "the kernel spreads connections over them without regard to how busy each is",
		Mend: "open one socket for each worker, with net.ListenConfig.Control and SO_REUSEPORT",
		Go:   true,
	}, {
		ID:   overflows,
		What: "connections turned away because an accept queue was full, in the network namespace",
		Why:  "the client tries again after a second, then two, then four",
		Mend: "find the socket with ss -lt, accept faster, and raise net.core.somaxconn with a restart of the program",
	}, {
		ID:   drops,
		What: "connections turned away by sockets that listen, for whatever reason",
		Why:  "the client tries again after a second, then two, then four",
		Mend: "see listeners.overflows; if there are fewer of those, memory for sockets is short (net.ipv4.tcp_mem), or the queue of handshakes is (net.ipv4.tcp_max_syn_backlog)",
	}, {
		ID:   backlogDrops,
		What: "packets dropped because a socket was held by its reader and its backlog full",
		Why:  "each has to be sent again, after 200 ms at least",
		Mend: "raise the receive buffers (net.ipv4.tcp_rmem), and read in larger pieces",
	}},
	Look: look,
}

func look(ctx context.Context, t *target.Target) []posture.Observation {
	all := counters(t)
	if t.Kind == target.Host {
		return all
	}
	return append(all, sockets(ctx, t)...)
}

// counters observes what the kernel counts in the network namespace of the target.
func counters(t *target.Target) []posture.Observation {
	source := "/proc/self/net/netstat"
	if t.Kind != target.Host {
		source = t.Proc("net/netstat")
	}
	text, err := t.Read(source)
	var counts map[string]float64
	if err == nil {
		counts, err = parseCounters(text)
	}
	var all []posture.Observation
	for _, c := range []struct{ id, name string }{
		{overflows, "ListenOverflows"}, {drops, "ListenDrops"}, {backlogDrops, "TCPBacklogDrop"},
	} {
		value, ok := counts[c.name]
		switch {
		case err != nil:
			all = append(all, system.Absent(c.id, source, err))
		case !ok:
			all = append(all, posture.None(c.id, source, "this kernel does not count "+c.name))
		default:
			all = append(all, counted(t, c.id, source, value))
		}
	}
	return all
}

func counted(t *target.Target, id, source string, total float64) posture.Observation {
	o := posture.Number(id, total, source, posture.Kernel)
	o.Current = fmt.Sprintf("%.0f since the network namespace was made", total)
	if grown, ok := t.Since(id, total); ok {
		o.Value = grown
		o.Current = fmt.Sprintf("%.0f %s", grown, t.Period())
	}
	return o
}

// sockets observes those that the process listens on.
func sockets(ctx context.Context, t *target.Target) []posture.Observation {
	find, source := others, t.Proc("net/tcp")
	if t.Kind == target.Self {
		find, source = here, t.Proc("fd")
	}
	all, unseen, file, err := find(ctx, t)
	if err != nil {
		return []posture.Observation{system.Absent(queue, file, err), system.Absent(reuseport, file, err)}
	}
	if !slices.ContainsFunc(all, func(s socket) bool { return s.own }) {
		var none []posture.Observation
		for _, id := range []string{queue, reuseport} {
			o := posture.None(id, source, "the process listens on no TCP port")
			if unseen != "" {
				o = posture.Hidden(id, t.Proc("fd"), unseen)
			}
			none = append(none, o)
		}
		return none
	}
	q, r := observeQueue(t, all, source), observeReuse(all, source)
	q.AtBest = unseen
	return []posture.Observation{q, r}
}

// here returns the sockets of this process, which can be asked themselves: that is
// cheaper than /proc/self/net/tcp, for which the kernel goes through its table of all
// connections (4 ms of CPU time for 262,144 places, though they were empty), and tells
// how many may wait. Sockets of others on the same addresses are not seen.
func here(ctx context.Context, t *target.Target) (all []socket, unseen, file string, err error) {
	file = t.Proc("fd")
	unseen, err = descriptors(ctx, t, func(name string) (bool, error) {
		fd, err := strconv.Atoi(name)
		if err != nil {
			return false, fmt.Errorf("%.40q is no descriptor", name)
		}
		l, ok, err := t.Kernel.Listener(fd)
		if ok {
			all = append(all, socket{address: l.Address.String(), queue: l.Queue, backlog: l.Backlog, own: true})
		}
		return true, err
	})
	return all, unseen, file, err
}

// others returns the sockets that listen in the network namespace of another process,
// with its own marked.
func others(ctx context.Context, t *target.Target) (all []socket, unseen, file string, err error) {
	all, file, err = listening(t)
	if err != nil {
		return nil, "", file, err
	}
	file = t.Proc("fd")
	left := make(map[string]int) // index by link
	for i, s := range all {
		left[fmt.Sprintf("socket:[%d]", s.inode)] = i
	}
	if len(left) == 0 {
		return nil, "", file, nil
	}
	unseen, err = descriptors(ctx, t, func(name string) (bool, error) {
		link, err := t.Link(t.Proc("fd", name))
		if errors.Is(err, fs.ErrNotExist) {
			return true, nil // it has been closed meanwhile
		}
		if i, ok := left[link]; ok {
			all[i].own = true
			delete(left, link)
		}
		return len(left) > 0, err
	})
	return all, unseen, file, err
}

// listening returns the sockets that listen in the network namespace of the process.
// The error is of the file that is named.
func listening(t *target.Target) (all []socket, file string, err error) {
	for i, name := range []string{"net/tcp", "net/tcp6"} {
		file = t.Proc(name)
		of, err := read(t, file)
		if i == 1 && errors.Is(err, fs.ErrNotExist) {
			continue // without IPv6
		}
		if err != nil {
			return nil, file, err
		}
		all = append(all, of...)
	}
	return all, file, nil
}

// read reads the head of a file up to the first socket that does not listen: those that
// do come first, see tcp_seq_start in the kernel's net/ipv4/tcp_ipv4.c.
func read(t *target.Target, file string) ([]socket, error) {
	var all []socket
	var failed error
	head := true
	err := t.Lines(file, func(line string) bool {
		if head {
			head = false
			return true
		}
		s, listens, err := parse(line)
		if err != nil || !listens {
			failed = err
			return false
		}
		all = append(all, s)
		return true
	})
	return all, errors.Join(err, failed)
}

// most bounds how many descriptors are looked at. Each takes some microseconds.
const most = 4096

// descriptors calls look with the descriptors of the process, the lowest first since
// sockets that listen are opened early, until it returns false. The text says why not
// all were looked at.
func descriptors(ctx context.Context, t *target.Target, look func(name string) (more bool, err error)) (unseen string, err error) {
	names, err := t.Descriptors()
	if err != nil {
		return "", err
	}
	names = slices.Clone(names)
	slices.SortFunc(names, func(a, b string) int {
		return cmp.Or(len(a)-len(b), strings.Compare(a, b))
	})
	for n, name := range names {
		if n == most || ctx.Err() != nil {
			return fmt.Sprintf("only %d of %d descriptors were looked at, and there may be sockets that listen among the others", n, len(names)), nil
		}
		if more, err := look(name); err != nil || !more {
			return "", err
		}
	}
	return "", nil
}

// observeQueue tells of the own socket whose queue is the fullest.
func observeQueue(t *target.Target, all []socket, source string) posture.Observation {
	own := slices.DeleteFunc(slices.Clone(all), func(s socket) bool { return !s.own })
	o := posture.Number(queue, 0, source, posture.Kernel)
	o.Current = "none waits"
	for _, s := range own {
		o.Details = append(o.Details, s.String())
	}
	if !slices.ContainsFunc(own, func(s socket) bool { return s.queue > 0 }) {
		return o
	}
	assumed := own[0].backlog == 0
	if assumed {
		absent, ok := assume(t, own)
		if !ok {
			absent.Details = o.Details
			return absent
		}
	}
	fullest := slices.MaxFunc(own, func(a, b socket) int { return cmp.Compare(a.share(), b.share()) })
	o.Value, o.Current = fullest.share(), fullest.String()
	if assumed {
		o.Grade = posture.Heuristic
		o.Current += ", if it has asked for somaxconn as Go does"
	}
	return o
}

// assume sets the backlog of sockets to somaxconn, which Go asks for.
func assume(t *target.Target, own []socket) (absent posture.Observation, ok bool) {
	const file = "/proc/sys/net/core/somaxconn"
	longest, err := somaxconn(t, file)
	if err != nil {
		return system.Absent(queue, file, err), false
	}
	if longest == 0 {
		o := posture.Hidden(queue, file, "some wait; of how many there may be the kernel tells those in its network namespace only")
		o.Mend = fmt.Sprintf("nsenter -t %d -n lagvet doctor --pid %d", t.PID, t.PID)
		return o, false
	}
	for i := range own {
		own[i].backlog = longest
	}
	return posture.Observation{}, true
}

// somaxconn returns the longest queue that a socket of the process may have, or 0 if
// that is the matter of another network namespace.
func somaxconn(t *target.Target, file string) (int, error) {
	if same, err := t.Shares("net"); err != nil || !same {
		return 0, err
	}
	text, err := t.Read(file)
	if err != nil {
		return 0, err
	}
	n, err := strconv.Atoi(text)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%.40q is no length of a queue", text)
	}
	return n, nil
}

// observeReuse tells of the address that the most sockets listen on, one of them the
// process's own.
func observeReuse(all []socket, source string) posture.Observation {
	groups := make(map[string][]socket)
	var addresses []string
	for _, s := range all {
		if s.own && groups[s.address] == nil {
			addresses = append(addresses, s.address)
			groups[s.address] = []socket{}
		}
	}
	for _, s := range all {
		if groups[s.address] != nil {
			groups[s.address] = append(groups[s.address], s)
		}
	}
	o := posture.Number(reuseport, 1, source, posture.Kernel)
	o.Current = "each address has one socket"
	for _, a := range addresses {
		group := groups[a]
		if len(group) < 2 {
			continue
		}
		mine := 0
		for _, s := range group {
			o.Details = append(o.Details, s.String())
			if s.own {
				mine++
			}
		}
		if n := float64(len(group)); n > o.Value {
			o.Value = n
			o.Current = fmt.Sprintf("%d sockets on %s, %d of this process", len(group), a, mine)
		}
	}
	return o
}
