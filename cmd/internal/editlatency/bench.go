package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A bench is what is measured.
type bench struct {
	patience time.Duration
	settings map[string]any
	targets  []target
	servers  []*server
	serial   int64 // makes each edit another one
}

// A server is one that runs.
type server struct {
	spec
	*lspclient.Client
	dir     string
	ready   time.Duration              // from its start until there was something of every file
	samples map[string][]time.Duration // by target
}

// start starts a server on a copy of the module, opens the files, and waits until
// it has said something of each.
func (b *bench) start(ctx context.Context, s spec, module, tmp string) error {
	dir, err := filepath.EvalSymlinks(tmp)
	if err != nil {
		return fmt.Errorf("copying the module: %w", err)
	}
	dir = filepath.Join(dir, s.name)
	if err := os.CopyFS(dir, os.DirFS(module)); err != nil {
		return fmt.Errorf("copying the module: %w", err)
	}
	begin := time.Now()
	// Not ctx: an interrupt is to shut the servers down in order.
	c, err := lspclient.Start(context.WithoutCancel(ctx), lspclient.Options{Command: s.command, Folders: []string{dir}, Settings: b.settings})
	if err != nil {
		return err
	}
	srv := &server{spec: s, Client: c, dir: dir, samples: make(map[string][]time.Duration)}
	b.servers = append(b.servers, srv)
	ctx, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()
	for _, t := range b.targets {
		if err := c.Open(srv.path(t)); err != nil {
			return err
		}
	}
	for _, t := range b.targets {
		if _, err := b.edit(ctx, srv, t); err != nil {
			return err
		}
	}
	srv.ready = time.Since(begin)
	return nil
}

func (s *server) path(t target) string { return filepath.Join(s.dir, t.file) }

// marker is code that servers have something to say of. Every line of it is new.
func marker(serial int64) string {
	return fmt.Sprintf("\n//lagvet:alow%[1]d\nfunc editLatency%[1]d() int {\n\tx := %[1]d\n\tx = x\n\treturn x\n}\n", serial)
}

// round makes every edit in every server.
func (b *bench) round(ctx context.Context) error {
	for _, t := range b.targets {
		for _, s := range b.servers {
			took, err := b.edit(ctx, s, t)
			if err != nil {
				return err
			}
			s.samples[t.name] = append(s.samples[t.name], took)
		}
	}
	return nil
}

// edit makes one edit and undoes it, and returns how long the first diagnostic of
// it took.
func (b *bench) edit(ctx context.Context, s *server, t target) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, b.patience)
	defer cancel()
	b.serial++
	path := s.path(t)
	before := s.Text(path)
	end := strings.Count(before, "\n")
	speaks := func(ds []protocol.Diagnostic) bool {
		return slices.ContainsFunc(ds, func(d protocol.Diagnostic) bool {
			return d.Range.Start.Line >= end && (s.want.MatchString(string(d.Code)) || s.want.MatchString(d.Source))
		})
	}
	begin := time.Now()
	if err := s.put(path, before+marker(b.serial)); err != nil {
		return 0, err
	}
	if _, err := s.Await(ctx, path, speaks); err != nil {
		return 0, fmt.Errorf("%s, %s: %w", s.name, t.name, err)
	}
	took := time.Since(begin)
	if err := s.put(path, before); err != nil {
		return 0, err
	}
	silent := func(ds []protocol.Diagnostic) bool { return !speaks(ds) }
	if _, err := s.Await(ctx, path, silent); err != nil {
		return 0, fmt.Errorf("%s, %s: %w", s.name, t.name, err)
	}
	return took, s.quiet(ctx)
}

// put changes a file, and saves it if that is what has the server look.
func (s *server) put(path, text string) error {
	if err := s.Change(path, text); err != nil || !s.save {
		return err
	}
	return s.Save(path)
}

// pause is how long a server must be silent to be taken to be done.
const pause = time.Second

// quiet waits until the server publishes nothing any more.
func (s *server) quiet(ctx context.Context) error {
	_, count := s.Published("")
	for {
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
		_, now := s.Published("")
		if now == count {
			return nil
		}
		count = now
	}
}

// close shuts the servers down.
func (b *bench) close() {
	for _, s := range b.servers {
		ctx, cancel := context.WithTimeout(context.Background(), pause)
		if s.Shutdown(ctx) != nil {
			s.Close()
		}
		cancel()
	}
}

// print writes the table.
func (b *bench) print(ctx context.Context, w io.Writer) error {
	version, err := exec.CommandContext(ctx, "go", "version").Output()
	if err != nil {
		return fmt.Errorf("asking for the version of Go: %w", err)
	}
	first := b.servers[0]
	fmt.Fprintf(w, "%s, %d processors, %d rounds\n\n", strings.TrimSpace(string(version)), runtime.NumCPU(), len(first.samples[b.targets[0].name]))
	fmt.Fprintf(w, "| file | imported by | server | event | median ms | maximum ms | ÷ %s |\n|---|---|---|---|---|---|---|\n", first.name)
	for _, t := range b.targets {
		for _, s := range b.servers {
			mid := median(s.samples[t.name])
			fmt.Fprintf(w, "| %s: %s | %d | %s | %s | %d | %d | %.2f |\n", t.name, t.pkg, t.importers, s.name, s.event(),
				mid.Milliseconds(), slices.Max(s.samples[t.name]).Milliseconds(), float64(mid)/float64(median(first.samples[t.name])))
		}
	}
	fmt.Fprintln(w)
	for _, s := range b.servers {
		fmt.Fprintf(w, "%s: %.1f s from its start until it had spoken of an edit of every file.\n", s.name, s.ready.Seconds())
	}
	return nil
}

func (s *server) event() string {
	if s.save {
		return "save"
	}
	return "change"
}

func median(ds []time.Duration) time.Duration {
	ds = slices.Sorted(slices.Values(ds))
	return ds[len(ds)/2]
}
