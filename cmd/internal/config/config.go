package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/cmd/internal/finding"
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
	Analysis

	// Unread are the sections, not empty, that are understood and that no rule
	// of this version reads: what they say has no effect yet.
	Unread []Section

	profileAt []finding.Place // where each profile is named
	assumeAt  []finding.Place // where each assumption is made
}

// Assumptions returns what the configuration says that functions do.
func (c *Config) Assumptions() []finding.Assumption {
	var as []finding.Assumption
	for i, a := range c.Assume {
		at := c.assumeAt[i]
		at.File = filepath.Join(c.Dir, filepath.Base(c.Path))
		as = append(as, finding.Assumption{Place: at, Func: a.Func, Effects: a.Effects, Reason: a.Reason})
	}
	return as
}

// A Section is one of the file, by its key.
type Section struct {
	finding.Place
	Name string
}

// Rule is what the configuration says of one rule.
type Rule struct {
	Off      bool
	Severity string // empty: as the rule has it
	Tier     string // the lowest tier reported; empty: the default
}

// Exclude silences rules in files.
type Exclude struct {
	finding.Place
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

// Budget limits what functions may cost.
type Budget struct {
	Func    string   `json:"func"`             // full name, or a pattern
	Allocs  *int     `json:"allocs,omitempty"` // allocations a call; nil: no limit
	Defers  *int     `json:"defers,omitempty"` // defers a call; nil: no limit
	Effects []string `json:"effects"`          // the effects permitted; nil: any
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
