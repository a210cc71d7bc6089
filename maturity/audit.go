package maturity

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/modfile"

	"github.com/lagvet/lagvet/maturity/internal/binary"
	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/containers"
	"github.com/lagvet/lagvet/maturity/internal/documents"
	"github.com/lagvet/lagvet/maturity/internal/editors"
	"github.com/lagvet/lagvet/maturity/internal/linters"
	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/internal/modules"
	"github.com/lagvet/lagvet/maturity/internal/telemetry"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// An Input is what is audited, and what is known of it beside its files.
type Input struct {
	Dir        string
	Files      []string // slash-separated, relative to Dir; nil for all that are in it
	Repository Repository
	Tags       []string // of releases, the newest first
	Rendered   []string // directories with manifests as they are deployed
	Binary     string   // the one that is shipped; empty if none is given
	Doctor     *Doctor  // what lagvet doctor said of the process; nil if it was not given
	Load       *Load    // what lagvet bench load said of the service; nil if it was not given

	// Downloads is what the go command has downloaded (GOMODCACHE/cache/download), whose
	// newer versions of modules say which older ones are retracted; nil if it is not known.
	Downloads fs.FS
	// ForbiddenModules are not to be required: paths, with "/..." for those below, or
	// "@<v1.2.3" for versions before one.
	ForbiddenModules []string

	Code   *Code  // nil if the rules did not run
	NoCode NoCode // why they did not

	Enforce       Enforce
	Documents     map[string]string // where documents are kept that are elsewhere, by name
	NotApplicable map[string]string // why a track does not apply, by track

	// Trials are what came of controls that were tried, by ID: a hazard was planted,
	// and the repository's own command ran.
	Trials map[string]verdict.Result

	Waivers []Waiver
	Tool    string // lagvet's version

	built *binary.Result // in place of Binary, for tests
}

// Enforce is what builds under lagvet enforce refuse.
type Enforce struct {
	Rules  []string
	Forbid []Forbidden
	Digest string // of the policy, as the binary names it
}

// Forbidden is an API that packages may not use, but for some.
type Forbidden struct {
	API    string
	Except []string
	verdict.Place
}

// evidence is what was collected.
type evidence struct {
	Input
	now              time.Time // the commit's, so that an audit can be repeated
	forbiddenModules []modules.Forbidden

	binary     *binary.Result
	ci         *ci.Result
	containers *containers.Result
	documents  *documents.Result
	editors    *editors.Result
	linters    *linters.Result
	manifests  *manifests.Result
	modules    *modules.Result
	telemetry  *telemetry.Result
	tree       *tree.Tree
}

// Audit says where a repository stands. It reads it and executes nothing. The error is
// for what leaves nothing to say: a directory that cannot be read, waivers of controls
// that there are none of.
func Audit(m *Model, in Input) (*Report, error) {
	for _, w := range in.Waivers {
		if err := w.Validate(m); err != nil {
			return nil, err
		}
	}
	for track := range in.NotApplicable {
		if !slices.ContainsFunc(m.Tracks, func(t Track) bool { return t.ID == track }) {
			return nil, fmt.Errorf("the track %q, which does not apply, is none of the model's", track)
		}
	}
	e, problems, err := collect(in)
	if err != nil {
		return nil, err
	}
	defer e.tree.Close()
	r := &Report{
		Version:      ReportVersion,
		Tool:         in.Tool,
		Model:        m.Version,
		Repository:   in.Repository,
		Incidents:    m.Incidents,
		Unclassified: m.Unclassified.Incidents,
		Waivers:      slices.Clone(in.Waivers),
		Problems:     problems,
	}
	r.Repository.Module = moduleOf(e.tree)
	for _, t := range m.Tracks {
		r.Tracks = append(r.Tracks, e.judge(t, r.Waivers))
	}
	r.settle()
	return r, nil
}

func (e *evidence) judge(t Track, waivers []Waiver) TrackState {
	s := TrackState{ID: t.ID, Title: t.Title, Incidents: t.Incidents, Missing: t.Missing, Applies: true}
	if why, ok := e.NotApplicable[t.ID]; ok {
		s.Applies, s.Reason = false, why
	}
	for _, c := range t.Controls {
		state := ControlState{Control: c, Result: checks[c.Check](e, t, c.With)}
		if tried, ok := e.Trials[c.ID]; ok && decides(state.Result, tried) {
			state.Result = tried
		}
		waive(&state, waivers, e.now)
		s.Controls = append(s.Controls, state)
	}
	return s
}

// decides reports whether what came of a trial takes the place of what is declared. A
// trial that came to nothing says nothing against it.
func decides(declared, tried verdict.Result) bool {
	return tried.Status == verdict.Fail || tried.Status == verdict.Pass && declared.Status != verdict.Fail
}

func collect(in Input) (*evidence, []Problem, error) {
	var forbidden []modules.Forbidden
	for _, s := range in.ForbiddenModules {
		f, err := modules.ParseForbidden(s)
		if err != nil {
			return nil, nil, fmt.Errorf("reading the list of forbidden modules: %w", err)
		}
		forbidden = append(forbidden, f)
	}
	open := func() (*tree.Tree, error) { return tree.Open(in.Dir, in.Files) }
	if in.Files == nil {
		open = func() (*tree.Tree, error) { return tree.Walk(in.Dir) }
	}
	t, err := open()
	if err != nil {
		return nil, nil, err
	}
	var rendered []*tree.Tree
	for _, dir := range in.Rendered {
		r, err := tree.Walk(dir)
		if err != nil {
			return nil, nil, fmt.Errorf("reading rendered manifests: %w", err)
		}
		defer r.Close()
		rendered = append(rendered, r)
	}
	e := &evidence{Input: in, now: in.Repository.Time, tree: t, forbiddenModules: forbidden}
	e.read(rendered)
	if in.built != nil {
		e.binary = in.built
	}
	if e.now.IsZero() {
		e.now = time.Now()
	}
	var problems []Problem
	for _, ps := range [][]tree.Problem{
		e.ci.Problems, e.containers.Problems, e.documents.Problems, e.editors.Problems,
		e.linters.Problems, e.manifests.Problems, e.modules.Problems, e.telemetry.Problems,
	} {
		for _, p := range ps {
			problems = append(problems, Problem{p.Place, p.Column})
		}
	}
	if in.Code != nil {
		problems = append(problems, in.Code.Problems...)
	}
	return e, problems, nil
}

// read has all collectors look at the files at once: most of it is waiting for them.
func (e *evidence) read(rendered []*tree.Tree) {
	t := e.tree
	var wg sync.WaitGroup
	wg.Go(func() { e.binary = binary.Read(e.Binary) })
	wg.Go(func() { e.ci = ci.Collect(t) })
	wg.Go(func() { e.containers = containers.Collect(t) })
	wg.Go(func() { e.documents = documents.Collect(t, e.Documents) })
	wg.Go(func() { e.editors = editors.Collect(t) })
	wg.Go(func() { e.linters = linters.Collect(t) })
	wg.Go(func() { e.manifests = manifests.Collect(t, rendered...) })
	wg.Go(func() { e.modules = modules.Collect(t) })
	wg.Go(func() { e.telemetry = telemetry.Collect(t) })
	wg.Wait()
}

// moduleOf returns the path of the repository's module: that at its root, or else the
// first below it.
func moduleOf(t *tree.Tree) string {
	files := t.Match("**/go.mod")
	slices.SortStableFunc(files, func(a, b string) int { return len(path.Dir(a)) - len(path.Dir(b)) })
	for _, f := range files {
		if data, err := t.Read(f); err == nil {
			return modfile.ModulePath(data)
		}
	}
	return ""
}
