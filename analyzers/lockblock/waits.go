package lockblock

import (
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

// asked are the effects that are looked into. Of waits for locks and of system
// calls only few count: see waitOf.
var asked = effects.SetOf(effects.Net, effects.Disk, effects.Sleep, effects.Chan, effects.Cgo, effects.Syscall, effects.Lock)

// A wait is what an operation may wait for.
type wait struct {
	effect effects.Effect
	rank   int // the lower, the longer and the surer
	cause  string
	does   string
	doubt  string // why it may be short, or not happen
}

// The ranks of waits.
const (
	byProcess = iota
	byNet
	bySleep
	byDisk
	byC
	byGroup
	byChan
)

// waitOf returns the longest wait of a place, if it waits for long at all.
func (f *finder) waitOf(p witness.Place) (best wait, ok bool) {
	for _, e := range p.Effects {
		if w, yes := f.classify(p, e); yes && (!ok || w.rank < best.rank) {
			best, ok = w, true
		}
	}
	return best, ok
}

// classify says what kind of wait an effect is.
func (f *finder) classify(p witness.Place, e effects.Effect) (w wait, ok bool) {
	w = wait{effect: e, cause: e.Kind.String(), does: witness.Does(e.Kind)}
	primitive := f.witness.Primitive(e)
	if passes(e, processes) {
		w.rank, w.cause, w.does = byProcess, "process", "waits for another process"
		return w, true
	}
	switch e.Kind {
	case effects.Net:
		w.rank = byNet
	case effects.Sleep:
		w.rank = bySleep
	case effects.Disk:
		w.rank = byDisk
		if passes(e, entropy) {
			return w, false // read once, if the kernel has no call for it
		}
	case effects.Cgo:
		w.rank = byC
	case effects.Chan:
		w.rank = byChan
		if f.hasRoom(p) {
			return w, false
		}
	case effects.Lock:
		if primitive != "(*sync.WaitGroup).Wait" {
			return w, false
		}
		w.rank, w.cause, w.does = byGroup, "group", "waits for goroutines"
	default:
		return w, false
	}
	if closes(primitive) {
		if closes(p.Func) {
			return w, false // gives a descriptor back and does not wait for the other side
		}
		w.doubt = "closing rarely waits"
	}
	if passes(e, prints) {
		w.doubt = "it prints"
	}
	if e.ByCaller {
		w.doubt = "it depends on what the caller gives"
	}
	return w, true
}

// passes reports whether one of the links of a chain is accepted.
func passes(e effects.Effect, accept func(name string) bool) bool {
	for s := range e.Chain.All {
		if accept(s.Func) {
			return true
		}
	}
	return false
}

// processes accepts what waits for a child process.
func processes(name string) bool {
	switch name {
	case "(*os/exec.Cmd).Run", "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput", "(*os/exec.Cmd).Wait", "(*os.Process).Wait":
		return true
	}
	return false
}

// entropy accepts the source of random numbers.
func entropy(name string) bool { return strings.Contains(name, "crypto/internal/") }

// prints accepts what writes to the process's own output.
func prints(name string) bool {
	return strings.HasPrefix(name, "fmt.Print") || strings.HasPrefix(name, "log.")
}

func closes(name string) bool { return strings.HasSuffix(name, ".Close") }
