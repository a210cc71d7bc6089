package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("sidebyside: ")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx); err != nil {
		log.Print(err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	lagvet := flag.String("lagvet", "bin/lagvet", "the lagvet command")
	staticcheck := flag.String("staticcheck", "bin/staticcheck", "the staticcheck command")
	rounds := flag.Int("n", 3, "rounds")
	empty := flag.Bool("empty", false, "also time from empty caches, once")
	builds := flag.Bool("builds", false, "time go build instead: as it is, through a shell that only passes on, and under lagvet enforce")
	pattern := flag.String("pattern", "./...", "packages to check")
	flag.Parse()
	if flag.NArg() != 1 {
		return errors.New("usage: sidebyside [flags] MODULE")
	}
	b, err := newBench(ctx, flag.Arg(0), *pattern)
	if err != nil {
		return err
	}
	defer os.RemoveAll(b.tmp)
	if *builds {
		return b.builds(ctx, *lagvet, *rounds)
	}
	if b.tools, err = tools(*lagvet, *staticcheck); err != nil {
		return err
	}
	for round := range *rounds {
		if err := b.round(ctx, *empty && round == 0); err != nil {
			return err
		}
	}
	return b.print(ctx, os.Stdout)
}

// A tool is one of the commands compared.
type tool struct {
	name string
	args func(tests bool, pattern string) []string
	// stripped tools cannot leave tests out: they are run on the copy
	// that has none.
	stripped bool
}

func tools(lagvet, staticcheck string) ([]tool, error) {
	lv, err := filepath.Abs(lagvet)
	if err != nil {
		return nil, fmt.Errorf("finding lagvet: %w", err)
	}
	sc, err := filepath.Abs(staticcheck)
	if err != nil {
		return nil, fmt.Errorf("finding staticcheck: %w", err)
	}
	return []tool{
		{"go vet", func(_ bool, p string) []string { return []string{"go", "vet", p} }, true},
		{"staticcheck", func(tests bool, p string) []string {
			return []string{sc, fmt.Sprintf("-tests=%t", tests), p}
		}, false},
		{"lagvet", func(tests bool, p string) []string {
			return []string{lv, "check", fmt.Sprintf("--tests=%t", tests), p}
		}, false},
	}, nil
}

// A bench is the module under measurement and what was measured.
type bench struct {
	tmp      string
	module   string // the copy
	stripped string // the copy without test files
	compiled string // a build cache that holds every package compiled
	pattern  string
	largest  string // a file of the largest package, relative to the module
	tools    []tool
	samples  map[key][]sample
}

type key struct {
	tool  string
	tests bool
	phase string
}

func newBench(ctx context.Context, module, pattern string) (*bench, error) {
	tmp, err := os.MkdirTemp("", "sidebyside")
	if err != nil {
		return nil, fmt.Errorf("making a place to work: %w", err)
	}
	b := &bench{
		tmp:      tmp,
		module:   filepath.Join(tmp, "module"),
		stripped: filepath.Join(tmp, "stripped"),
		compiled: filepath.Join(tmp, "compiled"),
		pattern:  pattern,
		samples:  make(map[key][]sample),
	}
	if err := copyTree(b.module, module, func(string) bool { return true }); err != nil {
		return nil, err
	}
	notTest := func(name string) bool { return !strings.HasSuffix(name, "_test.go") }
	if err := copyTree(b.stripped, module, notTest); err != nil {
		return nil, err
	}
	if b.largest, err = largest(ctx, b.module, pattern); err != nil {
		return nil, err
	}
	for _, dir := range []string{b.module, b.stripped} {
		cmd := exec.CommandContext(ctx, "go", "list", "-e", "-export", "-deps", "-test", pattern)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOCACHE="+b.compiled)
		if out, err := cmd.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("compiling %s: %w\n%s", dir, err, out)
		}
	}
	return b, nil
}

// copyTree copies the files below src for which keep holds. Version control
// data stays behind.
func copyTree(dst, src string, keep func(name string) bool) error {
	src, err := filepath.Abs(src)
	if err != nil {
		return fmt.Errorf("copying %s: %w", src, err)
	}
	err = filepath.WalkDir(src, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(src, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && d.Name() == ".git":
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(dst, rel), 0o755)
		case !d.Type().IsRegular() || !keep(d.Name()):
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dst, rel), data, 0o644)
	})
	if err != nil {
		return fmt.Errorf("copying %s: %w", src, err)
	}
	return nil
}

// largest returns a file of the package with the most bytes of Go.
func largest(ctx context.Context, dir, pattern string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-f", "{{if not .Standard}}{{range .GoFiles}}{{$.Dir}}/{{.}}\n{{end}}{{end}}", pattern)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("listing %s: %w", dir, err)
	}
	size := make(map[string]int64)
	file := make(map[string]string)
	best := ""
	for f := range strings.Lines(string(out)) {
		f = strings.TrimSpace(f)
		fi, err := os.Stat(f)
		if err != nil {
			continue // an empty line, or a file that the listing made up
		}
		d := filepath.Dir(f)
		size[d] += fi.Size()
		if file[d] == "" {
			file[d] = f
		}
		if size[d] > size[best] {
			best = d
		}
	}
	if best == "" {
		return "", fmt.Errorf("%s holds no Go package", dir)
	}
	return filepath.Rel(dir, file[best])
}
