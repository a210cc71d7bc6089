package linters

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Weak returns the places that keep golangci-lint from failing for what its linters
// find: an exit code of 0, a look at the last commit alone, findings that are mended on the
// spot and not reported, and exclusions that cover everything. Text says which. What a
// change brings in since another revision is all that a gate is to find.
func (r *Result) Weak() []verdict.Place {
	c := r.main()
	if c == nil {
		return nil
	}
	var all []verdict.Place
	add := func(n yamltree.Node, why string) { all = append(all, c.place(n, why)) }
	if code := c.root.Get("run", "issues-exit-code"); code.Text() == "0" {
		add(code, "issues-exit-code: 0: findings do not fail the run")
	}
	issues := c.root.Get("issues")
	if n := issues.Get("new"); isTrue(n) {
		add(n, "new: true: where all is committed, only the last commit is looked at")
	}
	if n := issues.Get("fix"); isTrue(n) {
		add(n, "fix: true: what has a fix is mended where it runs, and not reported")
	}
	if n := c.root.Get("linters", "default"); n.Text() == "none" && c.idle() {
		add(n, "default: none, and no linter is enabled")
	}
	if n := c.root.Get("linters", "disable-all"); isTrue(n) && c.idle() {
		add(n, "disable-all: true, and no linter is enabled")
	}
	all = append(all, c.pathsExcluded()...)
	for _, e := range c.rules {
		if len(e.linters) == 0 && e.everywhere && e.everything {
			all = append(all, e.place)
		}
	}
	return all
}

func (c *Config) idle() bool { return len(c.root.Get("linters", "enable").List()) == 0 }

// pathsExcluded are patterns of files that match all Go files.
func (c *Config) pathsExcluded() []verdict.Place {
	var all []verdict.Place
	for _, keys := range [][]string{
		{"linters", "exclusions", "paths"}, {"run", "skip-files"}, {"run", "skip-dirs"},
		{"issues", "exclude-files"}, {"issues", "exclude-dirs"},
	} {
		patterns := c.root.Get(keys...).List()
		for _, n := range patterns[:min(len(patterns), maxRules)] {
			if c.covers(n.Text()) {
				all = append(all, c.place(n, fmt.Sprintf("%s: %s: covers all Go files", keys[len(keys)-1], n.Text())))
			}
		}
	}
	return all
}

// covers reports whether a pattern matches all Go files of the configuration; where
// there are none, some that might be.
func (c *Config) covers(pattern string) bool {
	re, err := regexp.Compile(pattern)
	if err != nil || pattern == "" {
		return false
	}
	files := c.files
	if len(files) == 0 {
		files = []string{"main.go", "cmd/server/main.go", "internal/store/store.go"}
	}
	for _, f := range files {
		if !re.MatchString(f) {
			return false
		}
	}
	return true
}

// An exclusion is a rule by which findings are not reported.
type exclusion struct {
	linters    []string
	text       string // a pattern of findings' messages
	everywhere bool   // in all files
	everything bool   // whatever the finding says
	place      verdict.Place
}

// maxRules is how many exclusions are looked at; configurations have some dozens.
const maxRules = 1000

func (c *Config) exclusions() []exclusion {
	list := c.root.Get("linters", "exclusions", "rules")
	if c.Schema == 1 {
		list = c.root.Get("issues", "exclude-rules")
	}
	var all []exclusion
	rules := list.List()
	for _, n := range rules[:min(len(rules), maxRules)] {
		text := cmpOr(n.Get("text"), n.Get("source"))
		p := n.Get("path").Text()
		e := exclusion{
			linters:    n.Get("linters").Texts(),
			text:       n.Get("text").Text(),
			everywhere: !n.Get("path").Exists() && !n.Get("path-except").Exists() || c.covers(p),
			everything: !text.Exists() || matchesAll(text.Text()),
		}
		e.place = c.place(n, fmt.Sprintf("an exclusion covers all findings of %s in all files", strings.Join(e.linters, ", ")))
		if len(e.linters) == 0 {
			e.place.Text = "an exclusion covers all findings in all files"
		}
		all = append(all, e)
	}
	if c.Schema == 1 {
		for _, n := range c.root.Get("issues", "exclude").List() {
			if matchesAll(n.Text()) {
				all = append(all, exclusion{everywhere: true, everything: true, place: c.place(n, "exclude: "+n.Text()+": covers all findings")})
			}
		}
	}
	return all
}

func cmpOr(a, b yamltree.Node) yamltree.Node {
	if a.Exists() {
		return a
	}
	return b
}

// matchesAll reports whether a pattern matches any message.
func matchesAll(pattern string) bool {
	re, err := regexp.Compile(pattern)
	return err == nil && re.MatchString("x") && re.MatchString("Error return value is not checked") && re.MatchString("0")
}

// silenced is the exclusion that covers all findings of a linter.
func (c *Config) silenced(linter string) (verdict.Place, bool) {
	for _, e := range c.rules {
		if !e.everywhere || !e.everything {
			continue
		}
		if slices.Contains(e.linters, linter) {
			return e.place, true
		}
	}
	return verdict.Place{}, false
}

// silencedPart is the exclusion, in all files, of what an analyzer of a linter says:
// its messages begin with its name.
func (c *Config) silencedPart(linter, part string) (verdict.Place, bool) {
	for _, e := range c.rules {
		if !e.everywhere || e.text == "" || len(e.linters) > 0 && !slices.Contains(e.linters, linter) {
			continue
		}
		if re, err := regexp.Compile(e.text); err == nil && re.MatchString(part+": ") {
			e.place.Text = fmt.Sprintf("an exclusion covers %s in all files: %s", part, e.text)
			return e.place, true
		}
	}
	return verdict.Place{}, false
}
