// Package pattern holds regular expressions that are compiled when they are first used.
//
// The vet tool is a process for each package, and most packages meet few of the
// expressions that rules go by: to compile all of them took a tenth of the time in which
// such a process starts.
package pattern

import (
	"os"
	"regexp"
	"strings"
	"sync"
)

// A Pattern is a regular expression.
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

// MatchString reports whether s contains a match of the expression.
func (p *Pattern) MatchString(s string) bool { return p.compiled().MatchString(s) }
