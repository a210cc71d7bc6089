package listeners

import (
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
	absent := func(file string, err error) []posture.Observation {
		return []posture.Observation{system.Absent(queue, file, err), system.Absent(reuseport, file, err)}
	}
	all, file, err := listening(t)
	if err != nil {
		return absent(file, err)
	}
	unseen, err := own(ctx, t, all)
	if err != nil {
		return absent(t.Proc("fd"), err)
	}
	if !slices.ContainsFunc(all, func(s socket) bool { return s.own }) {
		var none []posture.Observation
		for _, id := range []string{queue, reuseport} {
			o := posture.None(id, t.Proc("net/tcp"), "the process listens on no TCP port")
			if unseen != "" {
				o = posture.Hidden(id, t.Proc("fd"), unseen)
			}
			none = append(none, o)
		}
		return none
	}
	q, r := observeQueue(t, all), observeReuse(t, all)
	q.AtBest = unseen
	return []posture.Observation{q, r}
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

// mostLinks bounds how many descriptors are looked at. Each takes the kernel two or
// three microseconds, and a service that looks at itself must not be held up.
func mostLinks(k target.Kind) int {
	if k == target.Self {
		return 512
	}
	return 1 << 14
}

// own marks the sockets that the process has a descriptor of. The text says why some
// may not have been found.
func own(ctx context.Context, t *target.Target, all []socket) (unseen string, err error) {
	left := make(map[string]int) // index by link
	for i, s := range all {
		left[fmt.Sprintf("socket:[%d]", s.inode)] = i
	}
	if len(left) == 0 {
		return "", nil
	}
	names, err := t.List(t.Proc("fd"))
	if err != nil {
		return "", err
	}
	// Sockets that listen are opened early, and have low numbers.
	slices.SortFunc(names, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	for n, name := range names {
		if n == mostLinks(t.Kind) || ctx.Err() != nil {
			return fmt.Sprintf("only %d of %d descriptors were looked at, and some sockets that listen were not among them", n, len(names)), nil
		}
		link, err := t.Link(t.Proc("fd", name))
		if errors.Is(err, fs.ErrNotExist) {
			continue // it has been closed meanwhile
		}
		if err != nil {
			return "", err
		}
		if i, ok := left[link]; ok {
			all[i].own = true
			delete(left, link)
		}
		if len(left) == 0 {
			break
		}
	}
	return "", nil
}

// observeQueue tells of the own socket on which the most wait.
func observeQueue(t *target.Target, all []socket) posture.Observation {
	var fullest socket
	var details []string
	for _, s := range all {
		if !s.own {
			continue
		}
		details = append(details, s.String())
		if fullest.inode == 0 || s.queue > fullest.queue {
			fullest = s
		}
	}
	const limits = "/proc/sys/net/core/somaxconn"
	o := posture.Number(queue, 0, t.Proc("net/tcp"), posture.Kernel)
	o.Current, o.Details = "none waits", details
	if fullest.queue == 0 {
		return o
	}
	most, err := somaxconn(t, limits)
	if err != nil {
		o = system.Absent(queue, limits, err)
		o.Details = details
		return o
	}
	if most == 0 {
		o = posture.Hidden(queue, limits, fullest.String()+"; of how many there may be the kernel tells those in its network namespace only")
		o.Mend = fmt.Sprintf("nsenter -t %d -n lagvet doctor --pid %d", t.PID, t.PID)
		o.Details = details
		return o
	}
	// The socket may have asked for a shorter queue.
	o.Value, o.Grade = 100*float64(fullest.queue)/float64(most), posture.Heuristic
	o.Current = fmt.Sprintf("%s, of %d if it has asked for somaxconn as Go does", fullest, most)
	return o
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
func observeReuse(t *target.Target, all []socket) posture.Observation {
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
	o := posture.Number(reuseport, 1, t.Proc("net/tcp"), posture.Kernel)
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
