package lsp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// A job is one run over packages of a module: those of the first directories,
// then those of the others.
type job struct {
	m           *module
	options     check.Options
	first, rest []string // directories
	all         bool     // the others were wanted too, if there are any
	at          int
	unsaved     bool
	overlay     map[string]string // texts that are checked in the place of files
}

// start runs what is wanted of a module, or has the run start anew that is going on.
func (s *Server) start(m *module) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.stopped || s.modules[key(m.dir)] != m || len(m.first) == 0 && !m.rest:
		return
	case m.running || !s.ready:
		m.again = true
		return
	}
	ctx, cancel := context.WithCancel(s.ctx)
	m.running, m.again, m.cancel = true, false, cancel
	j := s.take(ctx, m)
	s.runs.Go(func() {
		defer cancel()
		s.run(ctx, j)
		s.finish(m)
	})
}

// finish makes way for the next run of a module.
func (s *Server) finish(m *module) {
	s.mu.Lock()
	m.running, m.cancel = false, nil
	again := m.again
	s.mu.Unlock()
	if again {
		s.start(m)
	}
}

// take takes over what is wanted of a module.
func (s *Server) take(ctx context.Context, m *module) *job {
	dirs := s.openDirs(m)
	folder := m.dir
	if len(dirs) > 0 {
		if f, ok := s.folderOf(dirs[0]); ok { // which may be one within the module
			folder = f
		}
	}
	j := &job{
		m:       m,
		options: s.settings.options(m.dir, folder),
		all:     m.rest,
		at:      m.changes,
		unsaved: s.settings.OnChange || s.settings.Pull || len(m.waiters) > 0,
		overlay: make(map[string]string),
	}
	j.options.OnlyCompiler = j.options.OnlyCompiler || s.options.OnlyCompiler
	j.options.NoCanary = s.proven
	j.options.Progress = s.newProgress(ctx, "lagvet: "+filepath.Base(m.dir))
	for _, dir := range dirs {
		switch {
		case m.first[dir]:
			j.first = append(j.first, dir)
		case m.rest:
			j.rest = append(j.rest, dir)
		}
	}
	m.first, m.rest = make(map[string]bool), false
	if !j.unsaved {
		return j
	}
	j.options.Overlay = make(map[string][]byte)
	for _, d := range s.docs {
		// Other modules' texts too: this one may depend on them.
		if filepath.Ext(d.path) == ".go" && d.module != nil && d.unsaved() {
			j.overlay[d.path] = d.text
			j.options.Overlay[d.path] = []byte(d.text)
		}
	}
	return j
}

// giveBack has what a job did not do done by the next.
func (j *job) giveBack(dirs []string, rest bool) {
	for _, dir := range dirs {
		j.m.want(dir)
	}
	j.m.rest = j.m.rest || rest
}

// run does a job. What it could not do because something changed, the next does.
func (s *Server) run(ctx context.Context, j *job) {
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	case <-ctx.Done():
	}
	var seen sighted
	for i, dirs := range [][]string{j.first, j.rest} {
		if len(dirs) == 0 {
			continue
		}
		got, err := s.look(ctx, j, dirs)
		if ctx.Err() != nil {
			s.mu.Lock()
			defer s.mu.Unlock()
			if i == 0 {
				j.giveBack(dirs, j.all)
			} else {
				j.giveBack(nil, true)
			}
			return
		}
		if err != nil {
			s.refused(j.m, err)
			return
		}
		seen.add(got)
		last := i == 1 || len(j.rest) == 0
		s.takeIn(j, dirs, got, seen, last && (j.all || len(j.first) == len(s.openDirsOf(j.m))))
	}
}

func (s *Server) openDirsOf(m *module) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.openDirs(m)
}

// sighted is what checks of some directories brought.
type sighted struct {
	findings []finding.Finding
	problems []finding.Problem
	notes    []report.Note
	cold     string // what is to be said if nothing tells what is hot
}

func (a *sighted) add(b sighted) {
	a.findings = append(a.findings, b.findings...)
	for _, p := range b.problems {
		if !slices.Contains(a.problems, p) {
			a.problems = append(a.problems, p)
		}
	}
	for _, n := range b.notes {
		if !slices.Contains(a.notes, n) {
			a.notes = append(a.notes, n)
		}
	}
	a.cold = b.cold
}

// look checks directories. One that the go command refuses, as for its build
// constraints, keeps it from looking at the others, so that they are looked at
// one by one then.
func (s *Server) look(ctx context.Context, j *job, dirs []string) (sighted, error) {
	dirs = slices.DeleteFunc(slices.Clone(dirs), func(dir string) bool { return !checkable(dir) })
	if len(dirs) == 0 {
		return sighted{}, nil
	}
	rep, err := s.check(ctx, j, dirs)
	if err != nil {
		return sighted{}, err
	}
	if rep.Packages > 0 || len(rep.Problems) == 0 || len(dirs) == 1 {
		return sighted{rep.Findings, rep.Problems, rep.Notes, rep.UnknownHeat()}, nil
	}
	var all sighted
	for _, dir := range dirs {
		one, err := s.look(ctx, j, []string{dir})
		if err != nil {
			return sighted{}, err
		}
		all.add(one)
	}
	return all, nil
}

// check has package check look.
func (s *Server) check(ctx context.Context, j *job, dirs []string) (*report.Report, error) {
	o := j.options
	for _, dir := range dirs {
		rel, err := filepath.Rel(o.Dir, dir)
		if err != nil {
			return nil, fmt.Errorf("looking for %s in %s: %w", dir, o.Dir, err)
		}
		o.Patterns = append(o.Patterns, "./"+filepath.ToSlash(rel))
	}
	var notes bytes.Buffer
	rep, err := s.options.Check(ctx, o, &notes)
	if said := bytes.TrimSpace(notes.Bytes()); len(said) > 0 {
		s.out.logf(protocol.MessageInfo, "%s", said)
	}
	return rep, err
}

// refused says why nothing can be checked: the configuration or a setting is wrong.
func (s *Server) refused(m *module, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := m.placed()
	m.faults = nil
	if faults, ok := errors.AsType[config.Errors](err); ok {
		for _, f := range faults {
			f.Path = absolute(f.Path)
			m.faults = append(m.faults, f)
		}
	}
	s.publishAll(before, m.placed())
	s.sayOnce(m, []string{fmt.Sprintf("nothing is checked in %s: %v", m.dir, err)}, true)
	m.fail(err)
}

// absolute returns the path of a file that is given from the directory of the
// process.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return path
}

// takeIn replaces what is known of directories. seen is what the whole job has
// found up to now, and complete says whether that is all there is to be found in
// the module.
func (s *Server) takeIn(j *job, dirs []string, got, seen sighted, complete bool) {
	texts := j.texts(got.findings, got.problems)
	s.mu.Lock()
	defer s.mu.Unlock()
	m := j.m
	if s.modules[key(m.dir)] != m {
		return // let go of meanwhile
	}
	s.proven = true
	before := m.placed()
	for _, dir := range dirs {
		before = append(before, m.results[dir].files()...)
		m.results[dir] = &result{at: j.at, unsaved: j.unsaved, texts: texts}
	}
	for _, f := range got.findings {
		// What is found elsewhere, by a line directive, is the first one's.
		r := m.results[filepath.Dir(f.Start.File)]
		if r == nil || !slices.Contains(dirs, filepath.Dir(f.Start.File)) {
			r = m.results[dirs[0]]
		}
		r.findings = append(r.findings, f)
	}
	m.faults = nil
	if m.texts == nil || complete {
		m.texts = make(map[string]string)
	}
	maps.Copy(m.texts, texts)
	m.problems, m.notes = m.remaining(dirs, complete), seen.notes
	for _, p := range seen.problems {
		if !slices.Contains(m.problems, p) {
			m.problems = append(m.problems, p)
		}
	}
	for _, dir := range dirs {
		before = append(before, m.results[dir].files()...)
	}
	s.publishAll(before, m.placed(), s.openIn(m, dirs))
	s.sayOnce(m, m.unplaced(), complete)
	if got.cold != "" && m.cold != got.cold {
		m.cold = got.cold
		s.out.logf(protocol.MessageInfo, "of the packages checked in %s: %s", m.dir, got.cold)
	}
	m.answer()
}

// remaining returns the problems that still hold when directories were checked
// anew: those of other places.
func (m *module) remaining(dirs []string, complete bool) []finding.Problem {
	if complete {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(m.problems), func(p finding.Problem) bool {
		return p.File == "" || filepath.Ext(p.File) != ".go" || slices.Contains(dirs, filepath.Dir(p.File))
	})
}

// openIn returns the open files in directories of a module: that nothing is found
// in them is said, too.
func (s *Server) openIn(m *module, dirs []string) []string {
	var files []string
	for _, d := range s.docs {
		if d.module == m && slices.Contains(dirs, d.dir()) {
			files = append(files, d.path)
		}
	}
	return files
}

// unplaced returns what could not be checked and stands nowhere.
func (m *module) unplaced() []string {
	var messages []string
	for _, p := range m.problems {
		if p.File == "" {
			messages = append(messages, problemText(p))
		}
	}
	return messages
}

// sayOnce shows messages, but none that was among the last ones. complete says
// whether they are all that there is to show. Beside a problem in a Go file they
// are only logged: what imports a package that does not compile is not checked
// either, and that would interrupt whoever is at work on it.
func (s *Server) sayOnce(m *module, messages []string, complete bool) {
	said := m.said
	if complete {
		m.said = nil
	}
	for _, message := range messages {
		switch {
		case slices.Contains(said, message):
		case slices.ContainsFunc(m.problems, func(p finding.Problem) bool { return filepath.Ext(p.File) == ".go" }):
			s.out.logf(protocol.MessageWarning, "%s", message)
		default:
			s.out.show(protocol.MessageWarning, message)
		}
		if !slices.Contains(m.said, message) {
			m.said = append(m.said, message)
		}
	}
}

// texts returns what was analysed of the files that findings and problems are about.
func (j *job) texts(fs []finding.Finding, ps []finding.Problem) map[string]string {
	texts := maps.Clone(j.overlay) // chains lead through these
	read := func(file string) {
		if _, ok := texts[file]; !ok && file != "" {
			texts[file] = readFile(file)
		}
	}
	for _, p := range ps {
		read(p.File)
	}
	for _, f := range fs {
		read(f.Start.File)
		for _, fix := range f.Fixes {
			for _, e := range fix.Edits {
				read(e.File)
			}
		}
	}
	return texts
}
