package maturity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/documents"
	"github.com/lagvet/lagvet/maturity/internal/editors"
	"github.com/lagvet/lagvet/maturity/internal/manifests"
	"github.com/lagvet/lagvet/maturity/internal/modules"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A check looks at one thing, for a control of a track.
type check func(e *evidence, t Track, with With) verdict.Result

// maxAge is how old a review or drill may be: half a year, within which most of a
// team's code has seen a change.
const maxAge = 180 * 24 * time.Hour

// checks are what controls name. Each has a repository in the tests that passes it and
// one that fails it.
var checks = map[string]check{
	"documents.owned": func(e *evidence, t Track, _ With) verdict.Result {
		return e.documents.Owned(t.ID, e.now, maxAge)
	},
	"documents.table": func(e *evidence, t Track, w With) verdict.Result {
		var columns []documents.Column
		for _, c := range w.Columns {
			columns = append(columns, documents.Column{c})
		}
		return e.documents.Table(t.ID, []string{w.Heading}, columns, 1)
	},
	"documents.section": func(e *evidence, t Track, w With) verdict.Result { return e.documents.Section(t.ID, w.Heading) },
	"documents.links":   func(e *evidence, t Track, w With) verdict.Result { return e.documents.LinksResolve(t.ID, w.Heading) },
	"documents.drill":   func(e *evidence, _ Track, _ With) verdict.Result { return e.documents.Drill(e.now, maxAge) },
	"documents.lessons": func(e *evidence, _ Track, _ With) verdict.Result { return e.documents.Lessons() },
	"documents.completed": func(e *evidence, t Track, w With) verdict.Result {
		if e.Repository.Commit == "" && len(e.Tags) == 0 {
			return verdict.Unseen("there is no git repository with a commit here, so that its releases are not known")
		}
		if e.Repository.Shallow {
			return verdict.Unseen("the clone is shallow, so that its releases are not known: git fetch --unshallow --tags")
		}
		return e.documents.CompletedFor(t.ID, e.Tags, w.Releases)
	},

	"ci.race":            func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.Race() },
	"ci.leaks":           func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.LeakCheck() },
	"ci.lagvet":          (*evidence).gated,
	"ci.tidy":            func(e *evidence, _ Track, _ With) verdict.Result { return both(e.ci.ModVerify(), e.ci.Tidy()) },
	"ci.vulnerabilities": func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.Vulnerabilities() },
	"ci.bot":             func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.UpdateBot() },
	"ci.fault":           func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.FaultTest() },
	"ci.enforced":        func(e *evidence, _ Track, _ With) verdict.Result { return e.ci.GateOn(ci.Enforce, false, true) },
	"ci.metrics": func(e *evidence, _ Track, _ With) verdict.Result {
		return either(e.ci.GateOn(ci.RuleLint, true, false), e.ci.GateOn(ci.MetricLint, true, false), e.ci.GateOn(ci.DashboardLint, true, false))
	},

	"editors.hints": func(e *evidence, t Track, _ With) verdict.Result { return e.editors.Hints(t.Rules...) },
	"editors.same":  func(e *evidence, t Track, _ With) verdict.Result { return e.editors.SameAsCI(e.linted(t)) },
	"editors.hook":  func(e *evidence, _ Track, _ With) verdict.Result { return e.editors.PreCommit() },
	"editors.gomod": func(e *evidence, _ Track, _ With) verdict.Result { return e.editors.GoModDiagnostics() },

	"code.none":  (*evidence).clean,
	"code.known": (*evidence).known,

	"manifests.gomaxprocs": func(e *evidence, _ Track, _ With) verdict.Result {
		return e.manifests.LimitsAgainstGOMAXPROCS(e.runtime())
	},
	"manifests.profiles":    func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.LeakProfileCollected() },
	"manifests.doctor":      (*evidence).posture,
	"manifests.timeouts":    func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.Timeouts() },
	"manifests.admission":   func(e *evidence, _ Track, w With) verdict.Result { return e.manifests.AdmissionPolicy(w.About) },
	"manifests.outliers":    func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.OutlierDetection(e.hosts()) },
	"manifests.retries":     func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.RetriesBounded(e.attempts()) },
	"manifests.ejections":   func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.EjectionsScraped() },
	"manifests.concurrency": func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.Concurrency() },
	"manifests.quota":       func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.Quota() },
	"manifests.probes":      func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.Probes() },
	"manifests.canary":      func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.Canary() },
	"manifests.images":      func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.ImagesPinned() },
	"manifests.stops": func(e *evidence, _ Track, _ With) verdict.Result {
		return e.manifests.StopsInTime(e.manifests.SlowestRoute())
	},
	"bench.load": (*evidence).loaded,

	"budgets.order": func(e *evidence, _ Track, _ With) verdict.Result { return e.manifests.CallerNotShorter(e.endpoints()) },

	"containers.base":  func(e *evidence, _ Track, _ With) verdict.Result { return e.containers.BaseImageCentral() },
	"containers.sound": func(e *evidence, _ Track, _ With) verdict.Result { return e.containers.BuildsSound() },
	"containers.flags": func(e *evidence, _ Track, _ With) verdict.Result {
		return both(e.containers.EnvCentral("GOFLAGS"), e.containers.EnvCentral("GOPROXY"))
	},

	"modules.supported": func(e *evidence, _ Track, _ With) verdict.Result {
		return e.modules.SupportedGo(e.now, e.builders()...)
	},
	"modules.toolchain": func(e *evidence, _ Track, _ With) verdict.Result { return e.modules.ToolchainPinned(e.builders()...) },
	"modules.tools": func(e *evidence, _ Track, _ With) verdict.Result {
		return both(e.modules.ToolsPinned(), e.linters.PluginsPinned())
	},
	"modules.locked": func(e *evidence, _ Track, _ With) verdict.Result {
		return both(e.modules.BuildFlags(), e.modules.SubmodulesFixed())
	},
	"modules.untagged": func(e *evidence, _ Track, _ With) verdict.Result { return e.modules.PseudoVersions(e.now, maxAge) },
	"modules.replaced": func(e *evidence, _ Track, _ With) verdict.Result { return e.modules.Replaces() },
	"modules.withdrawn": func(e *evidence, _ Track, _ With) verdict.Result {
		return e.modules.Withdrawn(e.Downloads, e.forbiddenModules)
	},
	"modules.drift": func(e *evidence, _ Track, _ With) verdict.Result { return e.modules.Drift() },

	"tests.deadline": (*evidence).deadlineTested,

	"telemetry.dashboards": func(e *evidence, _ Track, _ With) verdict.Result { return e.telemetry.DashboardMetrics() },
	"telemetry.correlated": func(e *evidence, _ Track, _ With) verdict.Result { return e.telemetry.Correlated() },
	"telemetry.traced": func(e *evidence, _ Track, _ With) verdict.Result {
		return either(e.telemetry.TracingSetUp(), e.manifests.OTelInjected())
	},
	"telemetry.logger": func(e *evidence, _ Track, _ With) verdict.Result { return e.telemetry.OneLogger() },
	"telemetry.instrumented": func(e *evidence, _ Track, _ With) verdict.Result {
		return both(e.telemetry.InstrumentedServers(), e.telemetry.InstrumentedClients())
	},
	"telemetry.runtime": func(e *evidence, _ Track, _ With) verdict.Result {
		return both(e.telemetry.RuntimeMetrics(), e.manifests.MetricsScraped())
	},

	"prove.enforce": func(*evidence, Track, With) verdict.Result {
		return verdict.Unseen("no hazard was planted to see whether the build refuses it: lagvet audit --prove does")
	},

	"binary.enforced":     func(e *evidence, _ Track, _ With) verdict.Result { return e.binary.Enforced(e.Enforce.Digest) },
	"binary.commit":       func(e *evidence, _ Track, _ With) verdict.Result { return e.binary.Commit(e.Repository.Commit) },
	"binary.instrumented": func(e *evidence, _ Track, _ With) verdict.Result { return e.binary.Instrumented() },
	"binary.modules":      func(e *evidence, _ Track, _ With) verdict.Result { return e.binary.Modules(e.required()) },

	"enforce.rules":   (*evidence).enforces,
	"enforce.forbids": (*evidence).forbids,
	"enforce.only":    (*evidence).only,
}

// gated checks that lagvet's rules of the track block a merge: run by lagvet itself,
// or as linters of golangci-lint.
func (e *evidence) gated(t Track, _ With) verdict.Result {
	own, lint := e.ci.Lagvet(t.Rules), e.linting(t)
	if own.Status == verdict.Fail && e.linters.Of(e.linted(t).Config).Strict().Status == verdict.Fail {
		return lint // which says what is wrong with the gate that there is
	}
	return either(own, lint)
}

// linting checks that golangci-lint runs the rules of the track, and that its configuration
// lets it fail for what they find.
func (e *evidence) linting(t Track) verdict.Result {
	config := e.linters.Of(e.linted(t).Config)
	return both(e.ci.Linters(t.Rules, config.Rule), config.Strict())
}

// clean checks that rules find nothing in the code.
func (e *evidence) clean(_ Track, w With) verdict.Result {
	if e.Code == nil {
		return e.noCode()
	}
	return e.Code.none(w.Rules, w.Suspected)
}

func (e *evidence) known(t Track, _ With) verdict.Result {
	if e.Code == nil {
		return e.noCode()
	}
	return e.Code.known(t.Rules)
}

func (e *evidence) noCode() verdict.Result {
	if e.NoCode == "" {
		return verdict.Unseen("the rules did not run")
	}
	return verdict.Unseen(string(e.NoCode))
}

// linted is what continuous integration lints by.
func (e *evidence) linted(t Track) editors.CI {
	l := editors.CI{Tools: e.tools()}
	for i := range e.ci.Gates {
		g := &e.ci.Gates[i]
		argv := g.Command()
		if len(argv) == 0 || !g.Blocking() {
			continue
		}
		switch argv[0] {
		case "golangci-lint", "custom-gcl":
			l.Golangci, l.Config, l.Place = true, configOf(argv), g.Place
			for _, rule := range t.Rules {
				if on, _ := e.linters.Of(l.Config).ByPlugin(rule); on {
					l.LagvetLinter = true
				}
			}
		case "lagvet":
			if len(argv) > 1 && (argv[1] == "check" || argv[1] == "gate") {
				l.Rules, l.Place = t.Rules, g.Place
			}
		}
	}
	return l
}

// tools are the versions of lagvet and golangci-lint that the repository names outside of
// commit hooks.
func (e *evidence) tools() []editors.Tool {
	var all []editors.Tool
	for _, t := range e.ci.Tools() {
		all = append(all, editors.Tool(t))
	}
	for _, m := range []struct{ path, name string }{
		{lagvet, "lagvet"}, {"github.com/golangci/golangci-lint/v2", "golangci-lint"}, {"github.com/golangci/golangci-lint", "golangci-lint"},
	} {
		if v, at, ok := e.modules.Requires(m.path); ok {
			all = append(all, editors.Tool{Name: m.name, Version: v, Place: at})
		}
	}
	if v, at, ok := e.linters.LagvetVersion(); ok {
		all = append(all, editors.Tool{Name: "lagvet", Version: v, Place: at})
	}
	if len(e.linters.Plugins) > 0 {
		all = append(all, editors.Tool{Name: "golangci-lint", Version: e.linters.Version, Place: e.linters.Plugins[0].Place})
	}
	return all
}

// lagvet is the module of this program.
const lagvet = "github.com/lagvet/lagvet"

// configOf returns the configuration that golangci-lint is told to read; "" for the
// root's.
func configOf(argv []string) string {
	for i, a := range argv {
		name, value, attached := strings.Cut(a, "=")
		switch {
		case name != "-c" && name != "--config":
		case attached:
			return value
		case i+1 < len(argv):
			return argv[i+1]
		}
	}
	return ""
}

// runtime is what decides how many threads run Go code.
func (e *evidence) runtime() manifests.Runtime {
	var rt manifests.Runtime
	if version, place, ok := e.modules.Requires("go.uber.org/automaxprocs"); ok {
		rt.Sets = place
		rt.Sets.Text = "go.uber.org/automaxprocs " + version
	}
	for _, m := range e.modules.Modules {
		if m.File.Go != nil && !m.Aside {
			rt.Go = m.File.Go.Version
			break
		}
	}
	return rt
}

// hosts are the names by which the inventory says that dependencies are called.
func (e *evidence) hosts() []string {
	var hosts []string
	for _, h := range e.documents.Column(documents.Dependency, []string{"Inventory"}, documents.Column{"host"}) {
		hosts = append(hosts, h.Text)
	}
	return hosts
}

// builders are the Go releases of the images that what is shipped is built by, and of
// the jobs of continuous integration that are nearest to releases.
func (e *evidence) builders() []modules.Version {
	var all []modules.Version
	for _, v := range e.containers.GoVersions() {
		all = append(all, modules.Version{Go: v.Go, Any: v.Go == "" && !v.Open, Open: v.Open, Place: v.Place})
	}
	for _, p := range e.ci.GoVersions() {
		all = append(all, modules.Version{Go: p.Text, Fetches: true, Place: p})
	}
	return all
}

// required are the versions that the go.mod of what is shipped requires, by module.
func (e *evidence) required() map[string]string {
	versions := make(map[string]string)
	for _, m := range e.modules.Modules {
		if m.Aside {
			continue
		}
		for _, r := range m.File.Require {
			if known := versions[r.Mod.Path]; semver.Compare(r.Mod.Version, known) > 0 {
				versions[r.Mod.Path] = r.Mod.Version
			}
		}
		for _, r := range m.File.Replace {
			if _, ok := versions[r.Old.Path]; ok {
				versions[r.Old.Path] = r.New.Version
			}
		}
	}
	return versions
}

// deadlineError matches what names a deadline's error, or asks whether an error is one;
// Kubernetes' ProgressDeadlineExceeded is none.
var deadlineError = pattern.New(`\b(?:[Ee]rr)?DeadlineExceeded\b|\bos\.IsTimeout\(`)

// expired matches a line that holds an error against a deadline's: one that only makes
// such an error, as fakes do, lets no deadline expire.
var expired = pattern.New(`\bos\.IsTimeout\(|(?:\bIs|ErrorIs\w*|Equal\w*|EqualError\w*|ErrorContains\w*|Contains)\(.*DeadlineExceeded|[!=]=\s*[\w.]*DeadlineExceeded|DeadlineExceeded\)?\s*[!=]=|\b(?:want|exp)\w*\b.*DeadlineExceeded|\bcase\b.*DeadlineExceeded`)

// deadlineTested checks that a test that CI runs lets a deadline expire.
func (e *evidence) deadlineTested(Track, With) verdict.Result {
	at, weak := e.deadline()
	switch {
	case at.File != "":
	case weak.File != "":
		return verdict.Unseen("a test makes such an error; whether any lets a deadline expire is not known", weak)
	default:
		return verdict.Failed("no test expects context.DeadlineExceeded or os.ErrDeadlineExceeded, nor asks os.IsTimeout")
	}
	run := e.ci.GateOn(ci.Test, true, false)
	if run.Status != verdict.Pass {
		run.Reason = "there is such a test, but " + run.Reason
		return run
	}
	return verdict.Passed("a test expects that a deadline expires, and CI runs it", append([]verdict.Place{at}, run.Proofs...)...)
}

// deadline returns the first line of a test that expects a deadline to expire, and the
// first that only speaks of it.
func (e *evidence) deadline() (at, weak verdict.Place) {
	for _, name := range e.tree.Files() {
		if !strings.HasSuffix(name, "_test.go") {
			continue
		}
		data, err := e.tree.Read(name)
		if err != nil {
			continue // too large to be looked into, as generated ones are
		}
		line := 0
		for text := range strings.Lines(string(data)) {
			line++
			spoken := strings.Contains(text, "DeadlineExceeded") || strings.Contains(text, "os.IsTimeout(")
			if !spoken || !deadlineError.MatchString(text) || strings.HasPrefix(strings.TrimSpace(text), "//") {
				continue
			}
			p := verdict.Place{File: name, Line: line, Text: strings.TrimSpace(text)}
			if expired.MatchString(text) {
				return p, weak
			}
			if weak.File == "" {
				weak = p
			}
		}
	}
	return at, weak
}

// enforces checks that rules break a build under lagvet enforce.
func (e *evidence) enforces(_ Track, w With) verdict.Result {
	for _, rule := range w.Rules {
		if !slices.Contains(e.Enforce.Rules, rule) {
			return verdict.Failed(fmt.Sprintf("a build does not refuse what %s finds: it is not among enforce: rules: in .lagvet.yml", rule))
		}
	}
	return e.inBuilds("builds refuse what " + strings.Join(w.Rules, ", ") + " finds")
}

func (e *evidence) forbids(_ Track, w With) verdict.Result {
	f, ok := e.forbidden(w.API)
	if !ok {
		return verdict.Failed(fmt.Sprintf("a build does not refuse %s: it is not among enforce: forbid: in .lagvet.yml", w.API))
	}
	return e.inBuilds("builds refuse "+w.API, f.Place)
}

// only checks that an API is forbidden but for some packages, which wrap it.
func (e *evidence) only(_ Track, w With) verdict.Result {
	f, ok := e.forbidden(w.API)
	switch {
	case !ok:
		return verdict.Failed(fmt.Sprintf("any package may use %s: it is not among enforce: forbid: in .lagvet.yml, with except: for those that wrap it", w.API))
	case len(f.Except) == 0:
		return verdict.Failed(fmt.Sprintf("%s is forbidden everywhere, so that no package can wrap it", w.API), f.Place)
	}
	return e.inBuilds(fmt.Sprintf("builds refuse %s outside of %s", w.API, strings.Join(f.Except, ", ")), f.Place)
}

func (e *evidence) forbidden(api string) (Forbidden, bool) {
	i := slices.IndexFunc(e.Enforce.Forbid, func(f Forbidden) bool { return f.API == api })
	if i < 0 {
		return Forbidden{}, false
	}
	return e.Enforce.Forbid[i], true
}

// inBuilds is a pass for what the configuration says if release builds go by it.
func (e *evidence) inBuilds(reason string, places ...verdict.Place) verdict.Result {
	gate := e.ci.GateOn(ci.Enforce, false, true)
	if gate.Status != verdict.Pass {
		gate.Reason = "the policy says so, but " + gate.Reason
		return gate
	}
	places = slices.DeleteFunc(places, func(p verdict.Place) bool { return p.File == "" })
	return verdict.Passed(reason+"; "+gate.Reason, append(places, gate.Proofs...)...)
}

// both is the worse of two results; what does not apply does not count.
func both(a, b verdict.Result) verdict.Result {
	for _, s := range []verdict.Status{verdict.Fail, verdict.Unknown} {
		if a.Status == s {
			return a
		}
		if b.Status == s {
			return b
		}
	}
	switch {
	case b.Status == verdict.NotApplicable:
		return a
	case a.Status == verdict.NotApplicable:
		return b
	}
	return verdict.Passed(a.Reason+"; "+b.Reason, append(a.Proofs, b.Proofs...)...)
}

// either is the best of some results, the first of equals.
func either(results ...verdict.Result) verdict.Result {
	for _, s := range []verdict.Status{verdict.Pass, verdict.Unknown, verdict.Fail} {
		for _, r := range results {
			if r.Status == s {
				return r
			}
		}
	}
	return results[0]
}
