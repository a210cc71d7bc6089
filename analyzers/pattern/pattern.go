package pattern

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// A Pattern is a regular expression. Methods do what those of [regexp.Regexp] do that
// have the same names.
type Pattern struct {
	compiled func() *regexp.Regexp
}

// New returns the pattern of an expression, which must be one of package regexp. In
// tests it panics at once if it is not, else when it is first used.
func New(expr string) *Pattern {
	p := &Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
	if inTest {
		p.compiled()
	}
	return p
}

// inTest tells a test's executable by its name: package testing does not belong into
// the programs that analyzers are linked into.
var inTest = len(os.Args) > 0 && strings.HasSuffix(strings.TrimSuffix(os.Args[0], ".exe"), ".test")

// Match reports whether b contains a match of the expression.
func (p *Pattern) Match(b []byte) bool { return p.compiled().Match(b) }

// MatchString reports whether s contains a match of the expression.
func (p *Pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }

// FindStringSubmatch returns the first match in s and those of its groups; nil for none.
func (p *Pattern) FindStringSubmatch(s string) []string { return p.compiled().FindStringSubmatch(s) }

// ReplaceAllString returns src with repl, in which $1 is a group, for each match.
func (p *Pattern) ReplaceAllString(src, repl string) string {
	return p.compiled().ReplaceAllString(src, repl)
}

// Regexp returns the compiled expression, for what a Pattern has no method of its own.
func (p *Pattern) Regexp() *regexp.Regexp { return p.compiled() }
