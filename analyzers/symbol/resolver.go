package symbol

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// A Resolver tells in which function a literal stands, for literals that were
// inlined along with it: main.main.F.func1 is a literal of F, maybe of another
// package's. Files are compared by their whole paths, as the profile has them.
type Resolver struct {
	pkgs   map[string][]string   // by directory: one, and maybe its external test
	starts map[string][]startsAt // by file, in the order of the lines
	plain  map[place]Symbol      // the literals that also ran without being inlined
}

type startsAt struct {
	line int
	Symbol
}

// A place is where a function begins.
type place struct {
	file string
	line int64
}

// NewResolver returns the resolver of a profile.
func NewResolver(raw *profile.Profile) *Resolver {
	r := &Resolver{
		pkgs:   make(map[string][]string),
		starts: make(map[string][]startsAt),
		plain:  make(map[place]Symbol),
	}
	for _, f := range raw.Function {
		sym, ok := Parse(f.Name)
		if !ok || f.Filename == "" {
			continue
		}
		if sym.Lit == "" {
			if dir := dirOf(f); !slices.Contains(r.pkgs[dir], sym.Pkg) {
				r.pkgs[dir] = append(r.pkgs[dir], sym.Pkg)
			}
			if f.StartLine > 0 && !rangeBody.MatchString(f.Name) {
				r.starts[f.Filename] = append(r.starts[f.Filename], startsAt{int(f.StartLine), sym})
			}
			continue
		}
		at := place{f.Filename, f.StartLine}
		if was, ok := r.plain[at]; f.StartLine > 0 && (!ok || len(sym.Name) < len(was.Name)) {
			r.plain[at] = sym
		}
	}
	for _, ss := range r.starts {
		slices.SortFunc(ss, func(a, b startsAt) int {
			return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.String(), b.String()))
		})
	}
	return r
}

func dirOf(f *profile.Function) string { return path.Dir(filepath.ToSlash(f.Filename)) }

// Resolve returns the symbol that a literal has where it stands in the source.
func (r *Resolver) Resolve(sym Symbol, f *profile.Function) Symbol {
	if sym.Lit == "" {
		return sym
	}
	if plain, ok := r.plain[place{f.Filename, f.StartLine}]; ok {
		sym = plain
	}
	if pkgs := r.pkgs[dirOf(f)]; len(pkgs) == 1 {
		sym.Pkg = pkgs[0]
	}
	// The function around it is the last one to begin above it, if its name
	// is one of those that the literal's name allows.
	ss := r.starts[f.Filename]
	i, _ := slices.BinarySearchFunc(ss, int(f.StartLine)+1, func(s startsAt, line int) int { return cmp.Compare(s.line, line) })
	if i > 0 && slices.Contains(sym.outers(), ss[i-1].Name) {
		sym.Name = ss[i-1].Name
	}
	return sym
}

// Mains returns what tells one package main from another: the directories of
// its files and the names of the binaries.
func Mains(raw *profile.Profile) []string {
	found := make(map[string]bool)
	for _, f := range raw.Function {
		if sym, ok := Parse(f.Name); ok && sym.Pkg == "main" && sym.Name == "main" {
			found[path.Base(path.Dir(filepath.ToSlash(f.Filename)))] = true
		}
	}
	if len(raw.Mapping) > 0 {
		found[strings.TrimSuffix(path.Base(filepath.ToSlash(raw.Mapping[0].File)), ".exe")] = true
	}
	var names []string
	for n := range found {
		if n != "." && n != "/" && n != "" {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}
