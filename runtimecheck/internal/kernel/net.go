package kernel

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const sysctls = "/proc/sys/net"

// network observes a setting of the network namespace of the target.
func network(t *target.Target, id, name string, as form) posture.Observation {
	if o, ok := foreign(t, id); ok {
		return o
	}
	return setting(t, id, path.Join(sysctls, name), as)
}

// foreign observes of a setting that it is one of another network namespace than that
// of who looks, if it is.
func foreign(t *target.Target, id string) (posture.Observation, bool) {
	same, err := t.Shares("net")
	switch {
	case err != nil:
		return system.Absent(id, t.Proc("ns/net"), err), true
	case same:
		return posture.Observation{}, false
	}
	o := posture.Hidden(id, sysctls, "the process is in another network namespace than lagvet, and the kernel shows settings to those inside only")
	o.Mend = fmt.Sprintf("nsenter -t %d -n lagvet doctor --pid %d", t.PID, t.PID)
	return o, true
}

// observePorts tells how many local ports there are, and what share of them is held by
// sockets in TIME_WAIT.
func observePorts(t *target.Target) []posture.Observation {
	const file = sysctls + "/ipv4/ip_local_port_range"
	if o, ok := foreign(t, localPorts); ok {
		share := o
		share.ID = timeWait
		return []posture.Observation{o, share}
	}
	r, err := ports(t, file)
	if err != nil {
		return []posture.Observation{system.Absent(localPorts, file, err), system.Absent(timeWait, file, err)}
	}
	o := posture.Number(localPorts, float64(r.free()), file, posture.Kernel)
	o.Current = r.String()
	return []posture.Observation{o, observeTimeWait(t, r)}
}

// A portRange is what local ports are taken from.
type portRange struct {
	first, last, reserved int
}

func (r portRange) free() int { return r.last - r.first + 1 - r.reserved }

func (r portRange) String() string {
	return fmt.Sprintf("%d: %d to %d without %d that are reserved", r.free(), r.first, r.last, r.reserved)
}

func ports(t *target.Target, file string) (portRange, error) {
	text, err := t.Read(file)
	if err != nil {
		return portRange{}, err
	}
	r, err := parsePorts(text)
	if err != nil {
		return portRange{}, err
	}
	text, err = t.Read(sysctls + "/ipv4/ip_local_reserved_ports")
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return portRange{}, err
	}
	r.reserved, err = reserved(text, r)
	return r, err
}

// parsePorts reads "32768	60999".
func parsePorts(text string) (portRange, error) {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return portRange{}, fmt.Errorf("%.40q is no range of ports", text)
	}
	first, err := port(fields[0])
	if err != nil {
		return portRange{}, err
	}
	last, err := port(fields[1])
	if err == nil && last < first {
		err = fmt.Errorf("%.40q is no range of ports", text)
	}
	return portRange{first: first, last: last}, err
}

func port(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("%.40q is no port", text)
	}
	return int(n), nil
}

// reserved counts those ports of a list like "8080,9000-9100" that lie in a range. The
// kernel writes each port once.
func reserved(text string, r portRange) (int, error) {
	if text == "" {
		return 0, nil
	}
	n := 0
	for part := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(part, "-")
		if !ok {
			to = from
		}
		first, err := port(from)
		if err != nil {
			return 0, err
		}
		last, err := port(to)
		if err != nil {
			return 0, err
		}
		n += max(min(last, r.last)-max(first, r.first)+1, 0)
	}
	if n > r.last-r.first+1 {
		return 0, fmt.Errorf("%.40q names ports twice", text)
	}
	return n, nil
}

// observeTimeWait tells how many sockets are in TIME_WAIT, towards all servers
// together: for each of them by itself would take all of /proc/net/tcp.
func observeTimeWait(t *target.Target, r portRange) posture.Observation {
	dir := "/proc"
	if t.Kind != target.Host {
		dir = t.Proc()
	}
	file := path.Join(dir, "net/sockstat")
	waiting, err := socketsWaiting(t, dir)
	if err != nil {
		return system.Absent(timeWait, file, err)
	}
	o := posture.Number(timeWait, 100*float64(waiting)/float64(max(r.free(), 1)), file, posture.Kernel)
	o.Current = fmt.Sprintf("%d sockets, %d ports (%.1f %%)", waiting, r.free(), o.Value)
	return o
}

func socketsWaiting(t *target.Target, dir string) (int, error) {
	if _, err := t.System.Proc(); err != nil {
		return 0, err
	}
	// The library reads net/sockstat below what it takes for /proc.
	proc, err := procfs.NewFS(t.Path(dir))
	if err != nil {
		return 0, err
	}
	stat, err := proc.NetSockstat()
	if err != nil {
		return 0, err
	}
	for _, p := range stat.Protocols {
		if p.Protocol == "TCP" && p.TW != nil {
			return *p.TW, nil
		}
	}
	return 0, errors.New("there is no line for TCP with a count tw")
}
