package containers

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// unread is UNKNOWN if a Dockerfile of what is shipped could not be read.
func (r *Result) unread() (verdict.Result, bool) {
	for _, p := range r.Problems {
		if !aside(p.File) {
			return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", p.Place, p.Text), p.Place), true
		}
	}
	return verdict.Result{}, false
}

// judge is a failure if there is something bad, UNKNOWN if something could not be read
// or seen, and else a pass; needless if there is nothing at all.
func (r *Result) judge(bad, unseen, good []verdict.Place, failed, unknown, passed, needless string) verdict.Result {
	if len(bad) > 0 {
		return verdict.Failed(failed, bad...)
	}
	if v, ok := r.unread(); ok {
		return v
	}
	switch {
	case len(unseen) > 0:
		return verdict.Unseen(unknown, unseen...)
	case len(good) > 0:
		return verdict.Passed(passed, good...)
	}
	if len(r.Stages) > 0 && len(r.shipped()) == 0 {
		return verdict.Needless("only examples, tests and development have Dockerfiles", r.Stages[0].Place)
	}
	return verdict.Needless(needless)
}

// BaseImageCentral checks that the images that what is shipped is built from are said in
// one place: each is pinned by a digest or given by an ARG, which does not come to
// "latest", and no image is used in several versions.
func (r *Result) BaseImageCentral() verdict.Result {
	var loose, good []verdict.Place
	versions := make(map[string]Image)
	var drift []verdict.Place
	for _, s := range r.shipped() {
		i := s.Image
		if i.Name == "" || i.Name == "scratch" {
			continue
		}
		switch {
		case i.Digest != "":
			good = append(good, i.Place)
		case i.Given && (i.Open || i.Tag != "" && i.Tag != "latest"):
			good = append(good, i.Place)
		default:
			loose = append(loose, i.Place)
		}
		if v := version(i.Tag); v != "" && !i.Open {
			first, ok := versions[i.Name]
			if !ok {
				versions[i.Name] = i
			} else if version(first.Tag) != v {
				drift = append(drift, first.Place, i.Place)
			}
		}
	}
	failed := "base images are pinned neither by a digest nor by an ARG"
	if len(loose) == 0 && len(drift) > 0 {
		failed = "a base image is used in different versions"
	}
	return r.judge(append(loose, drift...), nil, good, failed, "",
		"base images are pinned by a digest or by an ARG", "no Dockerfile ships anything")
}

// version is the version that a tag begins with: "1.26.3" of "1.26.3-alpine3.22".
func version(tag string) string {
	v, _, _ := strings.Cut(tag, "-")
	v = strings.TrimPrefix(v, "v")
	if v == "" || v[0] < '0' || v[0] > '9' {
		return ""
	}
	return v
}

// building are the stages of what is shipped that run go build or install, or what does.
func (r *Result) building() []*Stage {
	var all []*Stage
	for _, s := range r.shipped() {
		if slices.ContainsFunc(s.Go, Command.builds) || len(s.By) > 0 {
			all = append(all, s)
		}
	}
	return all
}

// builds reports whether a command builds what is here, and not a tool that it names
// with a version, or whose requirements are in a file of their own.
func (c Command) builds() bool {
	return (c.Argv[1] == "build" || c.Argv[1] == "install") &&
		!slices.ContainsFunc(c.Argv, func(a string) bool {
			return strings.Contains(a, "@") || strings.HasPrefix(strings.TrimLeft(a, "-"), "modfile")
		})
}

// EnvCentral checks that all stages that build Go have a variable of one value (GOFLAGS,
// GOPROXY), by ENV or ARG, of their own or from the stage that they are built from. An
// image that is not Go's own may set it, which is not seen.
func (r *Result) EnvCentral(name string) verdict.Result {
	var bad, unseen, good []verdict.Place
	var values []string
	for _, s := range r.building() {
		e, ok := s.get(name)
		switch {
		case ok:
			good = append(good, e.Place)
			if !slices.Contains(values, e.Value) {
				values = append(values, e.Value)
			}
		case isGo(s.root()):
			bad = append(bad, s.Place)
		default:
			unseen = append(unseen, s.root().Place)
		}
	}
	failed := name + " is not set where Go is built"
	if len(bad) == 0 && len(values) > 1 {
		bad = good
		failed = fmt.Sprintf("%s differs where Go is built: %s", name, strings.Join(values, "; "))
	}
	return r.judge(bad, unseen, good, failed,
		name+" may be set by an image that is not looked into",
		name+" is the same wherever Go is built", "no Dockerfile builds the Go code that is here")
}

// isGo reports whether an image is one of Go: by its name, as "golang", "cimg/go".
func isGo(i Image) bool {
	switch path.Base(i.Name) {
	case "golang", "go", "go-toolset":
		return true
	}
	return false
}

// A GoImage is a Go image with the release that its tag names: "" if that may be any, as
// of golang:latest and golang:1, and if an ARG leaves it to the build.
type GoImage struct {
	Go   string
	Open bool // the latter: the ARG has no value, or one that names no release
	verdict.Place
}

// GoVersions are the releases of the Go images that what is shipped is built by.
func (r *Result) GoVersions() []GoImage {
	var all []GoImage
	for _, s := range r.shipped() {
		if !isGo(s.Image) {
			continue
		}
		v := version(s.Image.Tag)
		if !strings.Contains(v, ".") {
			v = ""
		}
		// An ARG that is 1 or latest unless the build gives another is there to be given.
		open := s.Image.Open || s.Image.Given && v == ""
		all = append(all, GoImage{v, open, s.Image.Place})
	}
	return all
}

// BuildsSound checks that nothing is shipped that was built without inlining or
// optimization (-gcflags=-l, -N), with the race detector, or without the commit in its
// build info (-buildvcs=false).
func (r *Result) BuildsSound() verdict.Result {
	var bad, unseen, good []verdict.Place
	failed := ""
	for _, s := range r.building() {
		unseen = append(unseen, s.By...)
		for _, c := range s.Go {
			if !c.builds() {
				continue
			}
			why := c.unsound(s)
			if why == "" {
				good = append(good, c.Place)
				continue
			}
			if failed == "" {
				failed = "what is shipped is built " + why
			}
			bad = append(bad, c.Place)
		}
	}
	return r.judge(bad, unseen, good, failed, "Go is built by a program whose configuration says how, which is not read",
		"no build in a Dockerfile turns optimization or the stamp of its commit off, or the race detector on", "no Dockerfile builds the Go code that is here")
}

// unsound is why what a command of a stage builds should not be shipped.
func (c Command) unsound(s *Stage) string {
	args := slices.Clone(c.Argv[2:])
	if e, ok := s.get("GOFLAGS"); ok {
		args = append(args, split(e.Value)...)
	}
	for _, e := range c.Env {
		if flags, ok := strings.CutPrefix(e, "GOFLAGS="); ok {
			args = append(args, split(flags)...)
		}
	}
	for i, a := range args {
		name, value, assigned := strings.Cut(strings.TrimLeft(a, "-"), "=")
		if !strings.HasPrefix(a, "-") {
			continue
		}
		if !assigned && i+1 < len(args) {
			value = args[i+1]
		}
		switch {
		case name == "gcflags":
			_, flags, ok := strings.Cut(value, "=") // of a pattern of packages
			if !ok {
				flags = value
			}
			for _, f := range split(flags) {
				switch f {
				case "-l":
					return "without inlining (-gcflags=-l)"
				case "-N":
					return "without optimization (-gcflags=-N)"
				}
			}
		case name == "race" && value != "false":
			return "with the race detector (-race)"
		case name == "buildvcs" && assigned && value == "false":
			return "without its commit in the build info (-buildvcs=false)"
		}
	}
	return ""
}
