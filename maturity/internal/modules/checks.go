package modules

import (
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Version is a Go release that something other than go.mod names: an image, a step
// of CI. Go is as it stands there: "1.26.3", "1.26", "1.26.x", "^1.25", "stable".
type Version struct {
	Go string
	// Fetches is set where the release that go.mod names is fetched if it is newer, as a
	// job of CI does by itself, and an image of Go does not.
	Fetches bool
	Any     bool // it names no release, so that it is the newest of the day
	Open    bool // it is left to whoever builds
	verdict.Place
}

// goLine is the Go release that builds a module at least: its toolchain line, else
// its go line.
func (m *Module) goLine() (v goVersion, place verdict.Place, ok bool) {
	if t := m.File.Toolchain; t != nil && t.Name != "default" {
		v, ok = parseGo(t.Name)
		return v, at(m.name, t.Syntax), ok
	}
	if g := m.File.Go; g != nil {
		v, ok = parseGo(g.Version)
		return v, at(m.name, g.Syntax), ok
	}
	return v, m.head("no go line"), false
}

// SupportedGo checks that the repository's programs are built by a release of Go that
// gets fixes at a time. The toolchain or go line of go.mod says so, or, as these name
// only the least release, one of built: what builds the releases. The go line of a
// library is no more than the least release that can use it: if there are no
// programs, only built tells.
func (r *Result) SupportedGo(now time.Time, built ...Version) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var by []verdict.Place
	for _, b := range built {
		if v, ok := parseGo(b.Go); ok && (v.newer || supportedAt(v, now)) {
			by = append(by, b.Place)
		}
	}
	var f found
	failed := "go.mod names no Go release"
	for _, m := range r.built() {
		v, place, ok := m.goLine()
		s, end := supportAt(v.minor, now)
		switch {
		case ok && s == supported:
			f.good = append(f.good, place)
		case ok && s == unknown:
			f.unseen = append(f.unseen, place)
		default:
			if ok && len(f.bad) == 0 {
				failed = fmt.Sprintf("go.mod lets Go %s build what is shipped, which has had no fixes since %s, and nothing else says that a newer one does", v, end.Format(time.DateOnly))
			}
			f.bad = append(f.bad, place)
		}
	}
	beyond := "whether this Go release is supported is beyond what is known here: the releases up to Go 1.27"
	if len(f.bad) > 0 && len(by) > 0 {
		f.good, f.bad = append(by, f.good...), nil
	}
	if len(f.bad) > 0 && !r.built()[0].Program {
		f.unseen, f.bad = f.bad, nil
		beyond = "no program is built here, so that go.mod names the least release of Go that can use the module, and nothing says by which ones it is tested"
	}
	return r.judge(f.bad, f.unseen, f.good, failed, beyond, "what is shipped is built by a Go release that is supported")
}

func supportedAt(v goVersion, now time.Time) bool {
	s, _ := supportAt(v.minor, now)
	return s == supported
}

// ToolchainPinned checks that each module with a program, or each that is shipped if
// there are no programs, names the very release of Go that builds it, by a toolchain line
// or a go line with a patch version, and that what builds the releases goes by it. The
// lines name the least release: what builds by whatever patch is the newest ("1.26",
// "stable") may build by another. Of several versions in one file, as those of a matrix
// of CI, one has to agree; what may be of any release never does.
func (r *Result) ToolchainPinned(built ...Version) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var loose, good []verdict.Place
	var pins []goVersion
	for _, m := range r.built() {
		v, place, ok := m.goLine()
		if !ok || !v.exact() {
			loose = append(loose, place)
			continue
		}
		pins = append(pins, v)
		good = append(good, place)
	}
	if len(loose) > 0 {
		return r.judge(loose, nil, nil, "no toolchain line, nor a go line with a patch version (go 1.26.3), pins the Go release", "", "")
	}
	against, floating, failed, open := differing(pins, built)
	return r.judge(against, floating, good, failed, open, "go.mod pins the Go release that builds the module")
}

// differing are the places of what builds by none of the releases that go.mod pins, and
// of what may do so, each with what is wrong with the first.
func differing(pins []goVersion, built []Version) (against, floating []verdict.Place, failed, open string) {
	same, maybe := byFile(pins, built)
	pinned := releasesOf(pins)
	for _, b := range built {
		switch {
		case b.Open:
			open = cmp.Or(open, fmt.Sprintf("go.mod pins Go %s, and by which %s builds is left to who gives its argument", pinned, b.File))
			floating = append(floating, b.Place)
		case b.Any:
			failed = cmp.Or(failed, fmt.Sprintf("go.mod pins Go %s, and %s builds by whatever is the newest that day", pinned, b.File))
			against = append(against, b.Place)
		case same[b.File]:
		case maybe[b.File]:
			open = cmp.Or(open, fmt.Sprintf("go.mod names Go %s, and %s does not name one release: whether it builds by the same cannot be told", pinned, b.File))
			floating = append(floating, b.Place)
		default:
			failed = cmp.Or(failed, fmt.Sprintf("go.mod pins Go %s, and %s builds by another", pinned, b.File))
			against = append(against, b.Place)
		}
	}
	return against, floating, failed, open
}

// releasesOf are the releases that go.mod pins, each once: modules of one repository may
// differ.
func releasesOf(pins []goVersion) string {
	var all []string
	for _, p := range pins {
		if s := p.String(); !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, " or ")
}

// byFile tells which files hold a version that is one of the pins, and which hold one
// that may be.
func byFile(pins []goVersion, built []Version) (same, maybe map[string]bool) {
	same, maybe = make(map[string]bool), make(map[string]bool)
	for _, b := range built {
		if b.Open || b.Any {
			continue
		}
		v, ok := parseGo(b.Go)
		if !ok || v.newer && v.minor == 0 {
			maybe[b.File] = true
			continue
		}
		for _, pin := range pins {
			switch {
			case v.exact() && v.agrees(pin), b.Fetches && v.olderThan(pin):
				same[b.File] = true
			case v.agrees(pin):
				maybe[b.File] = true
			}
		}
	}
	return same, maybe
}

// Replaces checks that go.mod and go.work replace modules only by what the repository
// holds or another version of the same, or by another module with a comment on the line,
// or above it and those next to it, that says why.
func (r *Result) Replaces() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var f found
	any := false
	for _, m := range r.shipped() {
		any = any || len(m.File.Replace) > 0
		r.replaces(&f, m.name, m.File.Syntax, m.File.Replace)
	}
	for _, w := range r.Workspaces {
		any = any || len(w.File.Replace) > 0
		r.replaces(&f, w.name, w.File.Syntax, w.File.Replace)
	}
	if !any {
		if v, ok := r.unread("go.mod", "go.work"); ok {
			return v
		}
		return verdict.Passed("no module is replaced", r.shipped()[0].head("no replace line"))
	}
	return r.judge(f.bad, f.unseen, f.good,
		"modules are replaced by what lies outside of the repository, or by a fork without a comment that says why",
		"modules are replaced by what lies in a git submodule, which is not looked into",
		"modules are replaced only by what the repository holds, by other versions of their own, or with a comment that says why")
}

// found is what a check came upon.
type found struct{ bad, unseen, good []verdict.Place }

func (r *Result) replaces(f *found, name string, syntax *modfile.FileSyntax, replaces []*modfile.Replace) {
	explained := explanations(syntax)
	for _, p := range replaces {
		place := at(name, p.Syntax)
		why := func(s string) verdict.Place { place.Text += ": " + s; return place }
		switch {
		case p.New.Version == "":
			dir := tree.Join(name, p.New.Path)
			switch {
			case path.IsAbs(p.New.Path) || dir == "" || strings.Contains(p.New.Path, ":"):
				f.bad = append(f.bad, why("outside of the repository"))
			case r.tree.Has(path.Join(dir, "go.mod")):
				f.good = append(f.good, place)
			default:
				if s, ok := r.within(dir); ok {
					f.unseen = append(f.unseen, why("in the git submodule "+s.Path))
				} else {
					f.bad = append(f.bad, why("there is no module"))
				}
			}
		case p.New.Path == p.Old.Path:
			f.good = append(f.good, why(cmp.Or(explained[p.Syntax.Start.Line], "another version of the same module")))
		case explained[p.Syntax.Start.Line] != "":
			f.good = append(f.good, why(explained[p.Syntax.Start.Line]))
		default:
			f.bad = append(f.bad, why("a fork, and no comment says why"))
		}
	}
}

// explanations are the comments of lines, by line. A comment that stands alone
// belongs to all lines below it up to a blank one.
func explanations(syntax *modfile.FileSyntax) map[int]string {
	all := make(map[int]string)
	line := func(l *modfile.Line, above string, last int) (string, int) {
		if l.Start.Line != last+1 {
			above = ""
		}
		if c := text(l.Before); c != "" {
			above = c
		}
		if c := text(l.Suffix); c != "" {
			all[l.Start.Line] = c
		} else {
			all[l.Start.Line] = above
		}
		return above, l.Start.Line
	}
	above, last := "", 0
	for _, stmt := range syntax.Stmt {
		switch s := stmt.(type) {
		case *modfile.Line:
			above, last = line(s, above, last)
		case *modfile.LineBlock:
			above, last = text(s.Before), s.Start.Line
			for _, l := range s.Line {
				above, last = line(l, above, last)
			}
		}
	}
	return all
}

// text is what comments say; "indirect" says nothing.
func text(comments []modfile.Comment) string {
	var words []string
	for _, c := range comments {
		w := strings.TrimSpace(strings.TrimPrefix(c.Token, "//"))
		if w != "" && w != "indirect" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

// Withdrawn checks that nothing is required that its author has retracted, as far as
// cache knows, or that is on the list of what is forbidden here: see [Result.Retracted]
// and [Result.Forbidden].
func (r *Result) Withdrawn(cache fs.FS, list []Forbidden) verdict.Result {
	listed := r.Forbidden(list)
	if listed.Status == verdict.Fail {
		return listed
	}
	retracted := r.Retracted(cache)
	if retracted.Status == verdict.Pass && listed.Status == verdict.Pass {
		return verdict.Passed(retracted.Reason+", and "+listed.Reason, append(retracted.Proofs, listed.Proofs...)...)
	}
	return retracted
}

// Retracted checks that no required version is one that its author has retracted.
// cache is the go command's cache of downloads (GOMODCACHE/cache/download), whose
// newer versions know; nil, or one that has no newer version and no list of versions,
// leaves it open.
func (r *Result) Retracted(cache fs.FS) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var f found
	for _, m := range r.shipped() {
		for _, q := range m.File.Require {
			place := at(m.name, q.Syntax)
			mod := q.Mod
			if to, ok := m.replacement(mod); ok {
				mod = to
			}
			if mod.Version == "" {
				continue // it lies in the repository
			}
			why, known := retraction(cache, mod)
			switch {
			case why != "":
				place.Text = mod.String() + " is retracted: " + why
				f.bad = append(f.bad, place)
			case known:
				f.good = append(f.good, place)
			default:
				f.unseen = append(f.unseen, place)
			}
		}
	}
	if len(f.bad)+len(f.unseen)+len(f.good) == 0 {
		if v, ok := r.unread("go.mod"); ok {
			return v
		}
		return verdict.Needless("no module is required")
	}
	return r.judge(f.bad, f.unseen, f.good,
		verdict.Count(len(f.bad), "required version is", "required versions are")+" retracted",
		fmt.Sprintf("of %d of %d requirements, no newer version is at hand that would say whether they are retracted", len(f.unseen), len(f.unseen)+len(f.good)),
		"no required version is retracted, by newer ones in the cache of modules")
}

// retraction is why a version is retracted, by the newest version that the cache has.
// It is known if that is no older than the required one and the newest there is.
func retraction(cache fs.FS, mod module.Version) (why string, known bool) {
	if cache == nil {
		return "", false
	}
	escaped, err := module.EscapePath(mod.Path)
	if err != nil {
		return "", false
	}
	entries, err := fs.ReadDir(cache, escaped+"/@v")
	if err != nil {
		return "", false
	}
	newest := ""
	for _, e := range entries {
		v, ok := strings.CutSuffix(e.Name(), ".mod")
		if v, err := module.UnescapeVersion(v); ok && err == nil && semver.IsValid(v) && semver.Compare(v, newest) > 0 {
			newest = v
		}
	}
	if newest == "" || semver.Compare(newest, mod.Version) < 0 {
		return "", false
	}
	version, err := module.EscapeVersion(newest)
	if err != nil {
		return "", false
	}
	data, err := readBounded(cache, escaped+"/@v/"+version+".mod")
	if err != nil {
		return "", false
	}
	f, err := modfile.ParseLax(newest, data, nil)
	if err != nil {
		return "", false
	}
	for _, x := range f.Retract {
		if semver.Compare(x.Low, mod.Version) <= 0 && semver.Compare(mod.Version, x.High) <= 0 {
			if x.Rationale == "" {
				return "no reason is given", true
			}
			return strings.Join(strings.Fields(x.Rationale), " "), true
		}
	}
	return "", semver.Compare(newest, mod.Version) > 0 || newestListed(cache, escaped) == newest
}

// newestListed is the newest version in the cache's list of those of a module.
func newestListed(cache fs.FS, escaped string) string {
	data, err := readBounded(cache, escaped+"/@v/list")
	if err != nil {
		return ""
	}
	newest := ""
	for v := range strings.FieldsSeq(string(data)) {
		if semver.Compare(v, newest) > 0 {
			newest = v
		}
	}
	return newest
}

func readBounded(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, tree.MaxFile))
}

// PseudoVersions checks that no direct requirement of what is shipped is a commit
// without a tag that is older than oldest at a time, unless a comment says why. The
// proofs name each such commit with its age in days.
func (r *Result) PseudoVersions(now time.Time, oldest time.Duration) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var bad, good []verdict.Place
	direct := 0
	for _, m := range r.shipped() {
		for _, q := range m.File.Require {
			mod := q.Mod
			if to, ok := m.replacement(mod); ok {
				mod = to
			}
			if q.Indirect || mod.Version == "" {
				continue
			}
			direct++
			if !module.IsPseudoVersion(mod.Version) {
				continue
			}
			t, err := module.PseudoVersionTime(mod.Version)
			if err != nil || t.Year() < 2009 { // v0.0.0-00010101000000-000000000000 stands for a replaced one
				continue
			}
			place := at(m.name, q.Syntax)
			place.Text = fmt.Sprintf("%s is an untagged commit, %d days old", mod, int(now.Sub(t)/(24*time.Hour)))
			switch why := cmp.Or(text(q.Syntax.Suffix), text(q.Syntax.Before)); {
			case why != "":
				place.Text += ": " + why
				good = append(good, place)
			case now.Sub(t) <= oldest:
				good = append(good, place)
			default:
				bad = append(bad, place)
			}
		}
	}
	days := int(oldest / (24 * time.Hour))
	if len(bad) == 0 && len(good) == 0 {
		if v, ok := r.unread("go.mod"); ok {
			return v
		}
		if direct == 0 {
			return verdict.Needless("no module is required directly")
		}
		return verdict.Passed("no direct requirement is a commit without a tag", r.shipped()[0].head(verdict.Count(direct, "direct requirement", "direct requirements")))
	}
	return r.judge(bad, nil, good,
		fmt.Sprintf("%s a commit without a tag that is older than %d days, and no comment says why", verdict.Count(len(bad), "direct requirement is", "direct requirements are"), days), "",
		fmt.Sprintf("direct requirements that are commits without a tag are no older than %d days, or say why", days))
}

// Forbidden checks that no module requires one of the list.
func (r *Result) Forbidden(list []Forbidden) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	if len(list) == 0 {
		return verdict.Needless("no list of forbidden modules is given")
	}
	var bad, good []verdict.Place
	for _, m := range r.shipped() {
		good = append(good, m.head(verdict.Count(len(m.File.Require), "requirement", "requirements")))
		for _, q := range m.File.Require {
			mod := q.Mod
			if to, ok := m.replacement(mod); ok && to.Version != "" {
				mod = to
			}
			if slices.ContainsFunc(list, func(f Forbidden) bool { return f.holds(mod) }) {
				bad = append(bad, at(m.name, q.Syntax))
			}
		}
	}
	return r.judge(bad, nil, good,
		verdict.Count(len(bad), "forbidden module is", "forbidden modules are")+" required", "",
		"no forbidden module is required")
}

// A Forbidden is an entry of a list of forbidden modules.
type Forbidden struct {
	path   string
	below  bool
	before string
}

// ParseForbidden reads an entry: the path of a module, "/..." at the end for all below,
// "@<VERSION" for those before a version.
func ParseForbidden(s string) (Forbidden, error) {
	p, version, versioned := strings.Cut(s, "@")
	p, below := strings.CutSuffix(p, "/...")
	f := Forbidden{path: p, below: below}
	if versioned {
		before, ok := strings.CutPrefix(version, "<")
		if !ok || !semver.IsValid(before) {
			return f, fmt.Errorf("%q forbids nothing: a version is given as MODULE@<v1.2.3", s)
		}
		f.before = before
	}
	if p == "" {
		return f, fmt.Errorf("%q forbids nothing: it names no module", s)
	}
	return f, nil
}

func (f Forbidden) holds(mod module.Version) bool {
	if mod.Path != f.path && !(f.below && strings.HasPrefix(mod.Path, f.path+"/")) {
		return false
	}
	return f.before == "" || semver.Compare(mod.Version, f.before) < 0
}

// SubmodulesFixed checks that what builds needs of other repositories is fixed by
// go.mod: a git submodule with Go code is not seen by go.sum, nor by an update bot
// for modules. Submodules that no go.mod or go.work leads into may hold anything.
func (r *Result) SubmodulesFixed() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	if len(r.Submodules) == 0 {
		return verdict.Needless("the repository has no git submodules")
	}
	var bad []verdict.Place
	for _, m := range r.Modules {
		for _, p := range m.File.Replace {
			if p.New.Version == "" {
				if _, ok := r.within(tree.Join(m.name, p.New.Path)); ok {
					bad = append(bad, at(m.name, p.Syntax))
				}
			}
		}
	}
	for _, w := range r.Workspaces {
		for _, u := range w.File.Use {
			if _, ok := r.within(tree.Join(w.name, u.Path)); ok {
				bad = append(bad, at(w.name, u.Syntax))
			}
		}
	}
	var good []verdict.Place
	for _, s := range r.Submodules {
		good = append(good, s.Place)
	}
	return r.judge(bad, nil, good,
		"modules are taken from git submodules, which go.sum does not cover", "",
		"git submodules hold no module that the repository builds with")
}
