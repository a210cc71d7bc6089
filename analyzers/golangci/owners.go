package golangci

import (
	"fmt"
	"strings"
	"sync"
)

// owners knows which linter runs each rule. If two did, golangci-lint would report
// each finding once, under a name that depends on the alphabet, and a nolint
// comment with the other one would do nothing.
type owners struct {
	mu   sync.Mutex
	rule map[string]string // the name of the linter, by rule
}

// take makes a linter the one that runs the rules.
func (o *owners) take(linter string, rules ...string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	var taken []string
	for _, r := range rules {
		if other, ok := o.rule[r]; ok && other != linter {
			taken = append(taken, r)
		}
	}
	if len(taken) > 0 {
		names := strings.Join(taken, ", ")
		return fmt.Errorf("two linters run %s: leave it out of the setting rules of %s (which runs all if there is none, and with rules: [] none), or remove the linter of that name", names, all)
	}
	if o.rule == nil {
		o.rule = make(map[string]string)
	}
	for _, r := range rules {
		o.rule[r] = linter
	}
	return nil
}
