package symbol

import (
	"slices"
	"strconv"
)

// A Func is a function as the source of a package has it.
type Func struct {
	Name   string // of a declared function, as symbols have it; empty for a literal
	Number string // what the compiler calls a literal in its function: "func2", or "func2.1" for the first one within that
	Line   int    // on which it begins
	Parent *Func  // the function that a literal stands in; nil at package level

	lits []*Func // those that stand in it and in no other
}

// A Package holds the functions of a package's source. Its zero value has none.
type Package struct {
	funcs map[string]*Func
	lits  []*Func // those that stand in no function
}

// Declare adds a declared function.
func (p *Package) Declare(name string, line int) *Func {
	f := &Func{Name: name, Line: line}
	if p.funcs == nil {
		p.funcs = make(map[string]*Func)
	}
	p.funcs[name] = f
	return f
}

// Literal adds a literal that stands in parent, or outside all functions if that is
// nil. Those of one parent are added in the order of the source.
func (p *Package) Literal(parent *Func, line int) *Func {
	f := &Func{Line: line, Parent: parent}
	lits := &p.lits
	if parent != nil {
		lits = &parent.lits
	}
	*lits = append(*lits, f)
	f.Number = strconv.Itoa(len(*lits))
	if parent == nil || parent.Parent == nil && parent.Name != "" {
		f.Number = "func" + f.Number
	} else {
		f.Number = parent.Number + "." + f.Number
	}
	return f
}

// Find returns the function that sym stands for, or nil. It begins on line start
// in the profile, 0 if that is unknown, and starts says of declared functions
// on which lines they begin there.
//
// A literal is known by its line: by the distance from that of the function
// around it, so that code may have moved since the profile was taken. If the
// profile does not know where that function begins, or if the code between them
// has changed, its number does, or its line if that is unambiguous.
func (p *Package) Find(sym Symbol, start int, starts map[string]int) *Func {
	if sym.Lit == "" {
		return p.funcs[sym.Name]
	}
	sameLine := func(l *Func) bool { return l.Line == start }
	if sym.Name == "init" || sym.Name == "glob." { // what package-level initialisers hold
		return only(within(p.lits), sameLine)
	}
	outers := sym.outers()
	i := slices.IndexFunc(outers, func(name string) bool { return p.funcs[name] != nil })
	if i < 0 {
		return nil
	}
	name := outers[i]
	outer := p.funcs[name]
	lits := outer.Within()
	numbered := func(l *Func) bool { return l.Number == sym.Lit }
	if from := starts[name]; from > 0 && start > 0 {
		at := func(l *Func) bool { return l.Line-outer.Line == start-from }
		if f := only(lits, at); f != nil {
			return f
		}
		if f := only(lits, func(l *Func) bool { return at(l) && numbered(l) }); f != nil {
			return f
		}
	}
	if name == sym.Name { // nothing was inlined: the number counts in that function
		return only(lits, numbered)
	}
	if f := only(lits, sameLine); f != nil {
		return f
	}
	return only(lits, func(*Func) bool { return true })
}

// Within returns the literals in f, at any depth.
func (f *Func) Within() []*Func { return within(f.lits) }

func within(direct []*Func) []*Func {
	var lits []*Func
	for _, l := range direct {
		lits = append(append(lits, l), l.Within()...)
	}
	return lits
}

// Outermost returns the function that f is or stands in, which stands in no other.
func (f *Func) Outermost() *Func {
	for f.Parent != nil {
		f = f.Parent
	}
	return f
}

// only returns the literal that is accepted, if it is the only one.
func only(lits []*Func, accept func(*Func) bool) (found *Func) {
	for _, l := range lits {
		if accept(l) {
			if found != nil {
				return nil
			}
			found = l
		}
	}
	return found
}
