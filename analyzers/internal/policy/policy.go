// Package policy tells rules what the user wants to hear of what they find: the
// lowest tier, and the files in which a rule is silent.
//
// It matters where rules report to a host themselves (go vet, golangci-lint,
// gopls, nogo); the lagvet command judges what its engine returns. [Analyzer]
// takes the policy by its flag. Every rule requires it, so a host that keys its
// cache by the names of analyzers gets another key when its name is given the
// digest of the configuration: what rules report depends on nothing else that
// such a host does not know.
package policy

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// A Policy says what is reported. The zero value is that of a user who said
// nothing.
type Policy struct {
	Dir     string            `json:"dir,omitempty"`     // absolute; what Exclude's paths are relative to
	Tiers   map[string]string `json:"tiers,omitempty"`   // by rule, the lowest tier reported
	Exclude []Exclude         `json:"exclude,omitempty"` // in the order of the configuration
	Off     []string          `json:"off,omitempty"`     // rules whose analyzers are not asked, in order
	// Inline asks for the chain, and for what to do, in the message itself:
	// the host shows nothing else.
	Inline bool `json:"inline,omitempty"`
}

// An Exclude silences rules in files.
type Exclude struct {
	Path  string   `json:"path"`            // glob; see [Match]
	Rules []string `json:"rules,omitempty"` // empty: all
}

// Tiers are the tiers of findings, the lowest first.
func Tiers() []string { return []string{"suspected", "likely", "proven"} }

// Default is the lowest tier that is reported if nobody says otherwise.
const Default = "likely"

// Reports reports whether a finding is to be reported. The file's name is
// absolute.
func (p *Policy) Reports(rule, tier, file string) bool {
	lowest := Default
	if t, ok := p.Tiers[rule]; ok {
		lowest = t
	}
	return slices.Index(Tiers(), tier) >= slices.Index(Tiers(), lowest) && p.Excluded(rule, file) < 0
}

// Excluded returns the index of the first exclude that silences a rule in a file,
// or -1.
func (p *Policy) Excluded(rule, file string) int {
	rel, err := filepath.Rel(p.Dir, file)
	if len(p.Exclude) == 0 || err != nil || !filepath.IsLocal(rel) {
		return -1
	}
	rel = filepath.ToSlash(rel)
	return slices.IndexFunc(p.Exclude, func(e Exclude) bool {
		return (len(e.Rules) == 0 || slices.Contains(e.Rules, rule)) && Match(e.Path, rel)
	})
}

// Flag is the flag of [Analyzer] that holds the policy, in JSON.
const Flag = "policy"

// Analyzer hands the policy to the rules. Its result is a *Policy.
var Analyzer = newAnalyzer()

func newAnalyzer() *analysis.Analyzer {
	var text string
	a := &analysis.Analyzer{
		Name:             "lagvetpolicy",
		Doc:              "tell rules what the user wants to hear",
		URL:              "https://github.com/lagvet/lagvet/blob/main/docs/config.md",
		RunDespiteErrors: true,
		Run:              func(*analysis.Pass) (any, error) { return parse(text) },
		ResultType:       reflect.TypeFor[*Policy](),
	}
	a.Flags.StringVar(&text, Flag, "", "the lowest tiers and the excludes, in `JSON`")
	return a
}

func parse(text string) (*Policy, error) {
	p := new(Policy)
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("reading what is to be reported: %w", err)
	}
	return p, nil
}
