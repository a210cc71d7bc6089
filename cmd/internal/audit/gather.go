package audit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/analyzers/timesheet"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/enforce"
	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/timetable"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// maxModules is how many modules of a repository the rules are run over.
const maxModules = 100

// gather returns what there is to judge.
func gather(ctx context.Context, o Options, notes io.Writer) (maturity.Input, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return maturity.Input{}, fmt.Errorf("looking for the directory to audit: %w", err)
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return maturity.Input{}, fmt.Errorf("looking for the directory to audit: %w", err)
	}
	in := maturity.Input{Dir: dir, Rendered: o.Manifests, Binary: o.Binary, Tool: report.ThisTool().String()}
	if err := fromGit(ctx, &in); err != nil {
		return in, err
	}
	if err := configured(&in, o); err != nil {
		return in, err
	}
	if o.Modules != "" {
		in.Downloads = os.DirFS(filepath.Join(o.Modules, "cache", "download"))
	}
	if o.Doctor != "" {
		data, err := os.ReadFile(o.Doctor)
		if err != nil {
			return in, fmt.Errorf("reading what lagvet doctor said: %w", err)
		}
		if in.Doctor, err = maturity.ReadDoctor(o.Doctor, data); err != nil {
			return in, err
		}
	}
	if o.Bench != "" {
		data, err := os.ReadFile(o.Bench)
		if err != nil {
			return in, fmt.Errorf("reading what lagvet bench load said: %w", err)
		}
		if in.Load, err = maturity.ReadLoad(o.Bench, data); err != nil {
			return in, err
		}
	}
	if o.NoCheck || o.List {
		in.NoCode = "the rules did not run: --no-check"
		return in, nil
	}
	return in, run(ctx, &in, o, notes)
}

// fromGit fills in what git knows: without it, all files of the directory are looked
// at, and nothing is known of commits.
func fromGit(ctx context.Context, in *maturity.Input) error {
	g := git.Dir{Path: in.Dir}
	top, err := g.Line(ctx, "rev-parse", "--show-toplevel")
	if _, failed := errors.AsType[*git.Failure](err); failed || errors.Is(err, git.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for the repository: %w", err)
	}
	in.Dir, g.Path = filepath.FromSlash(top), filepath.FromSlash(top)
	list, err := g.Run(ctx, nil, "ls-files", "-z")
	if err != nil {
		return fmt.Errorf("listing the files of the repository: %w", err)
	}
	in.Files = []string{}
	for f := range strings.SplitSeq(string(list), "\x00") {
		if f != "" && exists(filepath.Join(in.Dir, filepath.FromSlash(f))) {
			in.Files = append(in.Files, f)
		}
	}
	head, err := g.Line(ctx, "log", "-1", "--format=%H %cI")
	if _, failed := errors.AsType[*git.Failure](err); failed {
		return nil // there is no commit yet
	}
	if err != nil {
		return fmt.Errorf("asking for the commit: %w", err)
	}
	commit, at, _ := strings.Cut(head, " ")
	in.Repository.Commit = commit
	if in.Repository.Time, err = time.Parse(time.RFC3339, at); err != nil {
		return fmt.Errorf("asking for the commit: %w", err)
	}
	in.Repository.Time = in.Repository.Time.UTC()
	changes, err := g.Run(ctx, nil, "status", "--porcelain", "--untracked-files=no")
	if err != nil {
		return fmt.Errorf("asking for changes: %w", err)
	}
	in.Repository.Dirty = len(changes) > 0
	shallow, err := g.Line(ctx, "rev-parse", "--is-shallow-repository")
	if err != nil {
		return fmt.Errorf("asking for the history: %w", err)
	}
	in.Repository.Shallow = shallow == "true"
	tags, err := tagsOf(ctx, g, in.Repository.Time)
	if err != nil {
		return fmt.Errorf("asking for releases: %w", err)
	}
	in.Tags = releases(tags)
	return nil
}

// A tag is one of git's, with when it was made: a lightweight one, its commit.
type tag struct {
	name string
	at   time.Time
}

// tagsOf returns the tags that a commit has behind it: those of its history and, as
// many a release is cut from a branch of its own, those that were made before it.
func tagsOf(ctx context.Context, g git.Dir, commit time.Time) ([]tag, error) {
	merged, err := g.Run(ctx, nil, "tag", "--merged", "HEAD")
	if err != nil {
		return nil, err
	}
	all, err := g.Run(ctx, nil, "for-each-ref", "refs/tags", "--format=%(refname:lstrip=2) %(creatordate:unix)")
	if err != nil {
		return nil, err
	}
	own := strings.Fields(string(merged))
	var tags []tag
	for line := range strings.Lines(string(all)) {
		name, at, _ := strings.Cut(strings.TrimSpace(line), " ")
		// A tag of something else than a commit may have no date.
		seconds, err := strconv.ParseInt(at, 10, 64)
		if t := time.Unix(seconds, 0); slices.Contains(own, name) || err == nil && !t.After(commit) {
			tags = append(tags, tag{name, t})
		}
	}
	return tags, nil
}

// releaseTag is a tag of a release: its version, with or without "v", or after a word
// such as "stable-", or the date of one, such as "RELEASE.2025-10-15T17-29-55Z".
var releaseTag = pattern.New(`^(?:[A-Za-z]+-)?v?([0-9]+\.[0-9]+\.[0-9]+)$|^v([0-9]+\.[0-9]+)$|^(?i:release)[.-][0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9Z-]+)?$`)

// releases returns the tags that name releases, the newest first, and of one moment
// those with the highest version.
func releases(tags []tag) []string {
	version := func(t tag) string {
		if m := releaseTag.FindStringSubmatch(t.name); m != nil {
			return "v" + m[1] + m[2]
		}
		return ""
	}
	found := slices.DeleteFunc(tags, func(t tag) bool { return !releaseTag.MatchString(t.name) })
	slices.SortFunc(found, func(a, b tag) int {
		return cmp.Or(b.at.Compare(a.at), semver.Compare(version(b), version(a)), strings.Compare(a.name, b.name))
	})
	var names []string
	for _, t := range found {
		names = append(names, t.name)
	}
	return names
}

// configured fills in what .lagvet.yml says.
func configured(in *maturity.Input, o Options) error {
	var c *config.Config
	var err error
	if o.Config != "" {
		c, err = config.Load(o.Config, analyzers.Catalogue())
	} else {
		c, err = config.In(in.Dir, "", analyzers.Catalogue())
	}
	if err != nil {
		return err
	}
	in.Documents, in.NotApplicable = c.Audit.Documents, c.Audit.NotApplicable
	in.ForbiddenModules = c.Audit.ForbiddenModules
	at := func(p config.Place) verdict.Place { return verdict.Place{File: config.Name, Line: p.Line} }
	for _, w := range c.Audit.Waivers {
		in.Waivers = append(in.Waivers, maturity.Waiver{
			Control: w.Control, Owner: w.Owner, Reason: w.Reason, Path: w.Path, Expires: w.Expires, Place: at(w.Place),
		})
	}
	in.Enforce.Rules = enforce.Rules(c)
	for _, f := range c.Enforce.Forbid {
		p := at(f.Place)
		p.Text = f.API
		in.Enforce.Forbid = append(in.Enforce.Forbid, maturity.Forbidden{API: f.API, Except: f.Except, Place: p})
	}
	in.Enforce.Digest, err = enforce.Digest(c)
	return err
}

// run runs the rules over the modules of the repository.
func run(ctx context.Context, in *maturity.Input, o Options, notes io.Writer) error {
	modules := dirs(in.Files)
	if len(o.Patterns) > 0 {
		return checkIn(ctx, in, o, notes, []string{o.Dir})
	}
	if in.Files == nil && exists(filepath.Join(in.Dir, "go.mod")) {
		modules = []string{"."}
	}
	switch {
	case len(modules) == 0:
		in.NoCode = "the repository has no Go module"
		return nil
	case len(modules) > maxModules:
		in.NoCode = maturity.NoCode(fmt.Sprintf("the repository has %d modules, more than %d", len(modules), maxModules))
		return nil
	}
	for i, m := range modules {
		modules[i] = filepath.Join(in.Dir, filepath.FromSlash(m))
	}
	return checkIn(ctx, in, o, notes, modules)
}

// checkIn runs the rules in directories of modules.
func checkIn(ctx context.Context, in *maturity.Input, o Options, notes io.Writer, dirs []string) error {
	code := new(maturity.Code)
	var sheets []*timesheet.Sheet
	for _, dir := range dirs {
		rep, err := check.Report(ctx, check.Options{
			Dir: dir, Config: o.Config, Tier: "suspected", Progress: o.Progress, Patterns: o.Patterns, Timesheets: true,
		}, notes)
		if err != nil {
			return err
		}
		add(code, rep, in.Dir)
		sheets = append(sheets, rep.Timesheets...)
	}
	code.Endpoints = timetable.Endpoints(sheets, func(posn, text string) verdict.Place {
		return place(engine.Place(posn), text, in.Dir)
	})
	in.Code = code
	return nil
}

func add(code *maturity.Code, rep *report.Report, root string) {
	for _, r := range rep.Rules {
		if !slices.Contains(code.Rules, r.Name) {
			code.Rules = append(code.Rules, r.Name)
		}
	}
	for _, f := range rep.Findings {
		code.Findings = append(code.Findings, maturity.Finding{
			Rule: f.Rule, Tier: f.Tier, Fixable: len(f.Fixes) > 0, Place: place(f.Start, f.Message, root),
		})
	}
	for _, p := range rep.Problems {
		code.Problems = append(code.Problems, maturity.Problem{Place: place(p.Place, p.Message, root)})
	}
	code.Packages += rep.Packages
}

func place(p finding.Place, text, root string) verdict.Place {
	rel, err := filepath.Rel(root, p.File)
	if p.File == "" || err != nil || !filepath.IsLocal(rel) {
		return verdict.Place{Text: text}
	}
	return verdict.Place{File: filepath.ToSlash(rel), Line: p.Line, Text: text}
}
