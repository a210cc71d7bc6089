package config

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// Name is the name of the configuration file.
const Name = ".lagvet.yml"

// Config is a configuration that has been found valid. The zero value is the
// configuration of a project that has none.
type Config struct {
	Path    string // of the file, as it was given; empty if there is none
	Dir     string // absolute; globs and profiles are relative to it
	Rules   map[string]Rule
	Exclude []*Exclude
	Profile []string // absolute paths
	Policy  Policy
	Enforce Enforce
	Audit   Audit
	Analysis

	profileAt  []Place // where each profile is named
	assumeAt   []Place // where each assumption is made
	budgetAt   []Place // where each budget is set
	packagesAt []Place // where each policy for packages is
}

// AssumedAt returns where the configuration makes the assumption that is the
// i-th of Assume.
func (c *Config) AssumedAt(i int) Place { return c.at(c.assumeAt[i]) }

// BudgetAt returns where the configuration sets the i-th of Budgets.
func (c *Config) BudgetAt(i int) Place { return c.at(c.budgetAt[i]) }

// PackagesAt returns where the configuration has the i-th of Packages.
func (c *Config) PackagesAt(i int) Place { return c.at(c.packagesAt[i]) }

func (c *Config) at(p Place) Place {
	p.File = filepath.Join(c.Dir, filepath.Base(c.Path))
	return p
}

// A Place is a position in the file of the configuration.
type Place struct {
	File   string // absolute; empty if the configuration was not read from a file
	Line   int    // from 1
	Column int    // from 1, in bytes
}

// On reports whether a rule is on.
func (c *Config) On(rule string) bool { return !c.Rules[rule].Off }

// Tier returns the lowest tier of a rule that is reported.
func (c *Config) Tier(rule string) string { return cmp.Or(c.Rules[rule].Tier, policy.Default) }

// Excluded returns the first exclude that silences a rule in a file, whose name is
// absolute, or nil.
func (c *Config) Excluded(rule, file string) *Exclude {
	if i := c.policy().Excluded(rule, file); i >= 0 {
		return c.Exclude[i]
	}
	return nil
}

// policy is the configuration as rules are told of it.
func (c *Config) policy() *policy.Policy {
	p := &policy.Policy{Dir: c.Dir, Tiers: make(map[string]string)}
	for name, r := range c.Rules {
		if r.Tier != "" {
			p.Tiers[name] = r.Tier
		}
		if r.Off {
			p.Off = append(p.Off, name)
		}
	}
	slices.Sort(p.Off)
	for _, e := range c.Exclude {
		p.Exclude = append(p.Exclude, policy.Exclude{Path: e.Path, Rules: e.Rules})
	}
	return p
}

// Reporting returns what rules are told of what the user wants to hear, as the
// flag of the analyzer that tells them takes it. inline asks for the chain of a
// finding in its message.
func (c *Config) Reporting(inline bool) (string, error) {
	p := c.policy()
	p.Inline = inline
	data, err := json.Marshal(p)
	if err != nil {
		return "", fmt.Errorf("encoding what is to be reported: %w", err)
	}
	return string(data), nil
}

// Tiers returns the tiers of findings, the lowest first: how sure they are.
func Tiers() []string { return policy.Tiers() }

// Severities returns the severities of rules, the lowest first.
func Severities() []string { return []string{"low", "medium", "high"} }

// Rule is what the configuration says of one rule.
type Rule struct {
	Off      bool
	Severity string // empty: as the rule has it
	Tier     string // the lowest tier reported; empty: the default
}

// Exclude silences rules in files.
type Exclude struct {
	Place
	Path   string   // glob, relative to Config.Dir
	Rules  []string // empty: all
	Reason string
}

// Analysis is the part of a configuration that the findings depend on.
type Analysis struct {
	Assume  []Assume   `json:"assume,omitempty"`
	Roots   []Function `json:"roots,omitempty"`
	Hot     []Function `json:"hot,omitempty"`
	Budgets []Budget   `json:"budgets,omitempty"`
	// Packages are the policies for packages. Their paths are relative to Root,
	// which is empty if there are none.
	Packages []Packages `json:"packages,omitempty"`
	Root     string     `json:"root,omitempty"`
	// Strict makes what cannot be told a violation of a contract.
	Strict bool `json:"strict,omitempty"`
	// Options holds, by rule and name, the values of analyzer flags.
	Options map[string]map[string]string `json:"options,omitempty"`
}

// Assume states the effects of a function exactly, whatever inference says.
type Assume struct {
	Func    string   `json:"func"`    // full name, as types.Func.FullName prints it
	Effects []string `json:"effects"` // empty: none
	Reason  string   `json:"reason"`
}

// Function names functions that are request roots, or hot.
type Function struct {
	Func   string `json:"func"` // full name, or a pattern
	Reason string `json:"reason,omitempty"`
}

// Names returns the functions as flags of analyzers take them: separated by commas.
func Names(fs []Function) string {
	var list []string
	for _, f := range fs {
		list = append(list, f.Func)
	}
	return strings.Join(list, ",")
}

// Budget limits what functions may cost.
type Budget struct {
	Func    string   `json:"func"`             // full name, or a pattern
	Allocs  *int     `json:"allocs,omitempty"` // allocations a call; nil: no limit
	Defers  *int     `json:"defers,omitempty"` // defers a call; nil: no limit
	Effects []string `json:"effects"`          // the effects permitted; nil: any
}

// Packages says what holds in the packages below a path.
type Packages struct {
	Path string `json:"path,omitempty"` // glob, as in [Exclude]
	// Import is the import path of one package, for a host that asks for itself: no
	// file says it.
	Import  string   `json:"import,omitempty"`
	Require []string `json:"require,omitempty"` // directives that functions must carry
	All     bool     `json:"all,omitempty"`     // every function must, not only the exported ones
	// Forbid holds the effects that no function may have: kinds, or the name of a
	// contract for all that it forbids.
	Forbid []string `json:"forbid,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

// Policy is what a project asks of changes and of its own exceptions.
type Policy struct {
	Allow AllowPolicy
	Gate  GatePolicy
}

// AllowPolicy limits allow directives.
type AllowPolicy struct {
	MaxAge time.Duration // 0: any
}

// GatePolicy says which new findings stop a change.
type GatePolicy struct {
	Severity string // the lowest that does; empty: any
	Tier     string // the lowest that does; empty: whichever is shown
	Prune    bool   // entries of the baseline that no longer occur do, too
}

// Bytes returns a as canonical bytes, equal for equal configurations however
// they are laid out, and a digest of them. Both are empty for the zero Analysis.
func (a Analysis) Bytes() (data []byte, digest string, err error) {
	data, err = json.Marshal(a)
	if err != nil {
		return nil, "", fmt.Errorf("encoding the configuration: %w", err)
	}
	if string(data) == "{}" {
		return nil, "", nil
	}
	sum := sha256.Sum256(data)
	return data, hex.EncodeToString(sum[:]), nil
}

// An Error is one fault of a configuration file.
type Error struct {
	Path         string
	Line, Column int // from 1; 0 if the file as a whole is at fault
	Message      string
}

func (e Error) Error() string {
	if e.Line == 0 {
		return e.Path + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Message)
}

// Errors are the faults of a configuration file, in the order of the file.
type Errors []Error

func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// schema is what a configuration may name.
type schema struct {
	rules map[string]*analyzers.Rule
}

func newSchema(rules []*analyzers.Rule) schema {
	s := schema{rules: make(map[string]*analyzers.Rule, len(rules))}
	for _, r := range rules {
		s.rules[r.Name] = r
	}
	return s
}

// Parse reads the configuration in data. The error, if any, is an [Errors] whose
// positions are in path.
func Parse(path string, data []byte, rules []*analyzers.Rule) (*Config, error) {
	r := &reader{path: path, schema: newSchema(rules)}
	c := &Config{Path: path, Dir: filepath.Dir(path)}
	if root := r.document(data); root != nil {
		r.config(root, c)
	}
	if len(r.errs) > 0 {
		r.sort()
		return nil, r.errs
	}
	return c, nil
}
