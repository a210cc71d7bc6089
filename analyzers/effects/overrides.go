package effects

// overrides are functions whose inferred effects are right and of no use, or
// not to be told from their code. Each row replaces what inference says.
var overrides = []row{
	// Once: the first call is start-up, and every later one is an atomic load.
	{"sync", "(*Once).Do", nothing, "after the first call this is one atomic load"},
	{"internal/sync", "(*HashTrieMap).init (*HashTrieMap).initSlow", nothing, "sets the map up in its first use"},
	{"internal/godebug", "New (*Setting).Value (*Setting).IncNonDefault (*Setting).Name (*Setting).Undocumented (*Setting).String", nothing, "registers in its first use, then one atomic load"},
	{"time", "(*Location).get", nothing, "loads the local time zone in its first use"},
	{"syscall", "copyenv", nothing, "copies the environment in its first use"},
	{"mime", "initMime", nothing, "reads the system's types in its first use"},
	{"net", "initConfVal systemConf", nothing, "reads the resolver's configuration in its first use"},
	{"internal/poll", "(*pollDesc).init", kernel, "starts the poller in its first use, then one epoll_ctl"},
	{"crypto/internal/sysrand", "(*reader).Read", kernel, "opens the device in its first use"},
	{"crypto/internal/sysrand", "urandomRead", nothing, "only where the kernel lacks getrandom, as Linux before 3.17 does"},
	{"crypto/internal/fips140/drbg", "Read", kernel, "asks the kernel; another source is set in tests only"},

	{"expvar", "(*Map).Add (*Map).AddFloat", nothing, "makes the variable in the first use of its key, then one atomic addition"},

	// Pools and caches: a steady state has no slow path.
	{"sync", "(*Pool).Get (*Pool).Put", nothing, "in a steady state the pool has an object at hand; what New costs is seen at its literal"},
	{"math/rand", "globalRand", nothing, "picks the generator in its first use, then one atomic load"},
	{"encoding/json", "typeEncoder cachedTypeFields", nothing, "looked up in a cache after the first call for a type"},
	{"encoding/json/v2", "lookupArshaler (*typedArshalers).lookup", nothing, "looked up in a cache after the first call for a type"},
	{"reflect", "(*rtype).ptrTo funcLayout", nothing, "looked up in a cache after the first call for a type"},
	{"internal/poll", "getPipe putPipe", nothing, "the pipes of splice are pooled"},
	{"reflect", "SliceOf MapOf ChanOf ArrayOf FuncOf", reflects, "looked up in a cache after the first call for a type"},
	{"internal/bisect", "(*Matcher).Stack (*Matcher).stack", nothing, "only while a compiler fault is hunted"},

	{"crypto", "(Hash).New", alloc, "makes a hash by the constructor that its package registered"},

	// One engine for strings and readers: a match of a string reads none.
	{"regexp", "(*inputReader).step", nothing, "reads only for the functions of the next row"},
	{"regexp", "MatchReader (*Regexp).MatchReader (*Regexp).FindReaderIndex (*Regexp).FindReaderSubmatchIndex", alloc | unknown, "reads from what the caller gave"},

	{"internal/testlog", "PanicOnExit0 Getenv Stat Open", nothing, "in tests only"},

	{"os", "newFile", disk | alloc, "asks what kind of file it is; only pipes and devices are made non-blocking"},

	// Race detector, sanitisers and fuzzing: not in a production build.
	{"internal/race", "Acquire Release ReleaseMerge Disable Enable Read Write ReadRange WriteRange Errors ReadObjectPC WriteObjectPC ReadPC WritePC", nothing, "only in builds for the race detector"},

	// Parked for a bounded spin, not for a lock.
	{"internal/poll", "(*FD).incref (*FD).decref", nothing, "counts with one atomic addition; what the last one does is said of Close"},
	{"internal/poll", "(*FD).Close", kernel, "closes the descriptor, when its last user is done"},
	{"context", "(*cancelCtx).Done", alloc, "makes its channel in the first call, then one atomic load"},
	{"context", "(*cancelCtx).Err", nothing, "one atomic load, and a lock that nobody holds for long once it is cancelled"},

	// By its field it writes to anything. It is made for a connection, with a
	// buffer before it that writes when it is full.
	{"golang.org/x/net/http2", "(*Framer).WriteContinuation (*Framer).WriteData (*Framer).WriteDataPadded (*Framer).WriteGoAway (*Framer).WriteHeaders (*Framer).WritePing (*Framer).WritePriority (*Framer).WritePushPromise (*Framer).WriteRSTStream (*Framer).WriteRawFrame (*Framer).WriteSettings (*Framer).WriteSettingsAck (*Framer).WriteWindowUpdate", network, "writes a frame to the connection"},
	{"golang.org/x/net/http2", "(*Framer).ReadFrame", network | alloc, "reads a frame from the connection"},

	// System calls that say in their name what they wait for.
	{"syscall", "Open Openat Creat Mkdir Mkdirat Mkfifo Mknod Mknodat Rmdir Unlink Unlinkat Rename Renameat Link Symlink Readlink Stat Lstat Fstat Access Faccessat Chmod Fchmod Fchmodat Chown Lchown Fchown Fchownat Truncate Ftruncate Fallocate Fsync Fdatasync Sync SyncFileRange Getdents ReadDirent Statfs Fstatfs Utime Utimes UtimesNano Futimes Futimesat Getxattr Setxattr Listxattr Removexattr Mount Unmount Chdir Fchdir Getwd Getcwd Pread Pwrite Seek Flock", disk, "a file system's work"},
	{"internal/syscall/unix", "Openat Unlinkat Fstatat Mkdirat Readlinkat Renameat Linkat Symlinkat Fchmodat Fchownat Eaccess faccessat CopyFileRange", disk, "a file system's work"},
	{"golang.org/x/sys/unix", "Open Openat Openat2 Creat Mkdir Mkdirat Rmdir Unlink Unlinkat Rename Renameat Renameat2 Link Linkat Symlink Symlinkat Readlink Readlinkat Stat Lstat Fstat Fstatat Statx Access Faccessat Chmod Fchmod Fchmodat Chown Lchown Fchown Fchownat Truncate Ftruncate Fallocate Fsync Fdatasync Sync Syncfs Msync Getdents ReadDirent Statfs Fstatfs Pread Pwrite Preadv Pwritev Seek Flock", disk, "a file system's work"},
	{"syscall", "Accept Accept4 Connect Recvfrom Recvmsg Sendto Sendmsg SendmsgN recvfromInet4 recvfromInet6 sendtoInet4 sendtoInet6 sendmsgNInet4 sendmsgNInet6 recvmsgInet4 recvmsgInet6", network, "a socket's work"},
	{"golang.org/x/sys/unix", "Accept Accept4 Connect Recvfrom Recvmsg Sendto Sendmsg SendmsgN", network, "a socket's work"},
	{"syscall", "Nanosleep", sleeps, "sleeps"},
}

// ends are functions at which a chain of calls ends although it goes on: a
// reader knows them by these names, and what is below says nothing new.
var ends = []row{
	{"sync", "(*Mutex).Lock (*RWMutex).Lock (*RWMutex).RLock (*WaitGroup).Wait (*Cond).Wait", lock, ""},
	{"internal/sync", "(*Mutex).Lock", lock, ""},
	{"syscall", "Syscall Syscall6 RawSyscall RawSyscall6 Read Write Close Wait4", kernel, ""},
}

// knownFields are struct fields and variables whose function values come from the compiler
// the runtime, or tests only.
var knownFields = []row{
	{"internal/sync", "(HashTrieMap).keyHash (HashTrieMap).valEqual", nothing, "the compiler's hash and comparison of a map's key"},
	{"internal/abi", "(Type).Equal (MapType).Hasher (SwissMapType).Hasher (OldMapType).Hasher", nothing, "the compiler's hash and comparison; the last two until Go 1.25"},
	{"unique", "(canonMap).hash", nothing, "the compiler's hash; until Go 1.25"},
	{"internal/poll", "CloseFunc", kernel, "a hook that only tests change"},
	{"internal/poll", "AcceptFunc Accept4Func", network, "a hook that only tests change"},
	{"internal/poll", "TestHookDidWritev TestHookDidSendFile", nothing, "a hook that only tests change"},
	{"go/internal/scannerhooks", "StringEnd", nothing, "a field of the scanner, which package go/scanner shows by this hook"},
	{"encoding/json/internal/jsonopts", "GetUnknownOption JoinUnknownOption", nothing, "a field of the options, which package json/v2 shows by this hook"},
	{"context", "(stopCtx).stop", lock, "what context.AfterFunc returned"},
}

// knownResults are functions that return a function whose effects are none of
// its maker's.
var knownResults = []row{
	{"crypto/internal/fips140hash", "UnwrapNew", alloc, "makes a hash"},
	{"sync", "OnceFunc OnceValue OnceValues", nothing, "after the first call this is one atomic load"},
}

// A border renames effects where one package calls another: internal/poll and
// the poller below it serve files and sockets alike, and only the caller knows
// which.
type border struct {
	from, to string // import paths
	set      Set    // what is renamed
	as       Kind
	drop     Set // what is part of it, and not said apart
}

var borders = []border{
	{"os", "internal/poll", network | kernel, Disk, lock},
	{"net", "internal/poll", network | kernel, Net, lock},
}

// borderOf returns the border between two packages, or nil.
func borderOf(from, to string) *border {
	for i := range borders {
		if b := &borders[i]; b.from == from && b.to == to {
			return b
		}
	}
	return nil
}
