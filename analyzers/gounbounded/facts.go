package gounbounded

import (
	"fmt"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Spawns is the fact of an exported function that starts goroutines and does
// not wait for them: how many depends on its callers in other packages.
type Spawns struct{ Sites []Site }

// A Site is a go statement that calls of a function reach.
type Site struct {
	Posn token.Position
	Func string // the full name of the function it stands in
	What string // what stands there: "go statement"
	// Params are the parameters whose values reach the goroutine.
	Params []int
	// Each is the parameter whose elements each start a goroutine, or -1.
	Each int
	// Whole is set if Each is ranged over itself, not something inside it.
	Whole bool
	// Joined is set if calls wait for what they start, so that only Each counts.
	Joined bool
	// Maybe is set if calls start a goroutine under a condition only.
	Maybe bool
	Steps []Step
}

// A Step is a link of the chain of calls from the function to the site.
type Step struct {
	Posn token.Position
	Text string
}

// Launches is the fact of a function that calls its parameter Param in a new
// goroutine and does nothing else that bounds it: a call of it is a go
// statement in other words.
type Launches struct{ Param int }

// Slots is the fact of a method that sends to, or receives from, channels in
// fields of its receiver: a semaphore, throttle or pool seen from its package.
// It names the fields. Fills and Frees are those that it sends to and receives
// from once, not in a loop, as what gives back a slot does.
type Slots struct{ Sends, Recvs, Fills, Frees []string }

// Limits is the fact of a function that sets the limit of the errgroup it
// returns (Param -1) or is given.
type Limits struct{ Param int }

func (*Spawns) AFact()   {}
func (*Launches) AFact() {}
func (*Slots) AFact()    {}
func (*Limits) AFact()   {}

func (s *Spawns) String() string {
	var b strings.Builder
	for _, t := range s.Sites {
		fmt.Fprintf(&b, " %s%v each=%d", t.Func, t.Params, t.Each)
	}
	return "spawns:" + b.String()
}
func (l *Launches) String() string { return fmt.Sprintf("launches %d", l.Param) }
func (s *Slots) String() string    { return fmt.Sprintf("slots +%v -%v", s.Sends, s.Recvs) }
func (l *Limits) String() string   { return fmt.Sprintf("limits %d", l.Param) }

var factTypes = []analysis.Fact{new(Spawns), new(Launches), new(Slots), new(Limits)}

// mendable reports whether what stands in the package can be mended by the
// one who reads the findings: a package of the module under analysis or of its
// workspace, not of the standard library or of a dependency.
func mendable(pass *analysis.Pass) bool {
	if m := pass.Module; m != nil && m.Path != "" {
		return m.Version == ""
	}
	first, _, _ := strings.Cut(pass.Pkg.Path(), "/")
	return strings.Contains(first, ".")
}

// exportSlots says of every exported method what it does to channels of its receiver.
func (f *finder) exportSlots() {
	for _, fn := range f.Funcs.Funcs {
		if fn.Obj == nil || !fn.Obj.Exported() || fn.Sig.Recv() == nil {
			continue
		}
		if s := f.slots(fn.Obj); s != nil && f.reachable(fn.Obj) {
			f.ExportObjectFact(fn.Obj, s)
		}
	}
}

// slots returns what the method does to channels in fields of its receiver, or nil.
func (f *finder) slots(fn *types.Func) *Slots {
	s, ok := f.slotsOf[fn]
	if !ok {
		s = f.findSlots(fn)
		f.slotsOf[fn] = s
	}
	return s
}

func (f *finder) findSlots(fn *types.Func) *Slots {
	decl := f.Funcs.Declared(fn)
	if decl == nil {
		s := new(Slots)
		if f.ImportObjectFact(fn, s) {
			return s
		}
		return nil
	}
	fields := receiverFields(fn)
	if len(fields) == 0 {
		return nil
	}
	all, once := newOps(), newOps()
	for _, c := range []*collector{
		{f: f, ops: all, depth: 1, brief: true},
		{f: f, ops: once, depth: 1, brief: true, once: true},
	} {
		c.walk(decl.Body)
	}
	s := &Slots{
		Sends: names(all.sends, fields), Recvs: names(all.recvs, fields),
		Fills: names(once.sends, fields), Frees: names(once.recvs, fields),
	}
	if len(s.Sends)+len(s.Recvs) == 0 {
		return nil
	}
	return s
}

// receiverFields returns the fields of the struct that fn is a method of.
func receiverFields(fn *types.Func) objSet {
	recv := fn.Origin().Signature().Recv()
	if recv == nil {
		return nil
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	fields := make(objSet)
	for i := range st.NumFields() {
		fields[st.Field(i)] = true
	}
	return fields
}

func names(set, fields objSet) []string {
	var ns []string
	for o := range set {
		if fields[o] {
			ns = append(ns, o.Name())
		}
	}
	sort.Strings(ns)
	return ns
}

// reachable reports whether other packages can name fn, or call it as a
// method of a value that they hold.
func (f *finder) reachable(fn *types.Func) bool {
	return fn.Exported() && f.Pkg.Name() != "main"
}
