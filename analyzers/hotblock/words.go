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

// awaited are what a function can wait for, by kind.
var awaited = map[effects.Kind]string{
	effects.Net:  "the network",
	effects.Disk: "a file system",
	effects.Chan: "a channel",
	effects.Lock: "a lock",
}

// deeds say what else a function can do, by kind.
var deeds = map[effects.Kind]string{
	effects.Sleep:   "sleep",
	effects.STW:     "stop the world",
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

// can lists what effects do: "can sleep, wait for the network or a lock".
func can(es []effects.Effect) string {
	var deed, wait []string
	for _, k := range gravity {
		if !slices.ContainsFunc(es, func(e effects.Effect) bool { return e.Kind == k }) {
			continue
		}
		if w := awaited[k]; w != "" {
			wait = append(wait, w)
		} else {
			deed = append(deed, deeds[k])
		}
	}
	if len(wait) > 0 {
		deed = append(deed, "wait for "+either(wait))
	}
	return "can " + either(deed)
}

// either joins alternatives.
func either(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return words[0]
}
