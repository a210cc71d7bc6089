package sections

import (
	"go/token"
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/lagvet/lagvet/analyzers/internal/ssavalue"
)

// A Lock is a mutex as a function reaches it.
type Lock struct {
	// Var is the field or the package variable that holds the lock, or a
	// pointer to it, by which it is known in every function. It is nil for a
	// local variable, a parameter, an element or a result.
	Var *types.Var
	// Name is what to call it: "Server.mu", "cache.RWMutex", "mu".
	Name string
	// Owner is the value whose field the lock is, as far back as it could be
	// followed: a parameter, a package variable, the result of a call.
	Owner ssa.Value

	key key
}

// Path returns the fields that lead from Owner to the lock: ".parts[0].mu".
func (l Lock) Path() string { return l.key.path }

// Reach follows v, or what it points to, to where it comes from: a value, and the
// fields that lead from there to it, as in [Lock].
func Reach(v ssa.Value) (owner ssa.Value, path string) {
	k := keyOf(v)
	return k.base, k.path
}

// A key is what tells the locks of one function apart: a value, and the fields
// that lead from there to the lock. Pointers on the way do not count.
type key struct {
	base ssa.Value
	path string
}

// maxPath is how many instructions are followed from a lock to where it hangs.
const maxPath = 32

// lockAt returns the lock that v is, or points to, and whether v takes it for
// reading only.
func (b *builder) lockAt(v ssa.Value) (l Lock, shared bool) {
	v, shared = reader(v)
	l = Lock{key: keyOf(v)}
	l.Owner = l.key.base
	l.Var, l.Name = nameOf(v)
	if c, ok := b.conds[l.Var]; ok && c.lock != nil {
		if path, ok := strings.CutSuffix(l.key.path, "."+l.Var.Name()+".L"); ok {
			l.key.path = path + c.path
			l.Var, l.Name = c.lock, c.name
			shared = shared || c.shared
		}
	}
	return l, shared
}

// reader returns the lock behind what RLocker returns, or v.
func reader(v ssa.Value) (of ssa.Value, shared bool) {
	u := v
	if m, ok := u.(*ssa.ChangeInterface); ok {
		u = m.X
	}
	call, ok := u.(*ssa.Call)
	if !ok {
		return v, false
	}
	fn := call.Call.StaticCallee()
	if fn == nil || fn.Name() != "RLocker" || fn.Signature.Recv() == nil || len(call.Call.Args) != 1 || !isLock(fn.Signature.Recv().Type()) {
		return v, false
	}
	return call.Call.Args[0], true
}

// keyOf follows v to where it comes from.
func keyOf(v ssa.Value) key {
	path := ""
	for range maxPath {
		switch u := v.(type) {
		case *ssa.FieldAddr:
			path = "." + fieldOf(u.X.Type(), u.Field).Name() + path
			v = u.X
		case *ssa.Field:
			path = "." + fieldOf(u.X.Type(), u.Field).Name() + path
			v = u.X
		case *ssa.IndexAddr:
			path = "[" + indexName(u.Index) + "]" + path
			v = u.X
		case *ssa.Lookup:
			path = "[" + indexName(u.Index) + "]" + path
			v = u.X
		case *ssa.Extract:
			switch from := u.Tuple.(type) {
			case *ssa.Lookup:
				if u.Index != 0 {
					return key{v, path}
				}
				v = from
			case *ssa.Next:
				path = "[" + u.Name() + "]" + path
				v = from.Iter.(*ssa.Range).X
			default:
				return key{v, path}
			}
		case *ssa.ChangeType:
			v = u.X
		case *ssa.MakeInterface:
			v = u.X
		case *ssa.ChangeInterface:
			v = u.X
		case *ssa.UnOp:
			if u.Op != token.MUL {
				return key{v, path}
			}
			v = u.X
		case *ssa.Alloc:
			stored := ssavalue.OnlyStore(u)
			if stored == nil {
				return key{v, path}
			}
			v = stored
		default:
			return key{v, path}
		}
	}
	return key{v, path}
}

// indexName tells the elements of an array apart. The name of a value is unique
// within its function.
func indexName(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil {
		return c.Value.ExactString()
	}
	return v.Name()
}

// nameOf returns the variable that holds what v is or points to, if others can
// reach it too, and a name for it.
func nameOf(v ssa.Value) (*types.Var, string) {
	for range maxPath {
		switch u := v.(type) {
		case *ssa.FieldAddr:
			return nameField(u.X, u.Field)
		case *ssa.Field:
			return nameField(u.X, u.Field)
		case *ssa.Global:
			obj, _ := u.Object().(*types.Var)
			return obj, u.Name()
		case *ssa.Alloc:
			stored := ssavalue.OnlyStore(u)
			if stored == nil {
				return nil, u.Comment
			}
			v = stored
		case *ssa.UnOp:
			if u.Op != token.MUL {
				return nil, "a lock"
			}
			v = u.X
		case *ssa.IndexAddr:
			obj, name := nameOf(u.X)
			return obj, name + "[…]"
		case *ssa.Lookup:
			obj, name := nameOf(u.X)
			return obj, name + "[…]"
		case *ssa.Extract:
			switch from := u.Tuple.(type) {
			case *ssa.Lookup:
				if u.Index != 0 {
					return nil, "a lock"
				}
				v = from
			case *ssa.Next:
				obj, name := nameOf(from.Iter.(*ssa.Range).X)
				return obj, name + "[…]"
			default:
				return nil, "a lock"
			}
		case *ssa.ChangeType:
			v = u.X
		case *ssa.MakeInterface:
			v = u.X
		case *ssa.ChangeInterface:
			v = u.X
		case *ssa.Parameter, *ssa.FreeVar:
			return nil, v.Name()
		default:
			return nil, "a lock"
		}
	}
	return nil, "a lock"
}

// nameField names field i of the struct that x is or points to, by its type or,
// if that has no name, by what holds it.
func nameField(x ssa.Value, i int) (*types.Var, string) {
	f := fieldOf(x.Type(), i)
	n, ok := types.Unalias(deref(x.Type())).(*types.Named)
	if !ok {
		_, name := nameOf(x)
		return f.Origin(), name + "." + f.Name()
	}
	if o := n.Obj(); o.Pkg() != nil && o.Pkg().Path() == "sync" && o.Name() == "Cond" {
		obj, name := nameOf(x)
		return obj, name + "." + f.Name()
	}
	return f.Origin(), n.Obj().Name() + "." + f.Name()
}

// fieldOf returns field i of the struct that t is or points to. One of a type
// parameter is nobody's.
func fieldOf(t types.Type, i int) *types.Var {
	if st, ok := deref(t).Underlying().(*types.Struct); ok {
		return st.Field(i)
	}
	return types.NewField(token.NoPos, nil, strconv.Itoa(i), t, false)
}

func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// within returns the lock that a callee knows as l, for its caller: at is what
// the caller passed as the value that l hangs on. It has no key if that is not known.
func (l Lock) within(at ssa.Value, wrapper bool) Lock {
	if at == nil {
		l.key, l.Owner = key{}, nil
		return l
	}
	k := keyOf(at)
	l.key = key{k.base, k.path + l.key.path}
	l.Owner = k.base
	if f, ok := at.(*ssa.FieldAddr); ok && wrapper {
		l.Var, l.Name = nameField(f.X, f.Field) // a lock by another name: what holds it tells which
	} else if l.Var == nil {
		l.Var, l.Name = nameOf(at)
	}
	return l
}

// less orders locks for a stable output.
func less(a, b key) bool {
	if x, y := baseName(a.base), baseName(b.base); x != y {
		return x < y
	}
	return a.path < b.path
}

func baseName(v ssa.Value) string {
	if v == nil {
		return ""
	}
	return v.Name() + ":" + strconv.Itoa(int(v.Pos()))
}
