package lockblock

import (
	"fmt"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
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

const closing = "closing rarely waits"

// The ranks of waits.
const (
	byProcess = iota
	byNet
	bySleep
	byDisk
	byC
	byLock
	byGroup
	byChan
)

// waitOf returns a wait of a place of fn that leaves no doubt, or else the longest, if
// it waits for long at all.
func (f *finder) waitOf(fn *funcs.Func, p witness.Place, _ *sections.Section) (best wait, ok bool) {
	e, ok := f.waits.Find(fn.Node, p, func(e effects.Effect) bool {
		w, ok := f.classify(p, e)
		return ok && w.sure() && !f.far(fn, w) && f.witness.Possible(fn.Node, e)
	})
	if ok {
		return f.classify(p, e)
	}
	for _, e := range p.Effects {
		if w, yes := f.classify(p, e); yes && (!ok || w.rank < best.rank) && f.witness.Possible(fn.Node, e) {
			best, ok = w, true
		}
	}
	return best, ok
}

// mayWait reports whether the wait at the end of a longer chain may leave no doubt.
func (f *finder) mayWait(e effects.Effect) bool {
	if modules.Std(f.Pass.Pass) {
		return true // the links before it have a say: see processes
	}
	w, ok := f.classify(witness.Place{}, e)
	return ok && w.sure()
}

// sure reports whether the wait is for something that takes long, and happens.
func (w wait) sure() bool { return w.doubt == "" && w.rank <= byDisk && !w.effect.Cold }

// lockWait returns the wait of a place in section s for another lock that is
// held for long.
func (f *finder) lockWait(fn *funcs.Func, p witness.Place, s *sections.Section) (w wait, ok bool) {
	var by *hold
	e, ok := f.locks.Find(fn.Node, p, func(e effects.Effect) bool {
		calls := f.witness.Calls(fn.Node, e)
		if e.Kind != effects.Lock || len(calls) == 0 || !f.witness.Possible(fn.Node, e) {
			return false
		}
		t := f.takenAt[calls[len(calls)-1].Lparen]
		if t == nil || t.Lock.Var == nil || t.Lock.Var == s.Lock.Var {
			return false
		}
		by = f.long[t.Lock.Var]
		return by != nil && by.fn != fn
	})
	if !ok {
		return w, false
	}
	does := fmt.Sprintf("waits for %s, which %s holds while %s %s", by.section.Lock.Name, f.name(by.fn), f.witness.Short(by.place.Func), by.wait.does)
	return wait{effect: e, rank: byLock, cause: "lock", does: does}, true
}

// classify says what kind of wait an effect is.
func (f *finder) classify(p witness.Place, e effects.Effect) (w wait, ok bool) {
	w = wait{effect: e, cause: e.Kind.String(), does: witness.Does(e.Kind)}
	primitive := f.witness.Primitive(e)
	if witness.Listens(e) {
		return w, false
	}
	if passes(e, processes) {
		w.rank, w.cause, w.does = byProcess, "process", "waits for another process"
		return w, true
	}
	switch e.Kind {
	case effects.Net:
		w.rank = byNet
		if settings(p.Func) {
			return w, false
		}
		if passes(e, settings) { // what else it does for the network is not told
			w.doubt = "what it asks may be the kernel alone"
		}
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
	if f.closes(e) {
		if strings.HasSuffix(p.Func, ".Close") {
			return w, false // gives a descriptor back and does not wait for the other side
		}
		w.doubt = closing
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

// settings accepts what asks the kernel for its addresses, or sets an option of a socket:
// no other process answers that.
func settings(name string) bool {
	switch name {
	case "(*net.conn).SetReadBuffer", "(*net.conn).SetWriteBuffer":
		return true
	}
	return witness.AsksInterfaces(name)
}

// entropy accepts the source of random numbers.
func entropy(name string) bool { return strings.Contains(name, "crypto/internal/") }

// prints accepts what tells somebody of an event, going by its name.
func prints(name string) bool {
	return printNames.MatchString(name[strings.LastIndexByte(name, '.')+1:])
}

var printNames = pattern.New(`^(?i:log|debug|info|warn|warning|error|fatal|trace|print|dump|msg)([A-Z]|f$|ln$|w$|$)`)

// closes reports whether a chain leads to no more than a Close of the standard
// library.
func (f *finder) closes(e effects.Effect) bool {
	for s := range e.Chain.All {
		if f.isStandard(s.Func) {
			return strings.HasSuffix(s.Func, ".Close")
		}
	}
	return false
}

// hops returns how many functions lie between a place and the standard library.
func (f *finder) hops(e effects.Effect) int {
	n := 0
	for s := range e.Chain.All {
		if f.isStandard(s.Func) {
			break
		}
		n++
	}
	return n
}

// isStandard reports whether a function is one of the standard library, going by
// its full name: a path with a dot in its first element is a host's.
func (f *finder) isStandard(name string) bool {
	name = strings.TrimLeft(name, "(*")
	host, _, ok := strings.Cut(name, "/")
	return !strings.HasPrefix(name, f.Pkg.Path()+".") && !(ok && strings.Contains(host, "."))
}
