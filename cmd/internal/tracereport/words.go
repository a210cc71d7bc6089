package tracereport

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A word is what a component is called.
type word struct {
	component trace.Component
	label     string // in a table
	doing     string // of a goroutine: "61 % of P99 is …", "it was …"
}

// words has the components in the order of tables: what a goroutine does itself, what
// the runtime takes from it, what it waits for.
func words() []word {
	return []word{
		{trace.Running, "running", "running"},
		{trace.Syscall, "system call", "in a system call"},
		{trace.Assist, "GC assist", "helping the collector"},
		{trace.Sweep, "GC sweep", "sweeping for the collector"},
		{trace.GCWait, "waiting for GC", "waiting for the collector"},
		{trace.StopTheWorld, "world stopped", "stopped with the world"},
		{trace.Scheduler, "scheduler", "waiting for its turn to run"},
		{trace.Lock, "lock", "waiting for a lock"},
		{trace.Channel, "channel", "waiting for a channel"},
		{trace.Select, "select", "waiting in a select"},
		{trace.Sync, "sync", "waiting for other goroutines"},
		{trace.Network, "network", "waiting for the network"},
		{trace.Sleep, "sleep", "sleeping"},
		{trace.Blocked, "blocked", "blocked"},
		{trace.Undetermined, "undetermined", "in a state that the trace does not tell"},
	}
}

// kernelWords has the parts of the kernel, which lie over others.
func kernelWords() []word {
	return []word{
		{trace.Throttled, "throttled", "CPU throttling"},
		{trace.RunQueue, "run queue", "waiting for a CPU in the kernel's queue"},
	}
}

// wordOf returns what a component is called; one that is not known here goes by its name.
func wordOf(c trace.Component) word {
	for _, w := range append(words(), kernelWords()...) {
		if w.component == c {
			return w
		}
	}
	return word{c, string(c), string(c)}
}

// duration prints a time with three digits, in the largest unit that fits it.
func duration(d time.Duration) string {
	if d < 0 {
		return "−" + duration(-max(d, -math.MaxInt64))
	}
	for _, u := range []struct {
		size time.Duration
		name string
	}{{time.Second, " s"}, {time.Millisecond, " ms"}, {time.Microsecond, " µs"}} {
		// What three digits round up to the next unit is told in that.
		if float64(d) >= 0.9995*float64(u.size) {
			return digits(float64(d)/float64(u.size)) + u.name
		}
	}
	return digits(float64(d)) + " ns"
}

func digits(n float64) string {
	if n >= 99.95 {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'g', 3, 64)
}

// percent prints a share with two digits, or says that it is small.
func percent(share float64) string {
	if share > 0 && share < 0.001 {
		return "<0.1 %"
	}
	return hotpath.Percent(share)
}

// number prints n with spaces between thousands.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}

// count prints a number of things of a kind.
func count(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return number(n) + " " + noun + "s"
}

// list joins words as a sentence does.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// problemText says what could not be told, with how many there are of it.
func problemText(p trace.Problem) string {
	if p.N < 2 {
		return p.Text
	}
	return number(p.N) + " " + p.Text
}
