package lifetimes

import (
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A Summary is the fact that a function creates, ends or keeps resources on
// behalf of its caller.
type Summary struct {
	Fresh    []Fresh // results that hold a new resource
	Releases []int   // parameters that it ends; the receiver is Receiver
	Keeps    []int   // parameters that it stores or returns
	Touches  []int   // parameters of which it calls the first method that their kind notes
}

// Receiver stands for the receiver among the parameters of a [Summary].
const Receiver = -1

// Fresh is a result that holds a new resource.
type Fresh struct {
	Result int
	New    string // the primitive: "time.NewTicker"
	View   bool   // it is the part that stands for the resource
}

// AFact marks Summary as a fact.
func (*Summary) AFact() {}

// handled returns the functions that have a handle for a parameter, and those
// that may give back to a pool what they have for a parameter or receiver.
func (x *Index) handled() []*funcs.Func {
	var fs []*funcs.Func
	for _, f := range x.funcs.Funcs {
		if f.Obj != nil && (x.takers[f] || hasHandle(f.Sig)) {
			fs = append(fs, f)
		}
	}
	return fs
}

func hasHandle(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		if kindOf(p.Type()) != nil {
			return true
		}
	}
	return false
}

// spread adds to the takers the functions that hand something to one which gives
// back what it is handed.
func (x *Index) spread() {
	for grown := true; grown; {
		grown = false
		for _, f := range x.funcs.Funcs {
			if !x.takers[f] || f.Obj == nil || len(x.pooledParams(f)) == 0 {
				continue
			}
			for _, c := range f.In {
				if c.Caller != nil && !x.takers[c.Caller] {
					x.taker(c.Caller)
					grown = true
				}
			}
		}
	}
	for f := range x.takers {
		x.gives[f] = x.pooledParams(f)
		for _, c := range f.Out {
			if c.Func != nil && c.Func.Pkg() != nil && !c.Dynamic && isPut(c.Func) {
				x.puts = append(x.puts, c.Site)
			}
		}
	}
}

// pooledParams returns the parameters that f gives back to a pool.
func (x *Index) pooledParams(f *funcs.Func) []int {
	var is []int
	for i := range f.Sig.Params().Len() {
		p := f.Sig.Params().At(i)
		if kindOf(p.Type()) != nil {
			continue
		}
		if ends, _ := effect(Pooled, x.param(holder{p, false}, Pooled)); ends {
			is = append(is, i)
		}
	}
	if recv := f.Sig.Recv(); recv != nil {
		if ends, _ := effect(Pooled, x.param(holder{recv, false}, Pooled)); ends {
			is = append(is, Receiver)
		}
	}
	return is
}

// export summarises the functions that create, end or keep resources for
// their callers, for the packages that import this one. What the standard library
// creates is in a table: some hosts do not analyse it.
func (x *Index) export(fresh map[*funcs.Func][]Fresh, handled []*funcs.Func) {
	if modules.Std(x.pass) {
		return
	}
	for f, made := range fresh {
		if !slices.Contains(handled, f) {
			x.pass.ExportObjectFact(f.Obj, &Summary{Fresh: made})
		}
	}
	for _, f := range handled {
		s := &Summary{Fresh: fresh[f]}
		x.summarise(f, s)
		if len(s.Fresh)+len(s.Releases)+len(s.Keeps)+len(s.Touches) > 0 {
			x.pass.ExportObjectFact(f.Obj, s)
		}
	}
}

func (x *Index) summarise(f *funcs.Func, s *Summary) {
	for i := range f.Sig.Params().Len() {
		p := f.Sig.Params().At(i)
		k := kindOf(p.Type())
		if k == nil {
			continue
		}
		ends, keeps := effect(k, x.param(holder{p, k == closer}, k))
		if ends {
			s.Releases = append(s.Releases, i)
		}
		if keeps {
			s.Keeps = append(s.Keeps, i)
		}
		if slices.ContainsFunc(x.param(holder{p, false}, k), func(u Use) bool { return u.Op == Touch && u.Name == k.Touch[0] }) {
			s.Touches = append(s.Touches, i)
		}
	}
	if x.takers[f] {
		s.Releases = append(s.Releases, x.gives[f]...)
		slices.Sort(s.Releases)
	}
}
