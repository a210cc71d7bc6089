package allowage_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/allowage"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git/gittest"
)

// now is when the tests are run: days count back from it.
var now = time.Date(2026, time.June, 1, 12, 0, 0, 0, time.UTC)

// A repository is one with a single file in a folder whose name needs care.
type repository struct {
	*testing.T
	dir string
}

func newRepository(t *testing.T) repository {
	t.Helper()
	r := repository{t, t.TempDir()}
	if err := os.Mkdir(filepath.Join(r.dir, "with space"), 0o777); err != nil {
		t.Fatal(err)
	}
	r.git(0, "init", "-q", "-b", "main")
	return r
}

func (r repository) file() string { return filepath.Join(r.dir, "with space", "-größe.go") }

func (r repository) write(lines ...string) {
	r.Helper()
	if err := os.WriteFile(r.file(), []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o666); err != nil {
		r.Fatal(err)
	}
}

// git runs a command, some days ago.
func (r repository) git(days int, args ...string) {
	r.Helper()
	gittest.Dir{Path: r.dir, Env: []string{
		"GIT_AUTHOR_DATE=" + now.AddDate(0, 0, -days).Format(time.RFC3339), "GIT_COMMITTER_DATE=" + now.Format(time.RFC3339),
	}}.Run(r.T, args...)
}

func (r repository) commit(days int, lines ...string) {
	r.Helper()
	r.write(lines...)
	r.git(days, "add", "-A")
	r.git(days, "commit", "-q", "-m", "m")
}

// said is what is found of the directives on some lines, a line each.
func (r repository) said(o allowage.Options, lines ...int) string {
	r.Helper()
	var allows []finding.Allow
	for _, n := range lines {
		allows = append(allows, finding.Allow{
			Place: finding.Place{File: r.file(), Line: n, Column: 1}, Package: "p", Func: "p.F",
			Rules: []string{"hotalloc", "stw"}, Reason: "r",
		})
	}
	const max = 180
	o.Max, o.Now = max*24*time.Hour, now
	found, problems := allowage.Find(r.Context(), allows, o)
	var said []string
	for _, f := range found {
		if f.Rule != "policy" || f.Cause != allowage.Cause || f.Primitive != "hotalloc, stw" || f.Tier != finding.Proven || f.Package != "p" || f.Func != "p.F" || f.URL == "" {
			r.Errorf("%+v", f)
		}
		said = append(said, fmt.Sprintf("%d: %s", f.Start.Line, f.Message))
	}
	for _, p := range problems {
		if p.Remedy == "" {
			r.Errorf("no remedy: %s", p.Message)
		}
		said = append(said, "! "+p.Message)
	}
	return strings.Join(said, "\n")
}

const old = "1: this allow of hotalloc, stw is 200 days old, and may be 180: since 2025-11-13 nobody has asked whether its reason still holds"

func TestAge(t *testing.T) {
	r := newRepository(t)
	r.write("//lagvet:allow a -- new", "b")
	if got := r.said(allowage.Options{}, 1); got != "" {
		t.Errorf("before the first commit: %s", got)
	}
	r.commit(200, "//lagvet:allow a -- old", "//lagvet:allow b -- old", "c")
	if got := r.said(allowage.Options{}, 1); got != old {
		t.Errorf("old: %s", got)
	}
	r.commit(180, "//lagvet:allow a -- old", "//lagvet:allow b -- on the day", "c")
	if got := r.said(allowage.Options{}, 2, 1); got != old {
		t.Errorf("one of two: %s", got)
	}
	// Line 4 is not committed, and 1 now stands on 2.
	r.write("// above", "\t//lagvet:allow a -- old", "//lagvet:allow b -- on the day", "//lagvet:allow d -- now", "c")
	if got, want := r.said(allowage.Options{}, 2, 3, 4), "2"+old[1:]; got != want {
		t.Errorf("with what is not committed: %s", got)
	}
	r.git(10, "mv", r.file(), filepath.Join(r.dir, "moved.go"))
	r.git(10, "commit", "-q", "-m", "moved")
	r.git(10, "mv", "moved.go", r.file())
	r.git(10, "commit", "-q", "-m", "back")
	if got, want := r.said(allowage.Options{}, 2), "2"+old[1:]; got != want {
		t.Errorf("in a file that was moved: %s", got)
	}
}

// What a shallow clone does not have may be older than it looks.
func TestShallow(t *testing.T) {
	r := newRepository(t)
	r.commit(300, "//lagvet:allow a -- first", "b")
	r.commit(200, "//lagvet:allow a -- second", "b")
	r.commit(100, "//lagvet:allow a -- second", "//lagvet:allow b -- third")
	clone := func(depth int) repository {
		dir := t.TempDir()
		r.git(0, "clone", "-q", fmt.Sprintf("--depth=%d", depth), "file://"+r.dir, dir)
		return repository{t, dir}
	}
	const unknown = "! how old 2 allow directives are is not known: the clone is shallow, and its history ends before max-age"
	if got := clone(1).said(allowage.Options{}, 1, 2); got != unknown {
		t.Errorf("of one commit: %s", got)
	}
	if got, want := clone(2).said(allowage.Options{}, 1, 2), strings.Replace(old, "is 200", "is at least 200", 1); got != want {
		t.Errorf("of two commits: %s", got)
	}
	if got := clone(3).said(allowage.Options{}, 1, 2); got != old {
		t.Errorf("of all commits: %s", got)
	}
}

func TestNoHistory(t *testing.T) {
	r := repository{t, t.TempDir()}
	if err := os.Mkdir(filepath.Join(r.dir, "with space"), 0o777); err != nil {
		t.Fatal(err)
	}
	r.write("//lagvet:allow a -- r")
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(r.dir))
	if got, want := r.said(allowage.Options{}, 1), "! how old 1 allow directive is is not known: git rev-parse: not a git repository"; !strings.HasPrefix(got, want) {
		t.Errorf("got %s, want %s", got, want)
	}
	t.Setenv("PATH", "")
	if got, want := r.said(allowage.Options{}, 1), "! how old 1 allow directive is is not known: there is no git command"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := r.said(allowage.Options{}); got != "" {
		t.Errorf("of no directive: %s", got)
	}
}
