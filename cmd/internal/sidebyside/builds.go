package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"text/template"
	"time"
)

// An arm is one way to build.
type arm struct {
	name     string
	toolexec string // as go build takes it; "" for none
	out      string // where its executables go: each arm finds its own up to date
	samples  map[string][]sample
}

// A builder times go build in several ways, in turn.
type builder struct {
	*bench
	arms  []*arm
	edits int // so far: no edit is made twice, for its build would be known
}

// passThrough is the least that any program at this place does.
const passThrough = "#!/bin/sh\nexec \"$@\"\n"

// builds times go build, under a wrapper that does nothing and under lagvet enforce,
// and prints the table.
func (b *bench) builds(ctx context.Context, lagvet string, rounds int) error {
	tool, err := filepath.Abs(lagvet)
	if err != nil {
		return fmt.Errorf("finding lagvet: %w", err)
	}
	wrapper := filepath.Join(b.tmp, "wrapper")
	if err := os.WriteFile(wrapper, []byte(passThrough), 0o700); err != nil {
		return fmt.Errorf("writing the wrapper: %w", err)
	}
	bs := &builder{bench: b}
	for _, a := range []*arm{{name: "go build"}, {name: "through sh", toolexec: wrapper}, {name: "lagvet enforce", toolexec: tool + " enforce"}} {
		a.samples = make(map[string][]sample)
		if a.out, err = b.outputs(ctx, a.name); err != nil {
			return err
		}
		bs.arms = append(bs.arms, a)
	}
	for round := -1; round < rounds; round++ { // the first is to fill the caches
		if err := bs.round(ctx, round >= 0); err != nil {
			return err
		}
	}
	return bs.print(ctx, os.Stdout, rounds)
}

// outputs returns a directory for the executables of an arm, or "" for a module that
// has none.
func (b *bench) outputs(ctx context.Context, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{.Name}}", b.pattern)
	cmd.Dir = b.module
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("listing %s: %w", b.module, err)
	}
	if !slices.Contains(strings.Fields(string(out)), "main") {
		return "", nil
	}
	dir := filepath.Join(b.tmp, "out", strings.ReplaceAll(name, " ", "-"))
	return dir + string(filepath.Separator), os.MkdirAll(dir, 0o755)
}

// round builds once in each way after an edit, and then once more; what is not to be
// kept fills the caches.
func (bs *builder) round(ctx context.Context, keep bool) error {
	for _, a := range bs.arms {
		for _, phase := range []string{"edit", "warm"} {
			restore := func() error { return nil }
			if phase == "edit" && keep {
				var err error
				if restore, err = bs.edit(); err != nil {
					return err
				}
			}
			s, err := measure(ctx, bs.module, bs.compiled, a.args(bs.pattern))
			if err := errors.Join(err, restore()); err != nil {
				return fmt.Errorf("%s: %w", a.name, err)
			}
			if phase == "edit" && keep {
				// The next build makes the executables of before.
				if _, err := measure(ctx, bs.module, bs.compiled, a.args(bs.pattern)); err != nil {
					return fmt.Errorf("%s: %w", a.name, err)
				}
			}
			if keep {
				a.samples[phase] = append(a.samples[phase], s)
			}
		}
	}
	return nil
}

func (a *arm) args(pattern string) []string {
	args := []string{"go", "build"}
	if a.toolexec != "" {
		args = append(args, "-toolexec="+a.toolexec)
	}
	if a.out != "" {
		args = append(args, "-o", a.out)
	}
	return append(args, pattern)
}

// edit adds to the largest package what no build has seen.
func (bs *builder) edit() (restore func() error, err error) {
	bs.edits++
	return addText(filepath.Join(bs.module, bs.largest), fmt.Sprintf("\nvar _ = %d\n", bs.edits))
}

// against returns the ratios of an arm's samples to those of the plain build in the
// same round, sorted.
func (bs *builder) against(a *arm, phase string, of func(sample) time.Duration) []float64 {
	var rs []float64
	for i, s := range a.samples[phase] {
		rs = append(rs, float64(of(s))/float64(of(bs.arms[0].samples[phase][i])))
	}
	slices.Sort(rs)
	return rs
}

var buildsTable = template.Must(template.New("").Parse(`{{.Go}}, {{.CPUs}} processors, medians of {{.Rounds}} rounds, ratios pair by pair with the middle half of them

| phase | build | wall s | CPU s | wall ÷ go build | CPU ÷ go build |
|---|---|---|---|---|---|
{{range .Rows}}| {{.Phase}} | {{.Build}} | {{printf "%.3f" .Wall}} | {{printf "%.3f" .CPU}} | {{.WallRatio}} | {{.CPURatio}} |
{{end}}`))

type buildsRow struct {
	Phase, Build        string
	Wall, CPU           float64
	WallRatio, CPURatio string
}

func (bs *builder) print(ctx context.Context, w io.Writer, rounds int) error {
	version, err := exec.CommandContext(ctx, "go", "version").Output()
	if err != nil {
		return fmt.Errorf("asking for the version of Go: %w", err)
	}
	data := struct {
		Go           string
		CPUs, Rounds int
		Rows         []buildsRow
	}{strings.TrimSpace(string(version)), runtime.NumCPU(), rounds, nil}
	for _, p := range []struct{ name, text string }{{"warm", "nothing changed"}, {"edit", "one file changed"}} {
		for _, a := range bs.arms {
			m := median(a.samples[p.name])
			data.Rows = append(data.Rows, buildsRow{
				p.text, a.name, m.wall.Seconds(), m.cpu.Seconds(),
				middle(bs.against(a, p.name, func(s sample) time.Duration { return s.wall })),
				middle(bs.against(a, p.name, func(s sample) time.Duration { return s.cpu })),
			})
		}
	}
	return buildsTable.Execute(w, data)
}

// middle writes the median of sorted ratios, and between which the middle half lies.
func middle(rs []float64) string {
	n := len(rs)
	return fmt.Sprintf("%.2f (%.2f to %.2f)", rs[n/2], rs[n/4], rs[n-1-n/4])
}
