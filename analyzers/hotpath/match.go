package hotpath

import (
	"go/token"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/symbol"
)

// A Match says how much of a package a profile knows.
type Match struct {
	Profile   string // its name: "default.pgo"
	Functions int    // of the package, that have samples in it
}

// A profiled is what one profile says of the functions of a package.
type profiled struct {
	*Profile
	heats map[*funcs.Func]*heat
}

// match finds the functions of the package in the profile: by their full
// names, literals by their line in the function around them. Lines are compared
// as distances from the line on which the function begins, so that code may
// have moved since the profile was taken.
func (b *builder) match(p *Profile) (profiled, error) {
	m := profiled{p, make(map[*funcs.Func]*heat)}
	heats, err := p.in(symbol.WithoutVendor(packagePath(b.pass.Pkg)))
	if err == nil && b.pass.Pkg.Name() == "main" && b.isMain(p) {
		var more []*heat
		more, err = p.in("main")
		heats = slices.Concat(heats, more)
	}
	if err != nil || len(heats) == 0 {
		return m, err
	}
	starts := make(map[string]int)
	for _, h := range heats {
		if h.Lit == "" {
			starts[h.Name] = h.start
		}
	}
	for _, h := range heats {
		if f := b.source.Find(h.Symbol, h.start, starts); f != nil && (h.Lit == "" || m.heats[b.funcs[f]] == nil) {
			m.heats[b.funcs[f]] = h
		}
	}
	return m, nil
}

// isMain reports whether the profile can be of this package main, which it
// knows by no better name than "main": the directory or the binary must agree.
func (b *builder) isMain(p *Profile) bool {
	if len(p.mains) == 0 || len(b.pass.Files) == 0 {
		return true
	}
	dir := filepath.Base(filepath.Dir(b.pass.Fset.PositionFor(b.pass.Files[0].Package, false).Filename))
	return slices.Contains(p.mains, dir) || slices.Contains(p.mains, path.Base(withoutVersion(packagePath(b.pass.Pkg))))
}

// names gives the functions of the package the names that symbols have.
func (b *builder) names() {
	b.funcs = make(map[*symbol.Func]*funcs.Func)
	b.named = make(map[*funcs.Func]*symbol.Func)
	inits := 0
	for _, f := range b.index.Funcs {
		b.funcs[b.name(f, &inits)] = f
	}
}

func (b *builder) name(f *funcs.Func, inits *int) *symbol.Func {
	line := b.line(f.Node.Pos())
	if f.Obj == nil {
		b.named[f] = b.source.Literal(b.named[f.Parent], line)
		return b.named[f]
	}
	name := displayObj(f.Obj, f.Obj.Pkg())
	if name == "init" {
		name += "." + strconv.Itoa(*inits)
		*inits++
	}
	b.named[f] = b.source.Declare(name, line)
	return b.named[f]
}

// within returns the literals in f, at any depth.
func (b *builder) within(f *funcs.Func) []*funcs.Func {
	var lits []*funcs.Func
	for _, l := range b.named[f].Within() {
		lits = append(lits, b.funcs[l])
	}
	return lits
}

// line returns the line that pos is on as the program's debug information has
// it: that which a //line comment speaks of.
func (b *builder) line(pos token.Pos) int { return b.pass.Fset.Position(pos).Line }

// A heatmap is what all profiles say of the functions of a package.
type heatmap struct {
	*builder
	profiles []profiled
}

func (b *builder) heatmap(ps []*Profile) (*heatmap, error) {
	m := &heatmap{builder: b}
	for _, p := range ps {
		known, err := b.match(p)
		if err != nil {
			return nil, err
		}
		m.profiles = append(m.profiles, known)
	}
	return m, nil
}

// hot returns the hotness of f if a profile says that it is hot, or nil.
func (m *heatmap) hot(f *funcs.Func) *Hotness {
	for _, p := range m.profiles {
		if h := p.heats[f]; h != nil && h.hot {
			return &Hotness{Source: FromProfile}
		}
	}
	return nil
}

// add completes the hotness of f by what the profiles say of it.
func (m *heatmap) add(h *Hotness, f *funcs.Func) *Hotness {
	share, detail := m.share(f)
	h.Share, h.Detail = share, h.said
	if detail != "" && h.said != "" {
		detail = "; " + detail
	}
	h.Detail += detail
	return h
}

// share returns the largest share that f has in a profile, with all that it
// calls, and says so.
func (m *heatmap) share(f *funcs.Func) (share float64, detail string) {
	for _, p := range m.profiles {
		if h := p.heats[f]; h != nil && h.cum > share {
			share, detail = h.cum, Percent(h.cum)+" of CPU in "+p.name
		}
	}
	return share, detail
}

// lineShare returns the largest share that the line of pos, in f, has.
func (m *heatmap) lineShare(f *funcs.Func, pos token.Pos) (share float64) {
	offset := m.line(pos) - m.line(f.Node.Pos())
	for _, p := range m.profiles {
		if h := p.heats[f]; h != nil {
			for _, l := range h.lines {
				if l.offset == offset && l.cum >= p.floor() {
					share = max(share, l.cum)
				}
			}
		}
	}
	return share
}

// runs reports whether a profile shows f at work, hot or not.
func (m *heatmap) runs(f *funcs.Func) bool {
	for _, p := range m.profiles {
		if h := p.heats[f]; h != nil && h.cum >= p.floor() {
			return true
		}
	}
	return false
}

// runsIn reports whether a profile shows the lines of a span of f at work.
func (m *heatmap) runsIn(f *funcs.Func, s span) bool {
	if len(m.profiles) == 0 {
		return false
	}
	start := m.line(f.Node.Pos())
	from, to := m.line(s.from)-start, m.line(s.to-1)-start
	for _, p := range m.profiles {
		h, sum := p.heats[f], 0.0
		if h == nil {
			continue
		}
		for _, l := range h.lines {
			if from <= l.offset && l.offset <= to {
				sum += l.cum
			}
		}
		if sum >= p.floor() {
			return true
		}
	}
	return slices.ContainsFunc(m.within(f), func(l *funcs.Func) bool {
		return s.from <= l.Node.Pos() && l.Node.Pos() < s.to && m.runs(l)
	})
}

// matches counts the functions that each profile knows.
func (m *heatmap) matches() []Match {
	var ms []Match
	for _, p := range m.profiles {
		ms = append(ms, Match{p.name, len(p.heats)})
	}
	return ms
}

// Percent prints a share, 0 to 1, with two digits: "31 %", "0.42 %".
func Percent(share float64) string {
	if share >= 0.995 {
		return "100 %"
	}
	return strconv.FormatFloat(100*share, 'g', 2, 64) + " %"
}
