package threadlock

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/threads"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A setting is something that the kernel, or a library, keeps for each thread.
type setting struct {
	what string
	// self says which argument has to stand for the calling thread, counted from 1;
	// 0 if the call is always about it.
	self int
	// minor is set if little hangs on it.
	minor bool
}

const unix = "golang.org/x/sys/unix."

// settings are functions that set, or read, what belongs to the calling thread.
// Sources: the manual pages of the calls, section 2; of github.com/vishvananda/netns
// its package comment.
var settings = map[string]setting{
	unix + "SchedSetaffinity":               {what: "the processors that this thread runs on", self: 1},
	unix + "SchedSetaffinityDynamic":        {what: "the processors that this thread runs on", self: 1},
	unix + "SchedSetAttr":                   {what: "the scheduling of this thread", self: 1},
	unix + "Setns":                          {what: "the namespaces of this thread"},
	unix + "Unshare":                        {what: "the namespaces of this thread"},
	"syscall.Unshare":                       {what: "the namespaces of this thread"},
	unix + "Setfsuid":                       {what: "the user as which this thread opens files"},
	unix + "Setfsgid":                       {what: "the group as which this thread opens files"},
	unix + "SetfsuidRetUid":                 {what: "the user as which this thread opens files"},
	unix + "SetfsgidRetGid":                 {what: "the group as which this thread opens files"},
	unix + "Capset":                         {what: "the capabilities of this thread"},
	unix + "PthreadSigmask":                 {what: "the signals that this thread blocks"},
	unix + "SetMemPolicy":                   {what: "the memory nodes that this thread allocates from"},
	unix + "SetMemPolicyDynamic":            {what: "the memory nodes that this thread allocates from"},
	"github.com/vishvananda/netns.Set":      {what: "the network namespace of this thread"},
	"github.com/vishvananda/netns.Setns":    {what: "the namespaces of this thread"},
	"github.com/vishvananda/netns.New":      {what: "the network namespace of this thread"},
	"github.com/vishvananda/netns.NewNamed": {what: "the network namespace of this thread"},
}

// raw are the system calls, by the names of their numbers, for whoever makes them by hand.
var raw = map[string]setting{
	"SYS_SCHED_SETAFFINITY":  {what: "the processors that this thread runs on", self: 2},
	"SYS_SCHED_SETATTR":      {what: "the scheduling of this thread", self: 2},
	"SYS_SCHED_SETSCHEDULER": {what: "the scheduling of this thread", self: 2},
	"SYS_SETNS":              {what: "the namespaces of this thread"},
	"SYS_UNSHARE":            {what: "the namespaces of this thread"},
	"SYS_SET_MEMPOLICY":      {what: "the memory nodes that this thread allocates from"},
	"SYS_SETFSUID":           {what: "the user as which this thread opens files"},
	"SYS_SETFSGID":           {what: "the group as which this thread opens files"},
	"SYS_SETRESUID":          {what: "the user of this thread alone"},
	"SYS_SETRESGID":          {what: "the group of this thread alone"},
	"SYS_CAPSET":             {what: "the capabilities of this thread"},
}

// options are those of prctl, by their numbers (linux/prctl.h), that are about the
// calling thread. The others are about the process, or ask.
var options = map[int64]setting{
	15: {what: "the name of this thread", minor: true},
	22: {what: "the filter of this thread's system calls"},
	24: {what: "the capabilities of this thread"},
	29: {what: "the timer slack of this thread"},
	38: {what: "the privileges of this thread"},
	47: {what: "the capabilities of this thread"},
}

// perThread reports calls of f that are about a thread which the goroutine may leave at
// any time.
func (c *checker) perThread(f *funcs.Func) {
	for _, k := range f.Out {
		s := c.setting(k)
		if s == nil {
			continue
		}
		hold := c.threads.Held(f, k.Site)
		if hold == threads.Locked || c.becomes(f) || f.StartsUp() {
			continue // init functions run on a thread of their own, which is locked
		}
		tier := rule.Likely
		switch {
		case hold == threads.Unknown && c.onPurpose(f):
			continue // it tells its callers
		case hold == threads.Unknown, s.minor, c.startsUp(f):
			tier = rule.Suspected
		}
		name := c.witness.Short(values.Callee(c.TypesInfo, k.Site))
		c.Report(rule.Finding{
			Pos:       k.Site.Pos(),
			End:       k.Site.End(),
			Tier:      tier,
			Message:   name + " is about " + s.what + ", and the goroutine is not locked to it: it may run on another one from the next call on, and whatever runs on this one gets what was set",
			Cause:     "call about a thread",
			Primitive: k.FullName(),
			Mend:      "call runtime.LockOSThread before, and UnlockOSThread only once the thread is as it was",
		})
	}
}

// setting returns what the call sets or reads of the thread, or nil.
func (c *checker) setting(k *funcs.Call) *setting {
	if k.Func == nil || k.Func.Pkg() == nil {
		return nil
	}
	name := k.FullName()
	if s, ok := settings[name]; ok {
		return c.ofSelf(k.Site, s)
	}
	switch {
	case name == unix+"Prctl", name == unix+"PrctlRetInt", name == unix+"PrctlArg5Ptr":
		return c.option(k.Site, 0)
	case strings.HasPrefix(name, "syscall.Syscall"), strings.HasPrefix(name, "syscall.RawSyscall"),
		strings.HasPrefix(name, unix+"Syscall"), strings.HasPrefix(name, unix+"RawSyscall"):
		return c.byNumber(k.Site)
	case strings.HasSuffix(name, "._Cfunc_ERR_get_error"), strings.HasSuffix(name, "._Cfunc_ERR_peek_error"):
		return &setting{what: "the errors that a C library keeps for this thread"}
	}
	return nil
}

func (c *checker) byNumber(call *ast.CallExpr) *setting {
	if len(call.Args) < 2 {
		return nil
	}
	sel, ok := ast.Unparen(call.Args[0]).(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	if sel.Sel.Name == "SYS_PRCTL" {
		return c.option(call, 1)
	}
	s, ok := raw[sel.Sel.Name]
	if !ok {
		return nil
	}
	return c.ofSelf(call, s)
}

// option returns what the prctl whose option is the i'th argument is about, or nil.
func (c *checker) option(call *ast.CallExpr, i int) *setting {
	if len(call.Args) <= i {
		return nil
	}
	n, ok := c.number(call.Args[i])
	if s, about := options[n]; ok && about {
		return &s
	}
	return nil
}

// ofSelf returns s if the call is about the calling thread: 0 stands for it, and so
// does its own number.
func (c *checker) ofSelf(call *ast.CallExpr, s setting) *setting {
	if s.self == 0 {
		return &s
	}
	if len(call.Args) < s.self {
		return nil
	}
	arg := ast.Unparen(call.Args[s.self-1])
	if n, ok := c.number(arg); ok && n == 0 {
		return &s
	}
	own := false
	ast.Inspect(arg, func(n ast.Node) bool {
		if asked, ok := n.(*ast.CallExpr); ok {
			name := values.Callee(c.TypesInfo, asked)
			own = own || name == unix+"Gettid" || name == "syscall.Gettid"
		}
		return !own
	})
	if own {
		return &s
	}
	return nil
}

func (c *checker) number(e ast.Expr) (int64, bool) {
	v := c.TypesInfo.Types[e].Value
	if v == nil {
		return 0, false
	}
	return constant.Int64Val(constant.ToInt(v))
}

// becomes reports whether f goes on to replace the process by another program, which
// inherits from the calling thread.
func (c *checker) becomes(f *funcs.Func) bool {
	return slices.ContainsFunc(slices.Concat(f.Out, f.Outermost().Out), func(k *funcs.Call) bool {
		return k.FullName() == "syscall.Exec" || k.FullName() == unix+"Exec"
	})
}

// changes reports whether f, or what it calls in the package, makes the thread another
// one than those of other goroutines: then it is right to let it go.
func (c *checker) changes(f *funcs.Func, depth int) bool {
	return slices.ContainsFunc(f.Out, func(k *funcs.Call) bool {
		if c.setting(k) != nil || foreign(k.Func) {
			return true
		}
		return k.Callee != nil && depth < 3 && c.changes(k.Callee, depth+1)
	})
}

// foreign reports whether fn makes system calls of its own choice.
func foreign(fn *types.Func) bool {
	return fn != nil && fn.Pkg() != nil && fn.Pkg().Path()+"." == unix
}
