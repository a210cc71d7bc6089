package effects

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"github.com/lagvet/lagvet/analyzers/directive"
)

// ParseAssume reads the value of the analyzer's flag: entries separated by
// semicolons, each the full name of a function, an equals sign and the kinds of
// its effects, separated by commas, or none.
func ParseAssume(text string) (map[string]Set, error) {
	assumed := make(map[string]Set)
	for entry := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(entry) == "" {
			continue
		}
		name, kinds, ok := strings.Cut(entry, "=")
		if !ok {
			return nil, fmt.Errorf("reading what is assumed: %q has no equals sign", entry)
		}
		set, err := parseKinds(strings.Split(kinds, ","))
		if err != nil {
			return nil, fmt.Errorf("reading what is assumed of %s: %w", name, err)
		}
		assumed[tableName(strings.TrimSpace(name))] = set
	}
	return assumed, nil
}

func parseKinds(names []string) (Set, error) {
	var set Set
	for _, name := range names {
		name = strings.TrimSpace(name)
		if name == "none" {
			continue
		}
		k, ok := ParseKind(name)
		if !ok {
			return 0, fmt.Errorf("there is no effect %q", name)
		}
		set |= 1 << k
	}
	return set, nil
}

// statedFor returns the effects that somebody states for a function: the
// configuration, a directive of this package, or a table, in this order.
func (x *inference) statedFor(fn *types.Func) *Summary {
	name := tableName(fn.FullName())
	if set, ok := x.assumed[name]; ok {
		return stated(set, "assumed by the configuration")
	}
	if s := x.directed[fn]; s != nil {
		return s
	}
	if s := x.tables.overrides[name]; s != nil {
		return s
	}
	return x.tables.primitives[name]
}

// readDirectives notes what //lagvet:assume says of functions and interface
// methods, and what a contract says of interface methods: each implementation
// is held to it, so a call may rely on it.
func (x *inference) readDirectives() {
	for _, d := range x.dirs.All {
		set, ok := relyOn(x.dirs, d)
		if !ok {
			continue
		}
		sum := stated(set, fmt.Sprintf("//lagvet:%s at %s", d.Kind, x.pass.Fset.Position(d.Pos)))
		sum.Retained = allRetained
		if d.Kind != directive.Assume {
			sum.suspect()
		}
		switch decl := d.Decl.(type) {
		case *ast.FuncDecl:
			if fn, ok := x.pass.TypesInfo.Defs[decl.Name].(*types.Func); ok && d.Kind == directive.Assume {
				x.directed[fn] = sum
				x.saying[fn] = d
			}
		case *ast.Field:
			for _, name := range decl.Names {
				if fn, ok := x.pass.TypesInfo.Defs[name].(*types.Func); ok {
					x.directed[fn] = sum
				}
			}
		case *ast.TypeSpec:
			if tn, ok := x.pass.TypesInfo.Defs[decl.Name].(*types.TypeName); ok {
				x.boundTypes[tn] = sum
			}
		case nil:
			if d.Kind == directive.Assume {
				x.excused = append(x.excused, excuse{d, sum})
			}
		}
	}
}

// relyOn returns what a call may do, going by a directive alone.
func relyOn(all *directive.Index, d *directive.Directive) (set Set, ok bool) {
	switch d.Kind {
	case directive.Assume:
		set, err := parseKinds(d.Args)
		return set, err == nil
	case directive.NonBlocking, directive.NoAlloc:
		for _, other := range all.On(d.Decl) {
			if other.Kind != d.Kind && (other.Kind == directive.NonBlocking || other.Kind == directive.NoAlloc) {
				return nothing, true
			}
		}
		if d.Kind == directive.NonBlocking {
			return alloc, true
		}
		return unknown, true
	}
	return 0, false
}

// An excuse is an assumption about the code of a statement.
type excuse struct {
	dir *directive.Directive
	sum *Summary
}

// excuseAt returns the assumption that covers pos, or nil: the narrowest.
func (x *inference) excuseAt(pos token.Pos) *excuse {
	var best *excuse
	for i := range x.excused {
		e := &x.excused[i]
		if e.dir.Covers(pos) && (best == nil || e.dir.To-e.dir.From < best.dir.To-best.dir.From) {
			best = e
		}
	}
	return best
}
