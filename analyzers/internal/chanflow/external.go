package chanflow

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// external follows a call of a function of another package.
func (b *builder) external(fn *ssa.Function, c ssa.CallInstruction, callee *ssa.Function) {
	common := c.Common()
	name := ""
	if obj := callee.Object(); obj != nil {
		name = callee.RelString(nil)
	}
	switch name {
	case "context.Background", "context.TODO":
		b.given(c, 0, b.never)
		return
	case "context.WithCancel", "context.WithCancelCause":
		b.derive(c, false)
		return
	case "context.WithTimeout", "context.WithDeadline", "context.WithTimeoutCause", "context.WithDeadlineCause":
		b.derive(c, true)
		return
	case "context.WithValue":
		if call, ok := c.(*ssa.Call); ok {
			b.flow(common.Args[0], b.node(call))
		}
		return
	case "sync.NewCond":
		if call, ok := c.(*ssa.Call); ok {
			cond := b.object(call, Cond, call, nil)
			cond.locker = b.node(common.Args[0])
			b.given(c, 0, cond)
		}
		return
	}
	if strings.HasPrefix(name, "(*sync.") && !strings.HasPrefix(name, "(*sync.Once)") && name != "(*sync.WaitGroup).Go" {
		if len(common.Args) > 0 {
			b.node(common.Args[0])
		}
		return // an operation, no escape
	}
	m := passed(name)
	if mode(c) == Go {
		m = Go
	}
	b.handed = append(b.handed, c)
	for _, a := range common.Args {
		if b.tracked(a.Type()) {
			b.watch(b.node(a), func(o *Object) {
				if o.Kind == function {
					b.hand(fn, c, o, m)
				}
			})
			if _, isFunc := a.Type().Underlying().(*types.Signature); isFunc && m != Passed {
				continue // it is called here, or in a goroutine, and given nothing
			}
			if syncKind(deref(a.Type())) < 0 || !strings.HasPrefix(name, "(*sync.") { // the group of a Go stays in sight
				b.leave(b.node(a))
			}
		}
	}
	b.gain(c)
}

// hand enters that a function of another package calls what it is passed.
func (b *builder) hand(fn *ssa.Function, c ssa.CallInstruction, o *Object, m Mode) {
	callee := ssavalue.Origin(o.fn)
	if bound := b.method(callee); bound != nil {
		callee = bound
	}
	if b.local[callee] {
		b.connect(fn, c, callee, nil, m, false)
	}
}

// passed tells how the function called name calls what it is passed.
func passed(name string) Mode {
	if strings.HasPrefix(name, "(*sync.Once).") || strings.HasPrefix(name, "sync.Once") {
		return Plain
	}
	method := name[strings.LastIndexByte(name, '.')+1:]
	switch method {
	case "Go", "TryGo", "AfterFunc", "GoCtx":
		return Go
	}
	return Passed
}

// given has result i of a call be o.
func (b *builder) given(c ssa.CallInstruction, i int, o *Object) {
	if call, ok := c.(*ssa.Call); ok {
		b.add(b.resultOf(call, i), o)
	}
}

// derive makes a context with a cancel function of its own.
func (b *builder) derive(c ssa.CallInstruction, timed bool) {
	call, ok := c.(*ssa.Call)
	if !ok {
		return
	}
	ctx := b.object(call, context, call, nil)
	ctx.timed = timed
	ctx.parents = b.node(call.Call.Args[0])
	type key struct{ of *Object }
	stop := b.made[key{ctx}]
	if stop == nil {
		stop = &Object{Kind: cancel, of: ctx}
		b.made[key{ctx}] = stop
	}
	b.add(b.resultOf(call, 0), ctx)
	b.add(b.resultOf(call, 1), stop)
}

// contextMethod follows ctx.Done().
func (b *builder) contextMethod(c ssa.CallInstruction) {
	call, ok := c.(*ssa.Call)
	if !ok || call.Call.Method.Name() != "Done" {
		return
	}
	b.watch(b.node(call.Call.Value), func(o *Object) {
		switch o.Kind {
		case context:
			b.add(b.node(call), b.doneOf(o))
		case unknown:
			b.add(b.node(call), b.nobody)
		}
	})
}

// doneOf returns the Done channel of a context.
func (b *builder) doneOf(ctx *Object) *Object {
	o := b.dones[ctx]
	if o == nil {
		o = &Object{Kind: Done, Site: ctx.Site, of: ctx}
		b.dones[ctx] = o
		b.objects = append(b.objects, o)
	}
	return o
}
