package hotcall

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// costly returns what is costly about a call, or nil.
func (c *checker) costly(p witness.Place, hot *hotpath.Hotness) *call {
	fn := c.callee(p)
	own := fn != nil && fn.Pkg() == c.pass.Pkg
	k, ok := costly.Of(p.Func)
	switch {
	case ok && (!own || k.Kind == costly.CallsC):
		return &call{Place: p, what: k, name: nameOf(p.Func)}
	case fn == nil:
		return nil
	case own:
	case c.codec(p, fn):
		return &call{Place: p, what: costly.Call{Kind: costly.Encodes}, name: p.Func}
	case c.binary(p, fn):
		return &call{Place: p, what: costly.Call{Kind: costly.Encodes}, name: p.Func}
	case costly.Logger(fn):
		light := costly.Quiet(fn) || !warm(p, effects.Lock) && !warm(p, effects.Disk)
		return &call{Place: p, what: costly.Call{Kind: costly.Logs, Light: light}, name: p.Func}
	case fn.Pkg().Path() == "reflect":
		if !warm(p, effects.Reflect) {
			return nil
		}
		return &call{Place: p, what: costly.Call{Kind: costly.Reflects, Light: true}, name: p.Func}
	}
	return c.deep(p, hot)
}

// callee returns the function called, an interface method too.
func (c *checker) callee(p witness.Place) *types.Func {
	k := c.pass.Funcs.Call(p.Call)
	if k == nil || k.Func == nil || k.Func.Pkg() == nil {
		return nil
	}
	return k.Func
}

// nameOf returns the name by which a function is told of: that of C has another
// one in Go.
func nameOf(fn string) string {
	if name, ok := costly.C(fn); ok {
		return name
	}
	return fn
}

// warm reports whether a place has an effect of that kind that does not lie on
// the way to an error.
func warm(p witness.Place, k effects.Kind) bool {
	_, ok := warmEffect(p, k)
	return ok
}

func warmEffect(p witness.Place, k effects.Kind) (effects.Effect, bool) {
	for _, e := range p.Effects {
		if e.Kind == k && !e.Cold {
			return e, true
		}
	}
	return effects.Effect{}, false
}

var coding = pattern.New(`^(Must)?(Marshal|Unmarshal|Encode|Decode)`)

// codec reports whether fn encodes or decodes any value, by reflection: going by
// its name, what it takes, and what it does. What only sorts by reflection, or
// takes an interface with methods of its own, is none.
func (c *checker) codec(p witness.Place, fn *types.Func) bool {
	if !coding.MatchString(fn.Name()) || !takesAny(fn.Signature()) {
		return false
	}
	e, ok := warmEffect(p, effects.Reflect)
	if !ok {
		return false
	}
	end := c.index.Primitive(e)
	return strings.HasPrefix(strings.TrimLeft(end, "(*"), "reflect.")
}

func takesAny(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if iface, ok := v.Type().Underlying().(*types.Interface); ok && iface.Empty() && !sig.Variadic() {
			return true
		}
	}
	return false
}

// binary reports whether fn is one of encoding/binary that works by reflection
// on what it is given: numbers and slices of them it knows by their types.
func (c *checker) binary(p witness.Place, fn *types.Func) bool {
	switch fn.FullName() {
	case "encoding/binary.Read", "encoding/binary.Write", "encoding/binary.Append", "encoding/binary.Encode", "encoding/binary.Decode":
	default:
		return false
	}
	data := p.Call.Args[len(p.Call.Args)-1]
	return isStruct(c.pass.TypesInfo.TypeOf(data))
}

// isStruct reports whether t is a struct, a pointer to one or a slice of them.
func isStruct(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Struct:
		return true
	case *types.Pointer:
		_, ok := u.Elem().Underlying().(*types.Struct)
		return ok
	case *types.Slice:
		_, ok := u.Elem().Underlying().(*types.Struct)
		return ok
	}
	return false
}

// maxDeep is how many calls may lie between a call and what is costly below it.
// The more there are, the likelier is one that is seldom made.
const maxDeep = 2

// deep returns what a call leads to that is costly, or nil. A condition may
// stand in between, so a directive must ask for it: of a profile, the time of the
// line may be that of anything else below.
func (c *checker) deep(p witness.Place, hot *hotpath.Hotness) *call {
	if hot.Source != hotpath.FromDirective {
		return nil
	}
	for _, kind := range []effects.Kind{effects.Reflect, effects.Cgo, effects.Lock} {
		e, ok := warmEffect(p, kind)
		if !ok {
			continue
		}
		between := 0
		for s := range e.Chain.Next.All {
			if between++; between > maxDeep {
				break
			}
			if k, ok := costly.Of(s.Func); ok && k.Kind != costly.Reflects && !k.Light {
				return &call{Place: p, what: k, name: nameOf(s.Func), by: &e}
			}
		}
	}
	return nil
}

// ident returns the identifier that e is, or nil.
func ident(e ast.Expr) *ast.Ident {
	id, _ := ast.Unparen(e).(*ast.Ident)
	return id
}
