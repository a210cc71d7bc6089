package loops

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"fmt"
	"io"
	"iter"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// A file per name, all open until the end.
func readAll(names []string) (n int64, err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return n, err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop: it runs only when the function returns`
		m, err := io.Copy(io.Discard, f)
		if err != nil {
			return n, err
		}
		n += m
	}
	return n, nil
}

// A response per page.
func crawl(ctx context.Context, c *http.Client, pages []string) error {
	for i := 0; i < len(pages); i++ {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, pages[i], nil)
		if err != nil {
			return err
		}
		resp, err := c.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close() // want `likely: resp.Body.Close is deferred in a loop`
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			return err
		}
	}
	return nil
}

// Rows that hold a connection each.
func report(ctx context.Context, db *sql.DB, tenants []string) error {
	for _, t := range tenants {
		rows, err := db.QueryContext(ctx, "SELECT id FROM orders WHERE tenant = ?", t)
		if err != nil {
			return err
		}
		defer func() { // want `likely: a closure is deferred in a loop`
			if err := rows.Close(); err != nil {
				log.Print(err)
			}
		}()
		for rows.Next() {
		}
	}
	return nil
}

// The second iteration waits for the lock of the first.
type counter struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *counter) addAll(keys []string) {
	for _, k := range keys {
		c.mu.Lock()
		defer c.mu.Unlock() // want `likely: c.mu.Unlock is deferred in a loop`
		c.n[k]++
	}
}

// within hands out a function to release something by, as helpers do.
func within(ctx context.Context) (context.Context, func()) {
	return context.WithTimeout(ctx, time.Second)
}

// A timer's context per attempt.
func poll(ctx context.Context, try func(context.Context) error) error {
	for {
		ctx, cancel := within(ctx)
		defer cancel() // want `likely: cancel is deferred in a loop`
		if try(ctx) == nil {
			return nil
		}
	}
}

// The loop never ends, so nothing is ever released.
func serve(l net.Listener, handle func(net.Conn)) {
	for {
		c, err := l.Accept()
		if err != nil {
			continue
		}
		defer c.Close() // want `proven: c.Close is deferred in a loop that never ends: it never runs`
		handle(c)
	}
}

// A loop made of a goto.
func retry(open func() (io.ReadCloser, error), use func(io.Reader) error) error {
again:
	r, err := open()
	if err != nil {
		return err
	}
	defer r.Close() // want `likely: r.Close is deferred in a loop`
	if use(r) != nil {
		goto again
	}
	return nil
}

// A goto, and a condition that asks something of the iteration: it guards nothing.
func reopen(open func() (io.ReadCloser, bool), use func(io.Reader) error) error {
again:
	r, fresh := open()
	if fresh {
		fresh = false
		defer r.Close() // want `likely: r.Close is deferred in a loop`
	}
	if use(r) != nil {
		goto again
	}
	return nil
}

// The body of a range over a function is no function of its own.
func eachFile(names iter.Seq[string]) error {
	for name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
		if _, err := f.Stat(); err != nil {
			return err
		}
	}
	return nil
}

// A branch of a select in an event loop.
func events(in <-chan string, done <-chan struct{}) {
	for {
		select {
		case name := <-in:
			f, err := os.Create(name)
			if err != nil {
				continue
			}
			defer f.Close() // want `likely: f.Close is deferred in a loop`
			fmt.Fprintln(f, "created")
		case <-done:
			return
		}
	}
}

// In a closure that loops.
func walk(dirs []string) func() error {
	return func() error {
		for _, d := range dirs {
			f, err := os.Open(filepath.Join(d, "index"))
			if err != nil {
				return err
			}
			defer f.Close() // want `likely: f.Close is deferred in a loop`
			zr, err := gzip.NewReader(f)
			if err != nil {
				return err
			}
			defer zr.Close() // want `likely: zr.Close is deferred in a loop`
			if _, err := io.Copy(io.Discard, zr); err != nil {
				return err
			}
		}
		return nil
	}
}

// Generic, and the inner of two loops.
func importAll[K comparable](sets map[K][]string, load func(io.Reader) error) error {
	for _, names := range sets {
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				return err
			}
			defer f.Close() // want `likely: f.Close is deferred in a loop`
			if err := load(f); err != nil {
				return err
			}
		}
	}
	return nil
}

// A helper with arguments, evaluated each time.
func timed(jobs []func()) {
	for _, job := range jobs {
		start := time.Now()
		defer observe("job", start) // want `likely: observe is deferred in a loop`
		job()
	}
}

func observe(string, time.Time) {}

// Not wrapped by the fix: the recover would move.
func guarded(jobs <-chan func()) {
	for job := range jobs {
		name := describe(job)
		defer func() { // want `likely: a closure is deferred in a loop`
			if r := recover(); r != nil {
				log.Print(name, r)
			}
		}()
		job()
	}
}

func describe(func()) string { return "" }

// Not wrapped by the fix: the continue is the loop's.
func skipping(names []string) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			continue
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
	}
}

// A reason given: allowed.
func dumpAll(names []string) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		//lagvet:allow hotdefer -- at most three names, from the command line
		defer f.Close() // want `allowed: f.Close is deferred in a loop`
	}
	return nil
}

// A literal to begin with, but it grows.
func growing(ctx context.Context, more []string, ask func(context.Context, string) error) error {
	networks := []string{"udp", "tcp"}
	networks = append(networks, more...)
	for _, network := range networks {
		ctx, cancel := within(ctx)
		defer cancel() // want `likely: cancel is deferred in a loop`
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}

// Declared without a value, and given one that nobody has counted.
func declared(ctx context.Context, all func() []string, ask func(context.Context, string) error) error {
	var networks = all()
	for _, network := range networks {
		ctx, cancel := within(ctx)
		defer cancel() // want `likely: cancel is deferred in a loop`
		if err := ask(ctx, network); err != nil {
			return err
		}
	}
	return nil
}

// Closed by hand where it leaves only: every other turn holds on to its file.
func closedOnError(names []string, out io.Writer) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
		if _, err := io.Copy(out, f); err != nil {
			f.Close()
			return err
		}
	}
	return nil
}

// What is read is noted; nothing needs the file any more.
func sizes(names []string) (all []int64, err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
		n, err := io.Copy(io.Discard, f)
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// The error of the release is kept if there is no other.
func keepError(names []string, out io.Writer) (err error) {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer func() { // want `likely: a closure is deferred in a loop`
			if cerr := f.Close(); cerr != nil && err == nil {
				err = cerr
			}
		}()
		if _, err := io.Copy(out, f); err != nil {
			return err
		}
	}
	return err
}

// A place among the workers is held by each turn.
type places struct{ free chan struct{} }

func (p *places) take() func() { p.free <- struct{}{}; return func() { <-p.free } }

func inTurn(p *places, jobs []func()) {
	for _, job := range jobs {
		release := p.take()
		defer release() // want `likely: release is deferred in a loop`
		job()
	}
}

// The buffer is filled anew each time, and nothing is built up.
func post(bodies []string, do func(*bytes.Buffer) (io.ReadCloser, error)) error {
	var buf bytes.Buffer
	for _, b := range bodies {
		buf.Reset()
		buf.WriteString(b)
		r, err := do(&buf)
		if err != nil {
			return err
		}
		defer r.Close() // want `likely: r.Close is deferred in a loop`
	}
	return nil
}

// The limit is not that of the loop.
func upTo(names []string, wide int) error {
	for i := 0; i < len(names) && wide < 3; i++ {
		f, err := os.Open(names[i])
		if err != nil {
			return err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
	}
	return nil
}

// A branch that waits, and goes back by goto.
func blocking(ctx context.Context, wait time.Duration, try func(context.Context) bool) bool {
	deadline := time.Now()
again:
	if wait > 0 {
		wait -= time.Since(deadline)
		var cancel func()
		ctx, cancel = context.WithTimeout(ctx, wait)
		defer cancel() // want `likely: cancel is deferred in a loop`
	}
	if !try(ctx) {
		goto again
	}
	return true
}

// A count of bytes is no handle, and a flag that stays the same sets nothing back.
func counts(names []string, out []int64, trace func(bool)) error {
	for i, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close() // want `likely: f.Close is deferred in a loop`
		trace(true)
		n, err := io.Copy(io.Discard, f)
		if err != nil {
			return err
		}
		out[i] = n
	}
	return nil
}
