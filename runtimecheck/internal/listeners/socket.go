package listeners

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// A socket is one that listens.
type socket struct {
	address string // "127.0.0.1:80"
	queue   int    // connections that wait to be accepted
	backlog int    // how many may; 0 if that is not known
	uid     string // of who opened it, if it is not the process's own
	inode   uint64 // 0 if it is not known
	own     bool   // the process has a descriptor of it
}

func (s socket) String() string {
	text := fmt.Sprintf("%s: %d waiting", s.address, s.queue)
	if s.backlog > 0 {
		text += fmt.Sprintf(" of %d", s.backlog)
	}
	if s.inode == 0 {
		return text
	}
	whose := "of user " + s.uid
	if s.own {
		whose = "of this process"
	}
	return fmt.Sprintf("%s (socket %d %s)", text, s.inode, whose)
}

// share is how much of the queue is used, in percent.
func (s socket) share() float64 { return 100 * float64(s.queue) / float64(max(s.backlog, 1)) }

// listen is the state TCP_LISTEN of the kernel's include/net/tcp_states.h.
const listen = "0A"

// parse reads a line of /proc/PID/net/tcp or tcp6:
//
//	sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode …
//
// The library that reads these files reads them whole.
func parse(line string) (s socket, listens bool, err error) {
	fields := strings.Fields(line)
	if len(fields) < 10 {
		return socket{}, false, fmt.Errorf("%.60q is no socket", line)
	}
	if fields[3] != listen {
		return socket{}, false, nil
	}
	address, err := parseAddress(fields[1])
	if err != nil {
		return socket{}, false, err
	}
	_, waiting, _ := strings.Cut(fields[4], ":")
	n, err := strconv.ParseUint(waiting, 16, 31)
	if err != nil {
		return socket{}, false, fmt.Errorf("%.40q is no queue", fields[4])
	}
	inode, err := strconv.ParseUint(fields[9], 10, 64)
	if err != nil {
		return socket{}, false, fmt.Errorf("%.40q is no inode", fields[9])
	}
	return socket{address: address.String(), queue: int(n), uid: fields[7], inode: inode}, true, nil
}

// parseAddress reads "0100007F:1F90". An address is written as one or four numbers of
// 32 bits, in hexadecimal, each of them as this machine has it in memory.
func parseAddress(text string) (netip.AddrPort, error) {
	ip, number, _ := strings.Cut(text, ":")
	bytes, err := hex.DecodeString(ip)
	if err != nil || len(bytes) != 4 && len(bytes) != 16 {
		return netip.AddrPort{}, fmt.Errorf("%.60q is no address", text)
	}
	port, err := strconv.ParseUint(number, 16, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%.60q has no port", text)
	}
	for i := 0; i < len(bytes); i += 4 {
		binary.NativeEndian.PutUint32(bytes[i:], binary.BigEndian.Uint32(bytes[i:]))
	}
	addr, _ := netip.AddrFromSlice(bytes)
	return netip.AddrPortFrom(addr, uint16(port)), nil
}

// parseCounters reads the counters of TcpExt in /proc/PID/net/netstat: a line of names,
// and one of numbers. The library that reads the file leaves TCPBacklogDrop out.
func parseCounters(text string) (map[string]float64, error) {
	var names []string
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0 || fields[0] != "TcpExt:":
		case names == nil:
			names = fields
		case len(fields) != len(names):
			return nil, fmt.Errorf("TcpExt has %d names and %d numbers", len(names)-1, len(fields)-1)
		default:
			return numbers(names[1:], fields[1:]), nil
		}
	}
	return nil, errors.New("it has no counters of TcpExt")
}

func numbers(names, values []string) map[string]float64 {
	counts := make(map[string]float64, len(names))
	for i, name := range names {
		n, err := strconv.ParseUint(values[i], 10, 64)
		if err != nil {
			continue // some are signed, none of those that are used here
		}
		counts[name] = float64(n)
	}
	return counts
}
