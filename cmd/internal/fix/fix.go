package fix

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aymanbagabas/go-udiff"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// Options say what a plan may touch.
type Options struct {
	// Since is when the analysis began. A file changed later is not the one
	// that was analysed.
	Since time.Time
	// Modules are the directories of the main modules. Nothing outside is touched.
	Modules []string
}

// A Plan is what applying fixes will do.
type Plan struct {
	Fixed []finding.Finding // those whose fix is in the plan
	Left  []Left            // those whose fix is not

	files map[string]*file
}

// Left is a finding whose fix is not applied, and why.
type Left struct {
	Finding finding.Finding
	Reason  string
}

// A file is a source file that fixes want to change.
type file struct {
	path     string // with symbolic links resolved: they are to stay
	mode     os.FileMode
	old, new []byte
	edits    []udiff.Edit
	refuse   string // why it must not be touched
}

// New plans the first fix of each finding of fs that has one, in the order of fs.
func New(fs []finding.Finding, o Options) *Plan {
	p := &Plan{files: make(map[string]*file)}
	for _, f := range fs {
		if len(f.Fixes) == 0 {
			continue
		}
		if reason := p.accept(f.Fixes[0].Edits, o); reason != "" {
			p.Left = append(p.Left, Left{f, reason})
		} else {
			p.Fixed = append(p.Fixed, f)
		}
	}
	for _, f := range p.files {
		f.new = formatted(f.old, f.new)
	}
	return p
}

// conflict is the reason for which a fix is left that the next run may apply.
const conflict = "it overlaps a fix that goes first; run lagvet again"

// accept adds edits to their files, all or none. It returns why not.
func (p *Plan) accept(edits []finding.Edit, o Options) (reason string) {
	added := make(map[*file][]udiff.Edit)
	for _, e := range edits {
		f := p.open(e.File, o)
		edit := udiff.Edit{Start: e.Start, End: e.End, New: e.New}
		switch {
		case f.refuse != "":
			return f.refuse
		case e.Start < 0 || e.End < e.Start || e.End > len(f.old):
			return e.File + " is not the file that was analysed"
		case f.conflicts(edit):
			return conflict
		case !slices.Contains(f.edits, edit):
			added[f] = append(added[f], edit)
		}
	}
	results := make(map[*file][]byte)
	for f, edits := range added {
		text, err := apply(f.old, slices.Concat(f.edits, edits))
		if err != nil {
			return err.Error()
		}
		results[f] = text
	}
	for f, text := range results {
		f.new, f.edits = text, append(f.edits, added[f]...)
	}
	return ""
}

// conflicts reports whether e cannot be applied beside the edits of f. The same
// edit can: two fixes that add the same import add it once.
func (f *file) conflicts(e udiff.Edit) bool {
	return slices.ContainsFunc(f.edits, func(o udiff.Edit) bool {
		if o == e {
			return false
		}
		overlap := e.Start < o.End && o.Start < e.End
		sameStart := e.Start == o.Start && (e.Start == e.End) == (o.Start == o.End)
		return overlap || sameStart
	})
}

// open returns the file, read once.
func (p *Plan) open(path string, o Options) *file {
	f, ok := p.files[path]
	if !ok {
		f = read(path, o)
		p.files[path] = f
	}
	return f
}

func read(path string, o Options) *file {
	f := &file{path: path}
	if err := f.load(o); err != nil {
		f.refuse = err.Error()
	}
	return f
}

func (f *file) load(o Options) error {
	path, err := filepath.EvalSymlinks(f.path)
	if err != nil {
		return err
	}
	fi, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !o.main(path) {
		return errors.New(f.path + " is in no module that you are at work on")
	}
	if fi.ModTime().After(o.Since) {
		return errors.New(f.path + " was changed while it was being analysed; run lagvet again")
	}
	f.path, f.mode = path, fi.Mode().Perm()
	if f.old, err = os.ReadFile(path); err != nil {
		return err
	}
	f.new = f.old
	syntax, err := parser.ParseFile(token.NewFileSet(), path, f.old, parser.PackageClauseOnly|parser.ParseComments)
	if err != nil {
		return err
	}
	if ast.IsGenerated(syntax) {
		return errors.New(f.path + " is generated: mend what generates it")
	}
	return nil
}

// main reports whether the file at path belongs to one of the modules itself,
// not to a module nested or vendored in it.
func (o Options) main(path string) bool {
	for dir := filepath.Dir(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return slices.ContainsFunc(o.Modules, func(m string) bool { return same(m, dir) })
		}
		if filepath.Base(dir) == "vendor" || dir == filepath.Dir(dir) {
			return false
		}
	}
}

// same reports whether the paths are those of one directory.
func same(a, b string) bool {
	fa, errA := os.Stat(a)
	fb, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(fa, fb)
}

// apply returns text with the edits, if that is still Go.
func apply(text []byte, edits []udiff.Edit) ([]byte, error) {
	edited, err := udiff.ApplyBytes(text, edits)
	if err != nil {
		return nil, errors.New("its edits overlap")
	}
	syntax, err := parser.ParseFile(token.NewFileSet(), "", edited, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("the file would be no Go any more: %w", err)
	}
	seen := make(map[string]bool)
	for _, spec := range syntax.Imports {
		name := spec.Path.Value
		if spec.Name != nil {
			name = spec.Name.Name + " " + name
		}
		if strings.HasPrefix(name, "_ ") {
			continue
		}
		// Two fixes can bring the same import in different ways.
		if seen[name] {
			return nil, errors.New(conflict)
		}
		seen[name] = true
	}
	return edited, nil
}

// Text returns the text of one file with edits, which must all be of it, made as a
// [Plan] makes them: what is no Go any more is refused, and what was in the form of
// gofmt is so afterwards.
func Text(text []byte, edits []finding.Edit) ([]byte, error) {
	var es []udiff.Edit
	for _, e := range edits {
		if e.Start < 0 || e.End < e.Start || e.End > len(text) {
			return nil, errors.New(e.File + " is not the file that was analysed")
		}
		es = append(es, udiff.Edit{Start: e.Start, End: e.End, New: e.New})
	}
	edited, err := apply(text, es)
	if err != nil {
		return nil, err
	}
	return formatted(text, edited), nil
}

// formatted returns text in the form of gofmt if old was in it: a file that its
// authors do not format must not change all over.
func formatted(old, text []byte) []byte {
	if f, err := format.Source(old); err != nil || !bytes.Equal(f, old) {
		return text
	}
	f, err := format.Source(text)
	if err != nil {
		return text // it was parsed before, so the printer is at fault, not the fix
	}
	return f
}

// changed returns the files that the plan changes, by name.
func (p *Plan) changed() []*file {
	var fs []*file
	for _, f := range p.files {
		if !bytes.Equal(f.old, f.new) {
			fs = append(fs, f)
		}
	}
	slices.SortFunc(fs, func(a, b *file) int { return cmp.Compare(a.path, b.path) })
	return fs
}

// Diff returns the plan as a unified diff, paths relative to dir.
func (p *Plan) Diff(dir string) string {
	var b strings.Builder
	for _, f := range p.changed() {
		name := f.path
		if rel, err := filepath.Rel(dir, f.path); err == nil {
			name = rel
		}
		name = filepath.ToSlash(name)
		b.WriteString(udiff.Unified("a/"+name, "b/"+name, string(f.old), string(f.new)))
	}
	return b.String()
}

// Write carries the plan out. Each file is replaced as a whole or not at all.
// It returns the number of files written, also with an error.
func (p *Plan) Write() (written int, err error) {
	for _, f := range p.changed() {
		if err := f.write(); err != nil {
			return written, fmt.Errorf("applying fixes to %s: %w", f.path, err)
		}
		written++
	}
	return written, nil
}

func (f *file) write() (err error) {
	now, err := os.ReadFile(f.path)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, f.old) {
		return errors.New("the file was changed meanwhile")
	}
	tmp, err := os.CreateTemp(filepath.Dir(f.path), ".lagvet-*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(f.new)
	if err = errors.Join(err, tmp.Chmod(f.mode), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), f.path)
}
