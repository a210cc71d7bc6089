package evidence

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/google/pprof/profile"
	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/stacks"
	"github.com/lagvet/lagvet/runtimecheck/trace"
)

// A Place is where goroutines were for a time, in one component.
type Place struct {
	Component trace.Component
	Stack     []trace.Frame // innermost first
	Time      time.Duration
}

// Shown returns which of the findings happen at which place, as [Set.Join] tells it of
// stacks: for each place the numbers of those that do. Both are told from the file that
// is called name; what there is to say of that is in the report.
func Shown(name string, places []Place, fs []finding.Finding) ([][]int, Report) {
	p := programOf(fs)
	t := newTree(p)
	spots := make([]*spot, len(fs))
	for i, f := range fs {
		if f.Rule != finding.DirectiveRule {
			spots[i] = t.spot(f)
		}
	}
	p.Commands = t.commands()
	src, numbers := sourceAt(name, places)
	var rep Report
	shown := make([][]int, len(places))
	if problem := src.strange(p, &rep); problem != nil {
		rep.Problems = append(rep.Problems, *problem)
		return shown, rep
	}
	r := resolve(src, t)
	if note := r.stale(); note != "" {
		rep.Notes = append(rep.Notes, note)
	}
	for i, s := range spots {
		if s == nil {
			continue
		}
		for _, n := range s.seenAt(fs[i], r, numbers) {
			shown[n] = append(shown[n], i)
		}
	}
	return shown, rep
}

// seenAt returns the numbers of the places, in order, at which a finding happens.
func (s *spot) seenAt(f finding.Finding, r *resolved, numbers map[*meter][]int) []int {
	rows := wanted(f)
	if rows == nil {
		rows = fallback
	}
	seen := make(map[int]bool)
	for _, m := range s.look(rows, []*resolved{r}) {
		for _, sample := range m.of {
			seen[numbers[m.meter][sample]] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// sourceAt returns a source whose samples are places, and of each meter the numbers of
// the places that its samples are.
func sourceAt(name string, places []Place) (*source, map[*meter][]int) {
	s := &source{name: name, raw: new(profile.Profile)}
	table := stacks.NewTable(s.raw)
	of := make(map[kind]*meter)
	numbers := make(map[*meter][]int)
	for n, place := range places {
		k := ofComponent(place.Component)
		if k == "" {
			continue
		}
		m := of[k]
		if m == nil {
			m = &meter{source: s, kind: k}
			of[k] = m
			s.meters = append(s.meters, m)
		}
		locations := make([]*profile.Location, 0, len(place.Stack))
		for _, f := range place.Stack {
			locations = append(locations, table.Location(f.Function, f.File, int64(f.Line)))
		}
		before := len(m.samples)
		if m.count(sample{value: place.Time.Seconds(), stack: locations}); len(m.samples) > before {
			numbers[m] = append(numbers[m], n)
		}
	}
	return s, numbers
}

// ofComponent tells what the time of a component is measured as, if it is.
func ofComponent(c trace.Component) kind {
	switch c {
	case trace.Running:
		return cpu
	case trace.Syscall:
		return kernel
	case trace.Assist, trace.Sweep, trace.GCWait:
		return assist
	case trace.StopTheWorld:
		return stopped
	case trace.Network, trace.Channel, trace.Select, trace.Lock, trace.Sync, trace.Sleep, trace.Blocked:
		return blocked
	}
	return ""
}

// programOf returns the modules that findings stand in, by the go.mod files above them.
func programOf(fs []finding.Finding) Program {
	var p Program
	seen := make(map[string]bool)
	for _, f := range fs {
		for dir := filepath.Dir(f.Start.File); f.Start.File != "" && !seen[dir]; dir = filepath.Dir(dir) {
			seen[dir] = true // and so are the directories above it
			text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
			if err != nil {
				continue
			}
			if path := modfile.ModulePath(text); path != "" {
				p.Modules = append(p.Modules, Module{Path: path, Dir: dir})
			}
			break
		}
	}
	return p
}

// commands returns the names of the packages main that were read.
func (t *tree) commands() []string {
	var names []string
	for _, dir := range slices.Sorted(maps.Keys(t.dirs)) {
		if pk := t.dirs[dir]; pk != nil && pk.name == "main" {
			names = append(names, pk.commands()...)
		}
	}
	return names
}
