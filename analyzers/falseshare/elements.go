package falseshare

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/sections"
	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A use is a write to an element that only some goroutines make.
type use struct {
	access
	container
	elem types.Type
	tier rule.Tier
	why  string // "by a goroutine for each index"
	hot  *hotpath.Hotness
}

// elements reports arrays and slices whose elements are written by different
// goroutines and share cache lines.
func (f *finder) elements() {
	best := make(map[token.Pos]*use)
	var order []token.Pos
	for _, fn := range f.fns {
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				u, ok := f.element(fn, instr)
				if !ok {
					continue
				}
				old := best[u.pos]
				if old == nil {
					order = append(order, u.pos)
				}
				if old == nil || rule.Lower(u.tier, old.tier) != u.tier {
					best[u.pos] = u
				}
			}
		}
	}
	for _, pos := range order {
		f.reportElement(best[pos])
	}
}

// element returns the use that an instruction makes of an element which shares its
// cache line with others.
func (f *finder) element(fn *ssa.Function, instr ssa.Instruction) (*use, bool) {
	a, ok := accessOf(instr)
	if !ok || !a.writes {
		return nil, false
	}
	at := indexOf(a.at)
	if at == nil {
		return nil, false
	}
	elem := at.Type().(*types.Pointer).Elem()
	if size := f.size(elem); size == 0 || size >= line || !small(elem) && !a.atomic {
		return nil, false
	}
	c, ok := f.containerOf(at.X, fn)
	if store, plain := instr.(*ssa.Store); plain && !adds(store) {
		return nil, false // a result, not a count
	}
	if !ok || c.obj != nil && c.obj.Pkg() != f.Pkg || length(at.X.Type()) == 1 {
		return nil, false
	}
	u := &use{access: a, container: c, elem: elem}
	u.tier, u.why = f.sharers(fn, instr, at.Index, a)
	if u.tier == rule.Likely && holdsMore(elem) {
		u.tier = rule.Suspected
	}
	if u.tier == "" {
		return nil, false
	}
	return u, true
}

// indexOf returns the element that an address lies in, or nil.
func indexOf(v ssa.Value) *ssa.IndexAddr {
	for range 8 {
		switch u := v.(type) {
		case *ssa.IndexAddr:
			return u
		case *ssa.FieldAddr:
			v = u.X
		default:
			return nil
		}
	}
	return nil
}

// length returns how many elements an array has, 0 for a slice.
func length(t types.Type) int64 {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	if a, ok := t.Underlying().(*types.Array); ok {
		return a.Len()
	}
	return 0
}

// small reports whether an element is a number that code counts or adds up in.
func small(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	if ok {
		return b.Info()&types.IsNumeric != 0
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if !small(v.Type()) {
			return false
		}
	}
	return st.NumFields() > 0
}

// holdsMore reports whether an element holds a map or the like: the work that is done
// with that outweighs a line that comes from another core.
func holdsMore(t types.Type) bool {
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		switch v.Type().Underlying().(type) {
		case *types.Map, *types.Slice, *types.Chan, *types.Interface, *types.Pointer:
			return true
		}
	}
	return false
}

// sharers tells how sure it is that different goroutines write different elements,
// and why.
func (f *finder) sharers(fn *ssa.Function, instr ssa.Instruction, index ssa.Value, a access) (rule.Tier, string) {
	from := f.comes(index, 0)
	hot := f.Hotness.HotAt(instr.Pos())
	switch {
	case from.constant:
		return "", ""
	case from.given && f.perIndex(fn) && ssavalue.InLoop(instr.Block()):
		tier := rule.Suspected
		if hot != nil || tight(instr.Block()) {
			tier = rule.Likely
		}
		return tier, "each goroutine of a loop writes its own, again and again"
	case !a.atomic:
		return "", ""
	case from.spread != "":
		return rule.Likely, "the index comes from " + from.spread + ", so that goroutines do not meet"
	case hot != nil && from.masked:
		return rule.Likely, "hot code writes it (" + hot.Detail + ")"
	case from.masked:
		return rule.Suspected, "whoever comes writes one of them"
	}
	return "", ""
}

// adds reports whether an assignment changes what was there: x += y, x++.
func adds(s *ssa.Store) bool {
	op, ok := s.Val.(*ssa.BinOp)
	if !ok {
		return false
	}
	base, path := sections.Reach(s.Addr)
	for _, v := range []ssa.Value{op.X, op.Y} {
		if b, p := sections.Reach(v); b == base && p == path {
			return true
		}
	}
	return false
}

// tight reports whether the loops around a block do little else: they wait for nobody
// and call nothing of which it is not known that it takes a few cycles.
func tight(b *ssa.BasicBlock) bool {
	for _, c := range b.Parent().Blocks {
		if c != b && !(ssavalue.Leads(b, c) && ssavalue.Leads(c, b)) {
			continue
		}
		for _, instr := range c.Instrs {
			switch instr := instr.(type) {
			case *ssa.Send, *ssa.Select:
				return false
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return false
				}
			case ssa.CallInstruction:
				if !quick(instr.Common()) {
					return false
				}
			}
		}
	}
	return true
}

// quick reports whether a call is of a builtin, or of a function that computes.
func quick(c *ssa.CallCommon) bool {
	if _, ok := c.Value.(*ssa.Builtin); ok {
		return true
	}
	fn := c.StaticCallee()
	if fn == nil || fn.Object() == nil || fn.Object().Pkg() == nil {
		return false
	}
	switch fn.Object().Pkg().Path() {
	case "sync/atomic", "math", "math/bits", "unicode/utf8", "encoding/binary":
		return true
	}
	return false
}

// perIndex reports whether a function runs as a goroutine of which a loop starts
// several.
func (f *finder) perIndex(fn *ssa.Function) bool {
	for _, s := range f.starts[fn] {
		if s.looped {
			return true
		}
	}
	return false
}

// An origin says what an index is computed from.
type origin struct {
	constant bool
	given    bool   // by who started the goroutine
	masked   bool   // it is cut to a range: a shard
	spread   string // "a CPU number": what spreads writers
}

// comes follows an index back.
func (f *finder) comes(v ssa.Value, depth int) (o origin) {
	if depth > 8 {
		return o
	}
	switch u := v.(type) {
	case *ssa.Const:
		o.constant = true
	case *ssa.Parameter, *ssa.FreeVar:
		o.given = true
	case *ssa.Convert:
		return f.comes(u.X, depth+1)
	case *ssa.ChangeType:
		return f.comes(u.X, depth+1)
	case *ssa.FieldAddr:
		o = f.comes(u.X, depth+1)
		o.constant, o.given = false, false // its own state, perhaps
	case *ssa.UnOp:
		if a, ok := u.X.(*ssa.Alloc); ok {
			if s := ssavalue.OnlyStore(a); s != nil {
				return f.comes(s, depth+1)
			}
			return o
		}
		return f.comes(u.X, depth+1)
	case *ssa.BinOp:
		x, y := f.comes(u.X, depth+1), f.comes(u.Y, depth+1)
		o = origin{constant: x.constant && y.constant, given: x.given || y.given, masked: x.masked || y.masked, spread: x.spread + y.spread}
		switch u.Op {
		case token.REM, token.AND:
			o.masked = true
		case token.SHR: // of a hash, to its highest bits
			o.masked = true
		}
	case *ssa.Call:
		fn := u.Call.StaticCallee()
		if fn == nil {
			return o
		}
		switch {
		case cpuNames.MatchString(fn.Name()):
			o.spread = "a CPU number"
		case fromRandom(fn):
			o.spread = "a random number"
		default:
			for _, a := range u.Call.Args {
				o.masked = o.masked || f.comes(a, depth+1).masked
			}
			o.masked = o.masked || hashNames.MatchString(fn.Name())
		}
	case *ssa.Extract:
		return f.comes(u.Tuple, depth+1)
	}
	return o
}

var (
	cpuNames    = pattern.New(`(?i)procpin|getcpu|cpuid|^(current)?cpu$|processorid`)
	hashNames   = pattern.New(`(?i)hash|shard|^sum(32|64)$|crc|fnv`)
	randomNames = pattern.New(`(?i)^(fast|cheap)rand`)
)

func fromRandom(fn *ssa.Function) bool {
	if o := fn.Object(); o != nil && o.Pkg() != nil && (o.Pkg().Path() == "math/rand" || o.Pkg().Path() == "math/rand/v2") {
		return true
	}
	return randomNames.MatchString(fn.Name())
}

func (f *finder) reportElement(u *use) {
	if f.told[u.pos] {
		return
	}
	f.told[u.pos] = true
	size := f.size(u.elem)
	message := fmt.Sprintf("elements of %s are %d bytes, so %d of them share a cache line, and %s: each write waits for the line to come from the core that wrote another one",
		u.name, size, line/size, u.why)
	if u.tier == rule.Suspected {
		message += "; only suspected: how often is not known"
	}
	end := u.pos
	if u.obj != nil {
		end += token.Pos(len(u.name))
	}
	where := u.instr.Pos()
	if call, ok := u.instr.(*ssa.Call); ok {
		where = call.Call.Pos()
	}
	f.Report(rule.Finding{
		Pos: u.pos, End: end,
		Tier:      u.tier,
		Message:   message,
		Cause:     "elements share a line",
		Primitive: u.does,
		Chain:     []rule.Step{{Pos: where, Text: u.does + " writes one element"}},
		Mend:      fmt.Sprintf("pad an element to %d bytes, with a cpu.CacheLinePad or a byte array, or count in a local variable and add that up once", line),
	})
}
