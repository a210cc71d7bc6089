package falseshare

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// An end is what one function does with the atomics of a struct.
type end struct {
	fn     *ssa.Function
	writes map[int]ssa.Instruction // by the number of the field
	reads  map[int]bool
	index  map[int]bool // it indexes by the field's value
}

// rings reports the two ends of rings that share a cache line.
func (f *finder) rings() {
	ends := make(map[*types.TypeName][]*end)
	var order []*types.TypeName
	for _, fn := range f.fns {
		for of, e := range f.ends(fn) {
			if len(ends[of]) == 0 {
				order = append(order, of)
			}
			ends[of] = append(ends[of], e)
		}
	}
	slices.SortFunc(order, func(a, b *types.TypeName) int { return cmp.Compare(a.Pos(), b.Pos()) })
	for _, of := range order {
		if st, ok := of.Type().Underlying().(*types.Struct); ok && !generic(st, 0) {
			f.ring(of, st, ends[of])
		}
	}
}

// ends returns what a function does with the atomics of the structs of this package,
// literals in it excepted.
func (f *finder) ends(fn *ssa.Function) map[*types.TypeName]*end {
	found := make(map[*types.TypeName]*end)
	for _, blk := range fn.Blocks {
		for _, instr := range blk.Instrs {
			a, ok := accessOf(instr)
			if !ok || !a.atomic || a.does == "Lock" || a.does == "RLock" {
				continue
			}
			at, ok := a.at.(*ssa.FieldAddr)
			if !ok {
				continue
			}
			n, ok := types.Unalias(at.X.Type().Underlying().(*types.Pointer).Elem()).(*types.Named)
			if !ok || n.Obj().Pkg() != f.Pkg {
				continue
			}
			of := n.Origin().Obj()
			e := found[of]
			if e == nil {
				e = &end{fn, make(map[int]ssa.Instruction), make(map[int]bool), make(map[int]bool)}
				found[of] = e
			}
			if a.writes {
				e.writes[at.Field] = instr
			} else {
				e.reads[at.Field] = true
			}
			if call, ok := instr.(*ssa.Call); ok && indexes(call, 0) {
				e.index[at.Field] = true
			}
		}
	}
	return found
}

// indexes reports whether a value ends up as an index.
func indexes(v ssa.Value, depth int) bool {
	if depth > 6 || v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch u := ref.(type) {
		case *ssa.IndexAddr:
			if u.Index == v {
				return true
			}
		case *ssa.BinOp:
			if u.Op != token.EQL && u.Op != token.NEQ && u.Op != token.LSS && indexes(u, depth+1) {
				return true
			}
		case *ssa.Convert:
			if indexes(u, depth+1) {
				return true
			}
		case *ssa.Phi:
			if indexes(u, depth+1) {
				return true
			}
		case *ssa.Call:
			if fn := u.Call.StaticCallee(); fn != nil {
				for i, a := range u.Call.Args {
					if a == v && i < len(fn.Params) && indexes(fn.Params[i], depth+1) {
						return true
					}
				}
			}
		}
	}
	return false
}

// ring looks for two fields of a struct that one function works on from one side, and
// another from the other.
func (f *finder) ring(of *types.TypeName, st *types.Struct, ends []*end) {
	var fields []*types.Var
	for v := range st.Fields() {
		fields = append(fields, v)
	}
	offsets := f.TypesSizes.Offsetsof(fields)
	for i := range fields {
		for j := i + 1; j < len(fields); j++ {
			if offsets[j]-offsets[i] >= line {
				break
			}
			p, q := side(ends, i, j), side(ends, j, i)
			if p != nil && q != nil && p.fn != q.fn {
				f.reportRing(of, fields[i], fields[j], offsets[j]-offsets[i], i, j, p, q)
				return
			}
		}
	}
}

// side returns a function that writes one field and only reads the other.
func side(ends []*end, writes, reads int) *end {
	var found *end
	for _, e := range ends {
		if e.writes[writes] == nil || e.writes[reads] != nil || !e.reads[reads] {
			continue
		}
		if found == nil || e.index[writes] && !found.index[writes] {
			found = e
		}
	}
	return found
}

func (f *finder) reportRing(of *types.TypeName, a, b *types.Var, apart int64, i, j int, p, q *end) {
	tier := rule.Suspected
	if p.index[i] && q.index[j] {
		tier = rule.Likely
	}
	message := fmt.Sprintf("%s and %s of %s are written from two sides and lie %d bytes apart, on one cache line: each side's write takes the line from the other side's core",
		a.Name(), b.Name(), of.Name(), apart)
	if tier == rule.Suspected {
		message += "; only suspected: nothing shows that they are the ends of a ring"
	}
	f.Report(rule.Finding{
		Pos: b.Pos(), End: b.Pos() + token.Pos(len(b.Name())),
		Tier:      tier,
		Message:   message,
		Cause:     "two sides share a line",
		Primitive: "sync/atomic",
		Chain: []rule.Step{
			{Pos: p.writes[i].(*ssa.Call).Call.Pos(), Text: fmt.Sprintf("writes %s, in a function that only reads %s", a.Name(), b.Name())},
			{Pos: q.writes[j].(*ssa.Call).Call.Pos(), Text: fmt.Sprintf("writes %s, in a function that only reads %s", b.Name(), a.Name())},
		},
		Mend: fmt.Sprintf("put a cpu.CacheLinePad, or %d bytes, between them", line),
	})
}
