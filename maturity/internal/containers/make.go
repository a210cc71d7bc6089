package containers

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// isBuilder reports whether a program builds Go by a configuration of its own, which is not
// read.
func isBuilder(name string) bool {
	return slices.Contains([]string{"promu", "goreleaser", "mage", "bazel", "bazelisk", "ko"}, script.Unversioned(name))
}

// make keeps the go commands of the targets that a call of make builds. What a stage
// copies is taken to be the repository, as it mostly is.
func (b *builder) make(argv, env []string, place verdict.Place) {
	if b.reader == nil {
		b.reader = script.NewReader(b.tree)
	}
	known := make(script.Vars)
	for name, v := range b.vars {
		if v.set && !strings.Contains(v.value, "$") {
			known[name] = v.value
		}
	}
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		known[name] = value
	}
	found := b.reader.Shell(script.Script{Text: quote(argv), File: b.name, Line: place.Line, Dir: b.makes(argv), Env: known})
	for _, c := range found {
		switch base := path.Base(first(c.Argv)); {
		case base == "go" && len(c.Argv) > 1 || base == "xx-go" && len(c.Argv) > 1:
			var env []string
			if flags := c.Env["GOFLAGS"]; flags != "" {
				env = []string{"GOFLAGS=" + flags}
			}
			b.stage.Go = append(b.stage.Go, Command{append([]string{"go"}, c.Argv[1:]...), env, c.Place})
		case isBuilder(base):
			b.stage.By = append(b.stage.By, verdict.Place{File: c.File, Line: c.Line, Text: base})
		}
	}
}

// makes is the directory that make is called in: the root of the repository, or that of
// the Dockerfile if only it has a Makefile.
func (b *builder) makes(argv []string) string {
	dir := path.Dir(b.name)
	if !b.tree.Has("Makefile") && b.tree.Has(path.Join(dir, "Makefile")) && !slices.Contains(argv, "-C") {
		return dir
	}
	return "."
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// quote writes words for a shell; what is not known in them stays a variable. A variable
// of several targets is several words.
func quote(words []string) string {
	var all []string
	for _, w := range words {
		if !strings.Contains(w, "=") && !strings.Contains(w, "$") {
			all = append(all, strings.Fields(w)...)
			continue
		}
		if q, err := syntax.Quote(w, syntax.LangBash); err == nil && !strings.Contains(w, "$") {
			w = q
		}
		all = append(all, w)
	}
	return strings.Join(all, " ")
}
