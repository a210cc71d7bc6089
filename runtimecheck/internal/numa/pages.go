package numa

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"

	"github.com/lagvet/lagvet/runtimecheck/internal/target"
)

const pageSource = "move_pages(2)"

// sampled is how many addresses are asked for: half a millisecond's worth. Of this many
// a share is right within some 3 %.
const sampled = 1024

// fewest is how many of them must be in memory for their shares to say something.
const fewest = 32

// pages are how many of a sample are on each node.
type pages struct {
	seen int
	on   map[int]int
}

// errFew says that a process has mapped much and used little.
var errFew = fmt.Errorf("fewer than %d of a sample of its addresses are in memory", fewest)

// sample asks where pages are, at addresses spread evenly over what the process alone
// writes to: its heap, its stacks and its variables.
func sample(t *target.Target) (p pages, source string, err error) {
	source = t.Proc("maps")
	text, err := t.Read(source)
	if err != nil {
		return p, source, err
	}
	ranges, err := private(text)
	if err != nil {
		return p, source, err
	}
	addresses := spread(ranges, sampled)
	if len(addresses) == 0 { // a thread of the kernel, or a process that has just ended
		return p, source, errors.New("the process has no memory of its own")
	}
	on, err := t.Kernel.Nodes(t.PID, addresses)
	if errors.Is(err, syscall.EPERM) && t.Kind == target.Self {
		// It needs no right for the process itself: something filters system calls.
		err = fmt.Errorf("the system call is forbidden here, as the default profile of container runtimes does: run lagvet doctor --pid on the host (%v)", err)
	}
	if err != nil {
		return p, pageSource, err
	}
	p.on = make(map[int]int)
	for _, n := range on {
		if n >= 0 {
			p.on[n]++
			p.seen++
		}
	}
	if p.seen < fewest {
		return p, pageSource, errFew
	}
	return p, pageSource, nil
}

// An extent is a range of addresses, without its end.
type extent struct{ start, end uint64 }

// private returns the mappings that are written to and shared with nobody. The format
// is that of proc_pid_maps(5): "c000000000-c000400000 rw-p 00000000 00:00 0 …".
func private(maps string) ([]extent, error) {
	var ranges []extent
	for line := range strings.Lines(maps) {
		place, rest, _ := strings.Cut(line, " ")
		if !strings.HasPrefix(rest, "rw-p ") {
			continue
		}
		from, to, _ := strings.Cut(place, "-")
		start, err := strconv.ParseUint(from, 16, 64)
		if err != nil {
			return nil, fmt.Errorf("%.40q is no mapping", line)
		}
		end, err := strconv.ParseUint(to, 16, 64)
		if err != nil || end <= start {
			return nil, fmt.Errorf("%.40q is no mapping", line)
		}
		if n := len(ranges); n > 0 && start < ranges[n-1].end {
			return nil, fmt.Errorf("%.40q lies over the mapping before it", line)
		}
		ranges = append(ranges, extent{start, end})
	}
	return ranges, nil
}

// spread returns n addresses in equal steps over ranges, or fewer if the step would be
// below a page of 4 KB: none is asked for twice.
func spread(ranges []extent, n int) []uintptr {
	var total uint64
	for _, r := range ranges {
		total += r.end - r.start
	}
	step := max(total/uint64(n), 4096)
	var addresses []uintptr
	next := step / 2 // from the start of the first range, as if they lay side by side
	for _, r := range ranges {
		size := r.end - r.start
		for ; next < size && len(addresses) < n; next += step {
			addresses = append(addresses, uintptr(r.start+next))
		}
		if next >= size {
			next -= size
		}
	}
	return addresses
}
