package hotblock

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
)

// gravity orders the kinds: what may take longest comes first.
var gravity = []effects.Kind{
	effects.Sleep, effects.Net, effects.Disk, effects.STW, effects.Chan, effects.Lock, effects.Cgo, effects.Syscall, effects.Unknown,
}

func rank(k effects.Kind) int { return slices.Index(gravity, k) }

// deeds say what a function can do, by kind.
var deeds = map[effects.Kind]string{
	effects.Sleep:   "sleep",
	effects.Net:     "wait for the network",
	effects.Disk:    "wait for a file system",
	effects.STW:     "stop the world",
	effects.Chan:    "wait for a channel",
	effects.Lock:    "wait for a lock",
	effects.Cgo:     "call C",
	effects.Syscall: "enter the kernel",
	effects.Unknown: "do what cannot be told",
}

// cost says what each kind costs.
var cost = map[effects.Kind]string{
	effects.Sleep:   "nothing goes on until the time is over",
	effects.Net:     "the peer and the network decide how long it takes",
	effects.Disk:    "the device and its queue decide how long it takes",
	effects.STW:     "every goroutine of the process waits with it",
	effects.Chan:    "the goroutine is parked until another one is ready, and a processor free",
	effects.Lock:    "whoever holds it decides how long it takes, and the goroutine is parked meanwhile",
	effects.Cgo:     "the thread is C's until it returns, and after 20 µs the runtime gives its processor away",
	effects.Syscall: "after 20 µs in the kernel the runtime gives the processor away, and it is waited for on return",
	effects.Unknown: "nothing shows that it returns at once",
}

func mend(k effects.Kind) string {
	switch k {
	case effects.Lock:
		return "read an atomic snapshot, or say why it cannot wait: //lagvet:assume none -- …"
	case effects.Chan:
		return "give the channel room and select with a default, or say why it cannot wait: //lagvet:assume none -- …"
	case effects.Unknown:
		return "put the contract on the interface method or func type that is called, or say what it does: //lagvet:assume … -- …"
	case effects.Sleep:
		return "leave waiting to a goroutine of its own"
	}
	return "hand this to another goroutine, by a queue with room, or say why it does not wait: //lagvet:assume none -- …"
}

// can lists what effects do: "can sleep, wait for the network or wait for a lock".
func can(es []effects.Effect) string {
	var words []string
	for _, k := range gravity {
		if slices.ContainsFunc(es, func(e effects.Effect) bool { return e.Kind == k }) {
			words = append(words, deeds[k])
		}
	}
	if n := len(words); n > 1 {
		return "can " + strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return "can " + words[0]
}
