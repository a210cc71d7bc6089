//go:build e2e

package e2e

import (
	"context"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/lspclient"
	"github.com/lagvet/lagvet/cmd/internal/protocol"
)

// An editor runs lagvet lsp in a module.
type editor struct {
	*lspclient.Client
	t   *testing.T
	ctx context.Context
	dir string
}

// patience is how long an editor waits: the first check may have to compile.
const patience = 5 * time.Minute

func edits(t *testing.T, dir string, o lspclient.Options, args ...string) *editor {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	o.Command = append([]string{lagvet, "lsp"}, args...)
	o.Folders = []string{dir}
	c, err := lspclient.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &editor{c, t, ctx, dir}
}

func (e *editor) path(name string) string { return filepath.Join(e.dir, filepath.FromSlash(name)) }

// do fails the test if a step of the editor does.
func (e *editor) do(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatalf("%v\n%s", err, e.Stderr())
	}
}

// openAll opens the Go files of the module that the editor is in, but for those of
// the module nested in it.
func (e *editor) openAll() []string {
	e.t.Helper()
	var names []string
	err := filepath.WalkDir(e.dir, func(path string, d fs.DirEntry, err error) error {
		if d != nil && d.Name() == "wire" {
			return fs.SkipDir
		}
		if err == nil && filepath.Ext(path) == ".go" {
			rel, err := filepath.Rel(e.dir, path)
			e.do(err)
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	e.do(err)
	for _, name := range names {
		e.do(e.Open(e.path(name)))
	}
	return names
}

// found waits for what is published of files after they were last touched.
func (e *editor) found(names ...string) []Finding {
	e.t.Helper()
	var fs []Finding
	for _, name := range names {
		ds, err := e.Diagnostics(e.ctx, e.path(name))
		e.do(err)
		fs = append(fs, e.findings(name, ds)...)
	}
	return fs
}

// findings returns what diagnostics of a file say.
func (e *editor) findings(name string, ds []protocol.Diagnostic) []Finding {
	e.t.Helper()
	var found []Finding
	for _, d := range ds {
		message, _, _ := strings.Cut(d.Message, "\nmend: ")
		f := Finding{Place: e.place(e.path(name), d.Range.Start), Rule: string(d.Code), Message: message}
		if d.Source != "lagvet" || d.CodeDescription == nil || !strings.HasSuffix(d.CodeDescription.Href, "/"+f.Rule+".md") {
			e.t.Errorf("%s is of %s, explained at %+v", f, d.Source, d.CodeDescription)
		}
		for _, r := range d.RelatedInformation {
			if strings.HasPrefix(r.Message, "//lagvet:") {
				f.Chain = append(f.Chain, r.Message)
				continue
			}
			path, ok := protocol.PathOf(r.Location.URI)
			if !ok {
				e.t.Errorf("%s has a step in %s", f, r.Location.URI)
			}
			f.Chain = append(f.Chain, e.place(path, r.Location.Range.Start)+": "+r.Message)
		}
		found = append(found, f)
	}
	return found
}

// place returns a position in a file as findings have it, columns in bytes.
func (e *editor) place(path string, p protocol.Position) string {
	e.t.Helper()
	text := e.Text(path)
	if text == "" {
		data, err := os.ReadFile(path)
		e.do(err)
		text = string(data)
	}
	offset, err := protocol.Offset(text, p, protocol.UTF16)
	e.do(err)
	return place(e.t, e.dir, path, p.Line+1, offset-strings.LastIndexByte(text[:offset], '\n'))
}

// in returns the findings that stand in files.
func in(fs []Finding, names ...string) []Finding {
	return without(fs, func(f Finding) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(f.Place, name+":") })
	})
}

func TestLSP(t *testing.T) {
	e := edits(t, module(t), lspclient.Options{})
	names := e.openAll()
	compare(t, "lagvet lsp", e.found(names...), expected(t), whole)
	e.do(e.Shutdown(e.ctx))
}

// What is found beside a gopls that has lagvet's rules is what that cannot find.
func TestLSPOnlyCompiler(t *testing.T) {
	want := without(expected(t), func(f Finding) bool { return !f.needsCompiler() })
	byFlag := edits(t, module(t), lspclient.Options{}, "--only-compiler")
	compare(t, "lagvet lsp --only-compiler", byFlag.found(byFlag.openAll()...), want, whole)
	bySetting := edits(t, module(t), lspclient.Options{Settings: map[string]any{"lagvet": map[string]any{"onlyCompiler": true}}})
	compare(t, "lagvet lsp with onlyCompiler", bySetting.found(bySetting.openAll()...), want, whole)
}

// A fix is applied, and what is found follows the text, saved or not.
func TestLSPEditing(t *testing.T) {
	const file, rule = "gateway/gateway.go", "initperreq" // the rule has a fix there
	all := in(expected(t), file)
	isMended := func(f Finding) bool { return f.Rule == rule }
	for _, onChange := range []bool{false, true} {
		e := edits(t, module(t), lspclient.Options{InitializationOptions: map[string]any{"onChange": onChange}, Encodings: []string{protocol.UTF16}})
		name := e.path(file)
		e.do(e.Open(name))
		ds, err := e.Diagnostics(e.ctx, name)
		e.do(err)
		compare(t, "at first", e.findings(file, ds), all, whole)
		original := e.Text(name)

		i := slices.IndexFunc(ds, func(d protocol.Diagnostic) bool { return d.Code == rule })
		actions, err := e.CodeActions(e.ctx, name, ds[i])
		e.do(err)
		if len(actions) == 0 || !actions[0].IsPreferred {
			t.Fatalf("offered are %+v", actions)
		}
		e.do(e.Perform(e.ctx, actions[0]))
		mended := e.Text(name)
		fixed := e.awaitRules(file, rules(without(all, isMended))...)
		compare(t, "after the fix", fixed, without(all, isMended), messages)

		// Not saved: by asking, or of itself where that is wanted.
		pulled, err := e.Pull(e.ctx, name)
		e.do(err)
		compare(t, "asked after the fix", e.findings(file, pulled), without(all, isMended), messages)
		e.do(e.Change(name, original))
		if onChange {
			e.awaitRules(file, rules(all)...)
		}
		pulled, err = e.Pull(e.ctx, name)
		e.do(err)
		compare(t, "asked after undoing it", e.findings(file, pulled), all, whole)

		e.do(e.Change(name, mended))
		e.do(e.Save(name))
		compare(t, "after saving", e.found(file), without(all, isMended), messages)
		if got, want := readGolden(t, e.path(file)), mendedByCommand(t, file, rule); got != want {
			t.Errorf("the code action makes\n%s\nlagvet check --fix makes\n%s", got, want)
		}
		e.do(e.Shutdown(e.ctx))
	}
}

// rules returns the rules of findings, sorted.
func rules(fs []Finding) []string {
	var names []string
	for _, f := range fs {
		names = append(names, f.Rule)
	}
	slices.Sort(names)
	return names
}

// messages is a finding without its place and chain, which an edit moves.
func messages(f Finding) string { return f.Rule + ": " + f.Message }

// awaitRules waits until a file has findings of these rules, which are sorted.
func (e *editor) awaitRules(name string, want ...string) []Finding {
	e.t.Helper()
	ds, err := e.Await(e.ctx, e.path(name), func(ds []protocol.Diagnostic) bool {
		var got []string
		for _, d := range ds {
			got = append(got, string(d.Code))
		}
		slices.Sort(got)
		return slices.Equal(got, want)
	})
	e.do(err)
	return e.findings(name, ds)
}

func readGolden(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// mendedByCommand returns a file as lagvet check --fix leaves it.
func mendedByCommand(t *testing.T, file, rule string) string {
	t.Helper()
	dir := module(t)
	process{dir: dir}.run(t, lagvet, "check", "--rule", rule, "--fix", "./"+path.Dir(file))
	return readGolden(t, filepath.Join(dir, filepath.FromSlash(file)))
}

// When a file is saved, what depends on it is checked if it is open; what is not
// saved is seen through the dependents too, where that is wanted.
func TestLSPDependents(t *testing.T) {
	const store, gateway = "store/store.go", "gateway/gateway.go"
	isLockblock := func(f Finding) bool { return f.Rule == "lockblock" }
	all := in(expected(t), gateway)
	e := edits(t, module(t), lspclient.Options{})
	e.do(e.Open(e.path(store)))
	e.do(e.Open(e.path(gateway)))
	compare(t, "at first", e.found(gateway), all, whole)

	// Lines stay where they are, for the chains that lead through them.
	original := e.Text(e.path(store))
	text := strings.Replace(original, "{ return os.ReadFile(name) }", "{ return nil, nil }", 1)
	e.do(e.Change(e.path(store), strings.Replace(text, "\t\"os\"\n", "\n", 1)))
	pulled, err := e.Pull(e.ctx, e.path(gateway))
	e.do(err)
	compare(t, "asked while the dependency is not saved", e.findings(gateway, pulled), without(all, isLockblock), whole)

	e.do(e.Change(e.path(store), original))
	e.do(e.Save(e.path(store)))
	compare(t, "after saving the dependency as it was", e.awaitRules(gateway, rules(all)...), all, whole)
}

// What cannot be checked is said where it stands, or shown if it stands nowhere.
func TestLSPUnchecked(t *testing.T) {
	e := edits(t, module(t), lspclient.Options{})
	path := e.path("quiet/quiet.go")
	e.do(e.Open(path))
	if fs := e.found("quiet/quiet.go"); len(fs) > 0 {
		t.Errorf("found are %v", fs)
	}
	e.do(e.Change(path, e.Text(path)+"\nvar broken int = true\n"))
	e.do(e.Save(path))
	ds, err := e.Diagnostics(e.ctx, path)
	e.do(err)
	if len(ds) != 1 || ds[0].Code != "unchecked" || ds[0].Range.Start.Line != strings.Count(e.Text(path), "\n")-1 || !strings.Contains(ds[0].Message, "it does not compile") {
		t.Errorf("of what does not compile is said: %+v", ds)
	}
	write(t, e.dir, ".lagvet.yml", "rulez: {}\n")
	e.do(e.Save(path))
	ds, err = e.Await(e.ctx, e.path(".lagvet.yml"), func(ds []protocol.Diagnostic) bool { return len(ds) == 1 })
	e.do(err)
	if !strings.Contains(ds[0].Message, `unknown key "rulez"`) {
		t.Errorf("of the configuration is said: %+v", ds)
	}
	e.do(os.Remove(e.path(".lagvet.yml")))
	e.do(os.Remove(e.path("go.mod")))
	e.do(e.Save(path))
	shown := func() bool {
		return slices.ContainsFunc(e.Messages(), func(m protocol.MessageParams) bool {
			return m.Type == protocol.MessageWarning && strings.Contains(m.Message, "there is no go.mod")
		})
	}
	for start := time.Now(); !shown(); time.Sleep(100 * time.Millisecond) {
		if time.Since(start) > time.Minute {
			t.Fatalf("shown were %v", e.Messages())
		}
	}
}

// The first check of all takes long: the editor is told how far it has come.
func TestLSPFirstCheck(t *testing.T) {
	tmp := t.TempDir()
	e := edits(t, module(t), lspclient.Options{Env: []string{"GOCACHE=" + filepath.Join(tmp, "go-build"), "XDG_CACHE_HOME=" + tmp}})
	e.do(e.Open(e.path("feed/feed.go")))
	compare(t, "the first check", e.found("feed/feed.go"), in(expected(t), "feed/feed.go"), whole)
	var kinds []string
	for _, p := range e.Progress() {
		kinds = append(kinds, p.Kind)
	}
	if len(kinds) < 3 || kinds[0] != protocol.ProgressBegin || kinds[len(kinds)-1] != protocol.ProgressEnd {
		t.Errorf("progress is %+v", e.Progress())
	}
	e.do(e.Shutdown(e.ctx))
	if errs := e.Stderr(); strings.Contains(errs, "could not check") {
		t.Errorf("the log says %s", errs)
	}
}

// The server goes when the editor does, whatever runs.
func TestLSPEditorDies(t *testing.T) {
	e := edits(t, module(t), lspclient.Options{})
	e.openAll()
	time.Sleep(100 * time.Millisecond)
	start := time.Now()
	e.Close()
	if code := e.ExitCode(); code != 1 {
		t.Errorf("the server exits with %d after %v\n%s", code, time.Since(start), e.Stderr())
	}
}
