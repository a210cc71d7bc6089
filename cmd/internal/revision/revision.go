package revision

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/git"
)

// A Base is the version that the working tree is compared with.
type Base struct {
	Ref    string // as it was given: "origin/main"
	Commit string // full hash of the merge base of Ref and HEAD
	// Texts holds, by its absolute path, what each file that differs had for a
	// text: nil if it did not exist, and empty if it is neither compiled nor
	// named, but is not there today, for what embeds it asks no more than that
	// it exists. Other files that are not compiled are left out, and so are
	// those that git ignores: nothing is known of them.
	Texts map[string][]byte
	// Changed are the absolute paths of all files that differ.
	Changed []string
	// Unlike are paths that differ in what a text cannot express: symbolic
	// links, submodules. They are taken as they are now.
	Unlike []string

	repository repository
	named      []string
}

// Short returns the commit as readers write it.
func (b *Base) Short() string { return b.Commit[:min(len(b.Commit), 12)] }

// Find returns the merge base of ref and HEAD in the repository that dir, an
// absolute path, lies in. Of the files that are not compiled, those that are named
// matter as well, by their absolute paths.
func Find(ctx context.Context, dir, ref string, named ...string) (*Base, error) {
	r, err := open(ctx, dir)
	if err != nil {
		return nil, err
	}
	commit, err := r.mergeBase(ctx, ref)
	if err != nil {
		return nil, err
	}
	b := &Base{Ref: ref, Commit: commit, Texts: make(map[string][]byte), repository: r, named: named}
	changes, err := r.changes(ctx, commit)
	if err == nil {
		err = r.texts(ctx, changes, b)
	}
	if err != nil {
		return nil, unreadable(err)
	}
	return b, nil
}

// unreadable says what to do about objects that git does not find.
func unreadable(err error) error {
	if f, ok := errors.AsType[*git.Failure](err); ok {
		return &Error{"the base cannot be read: " + f.Error(), "see what git fsck says, and clone again, or fetch what is missing"}
	}
	return err
}

// An Error says why the sources cannot be compared, and what to do.
type Error struct {
	Message string
	Remedy  string
}

func (e *Error) Error() string { return e.Message }

// A repository is one that a directory lies in.
type repository struct {
	git.Dir        // where git is run
	root    string // absolute: that of the working tree, in the form in which the user knows it
}

func open(ctx context.Context, dir string) (repository, error) {
	r := repository{Dir: git.Dir{Path: dir}}
	out, err := r.Line(ctx, "rev-parse", "--show-toplevel", "--show-cdup")
	if f, ok := errors.AsType[*git.Failure](err); ok {
		return r, &Error{"the base cannot be found: " + f.Error(), remedyFor(f.Stderr)}
	}
	if errors.Is(err, git.ErrNotFound) {
		return r, &Error{"the base cannot be found: " + err.Error(), "install git"}
	}
	if err != nil {
		return r, err
	}
	top, up, _ := strings.Cut(out, "\n")
	r.root = filepath.FromSlash(top)
	// Git tells the directory with links resolved; the go command has it as the
	// user went there.
	if logical := filepath.Join(dir, filepath.FromSlash(up)); same(logical, r.root) {
		r.root = logical
	}
	return r, nil
}

func same(a, b string) bool {
	x, err := os.Stat(a)
	if err != nil {
		return false
	}
	y, err := os.Stat(b)
	return err == nil && os.SameFile(x, y)
}

// remedyFor says what to do about a repository that git does not open.
func remedyFor(stderr string) string {
	if strings.Contains(stderr, "dubious ownership") {
		return "the directory belongs to another user, as in many containers: git config --global --add safe.directory <the directory>"
	}
	return "run lagvet in a git repository, or compare with a file: lagvet gate --baseline lagvet.baseline.json"
}

// mergeBase returns the commit from which HEAD and ref went apart.
func (r repository) mergeBase(ctx context.Context, ref string) (string, error) {
	if strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is no name of a commit", ref)
	}
	for _, name := range []string{ref, "HEAD"} {
		_, err := r.Line(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
		if _, ok := errors.AsType[*git.Failure](err); ok {
			return "", r.missing(ctx, name)
		}
		if err != nil {
			return "", err
		}
	}
	commit, err := r.Line(ctx, "merge-base", "--", ref, "HEAD")
	if f, ok := errors.AsType[*git.Failure](err); ok && f.Code == 1 {
		return "", r.unrelated(ctx, ref)
	}
	if err != nil {
		return "", err
	}
	return commit, nil
}

// missing is the error for a commit that the clone lacks.
func (r repository) missing(ctx context.Context, name string) error {
	e := &Error{Message: fmt.Sprintf("the base %s is not in this clone", name)}
	remote, branch, ok := strings.Cut(strings.TrimPrefix(name, "refs/remotes/"), "/")
	fetch := "git fetch " + remote + " " + branch + ":refs/remotes/" + remote + "/" + branch
	if !ok {
		fetch = "git fetch origin " + name
	}
	switch {
	case name == "HEAD":
		e.Message = "there is no commit yet, so there is nothing to compare with"
		e.Remedy = "commit first"
	case r.shallow(ctx):
		e.Message += ", which is shallow"
		e.Remedy = fetch + " (and fetch-depth: 0 in the checkout step, or GIT_DEPTH: 0)"
	default:
		e.Remedy = fetch + ", or correct the name"
	}
	return e
}

// unrelated is the error for two commits without a common ancestor in the clone.
func (r repository) unrelated(ctx context.Context, ref string) error {
	if r.shallow(ctx) {
		return &Error{
			fmt.Sprintf("where HEAD left %s is not known: this clone is shallow and ends before", ref),
			"git fetch --unshallow (or --deepen=100), or fetch-depth: 0 in the checkout step, or GIT_DEPTH: 0",
		}
	}
	return &Error{fmt.Sprintf("HEAD and %s have no commit in common", ref), "name a base that HEAD grew from"}
}

func (r repository) shallow(ctx context.Context) bool {
	answer, err := r.Line(ctx, "rev-parse", "--is-shallow-repository")
	return err == nil && answer == "true"
}
