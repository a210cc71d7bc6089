package pattern_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/pattern"
)

func TestMatchString(t *testing.T) {
	p := pattern.New(`^(?i:get|put)\d+$`)
	for s, want := range map[string]bool{"Get1": true, "put23": true, "get": false, "Reget1": false} {
		if got := p.MatchString(s); got != want {
			t.Errorf("%q: %t", s, got)
		}
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
