package linkname

import (
	_ "embed"
	"go/version"
	"slices"
	"strings"
)

// symbols.txt lists, sorted, the symbols of the standard library that other packages
// may pull, of Go 1.26 and 1.27: those that it pushes itself, by a
// //go:linkname at their definition, and the functions written in assembly, which the
// linker lets pass because they are wrapped (checkLinkname in
// cmd/link/internal/loader). Those that blockedLinknames there reserves for one package
// are left out. The test of this file reads them from GOROOT.
//
//go:embed symbols.txt
var text string

var symbols = strings.Fields(text)

// pushed reports whether the linker lets other packages pull the symbol.
func pushed(symbol string) bool {
	_, found := slices.BinarySearch(symbols, symbol)
	return found
}

// old reports whether the linkers of Go v refuse nothing.
func old(v string) bool { return version.Compare(v, "go1.23") < 0 }

// instead says what offers what a symbol is pulled for.
var instead = map[string]string{
	"runtime.fastrand":          "math/rand/v2, whose functions take no lock and use the same generator",
	"runtime.fastrandn":         "math/rand/v2.Uint32N",
	"runtime.fastrand64":        "math/rand/v2.Uint64",
	"runtime.cheaprand":         "math/rand/v2.Uint32",
	"runtime.cheaprandn":        "math/rand/v2.Uint32N",
	"runtime.nanotime":          "time.Since of a time.Time that is read once",
	"runtime.nanotime1":         "time.Since of a time.Time that is read once",
	"runtime.walltime":          "time.Now",
	"time.now":                  "time.Now",
	"time.runtimeNano":          "time.Since of a time.Time that is read once",
	"runtime.strhash":           "hash/maphash.String",
	"runtime.memhash":           "hash/maphash.Bytes",
	"runtime.stringHash":        "hash/maphash.String",
	"runtime.memequal":          "bytes.Equal",
	"runtime.noescape":          "a pointer that goes through a uintptr in one expression of unsafe, or a value that is passed instead",
	"runtime.mallocgc":          "make, or bytes.Buffer and its kin, which grow without clearing what is appended",
	"runtime.slicebytetostring": "unsafe.String",
	"runtime.procyield":         "sync.Mutex, which spins for a moment before it sleeps",
	"runtime.procPin":           "a shard by math/rand/v2, or sync.Pool, which is kept by processor",
	"runtime.procUnpin":         "a shard by math/rand/v2, or sync.Pool, which is kept by processor",
	"sync.runtime_procPin":      "a shard by math/rand/v2, or sync.Pool, which is kept by processor",
	"sync.runtime_procUnpin":    "a shard by math/rand/v2, or sync.Pool, which is kept by processor",
	"sync.runtime_Semacquire":   "sync.Mutex, sync.Cond or a channel",
	"sync.runtime_Semrelease":   "sync.Mutex, sync.Cond or a channel",
	"runtime.gopark":            "a channel or sync.Cond",
	"runtime.goready":           "a channel or sync.Cond",
	"runtime.doSpin":            "sync.Mutex, which spins for a moment before it sleeps",
	"sync.runtime_doSpin":       "sync.Mutex, which spins for a moment before it sleeps",
	"sync.runtime_canSpin":      "sync.Mutex, which spins for a moment before it sleeps",
	"runtime.mapiterinit":       "reflect.Value.MapRange",
	"reflect.typedmemmove":      "reflect.Value.Set",
	"reflect.typelinks":         "a registry that types are put into by init functions",
	"runtime.getm":              "a value that is passed along, as in a context",
}

// mend says what to do about a pull of the symbol.
func mend(symbol string) string {
	if use := instead[symbol]; use != "" {
		return "use " + use
	}
	return "use what the standard library exports, or ask for it there; until then keep the pull in a file of its own, behind a build constraint for the releases that it is known to work with"
}
