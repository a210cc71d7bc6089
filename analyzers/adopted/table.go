package adopted

import (
	"golang.org/x/tools/go/analysis/passes/atomic"
	"golang.org/x/tools/go/analysis/passes/copylock"
	"golang.org/x/tools/go/analysis/passes/defers"
	"golang.org/x/tools/go/analysis/passes/httpresponse"
	"golang.org/x/tools/go/analysis/passes/lostcancel"
	"golang.org/x/tools/go/analysis/passes/sigchanyzer"
	"golang.org/x/tools/go/analysis/passes/unusedresult"
	"golang.org/x/tools/go/analysis/passes/waitgroup"
	"honnef.co/go/tools/staticcheck/sa2001"
	"honnef.co/go/tools/staticcheck/sa2002"
	"honnef.co/go/tools/staticcheck/sa2003"
	"honnef.co/go/tools/staticcheck/sa5002"
	"honnef.co/go/tools/staticcheck/sa5005"
	"honnef.co/go/tools/staticcheck/sa6000"
	"honnef.co/go/tools/staticcheck/sa6001"
	"honnef.co/go/tools/staticcheck/sa6002"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// Replaced are the checks of the catalogue that are not run, with the rule that finds
// all that they find.
var Replaced = map[string]string{
	"SA1015": "tickerleak",
	"SA2000": waitgroup.Analyzer.Name,
	"SA5003": "hotdefer",
}

var checks = []check{
	{
		analyzer: lostcancel.Analyzer, origin: Vet, yields: []string{"ctxaccumulate"},
		group: rule.Deadlines, class: rule.Context, severity: rule.Medium, tier: rule.Likely,
		cause: "cancel is not called on a path",
		then:  "this return statement",
		mend:  "defer the cancel function right after it is made",
		title: "contexts whose cancel function is not called on some path",
		what:  "A context made by context.WithCancel, WithTimeout or WithDeadline whose cancel function is discarded, or not used on a path to a return.",
		why: "Until it is cancelled or its deadline passes, such a context stays registered with its parent, and its timer in the heap: on a\n" +
			"server's long-lived context they pile up by one for each request.",
	},
	{
		analyzer: copylock.Analyzer, origin: Vet,
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.High, tier: rule.Likely,
		cause: "copied lock",
		doubt: "protoimpl.MessageState", // its mutexes are an array of none: they mark it, and guard nothing
		mend:  "hand on a pointer to what holds the lock",
		title: "locks that are passed, assigned or ranged over by value",
		what: "A copy of a value that holds a sync.Mutex, a WaitGroup, an atomic value or something else that must not be copied after its first use.\n" +
			"Copies of protobuf messages, which hold a mark in the form of a mutex, are suspected only.",
		why: "Two goroutines that lock different copies exclude nobody; a copy made while the lock was held is locked for ever, and whoever\n" +
			"waits for it waits for ever.",
	},
	{
		analyzer: waitgroup.Analyzer, origin: Vet, yields: []string{"goroutineleak"},
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.High, tier: rule.Likely,
		cause: "Add in the goroutine",
		mend:  "call Add before the go statement, or use WaitGroup.Go",
		title: "goroutines that add themselves to the WaitGroup which waits for them",
		what:  "A call of (*sync.WaitGroup).Add as the first thing in the function that a go statement runs.",
		why: "Wait may run before the goroutine does, finds nothing to wait for, and returns: a shutdown that believes that all is done\n" +
			"cuts off what has only begun.",
	},
	{
		analyzer: atomic.Analyzer, origin: Vet,
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.High, tier: rule.Proven,
		cause: "result of an atomic operation assigned to its operand",
		mend:  "call the function for its effect alone: it has stored the sum already",
		title: "results of sync/atomic that are assigned to the operand",
		what:  "An assignment such as x = atomic.AddUint64(&x, 1).",
		why:   "The assignment is no atomic operation: it races with the others, and counts get lost, which limits and pools go by.",
	},
	{
		analyzer: sa2001.Analyzer, origin: Staticcheck,
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.High, tier: rule.Likely,
		cause: "empty critical section",
		mend:  "defer the unlock, if that was meant; if the lock is taken to wait for others, say so in an allow",
		title: "locks that are released as soon as they are taken",
		what:  "A call of Lock followed at once by Unlock, or of RLock by RUnlock.",
		why:   "Most often a defer is missing, and what was to be guarded is not; if not, each call waits for all who hold the lock, and for nothing else.",
	},
	{
		analyzer: sa2002.Analyzer, origin: Staticcheck, inTests: true,
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.Low, tier: rule.Proven,
		cause:    "FailNow in a goroutine",
		mend:     "call t.Error and return, or hand the error to the test's own goroutine",
		title:    "tests that end themselves from another goroutine",
		what:     "A call of FailNow, Fatal, Skip and their kin in a goroutine that the test starts.",
		why:      "It ends that goroutine and not the test, which may then wait for it until the test run times out: builds get slow and fail for a reason that nobody sees.",
		relevant: inGoroutines("(*testing.common).FailNow", "(*testing.common).Fatal", "(*testing.common).Fatalf", "(*testing.common).SkipNow", "(*testing.common).Skip", "(*testing.common).Skipf"),
		besides:  spawns,
	},
	{
		analyzer: sa2003.Analyzer, origin: Staticcheck, yields: []string{"lockorder"},
		group: rule.Goroutines, class: rule.Concurrency, severity: rule.High, tier: rule.Likely,
		cause:    "deferred Lock",
		mend:     "defer the Unlock",
		title:    "a Lock that is deferred right after the lock was taken",
		what:     "mu.Lock() followed by defer mu.Lock(), where an Unlock was meant.",
		why:      "The function never returns: it waits for the lock that it holds itself, and so does everybody after it.",
		relevant: defersLock,
	},
	{
		analyzer: sa5002.Analyzer, origin: Staticcheck, yields: []string{"sleeppoll", "goroutineleak"},
		group: rule.Timers, class: rule.Concurrency, severity: rule.Medium, tier: rule.Likely,
		cause: "empty loop",
		mend:  "wait for something: a channel, a condition variable, or select {} for ever",
		title: "empty loops that spin",
		what:  "for {} and for cond {} where nothing in the condition can change but by a race.",
		why:   "The loop keeps a processor busy that others wait for, and within a CPU quota it is the whole process that is stopped for it.",
	},
	{
		analyzer: sa5005.Analyzer, origin: Staticcheck,
		group: rule.Allocation, class: rule.Performance, severity: rule.Medium, tier: rule.Likely,
		cause:    "finalizer refers to its object",
		mend:     "use the finalizer's own parameter in place of the variable, or runtime.AddCleanup",
		title:    "finalizers that keep their own object alive",
		what:     "A closure given to runtime.SetFinalizer that captures the object which it is to finalize.",
		why:      "The object is never collected, and what it holds is never released: the heap grows, and each collection has more to mark.",
		relevant: names("runtime.SetFinalizer"),
	},
	{
		analyzer: sa6001.Analyzer, origin: Staticcheck, yields: []string{"hotalloc", "heapescape"},
		group: rule.Allocation, class: rule.Performance, severity: rule.Low, tier: rule.Likely,
		cause:    "string made for a map lookup",
		mend:     "convert in the index itself: m[string(b)]",
		title:    "strings made of bytes for nothing but map lookups",
		what:     "k := string(b), where k only serves to look something up in a map.",
		why:      "The compiler leaves out the copy in m[string(b)] and makes one for the variable, at each call.",
		relevant: keysOfBytes,
	},
	{
		analyzer: sa6002.Analyzer, origin: Staticcheck, yields: []string{"poolmisuse", "heapescape", "hotalloc"},
		group: rule.Allocation, class: rule.Performance, severity: rule.Low, tier: rule.Likely,
		cause:    "value in a sync.Pool",
		mend:     "keep pointers in the pool: *[]byte, *bytes.Buffer",
		title:    "values put into a sync.Pool that are no pointers",
		what:     "A call of (*sync.Pool).Put with a slice, a struct or another value that does not fit into a pointer.",
		why:      "Each Put allocates to make an interface of it, which is what the pool was to save.",
		relevant: names("(*sync.Pool).Put"),
	},
	{
		analyzer: sa6000.Analyzer, origin: Staticcheck, yields: []string{"initperreq", "hotcall"},
		group: rule.HotPath, class: rule.Performance, severity: rule.Low, tier: rule.Likely,
		cause:    "expression compiled in a loop",
		mend:     "compile the expression once, before the loop or in a package-level variable",
		title:    "regular expressions that are compiled in each turn of a loop",
		what:     "regexp.Match, MatchString or MatchReader with a constant pattern in a loop.",
		why:      "They compile the pattern each time, which takes microseconds where the match takes nanoseconds.",
		relevant: names("regexp.Match", "regexp.MatchReader", "regexp.MatchString"),
	},
	{
		analyzer: unusedresult.Analyzer, origin: Vet, yields: []string{"lostcancel", "ctxaccumulate"},
		group: rule.HotPath, class: rule.Performance, severity: rule.Low, tier: rule.Proven,
		cause: "unused result",
		mend:  "use the result, or remove the call",
		title: "calls that only make a result, which nobody uses",
		what:  "A call of fmt.Sprintf, fmt.Errorf, errors.New, context.WithValue, slices.Clone and the like as a statement.",
		why:   "The work is done for nothing, and what was meant is not done: a slice is not deleted from, an error not returned.",
	},
	{
		analyzer: httpresponse.Analyzer, origin: Vet, yields: []string{"respbody"},
		group: rule.Connections, class: rule.Dependency, severity: rule.Medium, tier: rule.Likely,
		cause: "response used before its error is looked at",
		mend:  "look at the error first, and defer the Close behind that",
		title: "responses that are used before their error is looked at",
		what:  "defer resp.Body.Close() between the call that returns the response and the check of its error.",
		why:   "When the call fails the response is nil, and the process panics on the day that a dependency is down.",
	},
	{
		analyzer: sigchanyzer.Analyzer, origin: Vet, yields: []string{"hardexit"},
		group: rule.Shutdown, class: rule.Context, severity: rule.Medium, tier: rule.Likely,
		cause: "unbuffered channel for signals",
		mend:  "give the channel room for a signal: make(chan os.Signal, 1)",
		title: "channels for signals that hold none",
		what:  "signal.Notify with a channel made without a buffer.",
		why:   "A signal that comes while nobody receives is dropped: a SIGTERM is lost, and the process is killed with its requests when the time is up.",
	},
	{
		analyzer: defers.Analyzer, origin: Vet,
		group: rule.Logging, class: rule.Observability, severity: rule.Medium, tier: rule.Proven,
		cause: "time.Since not deferred",
		mend:  "defer a function literal that calls time.Since",
		title: "durations that are measured when a call is deferred, not when it runs",
		what:  "defer observe(time.Since(start)), which computes the duration at the defer statement.",
		why:   "The duration is that of nothing, so latency metrics say that all is well whatever happens.",
	},
}
