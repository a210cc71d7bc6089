package effects

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A function that is told by an argument whether to flush, to wait or to print
// all stacks does not do so for those that say no. So a function with a branch
// that depends on a parameter is inferred once more for each constant that it is
// called with: as a function of its own, with the same name.

// maxSpecial is how many such functions one function has at most; further calls
// are taken to do all that it can do.
const maxSpecial = 16

// specialised returns what a call of f with args calls.
func (x *inference) specialised(caller, f *function, args []ssa.Value) *function {
	if f.fixed != nil || f.ssa == nil || f.general != nil {
		return f
	}
	consts := make(map[*ssa.Parameter]*ssa.Const)
	for i, p := range f.ssa.Params {
		if i >= len(args) || args[i] == nil {
			continue
		}
		if c := caller.constant(args[i]); c != nil && x.decides(p) {
			consts[p] = c
		}
	}
	return x.special(f, consts)
}

// special returns f as it is if its parameters have the values consts.
func (x *inference) special(f *function, consts map[*ssa.Parameter]*ssa.Const) *function {
	if len(consts) == 0 {
		return f
	}
	var key strings.Builder
	for i, p := range f.ssa.Params {
		if c := consts[p]; c != nil {
			key.WriteString(argument(i, c))
		}
	}
	if s := f.specials[key.String()]; s != nil {
		return s
	}
	if len(f.specials) == maxSpecial {
		return f
	}
	s := &function{
		ssa: f.ssa, obj: f.obj, name: f.name, own: f.own, retained: f.retained,
		given: make(map[givenKey]*givenCall), general: f, consts: consts,
	}
	if f.specials == nil {
		f.specials = make(map[string]*function)
	}
	f.specials[key.String()] = s
	x.funcs = append(x.funcs, s)
	return s
}

// argument says which argument is which constant, as the end of a key.
func argument(i int, c *ssa.Const) string {
	if c.Value == nil {
		return fmt.Sprintf("{%d=nil}", i)
	}
	return fmt.Sprintf("{%d=%s}", i, c.Value.ExactString())
}

// constant returns the value that v always has in f, or nil.
func (f *function) constant(v ssa.Value) *ssa.Const {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value == nil && !v.IsNil() {
			return nil // the zero value of a struct
		}
		return v
	case *ssa.Parameter:
		return f.consts[v]
	}
	return nil
}

// decides reports whether a branch of a parameter's function depends on what the
// parameter is, or one of a function that it is passed on to.
func (x *inference) decides(p *ssa.Parameter) bool {
	if d, ok := x.deciding[p]; ok {
		return d
	}
	x.deciding[p] = false // in a recursion nothing new is found
	d := slices.ContainsFunc(*p.Referrers(), func(ref ssa.Instruction) bool { return x.decidedBy(ref, p) })
	x.deciding[p] = d
	return d
}

func (x *inference) decidedBy(ref ssa.Instruction, p *ssa.Parameter) bool {
	switch ref := ref.(type) {
	case *ssa.If:
		return true
	case *ssa.UnOp:
		return ref.Op == token.NOT && branches(ref)
	case *ssa.BinOp:
		other := ref.X
		if other == p {
			other = ref.Y
		}
		_, constant := other.(*ssa.Const)
		return constant && compares(ref.Op) && branches(ref)
	case *ssa.Call:
		if fn, ok := ref.Call.Value.(*ssa.Function); ok {
			if a, ok := asking[fn.String()]; ok && ref.Call.Args[a.param] == p {
				return true
			}
		}
		f := x.static(ref.Common())
		if f == nil || f.fixed != nil {
			return false
		}
		for i, a := range ref.Call.Args {
			if a == p && i < len(f.ssa.Params) && x.decides(f.ssa.Params[i]) {
				return true
			}
		}
	}
	return false
}

// branches reports whether v is the condition of a branch.
func branches(v ssa.Value) bool {
	return slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool {
		switch ref := ref.(type) {
		case *ssa.If:
			return true
		case *ssa.UnOp:
			return ref.Op == token.NOT && branches(ref)
		}
		return false
	})
}

func compares(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// compare returns what a comparison gives in f, if both sides are known.
func (f *function) compare(op token.Token, l, r ssa.Value) (value, known bool) {
	a, b := f.constant(l), f.constant(r)
	if a == nil || b == nil || !compares(op) {
		return false, false
	}
	switch {
	case a.IsNil() && b.IsNil():
		return op == token.EQL, true
	case a.Value == nil || b.Value == nil || a.Value.Kind() != b.Value.Kind():
		return false, false
	}
	return constant.Compare(a.Value, op, b.Value), true
}

// specialExports infers the exported functions once more for what importers may
// say by a boolean argument, or by nil.
func (x *inference) specialExports() {
	for _, f := range slices.Clone(x.funcs) {
		if f.obj == nil || f.general != nil || f.fixed != nil || !f.obj.Exported() {
			continue
		}
		for _, p := range f.ssa.Params {
			for _, c := range x.sayable(p) {
				x.special(f, map[*ssa.Parameter]*ssa.Const{p: c})
			}
		}
	}
}

// sayable returns the constants for which importers may want to know what a
// function does.
func (x *inference) sayable(p *ssa.Parameter) []*ssa.Const {
	switch t := p.Type().Underlying().(type) {
	case *types.Basic:
		if t.Kind() == types.Bool && x.decides(p) {
			return []*ssa.Const{ssa.NewConst(constant.MakeBool(false), p.Type()), ssa.NewConst(constant.MakeBool(true), p.Type())}
		}
	case *types.Pointer, *types.Signature, *types.Interface, *types.Map, *types.Slice, *types.Chan:
		if p.Parent().Signature.Recv() != nil && p == p.Parent().Params[0] {
			return nil
		}
		if _, typeParam := types.Unalias(p.Type()).(*types.TypeParam); !typeParam && x.decides(p) {
			return []*ssa.Const{ssa.NewConst(nil, p.Type())}
		}
	}
	return nil
}

// variants returns what f does for single arguments, if that is less than what
// it does in general.
func (f *function) variants(k key) []entry {
	var es []entry
	for _, end := range slices.Sorted(maps.Keys(f.specials)) {
		s := f.specials[end]
		if len(s.consts) == 1 && s.summary.does() != f.summary.does() {
			es = append(es, entry{key{k.pkg, k.name + end}, s.summary})
		}
	}
	return es
}

// does returns the kinds of what is not cold.
func (s *Summary) does() (kinds Set) {
	for _, e := range s.All() {
		if !e.Cold {
			kinds |= 1 << e.Kind
		}
	}
	return kinds
}

// called returns what a call with args of a function that sum is known of does:
// by the fact of its package, if one of the arguments is a constant of which it
// tells.
func (x *inference) called(caller *function, obj *types.Func, sum *Summary, args []ssa.Value) *Summary {
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == x.pass.Pkg || sum.Stated != "" {
		return sum
	}
	k := keyOf(obj)
	for i, a := range args {
		if a == nil {
			continue
		}
		c := caller.constant(a)
		if c == nil {
			continue
		}
		if s := x.importedKey(obj.Pkg(), key{k.pkg, k.name + argument(i, c)}); s != nil && s.does().Len() < sum.does().Len() {
			sum = s
		}
	}
	return sum
}
