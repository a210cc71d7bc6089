package benchcompare

import (
	"golang.org/x/perf/benchfmt"
)

// A pair is a benchmark that both runs have.
type pair struct {
	name     string
	old, new *benchmark
}

// pairs matches the benchmarks of two runs: by their names, and those that are left without
// the number of CPUs at the end, if only that tells them apart.
func pairs(old, new *run) (both []pair, onlyOld, onlyNew []*benchmark, procs []Difference) {
	taken := make(map[*benchmark]bool)
	exact := make(map[key]*benchmark)
	for _, b := range new.benchmarks {
		exact[b.key] = b
	}
	for _, b := range old.benchmarks {
		if match := exact[b.key]; match != nil {
			taken[b], taken[match] = true, true
		}
	}
	loose := make(map[key][2][]*benchmark)
	for side, r := range []*run{old, new} {
		for _, b := range r.benchmarks {
			if !taken[b] {
				k := key{b.pkg, without(b.name)}
				sides := loose[k]
				sides[side] = append(sides[side], b)
				loose[k] = sides
			}
		}
	}
	seen := make(map[Difference]bool)
	for _, b := range old.benchmarks {
		k := key{b.pkg, without(b.name)}
		sides := loose[k]
		switch {
		case taken[b]:
			both = append(both, pair{b.name, b, exact[b.key]})
		case len(sides[0]) == 1 && len(sides[1]) == 1:
			match := sides[1][0]
			taken[match] = true
			both = append(both, pair{k.name, b, match})
			d := Difference{"GOMAXPROCS", suffix(b.name), suffix(match.name)}
			if !seen[d] {
				seen[d] = true
				procs = append(procs, d)
			}
		default:
			onlyOld = append(onlyOld, b)
		}
	}
	for _, b := range new.benchmarks {
		if !taken[b] {
			onlyNew = append(onlyNew, b)
		}
	}
	return both, onlyOld, onlyNew, procs
}

// without returns a name without GOMAXPROCS, suffix that number: 1 if there is none, for
// package testing leaves it out then.
func without(name string) string {
	_, parts := benchfmt.Name(name).Parts()
	if n := len(parts); n > 0 && parts[n-1][0] == '-' {
		return name[:len(name)-len(parts[n-1])]
	}
	return name
}

func suffix(name string) string {
	if s := name[len(without(name)):]; s != "" {
		return s[1:]
	}
	return "1"
}
