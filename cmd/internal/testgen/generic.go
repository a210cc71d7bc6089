package testgen

import (
	"fmt"
	"go/types"
)

// instantiate gives the type parameters of c, or of its receiver, types.
func (c *contract) instantiate() error {
	sig := c.fn.Signature()
	c.sig = sig
	switch {
	case sig.TypeParams().Len() > 0:
		c.targs = standIns(sig.TypeParams())
		t, err := types.Instantiate(nil, sig, c.targs, true)
		if err != nil {
			return fmt.Errorf("no type at hand satisfies the constraints of %s: %w", c.fn.FullName(), err)
		}
		c.sig = t.(*types.Signature)
	case sig.RecvTypeParams().Len() > 0:
		generic := named(sig.Recv().Type()).Origin()
		c.targs = standIns(generic.TypeParams())
		t, err := types.Instantiate(nil, generic, c.targs, true)
		if err != nil {
			return fmt.Errorf("no type at hand satisfies the constraints of %s: %w", generic.Obj().Name(), err)
		}
		m, _, _ := types.LookupFieldOrMethod(t, true, c.fn.Pkg(), c.fn.Name())
		c.sig = m.(*types.Func).Signature()
	}
	return nil
}

// standIns returns for each type parameter the first type that its constraint
// names, or int.
func standIns(ps *types.TypeParamList) []types.Type {
	var ts []types.Type
	for p := range ps.TypeParams() {
		if t := first(p.Constraint()); t != nil {
			ts = append(ts, t)
		} else {
			ts = append(ts, types.Typ[types.Int])
		}
	}
	return ts
}

func first(constraint types.Type) types.Type {
	switch t := constraint.(type) {
	case *types.Union:
		return first(t.Term(0).Type())
	case *types.Interface:
		for e := range t.EmbeddedTypes() {
			if t := first(e); t != nil {
				return t
			}
		}
		return nil
	}
	if iface, ok := constraint.Underlying().(*types.Interface); ok {
		return first(iface)
	}
	return constraint
}
