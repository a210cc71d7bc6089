package chanflow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// An OpKind is what an operation does.
type OpKind int

// The operations.
const (
	Send   OpKind = iota
	Recv          // of one value
	Range         // over a channel, until it is closed
	Close         // of a channel; of a Done channel: the call of the cancel function
	Add           // to a wait group
	Finish        // (*sync.WaitGroup).Done
	Wait          // for a wait group
	Sleep         // (*sync.Cond).Wait
	Wake          // (*sync.Cond).Signal or Broadcast
	Take          // of a mutex
)

// An Op is one place where a goroutine meets others.
type Op struct {
	Kind    OpKind
	Instr   ssa.Instruction
	Fn      *ssa.Function
	Value   ssa.Value   // the channel, or the pointer to what it is
	Select  *ssa.Select // that it is a case of, if any
	Arm     int         // which one
	Mode    Mode        // Defer, if it is deferred
	Objs    []*Object
	Known   bool // Objs are all that it may be done to
	CommaOk bool // of a Recv: whether the channel is closed is asked
}

// Pos returns where the operation stands.
func (o *Op) Pos() token.Pos {
	if o.Select != nil {
		if p := o.Select.States[o.Arm].Pos; p.IsValid() {
			return p
		}
	}
	return o.Instr.Pos()
}

// Blocks reports whether the operation waits if nobody is ready for it, and for
// nothing else: a case of a select with others does not count.
func (o *Op) Blocks() bool {
	return o.Select == nil || o.Select.Blocking && len(o.Select.States) == 1
}

// methods are the operations of package sync.
var methods = map[string]struct {
	kind OpKind
	on   Kind
}{
	"(*sync.WaitGroup).Add":  {Add, Group},
	"(*sync.WaitGroup).Done": {Finish, Group},
	"(*sync.WaitGroup).Wait": {Wait, Group},
	"(*sync.Cond).Wait":      {Sleep, Cond},
	"(*sync.Cond).Signal":    {Wake, Cond},
	"(*sync.Cond).Broadcast": {Wake, Cond},
	"(*sync.Mutex).Lock":     {Take, Lock},
	"(*sync.RWMutex).Lock":   {Take, Lock},
	"(*sync.RWMutex).RLock":  {Take, Lock},
}

// collect finds the operations of the functions that something calls.
func (x *Index) collect() {
	for _, fn := range x.b.fns {
		if !x.live[fn] {
			continue
		}
		x.Funcs = append(x.Funcs, fn)
		for _, blk := range fn.Blocks {
			for _, instr := range blk.Instrs {
				x.instr(fn, instr)
			}
		}
	}
	for key, n := range x.b.nodes {
		switch key.(type) {
		case *types.Var, *ssa.Global:
			for _, o := range n.objs {
				o.Kept = true
			}
		}
	}
	x.Objects = slices.DeleteFunc(x.b.objects, func(o *Object) bool { return o.Kind == context })
}

func (x *Index) instr(fn *ssa.Function, instr ssa.Instruction) {
	switch v := instr.(type) {
	case *ssa.Send:
		x.op(&Op{Kind: Send, Instr: v, Fn: fn, Value: v.Chan}, Chan)
	case *ssa.UnOp:
		if v.Op == token.ARROW {
			kind := Recv
			if v.CommaOk && v.Block().Comment == "rangechan.loop" {
				kind = Range
			}
			x.op(&Op{Kind: kind, Instr: v, Fn: fn, Value: v.X, CommaOk: v.CommaOk}, Chan)
		}
	case *ssa.Select:
		for i, s := range v.States {
			kind := Recv
			if s.Dir == types.SendOnly {
				kind = Send
			}
			x.op(&Op{Kind: kind, Instr: v, Fn: fn, Value: s.Chan, Select: v, Arm: i}, Chan)
		}
	case ssa.CallInstruction:
		x.called(fn, v)
	}
}

func (x *Index) called(fn *ssa.Function, c ssa.CallInstruction) {
	common := c.Common()
	op := &Op{Instr: c, Fn: fn, Mode: mode(c)}
	if blt, ok := common.Value.(*ssa.Builtin); ok {
		if blt.Name() == "close" {
			op.Kind, op.Value = Close, common.Args[0]
			x.op(op, Chan)
		}
		return
	}
	callee := common.StaticCallee()
	if callee == nil {
		if !common.IsInvoke() {
			x.cancels(op, common.Value)
		}
		return
	}
	name := callee.RelString(nil)
	if name == "(*sync.WaitGroup).Go" {
		add, done := *op, *op
		add.Kind, add.Value = Add, common.Args[0]
		done.Kind, done.Value = Finish, common.Args[0]
		x.op(&add, Group)
		x.op(&done, Group)
		return
	}
	if m, ok := methods[name]; ok {
		op.Kind, op.Value = m.kind, common.Args[0]
		x.op(op, m.on)
	}
}

// cancels enters the call of a cancel function.
func (x *Index) cancels(op *Op, callee ssa.Value) {
	n := x.held(callee)
	if n == nil {
		return
	}
	op.Kind, op.Value, op.Known = Close, callee, true
	for _, o := range n.objs {
		switch o.Kind {
		case cancel:
			done := x.b.doneOf(o.of)
			op.Objs = append(op.Objs, done)
			done.Ops = append(done.Ops, op)
		case unknown:
			op.Known = false
		}
	}
	if len(op.Objs) > 0 {
		x.ops[op.Fn] = append(x.ops[op.Fn], op)
	}
}

func (x *Index) op(op *Op, kind Kind) {
	op.Objs, op.Known = x.May(op.Value, kind)
	for _, o := range op.Objs {
		o.Ops = append(o.Ops, op)
	}
	x.ops[op.Fn] = append(x.ops[op.Fn], op)
}

// Wakers returns the operations that end the wait of op, and whether others, out
// of sight, may end it too.
func (x *Index) Wakers(op *Op) (by []*Op, outside bool) {
	if !op.Known {
		return nil, true
	}
	for _, o := range op.Objs {
		some, out := x.wake(o, op, 0)
		by = append(by, some...)
		outside = outside || out
	}
	return by, outside
}

// maxParents bounds how many contexts are derived one from the other.
const maxParents = 8

func (x *Index) wake(o *Object, op *Op, depth int) (by []*Op, outside bool) {
	if o.Out || depth > maxParents {
		return nil, true
	}
	for _, other := range o.Ops {
		if other != op && wakes(other.Kind, op.Kind) {
			by = append(by, other)
		}
	}
	if o.Kind != Done {
		return by, false
	}
	if o.of.Out || o.of.timed {
		return nil, true
	}
	if o.of.parents == nil {
		return by, false
	}
	for _, p := range o.of.parents.objs {
		if p.Kind != context {
			return nil, true
		}
		some, out := x.wake(x.b.doneOf(p), op, depth+1)
		by = append(by, some...)
		outside = outside || out
	}
	return by, outside || len(o.of.parents.objs) == 0
}

func wakes(k, waiting OpKind) bool {
	switch waiting {
	case Send:
		return k == Recv || k == Range
	case Recv:
		return k == Send || k == Close
	case Range:
		return k == Close
	case Wait:
		return k == Finish
	case Sleep:
		return k == Wake
	}
	return false
}
