// Package ssavalue answers small questions about SSA that several analyses ask.
package ssavalue

import "golang.org/x/tools/go/ssa"

// Origin returns the generic function that fn is an instance of, or fn.
func Origin(fn *ssa.Function) *ssa.Function {
	if o := fn.Origin(); o != nil {
		return o
	}
	return fn
}

// OnlyStore returns the value of a local variable that is given one only once, or
// nil if addr is that of anything else.
func OnlyStore(addr ssa.Value) ssa.Value {
	a, ok := addr.(*ssa.Alloc)
	if !ok {
		return nil
	}
	var val ssa.Value
	for _, ref := range *a.Referrers() {
		if s, ok := ref.(*ssa.Store); ok && s.Addr == a {
			if val != nil {
				return nil
			}
			val = s.Val
		}
	}
	return val
}
