package hotpath

import (
	"cmp"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// An enclosing tells in which function a literal stands, for literals that were
// inlined along with it: main.main.F.func1 is a literal of F, maybe of another
// package's. Files are compared by their whole paths, as the profile has them.
type enclosing struct {
	pkgs   map[string][]string   // by directory: one, and maybe its external test
	starts map[string][]startsAt // by file, in the order of the lines
	plain  map[place]symbol      // the literals that also ran without being inlined
}

type startsAt struct {
	line int
	symbol
}

// A place is where a function begins.
type place struct {
	file string
	line int64
}

func newEnclosing(raw *profile.Profile) *enclosing {
	e := &enclosing{
		pkgs:   make(map[string][]string),
		starts: make(map[string][]startsAt),
		plain:  make(map[place]symbol),
	}
	for _, f := range raw.Function {
		sym, ok := parseSymbol(f.Name)
		if !ok || f.Filename == "" {
			continue
		}
		if sym.lit == "" {
			if dir := dirOf(f); !slices.Contains(e.pkgs[dir], sym.pkg) {
				e.pkgs[dir] = append(e.pkgs[dir], sym.pkg)
			}
			if f.StartLine > 0 && !rangeBody.MatchString(f.Name) {
				e.starts[f.Filename] = append(e.starts[f.Filename], startsAt{int(f.StartLine), sym})
			}
			continue
		}
		at := place{f.Filename, f.StartLine}
		if was, ok := e.plain[at]; f.StartLine > 0 && (!ok || len(sym.name) < len(was.name)) {
			e.plain[at] = sym
		}
	}
	for _, ss := range e.starts {
		slices.SortFunc(ss, func(a, b startsAt) int {
			return cmp.Or(cmp.Compare(a.line, b.line), strings.Compare(a.String(), b.String()))
		})
	}
	return e
}

func dirOf(f *profile.Function) string { return path.Dir(filepath.ToSlash(f.Filename)) }

// resolve returns the symbol that a literal has where it stands in the source.
func (e *enclosing) resolve(sym symbol, f *profile.Function) symbol {
	if sym.lit == "" {
		return sym
	}
	if plain, ok := e.plain[place{f.Filename, f.StartLine}]; ok {
		sym = plain
	}
	if pkgs := e.pkgs[dirOf(f)]; len(pkgs) == 1 {
		sym.pkg = pkgs[0]
	}
	// The function around it is the last one to begin above it, if its name
	// is one of those that the literal's name allows.
	ss := e.starts[f.Filename]
	i, _ := slices.BinarySearchFunc(ss, int(f.StartLine)+1, func(s startsAt, line int) int { return cmp.Compare(s.line, line) })
	if i > 0 && slices.Contains(sym.outers(), ss[i-1].name) {
		sym.name = ss[i-1].name
	}
	return sym
}
