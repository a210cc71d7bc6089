package lsp

import (
	"context"
	"maps"
	"path/filepath"
	"slices"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// publish sends all that is known of a file. The lock is held.
func (s *Server) publish(path string) {
	d := s.docs[key(path)]
	if d != nil && d.module != nil && s.pulls {
		return // the editor asks, and would show both
	}
	ds := s.view().diagnostics(path)
	uri, before := s.uriOf(path), s.shown[key(path)]
	switch {
	case d == nil && len(ds) == 0 && before == "":
		return
	case d == nil && before != "":
		uri = before // editors take another spelling for another file
	case before != "" && before != uri:
		s.out.send(protocol.MethodPublishDiagnostics, protocol.PublishDiagnosticsParams{URI: before, Diagnostics: []protocol.Diagnostic{}})
	}
	delete(s.shown, key(path))
	if len(ds) > 0 {
		s.shown[key(path)] = uri
	}
	p := protocol.PublishDiagnosticsParams{URI: uri, Diagnostics: ds}
	if d != nil && s.client.Capabilities.TextDocument.PublishDiagnostics.VersionSupport {
		version := d.version
		p.Version = &version
	}
	s.out.send(protocol.MethodPublishDiagnostics, p)
}

// publishAll publishes files, each once.
func (s *Server) publishAll(files ...[]string) {
	all := slices.Concat(files...)
	slices.Sort(all)
	for _, path := range slices.Compact(all) {
		s.publish(path)
	}
}

// uriOf returns the URI of a file, as the editor writes it if it has.
func (s *Server) uriOf(path string) string {
	if d := s.docs[key(path)]; d != nil {
		return d.uri
	}
	return protocol.URIOf(path)
}

// diagnose answers what is found in a document, what is not saved included.
func (s *Server) diagnose(ctx context.Context, uri string) (any, error) {
	report := protocol.DocumentDiagnosticReport{Kind: protocol.FullReport, Items: []protocol.Diagnostic{}}
	path, ok := protocol.PathOf(uri)
	if !ok {
		return report, nil
	}
	if err := s.pull(ctx, path); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	report.Items = s.view().diagnostics(path)
	return report, nil
}

// sortedModules returns the modules in the order of their directories.
func (s *Server) sortedModules() []*module {
	var ms []*module
	for _, k := range slices.Sorted(maps.Keys(s.modules)) {
		ms = append(ms, s.modules[k])
	}
	return ms
}

// diagnostics returns what is to be said of a file.
func (v *view) diagnostics(path string) []protocol.Diagnostic {
	ds := []protocol.Diagnostic{}
	for _, m := range v.s.sortedModules() {
		for _, d := range v.ofModule(m, path) {
			// Two modules say the same of a configuration above both.
			same := func(other protocol.Diagnostic) bool {
				return other.Range == d.Range && other.Code == d.Code && other.Message == d.Message
			}
			if !slices.ContainsFunc(ds, same) {
				ds = append(ds, d)
			}
		}
	}
	return ds
}

// ofModule returns what a module has to say of a file.
func (v *view) ofModule(m *module, path string) []protocol.Diagnostic {
	var ds []protocol.Diagnostic
	for _, f := range m.faults {
		if key(f.Path) == key(path) {
			ds = append(ds, v.fault(f))
		}
	}
	for _, p := range m.problems {
		if key(p.File) != key(path) {
			continue
		}
		if d, ok := v.problem(m, p); ok {
			ds = append(ds, d)
		}
	}
	for _, n := range m.notes {
		if key(n.File) == key(path) {
			ds = append(ds, v.note(m, n))
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(m.results)) {
		r := m.results[dir]
		for _, f := range r.findings {
			if key(f.Start.File) != key(path) {
				continue
			}
			if d, ok := v.finding(r.texts, f); ok {
				ds = append(ds, d)
			}
		}
	}
	return ds
}

// A view shows what was analysed in the texts that the editor has now. It is
// made anew for each use, with the lock held.
type view struct {
	s      *Server
	texts  map[string]protocol.Text
	drifts map[string]protocol.Drift
}

func (s *Server) view() *view {
	return &view{s: s, texts: make(map[string]protocol.Text), drifts: make(map[string]protocol.Drift)}
}

// text returns what was analysed of a file, or what it is now if nobody kept that.
func (v *view) text(analysed map[string]string, path string) protocol.Text {
	if text, ok := analysed[path]; ok {
		return protocol.NewText(text)
	}
	t, ok := v.texts[path]
	if !ok {
		t = protocol.NewText(readFile(path))
		v.texts[path] = t
	}
	return t
}

// drift returns how the lines of a file have moved since it was analysed.
func (v *view) drift(analysed map[string]string, path string) protocol.Drift {
	if d, ok := v.drifts[path]; ok {
		return d
	}
	before := v.text(analysed, path)
	after := before
	if doc := v.s.docs[key(path)]; doc != nil {
		after = protocol.NewText(doc.text)
	}
	d := protocol.NewDrift(before, after)
	v.drifts[path] = d
	return d
}

// short returns a path as it is best read: from the directory of what it stands in.
func short(path, dir string) string {
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
