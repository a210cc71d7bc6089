package effects

import (
	"cmp"
	"errors"
	"go/types"
	"slices"
	"strings"
	"sync"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A Fact is what a package tells those that import it: the effects of its
// exported functions and methods, and of the methods of other packages' types
// that can be reached through its API. There is one of each package, because
// hosts hand on facts about every method to every dependent, and facts about
// functions to the next one only.
type Fact struct {
	data []byte
}

// AFact marks a fact.
func (*Fact) AFact() {}

func (f *Fact) String() string { return "effects" }

// GobEncode returns the encoding, which is not gob's.
func (f *Fact) GobEncode() ([]byte, error) { return f.data, nil }

// GobDecode keeps the encoding: it is read when somebody asks.
func (f *Fact) GobDecode(data []byte) error {
	if len(data) == 0 || data[0] != codeVersion {
		return errors.New("effects of another version of lagvet")
	}
	f.data = slices.Clone(data)
	return nil
}

// A key names a function in a fact: the package, and the name within it, that of
// a method with its type's before a dot.
type key struct {
	pkg, name string
}

// keyOf returns the key of a declared function.
func keyOf(fn *types.Func) key {
	name := fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		t := recv.Type()
		if p, ok := types.Unalias(t).(*types.Pointer); ok {
			t = p.Elem()
		}
		if n, ok := types.Unalias(t).(*types.Named); ok {
			name = n.Obj().Name() + "." + name
		}
	}
	path := ""
	if fn.Pkg() != nil {
		path = modules.WithoutVariant(fn.Pkg().Path())
	}
	return key{path, name}
}

// A view is a fact that is read entry by entry.
type view struct {
	once sync.Once
	data []byte
	read *reader
	err  error
}

// lookUp returns the summary of a function, or nil.
func (v *view) lookUp(k key) *Summary {
	if v == nil {
		return nil
	}
	v.once.Do(func() { v.read, v.err = newReader(v.data) })
	if v.err != nil {
		return nil
	}
	return v.read.lookUp(k)
}

// view returns the fact of a package that this one imports, nil if there is none.
func (x *inference) view(pkg *types.Package) *view {
	if v, ok := x.facts[pkg]; ok {
		return v
	}
	var v *view
	if f := new(Fact); x.pass.ImportPackageFact(pkg, f) {
		v = &view{data: f.data}
	}
	x.facts[pkg] = v
	return v
}

// imported returns what is known of a function of another package: by that
// package's fact if it is imported, else by that of one which is, else by the table
// of the standard library.
func (x *inference) imported(fn *types.Func) *Summary {
	return x.importedKey(fn.Pkg(), keyOf(fn))
}

// importedKey returns what is known by a key of a function of pkg.
func (x *inference) importedKey(pkg *types.Package, k key) *Summary {
	if s := x.view(pkg).lookUp(k); s != nil {
		return s
	}
	for _, p := range x.pass.Pkg.Imports() {
		if s := x.view(p).lookUp(k); s != nil {
			return s
		}
	}
	return x.std.lookUp(k)
}

// fact returns the fact of the package.
func (x *inference) fact() (*Fact, error) {
	w := newWriter()
	for _, e := range x.exports() {
		w.add(e.key, e.sum)
	}
	return &Fact{data: w.bytes()}, nil
}

// An entry is one function of a fact.
type entry struct {
	key key
	sum *Summary
}

func sortEntries(es []entry) {
	slices.SortFunc(es, func(a, b entry) int { return compareKeys(a.key, b.key) })
}

func compareKeys(a, b key) int {
	return cmp.Or(strings.Compare(a.pkg, b.pkg), strings.Compare(a.name, b.name))
}
