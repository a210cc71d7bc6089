package effects

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// oracle says what functions of the standard library must and must not do, from
// what their documentation and code say. A line is a function, the effects that
// it must have, and behind a bar those that it must not have, not even on a cold
// branch: "blocking" for each way of waiting, "rest" for all that it need not
// have. An effect in parentheses may be there or not; "cold" before one means
// that it must be there on a cold branch only.
const oracle = `
# Numbers and text: computation.
strconv.AppendInt: alloc | rest
strconv.AppendFloat: alloc | rest
strconv.AppendQuote: alloc | rest
strconv.Itoa: alloc | rest
strconv.FormatFloat: alloc | rest
strconv.Atoi: cold alloc | rest
strconv.ParseInt: (alloc) | rest
strconv.ParseFloat: (alloc) | rest
strconv.Quote: alloc | rest
strconv.Unquote: alloc | rest
strings.Index: | rest
strings.Contains: | rest
strings.HasPrefix: | rest
strings.EqualFold: | rest
strings.Cut: | rest
strings.TrimSpace: | rest
strings.Fields: alloc | rest
strings.Split: alloc | rest
strings.Join: alloc | rest
strings.Repeat: alloc | rest
strings.ToUpper: alloc | rest
strings.ReplaceAll: alloc | rest
(*strings.Builder).WriteString: alloc | rest
(*strings.Builder).WriteByte: alloc | rest
(*strings.Builder).Grow: alloc | rest
(*strings.Builder).String: | rest
(*strings.Builder).Len: | rest
(*strings.Reader).Read: | rest
strings.NewReader: alloc | rest
strings.Map: alloc unknown | blocking
bytes.Equal: | rest
bytes.Index: | rest
bytes.IndexByte: | rest
bytes.Compare: | rest
bytes.TrimSpace: | rest
bytes.Clone: alloc | rest
(*bytes.Buffer).Write: alloc | rest
(*bytes.Buffer).WriteByte: alloc | rest
(*bytes.Buffer).WriteString: alloc | rest
(*bytes.Buffer).Bytes: | rest
(*bytes.Buffer).String: alloc | rest
(*bytes.Buffer).Reset: | rest
(*bytes.Buffer).Read: | rest
(*bytes.Buffer).ReadFrom: alloc unknown | blocking
bytes.NewBuffer: alloc | rest
unicode/utf8.DecodeRune: | rest
unicode/utf8.DecodeRuneInString: | rest
unicode/utf8.AppendRune: alloc | rest
unicode.IsLetter: | rest
unicode.ToUpper: | rest
math.Sqrt: | rest
math.Floor: | rest
math.Pow: | rest
math.Log: | rest
math/bits.Len64: | rest
math/bits.Mul64: | rest
(*math/big.Int).Add: alloc | rest
(*math/big.Int).Mul: alloc | blocking net disk reflect
encoding/binary.PutUvarint: | rest
encoding/binary.AppendUvarint: alloc | rest
encoding/binary.Uvarint: | rest
(encoding/binary.littleEndian).Uint64: | rest
(encoding/binary.littleEndian).AppendUint32: alloc | rest
crypto/x509.ParseCertificate: alloc | net disk chan sleep unknown
encoding/hex.EncodeToString: alloc | rest
(*encoding/base64.Encoding).EncodeToString: alloc | rest
(*encoding/base64.Encoding).Decode: (alloc) | rest
hash/crc32.ChecksumIEEE: | net disk chan sleep
hash/fnv.New64a: alloc | rest
hash/maphash.String: | blocking alloc
hash/maphash.Comparable: | blocking unknown
unique.Make: alloc (lock) | net disk chan sleep syscall unknown
crypto/sha256.Sum256: | net disk chan sleep stw
crypto/md5.Sum: | net disk chan sleep stw
net/netip.ParseAddr: (alloc) (lock) | blocking reflect spawn
net/url.Parse: alloc (lock) | blocking
path.Join: alloc | rest
path/filepath.Join: alloc | rest
slices.Sort: | rest
slices.SortFunc: unknown | rest
slices.BinarySearch: | rest
slices.Contains: | rest
slices.Index: | rest
slices.Reverse: | rest
slices.Clone: alloc | rest
slices.Insert: alloc | rest
maps.Clone: alloc | rest
maps.Copy: alloc | rest
cmp.Compare: | rest
sort.Ints: | rest
sort.Strings: | rest
sort.Search: unknown | rest
sort.Slice: reflect alloc unknown | blocking
sort.Sort: | blocking alloc reflect
container/heap.Push: (alloc) | blocking reflect
(*container/list.List).PushBack: alloc | rest
(*container/ring.Ring).Next: | rest
regexp.MustCompile: alloc | net disk chan sleep syscall
(*regexp.Regexp).MatchString: alloc | net disk chan sleep syscall unknown
(*regexp.Regexp).MatchReader: alloc unknown | blocking
text/template.New: alloc | net disk chan sleep syscall

# Formatting and reflection.
fmt.Sprintf: alloc reflect | net disk chan sleep syscall stw lock
fmt.Sprint: alloc reflect | net disk chan sleep syscall stw lock
fmt.Errorf: alloc reflect | net disk chan sleep syscall stw lock
fmt.Appendf: alloc reflect | net disk chan sleep syscall stw lock
fmt.Println: alloc reflect disk | net chan sleep stw
fmt.Printf: alloc reflect disk | net chan sleep stw
fmt.Fprintf: alloc reflect unknown | net disk chan sleep stw
fmt.Sscanf: alloc reflect | net disk chan sleep stw
errors.New: alloc | rest
errors.Is: | blocking
errors.Join: cold alloc | rest
errors.Unwrap: | rest
encoding/json.Marshal: reflect alloc | net disk chan sleep stw
encoding/json.Unmarshal: reflect alloc | net disk chan sleep stw
encoding/json.Valid: | net disk chan sleep stw reflect
(*encoding/json.Encoder).Encode: reflect alloc unknown | net disk chan sleep stw
(*encoding/json.Decoder).Decode: reflect alloc unknown | net disk chan sleep stw
encoding/xml.Marshal: reflect alloc | net disk chan sleep stw
(*encoding/gob.Encoder).Encode: reflect alloc lock unknown | net disk sleep stw
encoding/binary.Write: alloc unknown | net disk chan sleep stw
reflect.ValueOf: reflect | blocking
reflect.DeepEqual: reflect | net disk chan sleep stw
(reflect.Value).Call: reflect alloc unknown | net disk sleep stw
reflect.TypeOf: | rest

# Locks and memory.
(*sync.Mutex).Lock: lock | rest
(*sync.Mutex).TryLock: | rest
(*sync.Mutex).Unlock: | rest
(*sync.RWMutex).RLock: lock | rest
(*sync.RWMutex).Lock: lock | rest
(*sync.RWMutex).RUnlock: | rest
(*sync.WaitGroup).Wait: lock | rest
(*sync.WaitGroup).Done: | rest
(*sync.WaitGroup).Add: | rest
(*sync.WaitGroup).Go: spawn | lock chan net disk
(*sync.Cond).Wait: lock | net disk chan
(*sync.Cond).Signal: | rest
(*sync.Once).Do: | rest
(*sync.Pool).Get: | rest
(*sync.Pool).Put: | rest
(*sync.Map).Load: | rest
(*sync.Map).Store: lock alloc | net disk chan reflect unknown
(*sync.Map).LoadOrStore: lock alloc | net disk chan reflect unknown
(*sync.Map).Range: unknown | lock alloc net disk chan
sync/atomic.AddInt64: | rest
sync/atomic.LoadPointer: | rest
(*sync/atomic.Int64).Add: | rest
(*sync/atomic.Bool).CompareAndSwap: | rest
(*sync/atomic.Pointer[T]).Load: | rest
(*sync/atomic.Value).Load: | rest
(*sync/atomic.Value).Store: | lock chan net disk reflect

# Time.
time.Now: wallclock | rest
time.Since: (wallclock) | rest
time.Sleep: sleep | rest
time.After: alloc | blocking
time.NewTimer: alloc | blocking
(*time.Timer).Stop: | blocking alloc
(*time.Timer).Reset: | blocking alloc
time.AfterFunc: alloc | blocking
(time.Time).Sub: | rest
(time.Time).Add: | rest
(time.Time).Unix: | rest
(time.Time).Format: alloc | blocking
(time.Time).AppendFormat: alloc | blocking
time.Parse: (alloc) | net chan sleep stw
time.ParseDuration: (alloc) | rest
(time.Duration).String: alloc | rest
time.LoadLocation: disk alloc | net chan sleep
math/rand.Intn: | blocking
math/rand.Float64: | blocking
math/rand/v2.IntN: | rest
math/rand/v2.Uint64: | rest
(*math/rand.Rand).Intn: | blocking
crypto/rand.Read: syscall | net sleep

# Contexts.
context.Background: | rest
context.WithCancel: alloc lock | net disk sleep
context.WithTimeout: alloc lock wallclock | net disk sleep
context.WithValue: alloc | blocking
context.Cause: | net disk sleep chan

# Files and processes.
os.ReadFile: disk alloc | net sleep stw unknown
os.WriteFile: disk | net sleep stw unknown
os.Open: disk | net sleep stw unknown syscall chan lock
os.Create: disk | net sleep stw unknown
(*os.File).Read: disk | net sleep stw unknown chan
(*os.File).Write: disk | net sleep stw unknown chan
(*os.File).Close: disk | net sleep stw unknown chan
(*os.File).Sync: disk | net sleep stw unknown chan
(*os.File).Seek: disk | net sleep stw unknown chan
(*os.File).Name: | rest
os.Stat: disk | net sleep stw unknown
os.Remove: disk | net sleep stw unknown
os.RemoveAll: disk | net sleep stw
os.Rename: disk | net sleep stw unknown
os.MkdirAll: disk | net sleep stw unknown
os.ReadDir: disk | net sleep stw unknown
os.Getenv: lock | net disk sleep stw chan
os.Setenv: lock | net disk sleep stw chan
os.Getpid: syscall | net disk sleep stw chan lock
os.Hostname: disk | net sleep stw
os.Exit: exit | net disk sleep stw
(*os/exec.Cmd).Run: syscall disk spawn chan | stw
(*os/exec.Cmd).Start: syscall disk spawn | stw
os/signal.Notify: lock | net disk sleep stw
path/filepath.Walk: disk | net sleep stw
io.ReadAll: alloc unknown | blocking
io.Copy: alloc unknown | blocking
(*io.PipeReader).Read: chan lock | net disk sleep
(*bufio.Writer).Write: unknown | blocking alloc
(*bufio.Writer).WriteByte: unknown | blocking alloc
(*bufio.Reader).ReadByte: unknown | blocking alloc
(*bufio.Scanner).Scan: alloc unknown | blocking
bufio.NewReader: alloc | blocking unknown
io/fs.WalkDir: disk unknown | net sleep stw

# Logging.
log.Printf: lock alloc reflect wallclock unknown | net sleep stw chan
log.Fatal: exit lock | net sleep stw
(*log.Logger).Printf: lock alloc unknown | net sleep stw chan
log.New: alloc (lock) | blocking
log/slog.Info: alloc lock unknown | net sleep stw
(*log/slog.TextHandler).Handle: lock alloc unknown | net sleep stw

# The network.
net.Dial: net | stw
(*net.Dialer).DialContext: net spawn chan | stw
net.Listen: net | stw
(*net.TCPListener).Accept: net | disk sleep stw chan unknown
(*net.conn).Read: net | disk sleep stw chan lock
(*net.conn).Write: net | disk sleep stw chan lock
(*net.conn).Close: (net) | disk sleep stw chan lock
(*net.conn).SetDeadline: | net disk sleep stw chan
(*net.UDPConn).ReadFrom: net | disk sleep stw chan
net.LookupHost: net disk | stw
net.ParseIP: (alloc) (lock) | blocking
net.JoinHostPort: alloc | blocking
(net.IP).String: alloc | blocking
net/http.Get: net alloc | stw
(*net/http.Client).Do: net alloc | stw
(*net/http.Transport).RoundTrip: net chan lock spawn alloc | stw
net/http.NewRequest: alloc | net disk chan sleep stw
net/http.ListenAndServe: net spawn | stw
(*net/http.ServeMux).ServeHTTP: lock unknown | stw sleep
net/http.Error: net | stw sleep disk
(net/http.Header).Get: | blocking
(net/http.Header).Set: alloc | blocking
(*crypto/tls.Conn).Read: net lock | stw
(*crypto/tls.Conn).Handshake: net lock | stw
crypto/tls.Dial: net | stw
(*database/sql.DB).QueryContext: net lock chan | stw
(*database/sql.DB).Ping: net lock | stw
(*net/rpc.Client).Call: chan lock | stw

# The runtime: what stops the world, and what is only taken for it.
runtime.ReadMemStats: stw | rest
runtime.GC: stw | rest
runtime.Stack: stw | rest
runtime.GOMAXPROCS: stw | rest
runtime.SetDefaultGOMAXPROCS: stw | rest
runtime.GoroutineProfile: stw | rest
runtime.StartTrace: stw | rest
runtime.StopTrace: stw lock | rest
runtime/debug.FreeOSMemory: stw | net disk
runtime/debug.WriteHeapDump: stw | net
runtime/trace.Start: stw | net disk
runtime/trace.Stop: stw lock | net disk
(*runtime/trace.FlightRecorder).Start: stw | net disk
(*runtime/trace.FlightRecorder).Stop: stw lock | net disk
(*runtime/trace.FlightRecorder).WriteTo: stw lock | net disk
(*runtime/pprof.Profile).WriteTo: stw | net sleep
net/http/pprof.Index: stw | cgo
net/http/pprof.Trace: stw | cgo
syscall.AllThreadsSyscall: stw syscall | net disk
syscall.Setgid: stw syscall | net disk
runtime/debug.Stack: alloc | stw net disk
runtime/debug.PrintStack: alloc | stw net
runtime/debug.SetGCPercent: lock | net disk stw
runtime/debug.SetMemoryLimit: | rest
runtime/debug.SetMaxThreads: | rest
runtime/debug.ReadGCStats: alloc | stw net disk
runtime/debug.ReadBuildInfo: alloc | stw net disk
runtime/metrics.Read: lock | stw net disk
runtime/metrics.All: | blocking
runtime/pprof.WriteHeapProfile: lock alloc | stw net sleep
runtime/pprof.StartCPUProfile: lock | stw net disk
runtime/pprof.StopCPUProfile: lock | stw net disk
(*runtime/pprof.Profile).Count: | stw net disk
runtime.MemProfile: lock | rest
runtime.BlockProfile: lock | rest
runtime.MutexProfile: lock | rest
runtime.ThreadCreateProfile: lock | rest
runtime.NumGoroutine: | rest
runtime.NumCPU: | rest
runtime.Gosched: | rest
runtime.Caller: | rest
runtime.Callers: | rest
runtime.KeepAlive: | rest
runtime.SetFinalizer: alloc | rest
(*runtime.Func).Name: | rest
compress/gzip.NewReader: alloc unknown | blocking
(*compress/gzip.Writer).Write: unknown | blocking
html/template.New: alloc | net disk chan sleep syscall
archive/zip.OpenReader: disk | net stw sleep
`

func TestOracle(t *testing.T) {
	lines := parseOracle(t)
	pkgs := make(map[string]bool)
	for _, l := range lines {
		pkgs[l.pkg] = true
	}
	const dir = "testdata/server" // any directory of a module that older releases can read
	found := vetted(t, dir, slices.Sorted(maps.Keys(pkgs))...)
	if len(lines) < 150 {
		t.Errorf("only %d functions", len(lines))
	}
	var missing []string
	for _, l := range lines {
		s := found[l.name]
		if s == nil {
			missing = append(missing, l.name)
			continue
		}
		for _, fault := range l.check(s) {
			t.Errorf("%s: %s; it is said to do:\n%s", l.name, fault, describe(s))
		}
	}
	if len(missing) == 0 {
		return
	}
	if now := release(t, dir); now != oracleRelease {
		t.Logf("%s does not have %s", now, strings.Join(missing, ", "))
		return
	}
	t.Errorf("there are no functions %s", strings.Join(missing, ", "))
}

// oracleRelease is the release that has each function of the oracle. Its
// neighbours, over which make test-toolchains runs the oracle too, may lack some.
const oracleRelease = "go1.26"

type oracleLine struct {
	name, pkg       string
	must, cold, not Set
}

func parseOracle(t *testing.T) []oracleLine {
	t.Helper()
	var lines []oracleLine
	for text := range strings.Lines(oracle) {
		text = strings.TrimSpace(text)
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		name, said, ok := strings.Cut(text, ": ")
		must, not, ok2 := strings.Cut(said, "|")
		if !ok || !ok2 {
			t.Fatalf("bad line %q", text)
		}
		l := oracleLine{name: name, pkg: packageOf(name)}
		may := Set(0)
		cold := false
		for word := range strings.FieldsSeq(must) {
			k := kind(t, strings.Trim(word, "()"), word == "cold")
			switch {
			case word == "cold":
				cold = true
				continue
			case strings.HasPrefix(word, "("):
			case cold:
				l.cold |= 1 << k
			default:
				l.must |= 1 << k
			}
			may |= 1 << k
			cold = false
		}
		for word := range strings.FieldsSeq(not) {
			switch word {
			case "blocking":
				l.not |= Blocking &^ may
			case "rest":
				l.not |= (1<<numKinds - 1) &^ may
			default:
				l.not |= 1 << kind(t, word, false)
			}
		}
		lines = append(lines, l)
	}
	return lines
}

func kind(t *testing.T, name string, skip bool) Kind {
	t.Helper()
	k, ok := ParseKind(name)
	if !ok && !skip {
		t.Fatalf("there is no effect %q", name)
	}
	return k
}

// packageOf returns the package in the full name of a function.
func packageOf(name string) string {
	name, _, _ = strings.Cut(name, "[")
	name, _, _ = strings.Cut(strings.TrimLeft(name, "(*"), ")")
	slash := strings.LastIndexByte(name, '/') + 1
	return name[:slash+strings.IndexByte(name[slash:], '.')]
}

// check returns what is wrong with s.
func (l oracleLine) check(s *Summary) []string {
	var has, cold Set
	for _, e := range s.All() {
		has |= 1 << e.Kind
		if e.Cold {
			cold |= 1 << e.Kind
		}
	}
	var faults []string
	for _, k := range Kinds() {
		switch {
		case l.must.Has(k) && !has.Has(k):
			faults = append(faults, "no "+k.String())
		case l.must.Has(k) && cold.Has(k):
			faults = append(faults, k.String()+" is cold")
		case l.cold.Has(k) && !cold.Has(k):
			faults = append(faults, k.String()+" is not cold")
		case l.not.Has(k) && has.Has(k):
			faults = append(faults, k.String())
		}
	}
	return faults
}
