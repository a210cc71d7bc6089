package pattern_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

func TestMatchString(t *testing.T) {
	p := pattern.New(`^(?i:get|put)\d+$`)
	for s, want := range map[string]bool{"Get1": true, "put23": true, "get": false, "Reget1": false} {
		if got := p.MatchString(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
	}
}

// Methods do what those of the same name of an expression do.
func TestMethods(t *testing.T) {
	const expr, text = `(\w)(\d+)`, "a1 b22 c"
	p, want := pattern.New(expr), regexp.MustCompile(expr)
	if got, want := p.Match([]byte(text)), want.Match([]byte(text)); got != want {
		t.Errorf("Match: %t", got)
	}
	if got, want := p.FindStringSubmatch(text), want.FindStringSubmatch(text); !slices.Equal(got, want) {
		t.Errorf("FindStringSubmatch: %q, want %q", got, want)
	}
	if got, want := p.ReplaceAllString(text, "$2$1"), want.ReplaceAllString(text, "$2$1"); got != want {
		t.Errorf("ReplaceAllString: %q, want %q", got, want)
	}
	if got := p.Regexp().String(); got != expr {
		t.Errorf("Regexp: %q", got)
	}
}

// A faulty expression is seen by the tests of the package that has it.
func TestFaulty(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	pattern.New(`(`)
}
