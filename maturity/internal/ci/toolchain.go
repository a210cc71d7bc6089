package ci

import (
	"path"
	"slices"
	"strings"

	"github.com/rhysd/actionlint"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A setup is a release of Go that a job puts in place, the text of a place, and when.
type setup struct {
	verdict.Place
	on Moments
}

// GoVersions are the releases of Go, as texts of places, that jobs of GitHub Actions
// run by: those of jobs that run on releases or, if there are none, on the default
// branch or, if there are none either, on pull requests.
func (r *Result) GoVersions() []verdict.Place {
	for _, m := range []Moments{Release, DefaultBranch, PullRequest} {
		var found []verdict.Place
		for _, s := range r.setups {
			if s.on&m != 0 && !slices.Contains(found, s.Place) {
				found = append(found, s.Place)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// A Tool is a version of a tool that a job or a command names.
type Tool struct {
	Name, Version string
	verdict.Place
}

// fetched matches what go install and go run get: golangci-lint or lagvet of a version.
var fetched = pattern.New(`(?:^|/)(lagvet|golangci-lint)@(v[\w.+-]+)$`)

// Tools are the versions of lagvet and golangci-lint that continuous integration names.
func (r *Result) Tools() []Tool {
	all := slices.Clone(r.tools)
	for i := range r.Gates {
		for _, word := range r.Gates[i].Argv {
			if m := fetched.FindStringSubmatch(word); m != nil {
				all = append(all, Tool{m[1], m[2], r.Gates[i].Place})
			}
		}
	}
	return all
}

// installs notes the release that a step of actions/setup-go installs.
func (j *jobAt) installs(place verdict.Place, in map[string]string) {
	version := in["go-version"]
	if file := in["go-version-file"]; version == "" && path.Base(file) == ".go-version" {
		if data, err := j.t.Read(j.inRepository(file)); err == nil {
			version = strings.TrimSpace(string(data))
		}
	}
	j.runsBy(place, version)
}

func (j *jobAt) runsBy(place verdict.Place, version string) {
	if version == "" || strings.Contains(version, "\uE000") {
		return
	}
	place.Text = version
	j.res.setups = append(j.res.setups, setup{place, j.m.on})
}

// goImage is an image of Go with its version, of the library's or of one's own, such as
// golang-builder.
var goImage = pattern.New(`(?:^|/)golang(?:-[a-z]+)*:v?(\d+\.\d+(?:\.\d+)?)`)

// container notes the release of the image that a job runs in.
func (j *jobAt) container(file string, c *actionlint.Container) {
	if c == nil || c.Image == nil {
		return
	}
	if m := goImage.FindStringSubmatch(j.x.replace(c.Image.Value, j.github.r.Mark)); m != nil {
		j.runsBy(verdict.Place{File: file, Line: c.Image.Pos.Line}, m[1])
	}
}
