package ci

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A candidate is a gate of the kind that a check asks for.
type candidate struct {
	*Gate
	role
}

// stops is why the candidate stops nothing; empty if it does.
func (c candidate) stops() string { return cmp.Or(c.Gate.Why, c.role.why) }

// on is when it certainly is a gate of its kind, and when it may be.
func (c candidate) on() (certain, maybe Moments) {
	if c.open || c.Unread != "" {
		return 0, c.On | c.Maybe
	}
	return c.On, c.Maybe
}

func (c candidate) proof() verdict.Place {
	p := c.Place
	if len(c.Via) > 0 {
		p.Text += " (run by " + c.Via[0].String() + ")"
	}
	return p
}

// of returns the gates of a kind, and those whose steps could not be looked into
// and that are named like ones that may hold such a gate.
func (r *Result) of(kind Kind) (known, unread []candidate) {
	for i := range r.Gates {
		g := &r.Gates[i]
		for _, s := range g.roles() {
			if s.kind == kind && !r.inner(g, kind) {
				known = append(known, candidate{g, s})
			}
		}
		if g.Unread != "" && (g.Any || kind.words().MatchString(g.subject())) {
			unread = append(unread, candidate{g, role{kind: kind}})
		}
	}
	slices.SortStableFunc(known, clearest)
	return known, unread
}

// subject is what a command is about, without its flags.
func (g *Gate) subject() string {
	if g.about != "" {
		return g.about
	}
	words := slices.DeleteFunc(slices.Clone(g.Argv), func(a string) bool { return strings.HasPrefix(a, "-") || strings.HasSuffix(a, "go.mod") })
	return strings.Join(words, " ")
}

// inner reports whether a gate is about a module within the repository's own, which
// says nothing of that.
func (r *Result) inner(g *Gate, kind Kind) bool {
	switch kind {
	case Fault, FaultByName, RuleLint, MetricLint, DashboardLint:
		return false
	}
	dir := g.workDir()
	if dir == "" || dir == "." || !slices.Contains(r.mods, ".") {
		return false
	}
	m := moduleOf(r.mods, dir)
	return m != "" && m != "."
}

// workDir is where a command works: of those of Go, -C says more than the directory
// that they are started in.
func (g *Gate) workDir() string {
	argv := normal(g.Argv)
	if g.Dir == "" || len(argv) < 2 || argv[0] != "go" {
		return g.Dir
	}
	f := g.parseGo(argv[2:])
	return path.Join(g.Dir, f.flags["C"])
}

// clearest puts first what proves a gate best: that which is limited to nothing and
// depends on nothing.
func clearest(a, b candidate) int {
	rank := func(c candidate) int {
		n := len(c.Via)
		for i, no := range []bool{c.Note == "", c.part == "", !c.open, c.stops() == ""} {
			if !no {
				n += 100 << i
			}
		}
		return n
	}
	return cmp.Compare(rank(a), rank(b))
}

// Holding returns the gates of a kind that certainly hold up pull requests or
// releases and whose command is known to the last word: those that can be tried. The
// clearest come first.
func (r *Result) Holding(kind Kind) []*Gate {
	var gates []*Gate
	known, _ := r.of(kind)
	for _, c := range known {
		on, _ := c.on()
		if on&(PullRequest|DefaultBranch|Release) != 0 && c.stops() == "" && len(c.Open) == 0 && c.Dir != "" {
			gates = append(gates, c.Gate)
		}
	}
	return gates
}

// Covers reports whether the gate looks at the packages of a directory: a test command at
// all of its tests, not at some by their names. Other gates than those of tests, go vet
// and vulnerabilities are taken to look everywhere.
func (g *Gate) Covers(dir string) bool {
	for _, role := range g.roles() {
		switch role.kind {
		case Test, Race, Vet, Vulnerability:
			return !strings.HasPrefix(role.part, "tests that match") && candidate{g, role}.covers(dir)
		}
	}
	return true
}

// GateOn checks that there is a gate of a kind whose failure stops a pull request,
// and a release: what is asked for of the two.
func (r *Result) GateOn(kind Kind, pullRequest, release bool) verdict.Result {
	known, unread := r.of(kind)
	return r.judge(kind.String(), known, unread, pullRequest, release)
}

// judge says whether candidates hold up pull requests and releases.
func (r *Result) judge(what string, known, unread []candidate, pullRequest, release bool) verdict.Result {
	var need []Moments
	if pullRequest {
		need = append(need, PullRequest)
	}
	if release {
		need = append(need, DefaultBranch|Release)
	}
	var proofs []verdict.Place
	var missing []Moments
	notes := ""
	for _, m := range need {
		i := slices.IndexFunc(known, func(c candidate) bool { on, _ := c.on(); return c.stops() == "" && on&m != 0 })
		if i < 0 {
			missing = append(missing, m)
			continue
		}
		if p := known[i].proof(); !slices.Contains(proofs, p) {
			proofs = append(proofs, p)
		}
		notes = cmp.Or(notes, known[i].Note)
		if known[i].kind == GolangciLint && known[i].part != "" {
			what += ", for what is new,"
		}
	}
	if len(missing) == 0 {
		reason := fmt.Sprintf("%s runs %s", what, before(need))
		if notes != "" {
			reason += " (for some: where " + notes + ")"
		}
		return verdict.Passed(reason, proofs...)
	}
	return r.lacking(what, known, unread, missing)
}

// beforeMerge says whether candidates hold up pull requests. What is released is what
// was merged: a gate that runs there again finds what only two changes together break,
// so that it is told whether one does.
func (r *Result) beforeMerge(what string, known, unread []candidate) verdict.Result {
	if both := r.judge(what, known, unread, true, true); both.Status == verdict.Pass {
		return both
	}
	res := r.judge(what, known, unread, true, false)
	if res.Status == verdict.Pass {
		res.Reason += ", and not again on what is released"
	}
	return res
}

// before is when gates hold things up.
func before(need []Moments) string {
	switch {
	case len(need) == 2:
		return "before each merge, and on what is released"
	case len(need) == 1 && need[0] == PullRequest:
		return "before each merge"
	}
	return "on what is released"
}

// lacking is the result where a moment has no gate: unknown if one that was not seen
// may be it.
func (r *Result) lacking(what string, known, unread []candidate, missing []Moments) verdict.Result {
	when := before(missing)
	for _, m := range missing {
		if res, ok := r.perhaps(what, known, unread, m); !ok {
			return r.absent(what, known, when, m)
		} else if m == missing[len(missing)-1] {
			return res
		}
	}
	return verdict.Unseen("nothing was asked for")
}

// perhaps is the result if what is not known may be the gate for a moment.
func (r *Result) perhaps(what string, known, unread []candidate, m Moments) (verdict.Result, bool) {
	for _, c := range append(slices.Clone(known), unread...) {
		on, maybe := c.on()
		if c.stops() != "" || (on|maybe)&m == 0 {
			continue
		}
		switch {
		case c.Unread != "":
			return verdict.Unseen(fmt.Sprintf("whether %s runs is not known: %s", what, c.Unread), c.proof()), true
		case c.open:
			return verdict.Unseen(fmt.Sprintf("whether this is %s is not known: it depends on %s", what, strings.Join(c.Open, ", ")), c.proof()), true
		}
		return verdict.Unseen(fmt.Sprintf("whether %s runs is not known: it depends on %s", what, c.If), c.proof()), true
	}
	if len(r.Problems) > 0 {
		p := r.Problems[0]
		return verdict.Unseen(fmt.Sprintf("no %s was found, and not all of continuous integration could be read: %s", bare(what), p.Text), p.Place), true
	}
	if foreign := r.foreign(); foreign != "" {
		host := foreign + " configures a host that is not read here"
		if foreign == owners {
			host = "OWNERS is for Prow, whose jobs are configured in another repository"
		}
		return verdict.Unseen(fmt.Sprintf("no %s was found, and %s", bare(what), host), verdict.Place{File: foreign}), true
	}
	return verdict.Result{}, false
}

// foreign is the configuration of a host that is not read here, or "". Where a host that
// is read runs the tests before merges, OWNERS is not for Prow's jobs: others go by it
// too for who may approve.
func (r *Result) foreign() string {
	for _, f := range r.Foreign {
		if f != owners || !r.tested() {
			return f
		}
	}
	return ""
}

// tested reports whether the tests certainly run before merges.
func (r *Result) tested() bool {
	known, _ := r.of(Test)
	return slices.ContainsFunc(known, func(c candidate) bool {
		on, _ := c.on()
		return on&PullRequest != 0 && c.stops() == "" && !strings.HasPrefix(c.part, "tests that match")
	})
}

// bare drops the article of what is negated.
func bare(what string) string {
	for _, article := range []string{"a ", "an ", "the "} {
		what = strings.TrimPrefix(what, article)
	}
	return what
}

// absent is the failure, with the nearest that there is.
func (r *Result) absent(what string, known []candidate, when string, m Moments) verdict.Result {
	for _, c := range known {
		if why := c.stops(); why != "" && (c.On|c.Maybe)&m != 0 {
			return verdict.Failed(fmt.Sprintf("%s runs, but its failure stops nothing: %s", what, why), c.proof())
		}
	}
	for _, c := range known {
		if c.stops() != "" {
			continue
		}
		return verdict.Failed(fmt.Sprintf("%s runs on %s, not %s", what, c.On|c.Maybe, when), c.proof())
	}
	if len(known) > 0 {
		return verdict.Failed(fmt.Sprintf("%s does not run %s, and where it runs its failure stops nothing: %s", what, when, known[0].stops()), known[0].proof())
	}
	return r.none(what)
}

// none is the failure where nothing like it was found.
func (r *Result) none(what string) verdict.Result {
	if len(r.Files) == 0 {
		return verdict.Failed(fmt.Sprintf("nothing runs %s: the repository configures no continuous integration (looked for GitHub Actions, GitLab CI, CircleCI, Buildkite, Azure Pipelines and Jenkins)", what))
	}
	var places []verdict.Place
	for _, f := range r.Files[:min(5, len(r.Files))] {
		places = append(places, verdict.Place{File: f})
	}
	return verdict.Failed(fmt.Sprintf("nothing runs %s in %s", what, files(len(r.Files))), places...)
}

func files(n int) string {
	if n == 1 {
		return "the one file of continuous integration, nor in what it runs"
	}
	return fmt.Sprintf("the %d files of continuous integration, nor in what they run", n)
}

// Race checks that tests run under the race detector before each merge, and over the packages that have tests: nine of ten directories, for
// tests that need machines of their own are often left out.
func (r *Result) Race() verdict.Result {
	known, unread := r.of(Race)
	what := "`go test -race`"
	res := r.beforeMerge(what, known, unread)
	if res.Status != verdict.Pass {
		return res
	}
	if worse, ok := r.coverage(known, r.testDirs()); !ok {
		return worse
	}
	res.Reason = strings.Replace(res.Reason, what+" runs", "tests run under the race detector", 1)
	return res
}

// coverage says whether the race detector sees the tests before merges.
func (r *Result) coverage(known []candidate, dirs []string) (verdict.Result, bool) {
	const m = PullRequest
	seen, filtered := make(map[string]bool), make(map[string]bool)
	var best []verdict.Place
	for _, c := range known {
		on, maybe := c.on()
		if c.stops() != "" || (on|maybe)&m == 0 {
			continue
		}
		into := seen
		if strings.HasPrefix(c.part, "tests that match") || on&m == 0 {
			into = filtered
		}
		for _, d := range dirs {
			if c.covers(d) {
				into[d] = true
			}
		}
		best = append(best, c.proof())
	}
	if len(dirs) == 0 || 10*len(seen) >= 9*len(dirs) {
		return verdict.Result{}, true
	}
	var rest []string
	all := union(seen, filtered)
	for _, d := range dirs {
		if !all[d] {
			rest = append(rest, d)
		}
	}
	slices.SortFunc(best, verdictOrder)
	best = slices.Compact(best)
	best = best[:min(5, len(best))]
	if 10*len(all) >= 9*len(dirs) {
		return verdict.Unseen("the race detector runs over some of the tests, picked by name or by what is not known; whether these are all is not known", best...), false
	}
	return verdict.Failed(fmt.Sprintf("the race detector runs in %d of %d directories with tests before merges: not in %s", len(all), len(dirs), some(rest)), best...), false
}

func verdictOrder(a, b verdict.Place) int {
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
}

func union(a, b map[string]bool) map[string]bool {
	all := make(map[string]bool)
	for _, m := range []map[string]bool{a, b} {
		for k := range m {
			all[k] = true
		}
	}
	return all
}

func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	return enumerate(names)
}

// testDirs are the directories with tests of the modules at the top of the
// repository; those of modules within them have to look after themselves.
func (r *Result) testDirs() []string {
	mods := r.mods
	root := slices.Contains(mods, ".")
	var dirs []string
	for _, f := range r.t.Files() {
		d := path.Dir(f)
		if !strings.HasSuffix(f, "_test.go") || len(dirs) > 0 && dirs[len(dirs)-1] == d || ignored(d) {
			continue
		}
		if m := moduleOf(mods, d); m == "" || root && m != "." {
			continue
		}
		dirs = append(dirs, d)
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

func ignored(dir string) bool {
	for p := range strings.SplitSeq(dir, "/") {
		if p == "vendor" || p == "testdata" || p == "third_party" || strings.HasPrefix(p, "_") || strings.HasPrefix(p, ".") && p != "." {
			return true
		}
	}
	return false
}

// modules are the directories with a go.mod; "." if there is none.
func modules(t *tree.Tree) []string {
	var dirs []string
	for _, f := range t.Match("**/go.mod") {
		if !ignored(path.Dir(f)) {
			dirs = append(dirs, path.Dir(f))
		}
	}
	if len(dirs) == 0 {
		return []string{"."}
	}
	return dirs
}

// moduleOf is the module that a directory belongs to; "" for none.
func moduleOf(mods []string, dir string) string {
	for {
		if slices.Contains(mods, dir) {
			return dir
		}
		if dir == "." {
			return ""
		}
		dir = path.Dir(dir)
	}
}

// covers reports whether a test command is about the packages of a directory.
func (c candidate) covers(dir string) bool {
	argv := normal(c.Argv)
	words := 1 // of the command
	if len(argv) > 1 && argv[0] == "go" {
		words = 2
	}
	f := c.parseGo(argv[min(words, len(argv)):])
	base := cmp.Or(c.workDir(), ".")
	if len(f.pkgs) == 0 && len(f.loose) == 0 {
		return dir == base
	}
	if len(f.pkgs) == 0 {
		return true
	}
	return slices.ContainsFunc(f.pkgs, func(p string) bool {
		switch {
		case p == "all" || c.isOpen(p) || strings.Contains(p, "go list "):
			return true
		case !strings.HasPrefix(p, ".") && strings.Contains(p, "."):
			// An import path: which directory it is does not stand here, its end does.
			sub, wild := strings.CutSuffix(p, "...")
			return wild && strings.Count(strings.TrimSuffix(sub, "/"), "/") <= 2 || strings.HasSuffix(strings.TrimSuffix(sub, "/"), "/"+dir)
		}
		sub, wild := strings.CutSuffix(p, "...")
		at := path.Join(base, sub)
		return at == dir || wild && (at == "." || strings.HasPrefix(dir, at+"/"))
	})
}

// vetted are the rules of lagvet's that are go vet's, and that it runs by itself.
var vetted = []string{"copylocks", "lostcancel", "waitgroup"}

// Linters says that linters run through golangci-lint before each merge, or, of those that
// go vet has, through that. enabled is what its configuration says: whether a linter is on, and
// where that stands.
func (r *Result) Linters(names []string, enabled func(linter string) (on bool, place verdict.Place)) verdict.Result {
	known, unread := r.of(GolangciLint)
	vet, vetUnread := r.of(Vet)
	var proofs []verdict.Place
	for _, name := range names {
		cands, places := linting(known, name, enabled)
		if slices.Contains(vetted, name) {
			cands = append(cands, slices.DeleteFunc(slices.Clone(vet), func(c candidate) bool { return slices.Contains(c.flags, "-"+name+"=false") })...)
			unread = append(unread, vetUnread...)
		}
		res := r.beforeMerge("the linter "+name, cands, unread)
		if res.Status == verdict.Fail && len(cands) == 0 && len(known) > 0 {
			_, place := enabled(name)
			if place.File == "" {
				place = known[0].proof()
			}
			return verdict.Failed("golangci-lint runs without the linter "+name, place, known[0].proof())
		}
		if res.Status != verdict.Pass {
			return res
		}
		proofs = append(append(proofs, res.Proofs...), places...)
	}
	slices.SortStableFunc(proofs, verdictOrder)
	return verdict.Passed(fmt.Sprintf("%s run%s before each merge", enumerate(names), plural(len(names))), slices.Compact(proofs)...)
}

func plural(n int) string {
	if n == 1 {
		return "s"
	}
	return ""
}

// linting returns the gates among those of golangci-lint that run a linter.
func linting(known []candidate, name string, enabled func(string) (bool, verdict.Place)) ([]candidate, []verdict.Place) {
	on, place := enabled(name)
	var cands []candidate
	var places []verdict.Place
	for _, c := range known {
		// Flags come before the configuration.
		only := flagValues(c.flags, "enable-only")
		runs := on
		switch {
		case len(only) > 0:
			runs = slices.Contains(only, name)
		case slices.Contains(flagValues(c.flags, "D", "disable"), name):
			runs = false
		case slices.Contains(flagValues(c.flags, "E", "enable"), name):
			runs = true
		case slices.Contains(c.flags, "--disable-all") || slices.Contains(flagValues(c.flags, "default"), "none"):
			runs = false
		case slices.Contains(c.flags, "--enable-all") || slices.Contains(flagValues(c.flags, "default"), "all"):
			runs = true
		}
		if runs {
			cands = append(cands, c)
			if on && place.File != "" {
				places = []verdict.Place{place}
			}
		}
	}
	return cands, places
}

// Lagvet checks that these rules of lagvet hold up merges: all that
// lagvet has by default run, unless --rule or --disable say otherwise.
func (r *Result) Lagvet(rules []string) verdict.Result {
	known, unread := r.of(Lagvet)
	if len(rules) == 0 {
		return r.beforeMerge(Lagvet.String(), known, unread)
	}
	var proofs []verdict.Place
	for _, rule := range rules {
		var cands []candidate
		for _, c := range known {
			only := flagValues(c.flags, "rule")
			if (len(only) == 0 || slices.Contains(only, rule)) && !slices.Contains(flagValues(c.flags, "disable"), rule) {
				cands = append(cands, c)
			}
		}
		if len(cands) == 0 && len(known) > 0 {
			return verdict.Failed("lagvet runs without its rule "+rule, known[0].proof())
		}
		res := r.beforeMerge("lagvet's rule "+rule, cands, unread)
		if res.Status != verdict.Pass {
			return res
		}
		proofs = append(proofs, res.Proofs...)
	}
	slices.SortStableFunc(proofs, verdictOrder)
	return verdict.Passed("lagvet runs before each merge with the rules "+enumerate(rules), slices.Compact(proofs)...)
}

// Vulnerabilities checks that known vulnerabilities stop merges and releases: what is
// known changes after the merge.
func (r *Result) Vulnerabilities() verdict.Result { return r.GateOn(Vulnerability, true, true) }

// ModVerify checks that what the module cache holds is compared with go.sum: by go
// mod verify, wherever a gate builds.
func (r *Result) ModVerify() verdict.Result { return r.merges(ModVerify) }

// Tidy checks that a go.mod or go.sum that is not tidy stops merges.
func (r *Result) Tidy() verdict.Result { return r.merges(Tidy) }

func (r *Result) merges(kind Kind) verdict.Result {
	known, unread := r.of(kind)
	return r.beforeMerge(kind.String(), known, unread)
}

// FaultTest checks that a test with faults injected runs at all: before merges, on
// what is released, or on a schedule. Tests that are only named so are a weak sign,
// and unknown.
func (r *Result) FaultTest() verdict.Result {
	known, unread := r.of(Fault)
	for _, c := range known {
		if on, _ := c.on(); on != 0 && c.stops() == "" {
			return verdict.Passed(fmt.Sprintf("tests run with faults injected, on %s", on), c.proof())
		}
	}
	if places := r.signs.faults; len(places) > 0 {
		places = slices.Clone(places[:min(3, len(places))])
		if t, ok := r.tests(); ok {
			return verdict.Passed("tests inject faults, and run in continuous integration", append(places, t)...)
		}
		if res, ok := r.perhaps("a run of the tests that inject faults", nil, unread, PullRequest|DefaultBranch|Release|Schedule); ok {
			return res
		}
		return verdict.Failed("there are tests that inject faults, and nothing runs them", places...)
	}
	if len(known) > 0 {
		return verdict.Unseen("faults are injected by a script; whether what fails then stops anything is not known", known[0].proof())
	}
	named, _ := r.of(FaultByName)
	for _, c := range append(named, unread...) {
		if c.stops() == "" && !c.Any {
			return verdict.Unseen("tests run that are named after faults; whether they inject any is not known", c.proof())
		}
	}
	if res, ok := r.perhaps("a test with faults injected", known, unread, PullRequest|DefaultBranch|Release|Schedule); ok {
		return res
	}
	return r.none("a test with faults injected")
}

// tests returns a gate that runs tests on pull requests or releases.
func (r *Result) tests() (verdict.Place, bool) {
	known, _ := r.of(Test)
	for _, c := range known {
		if on, _ := c.on(); c.stops() == "" && on&(PullRequest|DefaultBranch|Release|Schedule) != 0 {
			return c.proof(), true
		}
	}
	return verdict.Place{}, false
}
