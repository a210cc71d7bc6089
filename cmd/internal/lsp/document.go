package lsp

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// A document is a file that is open in the editor.
type document struct {
	uri     string // as the editor writes it
	path    string
	version int
	text    string
	module  *module           // nil if it is not checked
	disk    [sha256.Size]byte // what the file held when it was last known to have changed
}

// changedOnDisk reports whether the file holds something else than when it was
// opened, saved, or last asked about: by a version control system, say, upon which
// the editor reads it again and does not tell that it was saved.
func (d *document) changedOnDisk() bool {
	data, err := os.ReadFile(d.path)
	before := d.disk
	d.disk = sha256.Sum256(data)
	return err == nil && d.disk != before
}

func (d *document) dir() string { return filepath.Dir(d.path) }

// unsaved reports whether the editor has another text than the disk. How lines
// end, and a byte order mark, make none: editors may show neither.
func (d *document) unsaved() bool {
	data, err := os.ReadFile(d.path)
	return err != nil || !bytes.Equal(plain(data), plain([]byte(d.text)))
}

func plain(text []byte) []byte {
	return bytes.ReplaceAll(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\r\n"), []byte("\n"))
}

// key is what tells whether two paths are the same.
func key(path string) string {
	if runtime.GOOS == "windows" {
		return strings.ToLower(path)
	}
	return path
}

// below reports whether path is dir or lies in it.
func below(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// folderOf returns the innermost folder of the workspace that path lies in.
func (s *Server) folderOf(path string) (folder string, ok bool) {
	for _, f := range s.folders {
		if below(path, f) && len(f) >= len(folder) {
			folder, ok = f, true
		}
	}
	return folder, ok
}

// home returns the directory of the module that a Go file is checked in, or why
// it is not checked.
func (s *Server) home(path string) (dir, why string) {
	if _, ok := s.folderOf(path); !ok && len(s.folders) > 0 {
		return "", "it is in no folder that is open"
	}
	dir, name := moduleOf(filepath.Dir(path))
	rel, err := filepath.Rel(dir, path)
	switch {
	case err == nil && slices.Contains(strings.Split(filepath.ToSlash(rel), "/"), "vendor"):
		return "", "it is vendored"
	case len(s.folders) == 0 && (name == "std" || name == "cmd"):
		return "", "it comes with Go"
	case len(s.folders) == 0 && strings.Contains(dir, "@v"):
		return "", "it is in the module cache"
	}
	return dir, ""
}

// moduleOf returns the directory of the module around dir, and the module's
// path. Where there is no module, it is dir itself: a check says what that means.
func moduleOf(dir string) (root, path string) {
	for d := dir; ; d = filepath.Dir(d) {
		if data, err := os.ReadFile(filepath.Join(d, "go.mod")); err == nil {
			return d, modfile.ModulePath(data)
		}
		if d == filepath.Dir(d) {
			return dir, ""
		}
	}
}

// checkable reports whether there is a Go file in dir beside those of tests.
func checkable(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && slices.ContainsFunc(entries, func(e os.DirEntry) bool {
		return strings.HasSuffix(e.Name(), ".go") && !strings.HasSuffix(e.Name(), "_test.go")
	})
}

// open takes in a document.
func (s *Server) open(item protocol.TextDocumentItem) {
	path, ok := protocol.PathOf(item.URI)
	if !ok {
		return // a document that is no file is in no package
	}
	d := &document{uri: item.URI, path: path, version: item.Version, text: item.Text}
	d.changedOnDisk()
	s.docs[key(path)] = d
	if filepath.Ext(path) != ".go" {
		s.publish(path) // what there is to say of a configuration
		return
	}
	s.adopt(d)
}

// adopt gives a Go file to its module and has it checked.
func (s *Server) adopt(d *document) {
	dir, why := s.home(d.path)
	if why != "" {
		s.out.logf(protocol.MessageLog, "%s is not checked: %s", d.path, why)
		return
	}
	d.module = s.moduleIn(dir)
	d.module.changes++
	d.module.want(d.dir())
	s.schedule(d.module, s.settle, false)
}

// change takes in changes of a document.
func (s *Server) change(p protocol.DidChangeTextDocumentParams) error {
	path, ok := protocol.PathOf(p.TextDocument.URI)
	d := s.docs[key(path)]
	if !ok || d == nil {
		return fmt.Errorf("%s is changed, and is not open", p.TextDocument.URI)
	}
	text := d.text
	for _, c := range p.ContentChanges {
		var err error
		if text, err = protocol.Change(text, c, s.encoding); err != nil {
			return fmt.Errorf("changing %s: %w", path, err)
		}
	}
	d.text = text
	if p.TextDocument.Version != nil {
		d.version = *p.TextDocument.Version
	}
	if d.module == nil {
		return nil
	}
	d.module.changes++
	// What was said of lines that are no more must go; the rest has moved.
	if d.module.speaksOf(d.path) {
		s.publish(d.path)
	}
	if s.settings.OnChange {
		d.module.want(d.dir())
		s.schedule(d.module, s.typing, true)
		s.checkOthers(d.module, s.typing)
	}
	return nil
}

// save has what depends on a saved file checked.
func (s *Server) save(uri string) {
	path, ok := protocol.PathOf(uri)
	if !ok {
		return
	}
	if filepath.Ext(path) != ".go" {
		s.changedOnDisk([]string{path})
		return
	}
	d := s.docs[key(path)]
	if d == nil || d.module == nil {
		return
	}
	d.changedOnDisk()
	s.saved(d)
}

// saved has the package of a file checked that changed, and what depends on it.
func (s *Server) saved(d *document) {
	d.module.changes++
	d.module.want(d.dir())
	s.schedule(d.module, s.settle, true)
	s.checkOthers(d.module, s.settle)
}

// close lets go of a document.
func (s *Server) close(uri string) {
	path, ok := protocol.PathOf(uri)
	d := s.docs[key(path)]
	if !ok || d == nil {
		return
	}
	delete(s.docs, key(path))
	m := d.module
	if m == nil {
		return
	}
	s.leave(m, d.dir())
	if s.settings.OnChange && d.unsaved() && s.modules[key(m.dir)] == m {
		// What was not saved is given up.
		m.want(d.dir())
		s.schedule(m, s.settle, true)
	}
}

// leave lets go of a directory of a module, and of the module, if no file is open
// there any more.
func (s *Server) leave(m *module, dir string) {
	m.changes++
	dirs := s.openDirs(m)
	if !slices.Contains(dirs, dir) {
		s.forget(m, dir)
	}
	if len(dirs) == 0 {
		s.dismiss(m)
	}
}

// openDirs returns the directories of a module that files are open in, sorted.
func (s *Server) openDirs(m *module) []string {
	var dirs []string
	for _, d := range s.docs {
		if d.module == m {
			dirs = append(dirs, d.dir())
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}
