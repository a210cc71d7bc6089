package lsp

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A module is one in which files are open. The server's lock guards it.
type module struct {
	dir     string
	changes int // of what a check sees, counted

	// What is to be checked: these directories first, and if rest is set the
	// others in which files are open.
	first map[string]bool
	rest  bool

	timer   *time.Timer
	running bool
	again   bool               // start when the run is over, or the settings are known
	cancel  context.CancelFunc // of the run

	results  map[string]*result // by directory
	problems []finding.Problem
	notes    []report.Note
	texts    map[string]string // what was analysed, of the files that problems are about
	faults   config.Errors     // of the configuration: nothing is checked
	said     []string          // what was shown because it has no place
	cold     string            // what was logged because nothing tells what is hot
	waiters  []*waiter
}

// A result is what was found in a directory.
type result struct {
	at       int  // the module's changes when the check began
	unsaved  bool // texts that are not saved were checked
	findings []finding.Finding
	texts    map[string]string // what was analysed, of each file that findings are about
}

// A waiter wants to know what is found in a directory, with what is not saved.
type waiter struct {
	dir  string
	at   int // the module's changes when it was asked
	done chan error
}

// moduleIn returns the module in a directory.
func (s *Server) moduleIn(dir string) *module {
	m := s.modules[key(dir)]
	if m == nil {
		m = &module{dir: dir, first: make(map[string]bool), results: make(map[string]*result)}
		s.modules[key(dir)] = m
	}
	return m
}

// want has a directory checked before others.
func (m *module) want(dir string) { m.first[dir] = true }

// schedule has what is wanted of a module checked after a delay, in which more
// may come. A check that runs is ended if what it sees is no longer so.
func (s *Server) schedule(m *module, delay time.Duration, outdated bool) {
	if outdated && m.cancel != nil {
		m.cancel()
	}
	if m.timer == nil {
		m.timer = time.AfterFunc(delay, func() { s.start(m) })
		return
	}
	m.timer.Reset(delay)
}

// checkOthers has modules checked in which packages may depend on those of m.
func (s *Server) checkOthers(m *module, delay time.Duration) {
	m.rest = true
	for _, other := range s.modules {
		if other != m && uses(other.dir, m.dir) {
			other.changes++
			other.rest = true
			s.schedule(other, delay, true)
		}
	}
}

// uses reports whether the module in dir may use what is in the directory of
// another one: they are in one workspace, or it replaces a dependency by that.
func uses(dir, other string) bool {
	work := config.Root(dir, os.Getenv("GOWORK"))
	if work != dir && work == config.Root(other, os.Getenv("GOWORK")) {
		return true
	}
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	file, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(file.Replace, func(r *modfile.Replace) bool {
		path := filepath.FromSlash(r.New.Path)
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		return r.New.Version == "" && path == other
	})
}

// recheck has every package of a module checked in which files are open.
func (s *Server) recheck(m *module) {
	m.changes++
	for _, dir := range s.openDirs(m) {
		m.want(dir)
	}
	s.schedule(m, s.settle, true)
}

// changedOnDisk has modules checked that files are about, changed by others than
// the editor.
func (s *Server) changedOnDisk(paths []string) {
	for _, m := range s.modules {
		if slices.ContainsFunc(paths, func(path string) bool { return m.concerns(path) }) {
			s.recheck(m)
		}
	}
}

// concerns reports whether what a file says may matter to the module: Go files
// in it, and whatever configures it, which may lie above.
func (m *module) concerns(path string) bool {
	return below(path, m.dir) || filepath.Ext(path) != ".go" && below(m.dir, filepath.Dir(path))
}

// speaksOf reports whether anything was found in a file.
func (m *module) speaksOf(path string) bool {
	r := m.results[filepath.Dir(path)]
	return r != nil && slices.ContainsFunc(r.findings, func(f finding.Finding) bool { return key(f.Start.File) == key(path) })
}

// forget drops what was said of a directory.
func (s *Server) forget(m *module, dir string) {
	delete(m.first, dir)
	m.waiters = slices.DeleteFunc(m.waiters, func(w *waiter) bool {
		if w.dir == dir {
			w.done <- context.Canceled
		}
		return w.dir == dir
	})
	r := m.results[dir]
	delete(m.results, dir)
	for _, path := range r.files() {
		s.publish(path)
	}
}

// dismiss lets go of a module in which no file is open.
func (s *Server) dismiss(m *module) {
	delete(s.modules, key(m.dir))
	if m.timer != nil {
		m.timer.Stop()
	}
	if m.cancel != nil {
		m.cancel()
	}
	m.fail(context.Canceled)
	for _, path := range m.placed() {
		s.publish(path)
	}
}

// files returns the files of the findings, each once.
func (r *result) files() []string {
	if r == nil {
		return nil
	}
	var files []string
	for _, f := range r.findings {
		files = append(files, f.Start.File)
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// placed returns the files of what is said beside findings.
func (m *module) placed() []string {
	var files []string
	for _, p := range m.problems {
		files = append(files, p.File)
	}
	for _, n := range m.notes {
		files = append(files, n.File)
	}
	for _, e := range m.faults {
		files = append(files, e.Path)
	}
	slices.Sort(files)
	files = slices.Compact(files)
	return slices.DeleteFunc(files, func(f string) bool { return f == "" })
}

// answer answers those who wait for what is known now.
func (m *module) answer() {
	m.waiters = slices.DeleteFunc(m.waiters, func(w *waiter) bool {
		r := m.results[w.dir]
		if r == nil || r.at < w.at || !r.unsaved {
			return false
		}
		w.done <- nil
		return true
	})
}

// fail tells those who wait that nothing can be checked.
func (m *module) fail(err error) {
	for _, w := range m.waiters {
		w.done <- err
	}
	m.waiters = nil
}

// pull waits until it is known what is found in the package of a document, with
// what is not saved.
func (s *Server) pull(ctx context.Context, path string) error {
	s.mu.Lock()
	d := s.docs[key(path)]
	if d == nil || d.module == nil || !checkable(d.dir()) {
		s.mu.Unlock()
		return nil // nothing is ever said of it
	}
	m := d.module
	if r := m.results[d.dir()]; r != nil && r.at == m.changes && r.unsaved {
		s.mu.Unlock()
		return nil
	}
	w := &waiter{dir: d.dir(), at: m.changes, done: make(chan error, 1)}
	m.waiters = append(m.waiters, w)
	m.want(d.dir())
	s.schedule(m, s.settle, true)
	s.mu.Unlock()
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		s.mu.Lock()
		m.waiters = slices.DeleteFunc(m.waiters, func(other *waiter) bool { return other == w })
		s.mu.Unlock()
		return ctx.Err()
	}
}
