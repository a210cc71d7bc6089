// Package binary reads what a Go program says of how it was built.
package binary

import (
	"debug/buildinfo"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// Setting is the key under which a binary built under lagvet enforce says by which
// policy.
const Setting = "lagvet.enforce"

// A Result is what a binary says of itself.
type Result struct {
	file string
	info *debug.BuildInfo
	err  error
}

// Read reads the binary in a file; none if the name is empty.
func Read(file string) *Result {
	if file == "" {
		return &Result{}
	}
	info, err := buildinfo.ReadFile(file)
	return &Result{file, info, err}
}

// Of is what a binary says whose build information has been read.
func Of(file string, info *debug.BuildInfo) *Result { return &Result{file: file, info: info} }

// unread returns the result of checks if the binary could not be read.
func (r *Result) unread() (verdict.Result, bool) {
	switch {
	case r.file == "":
		return verdict.Unseen("no binary was given: name the one that is shipped with --binary"), true
	case r.err != nil:
		return verdict.Unseen(fmt.Sprintf("the binary says nothing of how it was built: %v", r.err), r.place("")), true
	}
	return verdict.Result{}, false
}

func (r *Result) place(text string) verdict.Place { return verdict.Place{File: r.file, Text: text} }

func (r *Result) proven(reason, text string) verdict.Result {
	v := verdict.Passed(reason, r.place(text))
	v.Grade = verdict.Proven
	return v
}

func (r *Result) setting(key string) string {
	for _, s := range r.info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// Enforced checks that the binary was built under lagvet enforce, by the policy of
// this digest.
func (r *Result) Enforced(digest string) verdict.Result {
	if v, ok := r.unread(); ok {
		return v
	}
	switch got := r.setting(Setting); got {
	case "":
		return verdict.Failed("the binary was not built under lagvet enforce: its build information has no "+Setting, r.place(""))
	case digest:
		return r.proven("the binary was built under lagvet enforce by the policy of this commit", Setting+"="+got)
	default:
		return verdict.Failed(fmt.Sprintf("the binary was built under lagvet enforce by another policy, %s, where this commit has %s", got, digest), r.place(Setting+"="+got))
	}
}

// Commit checks that the binary names the commit that it was built from, without
// changes. With commit it must be that one.
func (r *Result) Commit(commit string) verdict.Result {
	if v, ok := r.unread(); ok {
		return v
	}
	revision := r.setting("vcs.revision")
	at := r.place("vcs.revision=" + revision)
	switch {
	case revision == "":
		return verdict.Failed("the binary does not name a commit: it was built with -buildvcs=false or outside of the repository", r.place(""))
	case r.setting("vcs.modified") == "true":
		return verdict.Failed("the binary was built from changes that are in no commit", r.place("vcs.modified=true"))
	case commit != "" && revision != commit:
		return verdict.Failed(fmt.Sprintf("the binary was built from %.12s, not from the commit audited, %.12s", revision, commit), at)
	}
	return r.proven("the binary names the commit it was built from, unmodified", at.Text)
}

// Modules checks that the dependencies in the binary have the versions that go.mod
// requires, given by module path. Those that the build raised are told.
func (r *Result) Modules(required map[string]string) verdict.Result {
	if v, ok := r.unread(); ok {
		return v
	}
	if len(required) == 0 {
		return verdict.Unseen("no go.mod of the repository could be read to hold the binary against")
	}
	var differ []string
	for _, d := range r.info.Deps {
		want, ok := required[d.Path]
		got := d.Version
		if d.Replace != nil {
			got = d.Replace.Version
		}
		if ok && want != got {
			differ = append(differ, fmt.Sprintf("%s %s, go.mod %s", d.Path, got, want))
		}
	}
	slices.Sort(differ)
	if len(differ) > 0 {
		return verdict.Failed(fmt.Sprintf("%s than in go.mod: %s", verdict.Count(len(differ), "module of the binary has another version", "modules of the binary have other versions"), strings.Join(differ[:min(len(differ), 3)], "; ")), r.place(differ[0]))
	}
	return r.proven(verdict.Count(len(r.info.Deps), "module", "modules")+" in the binary, in the versions of go.mod", r.info.Main.Path)
}

// instruments are modules that trace or measure a program.
var instruments = map[string]string{
	"go.opentelemetry.io/otel/sdk":        "OpenTelemetry's SDK",
	"github.com/prometheus/client_golang": "Prometheus' client",
	"github.com/DataDog/dd-trace-go/v2":   "Datadog's tracer",
	"gopkg.in/DataDog/dd-trace-go.v1":     "Datadog's tracer",
	"github.com/VictoriaMetrics/metrics":  "VictoriaMetrics' metrics",
	"github.com/newrelic/go-agent/v3":     "New Relic's agent",
	"github.com/grafana/pyroscope-go":     "Pyroscope's profiler",
	"go.opentelemetry.io/auto/sdk":        "OpenTelemetry's automatic SDK",
}

// Instrumented checks that the binary holds a library that traces or measures it.
func (r *Result) Instrumented() verdict.Result {
	if v, ok := r.unread(); ok {
		return v
	}
	found := make(map[string]bool)
	for _, d := range r.info.Deps {
		if what := instruments[d.Path]; what != "" {
			found[what] = true
		}
	}
	if len(found) == 0 {
		return verdict.Failed("the binary holds no library that traces or measures it", r.place(""))
	}
	names := strings.Join(slices.Sorted(maps.Keys(found)), ", ")
	return r.proven("the binary holds "+names, names)
}
