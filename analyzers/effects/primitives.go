package effects

import "strings"

// Sets that stand in many rows.
const (
	nothing   Set = 0
	alloc     Set = 1 << Alloc
	lock      Set = 1 << Lock
	waitsChan Set = 1 << Chan
	network   Set = 1 << Net
	disk      Set = 1 << Disk
	sleeps    Set = 1 << Sleep
	kernel    Set = 1 << Syscall
	stops     Set = 1 << STW
	spawns    Set = 1 << Spawn
	reflects  Set = 1 << Reflect
	exits     Set = 1 << Exit
	wallclock Set = 1 << WallClock
	unknown   Set = 1 << Unknown
)

// primitives are functions without a Go body, and those of package runtime.
// Whatever of these is not here, or in [assembly], is unknown.
var primitives = []row{
	// Waiting for semaphores: what sync is made of.
	{"sync", "runtime_Semacquire runtime_SemacquireWaitGroup runtime_SemacquireRWMutexR runtime_SemacquireRWMutex runtime_notifyListWait", lock, "parks the goroutine until it is woken"},
	{"internal/sync", "runtime_SemacquireMutex", lock, "parks the goroutine until it is woken"},
	{"internal/poll", "runtime_Semacquire", lock, "parks the goroutine until it is woken"},
	{"sync", "runtime_Semrelease runtime_notifyListAdd runtime_notifyListNotifyAll runtime_notifyListNotifyOne runtime_notifyListCheck", nothing, "wakes others and goes on"},
	{"internal/sync", "runtime_Semrelease", nothing, "wakes another and goes on"},
	{"internal/poll", "runtime_Semrelease", nothing, "wakes another and goes on"},
	{"sync", "runtime_registerPoolCleanup runtime_procPin runtime_procUnpin runtime_LoadAcquintptr runtime_StoreReluintptr runtime_randn", nothing, "bookkeeping of the scheduler"},
	{"sync/atomic", "runtime_procPin runtime_procUnpin", nothing, "bookkeeping of the scheduler"},
	{"internal/sync", "runtime_canSpin runtime_doSpin runtime_nanotime runtime_rand", nothing, "a bounded spin, some dozens of instructions"},
	{"sync", "throw fatal", nothing, "ends a program that is broken, as a panic does"},
	{"internal/sync", "throw fatal", nothing, "ends a program that is broken, as a panic does"},
	{"crypto/rand", "fatal", nothing, "ends a program that is broken, as a panic does"},
	{"crypto/internal/sysrand", "fatal", nothing, "ends a program that is broken, as a panic does"},
	{"crypto/internal/fips140", "fatal", nothing, "ends a program that is broken, as a panic does"},

	// The network poller. What waits for a file comes this way too: see borders.
	{"internal/poll", "runtime_pollWait runtime_pollWaitCanceled", network, "parks the goroutine until the descriptor is ready"},
	{"internal/poll", "runtime_pollServerInit runtime_pollOpen runtime_pollClose", kernel, "epoll_ctl and its kin"},
	{"internal/poll", "runtimeNano runtime_pollReset runtime_pollSetDeadline runtime_pollUnblock runtime_isPollServerDescriptor", nothing, "bookkeeping of the poller"},

	// Time.
	{"time", "Sleep", sleeps, "sleeps"},
	{"time", "newTimer", alloc, "makes a timer"},
	{"time", "stopTimer resetTimer runtimeNano runtimeIsBubbled", nothing, "the monotonic clock and the timers' heap"},
	{"time", "now runtimeNow", wallclock, "reads the wall clock, in the vDSO"},
	{"syscall", "gettimeofday", wallclock, "reads the wall clock, in the vDSO"},

	// The kernel.
	{"internal/runtime/syscall/linux", "Syscall6 EpollCreate1 EpollWait EpollCtl Eventfd Open Close Read Pread", kernel, "enters the kernel"},
	{"syscall", "Syscall Syscall6 Syscall9 Syscall12 Syscall15 Syscall18 SyscallN RawSyscall RawSyscall6 rawSyscallNoError rawVforkSyscall cgocaller runtimeSetenv runtimeUnsetenv", kernel, "enters the kernel"},
	{"syscall", "runtime_doAllThreadsSyscall", kernel | stops, "enters the kernel on every thread, the world being stopped"},
	{"syscall", "syscall syscall6 syscall6X syscall9 syscallX syscallPtr rawSyscall rawSyscall6 rawSyscall9", kernel, "enters the kernel through the system's library"},
	{"golang.org/x/sys/unix", "Syscall Syscall6 Syscall9 SyscallNoError RawSyscall RawSyscall6 RawSyscallNoError syscall_syscall syscall_syscall6 syscall_syscall6X syscall_syscall9 syscall_syscallPtr syscall_rawSyscall syscall_rawSyscall6", kernel, "enters the kernel"},
	{"internal/syscall/unix", "fcntl", kernel, "enters the kernel"},
	{"internal/syscall/unix", "vgetrandom", nothing, "random bytes from the vDSO"},
	{"internal/syscall/unix", "Utimensat", disk, "a file's times"},
	{"internal/syscall/unix", "RecvfromInet4 RecvfromInet6 SendtoInet4 SendtoInet6 SendmsgNInet4 SendmsgNInet6 RecvmsgInet4 RecvmsgInet6", network, "reads or writes a socket"},
	{"syscall", "runtime_entersyscall runtime_exitsyscall runtime_BeforeFork runtime_AfterFork runtime_AfterForkInChild runtime_BeforeExec runtime_AfterExec runtime_envs runtimeClearenv hasWaitingReaders Getpagesize", nothing, "bookkeeping of the scheduler around the kernel's work"},
	{"syscall", "Exit", exits, "ends the process"},
	{"os", "runtime_args runtime_rand sigpipe ignoreSIGSYS restoreSIGSYS", nothing, "the runtime's own data"},
	{"os", "runtime_beforeExit", exits, "runs what stands before the end of the process"},
	{"os", "checkClonePidfd", kernel, "forks a child once to see what the kernel can do"},
	{"os/signal", "signal_disable signal_enable signal_ignore signal_ignored", kernel, "changes signal handlers"},
	{"os/signal", "signalWaitUntilIdle", lock, "yields until signals are delivered"},
	{"os/signal", "signal_recv", waitsChan, "waits for a signal"},

	// Stop the world.
	{"runtime", "GC ReadMemStats GOMAXPROCS SetDefaultGOMAXPROCS GoroutineProfile StartTrace Stack", stops, "stops the world"},
	{"runtime", "StopTrace", lock | stops, "has every thread and goroutine say where it is, and waits for the trace to be read"},
	{"runtime/debug", "WriteHeapDump freeOSMemory", stops, "stops the world"},
	{"runtime/debug", "setGCPercent", lock, "waits for the collector's mark to end if it turns the collector off"},
	{"runtime/debug", "setMemoryLimit setMaxThreads readGCStats", nothing, "sets or reads some words under the heap's lock"},
	{"runtime/debug", "modinfo SetTraceback setMaxStack setPanicOnFault runtime_setCrashFD", nothing, "sets or reads a word"},
	{"runtime/pprof", "pprof_goroutineProfileWithLabels pprof_goroutineLeakProfileWithLabels runtime_goroutineLeakGC", stops, "stops the world"},
	{"runtime/pprof", "pprof_memProfileInternal pprof_blockProfileInternal pprof_mutexProfileInternal", lock, "takes the profile's lock"},
	{"runtime/pprof", "readProfile", lock, "waits for samples"},
	{"runtime/pprof", "pprof_threadCreateInternal pprof_cyclesPerSecond pprof_fpunwindExpand pprof_makeProfStack runtime_FrameStartLine runtime_FrameSymbolName runtime_expandFinalInlineFrame runtime_setProfLabel runtime_getProfLabel runtime_goroutineleakcount", nothing, "the runtime's own data"},
	{"runtime/trace", "runtime_readTrace", lock, "waits for trace data"},
	{"runtime/trace", "runtime_traceAdvance", lock | stops, "has every thread and goroutine say where it is, and waits for the trace's generation to end"},
	{"runtime/trace", "userTaskCreate userTaskEnd userRegion userLog runtime_traceClockUnitsPerSecond runtime_traceClockNow", nothing, "writes to the thread's trace buffer"},
	{"runtime/metrics", "runtime_readMetrics", lock, "takes the metrics' semaphore"},

	// The rest of package runtime.
	{"runtime", "Gosched KeepAlive LockOSThread UnlockOSThread NumGoroutine NumCPU NumCgoCall Version GOROOT Caller Callers FuncForPC Breakpoint SetBlockProfileRate SetMutexProfileFraction", nothing, "the runtime's own data"},
	{"runtime", "(*Func).Name (*Func).FileLine (*Func).Entry (*Frames).Next (*MemProfileRecord).InUseBytes (*MemProfileRecord).InUseObjects (*MemProfileRecord).Stack (*StackRecord).Stack (*Pinner).Pin (*Pinner).Unpin (*PanicNilError).Error (*PanicNilError).RuntimeError (*TypeAssertionError).RuntimeError (Cleanup).Stop", nothing, "the runtime's own data"},
	{"runtime", "nanotime nanotime1 cputicks fastrand fastrandn fastrand64 rand cheaprand cheaprandn memhash memhash32 memhash64 strhash memequal memmove procyield procPin procUnpin semrelease goready roundupsize", nothing, "what others pull in by a linkname"},
	{"runtime", "semacquire semacquire1 gopark goparkunlock", lock, "parks the goroutine; pulled in by a linkname"},
	{"runtime", "walltime", wallclock, "reads the wall clock; pulled in by a linkname"},
	{"runtime", "mallocgc newobject newarray makeslice growslice makemap makechan", alloc, "makes a value; pulled in by a linkname"},
	{"runtime", "stopTheWorld stopTheWorldGC", stops, "stops the world; pulled in by a linkname"},
	{"runtime", "CallersFrames SetFinalizer AddCleanup (*TypeAssertionError).Error", alloc, "makes a record"},
	{"runtime", "Goexit", nothing, "ends the goroutine"},
	{"runtime", "MemProfile BlockProfile MutexProfile ThreadCreateProfile CPUProfile SetCPUProfileRate SetCgoTraceback", lock, "takes the profile's lock"},
	{"runtime", "ReadTrace", lock, "waits for trace data"},

	// Values without effects that the runtime makes.
	{"internal/bytealg", "MakeNoZero", alloc, "makes a slice"},
	{"maps", "clone", alloc, "copies a map"},
	{"iter", "newcoro", alloc | spawns, "makes a coroutine"},
	{"iter", "coroswitch", unknown, "runs the iterator, which the caller chose"},
	{"weak", "runtime_registerWeakPointer", alloc, "makes a handle"},
	{"weak", "runtime_makeStrongFromWeak", nothing, "at most waits for the sweep of one span"},
	{"internal/godebug", "setUpdate registerMetric setNewIncNonDefault", nothing, "registers a callback, once"},
	{"internal/godebug", "write", kernel, "writes to standard error"},
	{"internal/synctest", "Run Wait", waitsChan, "waits for the bubble; in tests only"},
	{"internal/synctest", "IsInBubble associate disassociate isAssociated acquire release inBubble", nothing, "in tests only"},
	{"crypto/internal/boring/bcache", "registerCache", nothing, "registers a cache, once"},
	{"crypto/fips140", "setBypass isBypassed unsetBypass", nothing, "sets a word of the goroutine"},
	{"crypto/internal/fips140", "getIndicator setIndicator", nothing, "sets a word of the goroutine"},
	{"crypto/subtle", "setDITEnabled setDITDisabled", nothing, "sets a bit of the processor"},
	{"hash/maphash", "runtime_rand runtime_memhash", nothing, "hashes"},
	{"math/rand", "runtime_rand", nothing, "the thread's own generator"},
	{"math/rand/v2", "runtime_rand", nothing, "the thread's own generator"},
	{"net", "runtime_rand", nothing, "the thread's own generator"},
	{"net", "runtime_throw", nothing, "ends a program that is broken, as a panic does"},
	{"net", "newUnixFile", alloc, "makes an os.File"},
	{"unique", "runtime_rand", nothing, "the thread's own generator"},
	{"unique", "runtime_registerUniqueMapCleanup", nothing, "registers a callback, once"},
	{"mime/multipart", "readMIMEHeader", unknown, "reads from what the caller gave"},
	{"net/http", "readMIMEHeader", unknown, "reads from what the caller gave"},
	{"time/tzdata", "registerLoadFromEmbeddedTZData", nothing, "registers a callback, once"},
	{"plugin", "lastmoduleinit doInit", unknown, "runs the plug-in's initialisers"},
	{"testing/synctest", "testingSynctestTest", unknown, "runs a test"},
	{"testing/cryptotest", "randSetTestingReader testingCheckParallel", nothing, "in tests only"},
	{"runtime/cgo", "_runtime_cgo_panic_internal set_crosscall2", nothing, "bookkeeping of cgo"},
	{"go/internal/srcimporter", "setUsesCgo", nothing, "sets a word"},
	{"crypto/internal/fips140hash", "sha3Unwrap", nothing, "returns a field"},

	// What reflection is made of: its own effects are added in reflection.go.
	{"reflect", "unsafe_New unsafe_NewArray makechan makemap growslice mapassign0 mapassign_faststr0 addReflectOff", alloc, "makes a value"},
	{"reflect", "resolveNameOff resolveTypeOff resolveTextOff getStaticuint64s typelinks chancap chanclose chanlen mapaccess mapaccess_faststr mapdelete mapdelete_faststr maplen mapclear ifaceE2I memmove typedmemmove typedmemclr typedmemclrpartial typedslicecopy typedarrayclear typehash verifyNotInHeapPtr unsafeslice makeFuncStub methodValueCall", nothing, "works on the value itself"},
	{"reflect", "compiledTypelinks adjustAIXGCDataForRuntime", nothing, "the linker's own data"},
	{"reflect", "rselect chanrecv chansend0", waitsChan, "a channel operation"},
	{"reflect", "call", unknown, "calls a function that only the caller knows"},
	{"internal/reflectlite", "resolveNameOff resolveTypeOff chanlen maplen ifaceE2I typedmemmove", nothing, "works on the value itself"},
	{"internal/reflectlite", "unsafe_New", alloc, "makes a value"},
}

// assembly lists packages whose functions without a body are computations on
// registers and on memory that they are given. Below a path that ends in a
// slash all packages are meant.
var assembly = []struct{ path, why string }{
	{"crypto/", "block functions of ciphers, hashes and curves"},
	{"golang.org/x/crypto/", "block functions of ciphers, hashes and curves"},
	{"golang.org/x/sys/cpu", "asks the processor for its features"},
	{"hash/crc32", "checksums"},
	{"internal/abi", "addresses of functions"},
	{"internal/bytealg", "searching and comparing bytes"},
	{"internal/chacha8rand", "random numbers"},
	{"internal/coverage/", "counters"},
	{"internal/cpu", "asks the processor for its features"},
	{"internal/runtime/atomic", "atomic operations"},
	{"internal/runtime/maps", "iteration over maps"},
	{"internal/runtime/math", "arithmetic"},
	{"internal/runtime/sys", "intrinsics of the compiler"},
	{"math", "arithmetic"},
	{"math/big", "arithmetic"},
	{"math/bits", "intrinsics of the compiler"},
	{"strings", "searching and comparing bytes"},
	{"bytes", "searching and comparing bytes"},
	{"sync/atomic", "atomic operations"},
	{"unsafe", "no code at all"},
}

// inAssembly returns why functions of the package that have no body are taken
// to have no effects, or "".
func inAssembly(path string) string {
	path = strings.TrimPrefix(path, "vendor/")
	for _, a := range assembly {
		if path == a.path || strings.HasSuffix(a.path, "/") && strings.HasPrefix(path, a.path) {
			return a.why
		}
	}
	return ""
}

// keepers are functions of package runtime that keep what they are given. Of
// functions without a body elsewhere, a directive for the compiler tells.
var keepers = []string{"runtime.SetFinalizer", "runtime.AddCleanup"}
