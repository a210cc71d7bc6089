package threads

import (
	"go/ast"
	"go/token"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A Hold says whether a thread is locked.
type Hold int

// Whether a thread is locked.
const (
	Unknown Hold = iota // somebody else decides, or it depends on the path
	Free                // on no path
	Locked              // on every path
)

// near is the number of calls within which callers are asked.
const near = 4

// Held tells whether the thread is locked when the call in f begins.
func (x *Index) Held(f *funcs.Func, call *ast.CallExpr) Hold {
	return x.held(f, call, 0)
}

// HeldAt is Held for any place in f.
func (x *Index) HeldAt(f *funcs.Func, pos token.Pos) Hold {
	var at ast.Node
	for n := range x.Of(f).before {
		if n.Pos() <= pos && pos < n.End() && (at == nil || n.End()-n.Pos() < at.End()-at.Pos()) {
			at = n
		}
	}
	if at == nil { // a select is not in the graph: its cases are
		for n := range x.Of(f).before {
			if n.Pos() >= pos && (at == nil || n.Pos() < at.Pos()) {
				at = n
			}
		}
	}
	return x.held(f, at, 0)
}

func (x *Index) held(f *funcs.Func, at ast.Node, depth int) Hold {
	s := x.Of(f)
	e := s.before[at]
	switch {
	case s.Unclear:
		return Unknown
	case e == nil && x.concerns(f):
		return Unknown // on no path, or where the graph does not show it
	case e != nil && e.min > 0:
		return Locked
	case e != nil && (e.max > 0 || e.min < 0):
		return Unknown
	}
	return x.entry(f, depth)
}

// entry tells whether the thread is locked when f begins.
func (x *Index) entry(f *funcs.Func, depth int) Hold {
	if depth > near {
		return Unknown
	}
	if f.Obj == nil {
		return x.literal(f, depth)
	}
	switch {
	case f.StartsUp(), x.isMain(f):
		return Free
	case x.named[f.Obj.Origin()], len(f.In) == 0, f.Obj.Exported() && x.pass.Pkg.Name() != "main":
		return Unknown
	}
	return x.callers(f, depth)
}

func (x *Index) isMain(f *funcs.Func) bool {
	return x.pass.Pkg.Name() == "main" && f.Obj != nil && f.Obj.Name() == "main" && f.Sig.Recv() == nil
}

// callers tells what all calls of f agree on.
func (x *Index) callers(f *funcs.Func, depth int) Hold {
	all := Hold(-1)
	for _, k := range f.In {
		h := Free // a new goroutine
		switch {
		case k.Caller == nil:
			continue // an initialiser
		case k.Mode == funcs.Defer:
			return Unknown
		case k.Mode == funcs.Plain:
			h = x.held(k.Caller, k.Site, depth+1)
		}
		if all >= 0 && h != all {
			return Unknown
		}
		all = h
	}
	return max(all, Unknown)
}

func (x *Index) literal(f *funcs.Func, depth int) Hold {
	switch f.Use {
	case funcs.Spawned:
		return Free
	case funcs.Called:
		if f.Parent != nil {
			return x.held(f.Parent, f.UseCall, depth+1)
		}
	case funcs.Deferred:
		return x.deferred(f, depth)
	case funcs.Assigned:
		return x.callers(f, depth)
	}
	return Unknown
}

// deferred tells whether the thread is locked when a deferred literal begins: as it was
// where it was deferred, if nothing but deferred calls unlocks it.
func (x *Index) deferred(f *funcs.Func, depth int) Hold {
	for _, k := range f.Parent.Out {
		if k.Mode == funcs.Plain && x.effect(k) < 0 {
			return Unknown
		}
	}
	if h := x.held(f.Parent, f.UseCall, depth+1); h == Locked {
		return h
	}
	return Unknown
}

// Top reports whether f is what a goroutine runs, and nothing else: when it returns,
// the goroutine ends.
func (x *Index) Top(f *funcs.Func) bool {
	if f.Obj == nil && f.Use == funcs.Spawned {
		return true
	}
	if len(f.In) == 0 || f.Obj != nil && x.named[f.Obj.Origin()] {
		return false
	}
	for _, k := range f.In {
		if k.Mode != funcs.Go {
			return false
		}
	}
	return true
}
