package threadlock

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/threads"
)

// balance reports a function that leaves its thread locked where its goroutine goes on.
func (c *checker) balance(s *threads.Summary) {
	if c.startsUp(s.Func) || len(s.Returns) == 0 {
		return
	}
	n, fixed := s.Fixed()
	switch {
	case fixed && n == 0:
	case fixed && n < 0:
		c.undone(s)
	case fixed && len(s.Unlocks) == 0:
		c.helper(s)
	case fixed:
		c.nested(s, n)
	default:
		c.onAPath(s)
	}
}

// onAPath reports locks that are undone on some ways out and not on others.
func (c *checker) onAPath(s *threads.Summary) {
	bad := c.left(s)
	if bad == nil || len(s.Unlocks) == 0 && !c.loops(s) {
		return
	}
	f := rule.Finding{
		Tier:  rule.Likely,
		Cause: "not unlocked on a path",
		Chain: []rule.Step{step(bad.Pos, "returns with the thread locked")},
		Mend:  "defer runtime.UnlockOSThread right after the lock",
	}
	if c.threads.Top(s.Func) {
		if c.onPurpose(s.Func) || c.changes(s.Func, 0) {
			return
		}
		f.Tier = rule.Suspected
		c.at(s, &f, "the goroutine ends with its thread locked on some path: the runtime destroys the thread, and pays for a new one")
		return
	}
	if c.onSuccess(s) || c.onPurpose(s.Func) && c.changes(s.Func, 0) {
		return
	}
	c.at(s, &f, "the thread stays locked on some path, and the goroutine goes on: from there each time that it waits costs two switches of threads, and no other goroutine may run on this one")
}

// at completes f and reports it at the first lock.
func (c *checker) at(s *threads.Summary, f *rule.Finding, message string) {
	lock := s.Locks[0]
	f.Pos, f.End, f.Message, f.Primitive = lock.Pos(), lock.End(), message, "runtime.LockOSThread"
	c.Report(*f)
}

// left returns the first way out on which the thread stays locked, or nil.
func (c *checker) left(s *threads.Summary) *threads.Return {
	for i := range s.Returns {
		if s.Returns[i].Left > 0 {
			return &s.Returns[i]
		}
	}
	return nil
}

// loops reports whether a lock is in a loop, whose turns lock again and again.
func (c *checker) loops(s *threads.Summary) bool {
	lock, found := s.Locks[0], false
	ast.Inspect(s.Func.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = found || n.Pos() <= lock.Pos() && lock.End() <= n.End()
		}
		return !found
	})
	return found
}

// onSuccess reports whether the thread stays locked on just those ways out on
// which the function has no error to return: then its caller is to unlock it.
func (c *checker) onSuccess(s *threads.Summary) bool {
	for _, r := range s.Returns {
		fails, ok := c.fails(s.Func, r.Pos)
		if !ok || fails != (r.Left == 0) {
			return false
		}
	}
	return true
}

// fails reports whether the return at pos returns something other than nil for an error.
// It is not ok if there is no error to return.
func (c *checker) fails(f *funcs.Func, pos token.Pos) (fails, ok bool) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			if n.Return != pos || len(n.Results) == 0 {
				break
			}
			last := n.Results[len(n.Results)-1]
			ok = c.mayFail(f.Sig)
			fails = !c.TypesInfo.Types[last].IsNil()
		}
		return true
	})
	return fails, ok
}

// mayFail reports whether the last result is an error or a bool.
func (c *checker) mayFail(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && types.Identical(sig.Results().At(n-1).Type(), types.Universe.Lookup("error").Type())
}

// nested reports more locks than unlocks on every path.
func (c *checker) nested(s *threads.Summary, n int) {
	if c.threads.Top(s.Func) && (c.onPurpose(s.Func) || c.changes(s.Func, 0)) {
		return
	}
	tier := rule.Likely
	if c.threads.Top(s.Func) {
		tier = rule.Suspected
	}
	c.at(s, &rule.Finding{
		Tier:  tier,
		Cause: "locked more often than unlocked",
		Chain: []rule.Step{step(s.Unlocks[0].Pos(), "undoes one lock"), step(s.Returns[0].Pos, "returns with the thread locked")},
		Mend:  "unlock as often as you lock: the calls are counted",
	}, "the thread is locked more often than it is unlocked, so it stays locked: the calls are counted")
}

// undone reports more unlocks than locks: they undo those of a caller.
func (c *checker) undone(s *threads.Summary) {
	held := false
	for _, k := range s.Func.Out {
		if k.Callee == nil {
			continue
		}
		if of := c.threads.Of(k.Callee); len(of.Locks) > 0 && slices.Contains(s.Unlocks, k.Site) {
			return // it does the same, and is told of
		}
	}
	for _, k := range s.Func.In {
		held = held || k.Caller != nil && k.Mode == funcs.Plain && c.threads.Held(k.Caller, k.Site) == threads.Locked
	}
	tier := rule.Suspected
	if held {
		tier = rule.Likely
	}
	last := s.Unlocks[len(s.Unlocks)-1]
	c.Report(rule.Finding{
		Pos:       last.Pos(),
		End:       last.End(),
		Tier:      tier,
		Message:   "the thread is unlocked more often than it is locked here, which undoes a lock of the caller: the calls are counted, and what the caller has set for its thread is another goroutine's from now on",
		Cause:     "unlocked more often than locked",
		Primitive: "runtime.UnlockOSThread",
		Chain:     []rule.Step{step(s.Locks[0].Pos(), "locks")},
		Mend:      "unlock as often as you lock",
	})
}

// helper judges a function that locks and never unlocks: its callers are to, unless it
// serves requests itself. A goroutine that ends locked is told of for the audit.
func (c *checker) helper(s *threads.Summary) {
	f := s.Func
	if root := c.Hotness.Root(f.Node); root != nil && len(root.Via) == 0 {
		c.at(s, &rule.Finding{
			Tier:  rule.Likely,
			Cause: "never unlocked",
			Chain: []rule.Step{step(s.Returns[0].Pos, "returns with the thread locked")},
			Mend:  "defer runtime.UnlockOSThread right after the lock",
		}, "nothing unlocks the thread, and the goroutine goes on to the next request ("+root.Detail+"): each time that it waits costs two switches of threads, and no other goroutine may run on this one")
		return
	}
	if c.threads.Top(f) && !c.onPurpose(f) && !c.changes(f, 0) {
		c.at(s, &rule.Finding{
			Tier:  rule.Suspected,
			Cause: "goroutine ends locked",
			Chain: []rule.Step{step(s.Returns[0].Pos, "ends with the thread locked")},
			Mend:  "defer runtime.UnlockOSThread if the thread is as it was, or say in a comment why it has to go",
		}, "the goroutine ends with its thread locked: the runtime destroys the thread, and pays for a new one")
	}
}
