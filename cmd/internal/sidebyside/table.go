package main

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

var phaseNames = []struct{ name, text string }{
	{"empty", "caches empty"},
	{"cold", "compiled, not analysed"},
	{"warm", "again"},
	{"edit", "after one edit"},
}

// print writes the medians, and for each row the ratios of lagvet to the others.
func (b *bench) print(ctx context.Context, w io.Writer) error {
	version, err := exec.CommandContext(ctx, "go", "version").Output()
	if err != nil {
		return fmt.Errorf("asking for the version of Go: %w", err)
	}
	fmt.Fprintf(w, "%s, %d processors, medians of %d\n\n", strings.TrimSpace(string(version)), runtime.NumCPU(), len(b.samples[key{"lagvet", false, "cold"}]))
	fmt.Fprintln(w, "| phase | tests | tool | wall s | CPU s | largest process MB | all processes MB | lagvet ÷ this: wall | CPU | memory |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
	for _, p := range phaseNames {
		for _, tests := range []bool{false, true} {
			own := median(b.samples[key{"lagvet", tests, p.name}])
			for _, t := range b.tools {
				s := b.samples[key{t.name, tests, p.name}]
				if len(s) == 0 {
					continue
				}
				m := median(s)
				fmt.Fprintf(w, "| %s | %s | %s | %.2f | %.2f | %d | %d | %s | %s | %s |\n",
					p.text, map[bool]string{true: "yes", false: "no"}[tests], t.name,
					m.wall.Seconds(), m.cpu.Seconds(), m.process>>20, m.tree>>20,
					ratio(float64(own.wall), float64(m.wall)), ratio(float64(own.cpu), float64(m.cpu)), ratio(float64(own.tree), float64(m.tree)))
			}
		}
	}
	return nil
}

func ratio(a, b float64) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", a/b)
}

// median returns the median of each figure.
func median(s []sample) sample {
	if len(s) == 0 {
		return sample{}
	}
	mid := func(figure func(sample) int64) int64 {
		v := make([]int64, len(s))
		for i := range s {
			v[i] = figure(s[i])
		}
		slices.Sort(v)
		return v[len(v)/2]
	}
	return sample{
		wall:    time.Duration(mid(func(s sample) int64 { return int64(s.wall) })),
		cpu:     time.Duration(mid(func(s sample) int64 { return int64(s.cpu) })),
		process: mid(func(s sample) int64 { return s.process }),
		tree:    mid(func(s sample) int64 { return s.tree }),
	}
}
