package maturity

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v3"
)

//go:embed model.yml
var modelYAML []byte

// Levels is how many levels each track has.
const Levels = 5

// leastControls is how many controls a level must have: one alone is easily met by
// accident.
const leastControls = 3

// A Model is what is asked of a repository.
type Model struct {
	Version      int          `yaml:"version" json:"version"`
	Incidents    int          `yaml:"incidents" json:"incidents"` // that the model is derived from
	Source       string       `yaml:"source" json:"source"`
	Levels       []Level      `yaml:"levels" json:"levels"`
	Unclassified Unclassified `yaml:"unclassified" json:"unclassified"`
	Tracks       []Track      `yaml:"tracks" json:"tracks"`
}

// A Level is one of five, the same in each track.
type Level struct {
	Level int    `yaml:"level" json:"level"`
	Title string `yaml:"title" json:"title"`
	Means string `yaml:"means" json:"means"`
}

// Unclassified are the incidents that no track is about.
type Unclassified struct {
	Incidents int    `yaml:"incidents" json:"incidents"`
	About     string `yaml:"about" json:"about"`
}

// A Track is about one class of incident.
type Track struct {
	ID        string    `yaml:"id" json:"id"`
	Title     string    `yaml:"title" json:"title"`
	Incidents int       `yaml:"incidents" json:"incidents"`
	Missing   string    `yaml:"missing" json:"missing"` // what the incidents had in common
	Rules     []string  `yaml:"rules" json:"rules"`     // lagvet's rules about it, and those it adopted
	Controls  []Control `yaml:"controls" json:"controls"`
}

// A Control is one thing that a machine can check.
type Control struct {
	ID       string `yaml:"id" json:"id"`
	Level    int    `yaml:"level" json:"level"`
	Title    string `yaml:"title" json:"title"`
	Check    string `yaml:"check" json:"check"`
	With     With   `yaml:"with" json:"with,omitzero"`
	Optional bool   `yaml:"optional" json:"optional,omitempty"` // shown, and no level waits for it
	Why      string `yaml:"why" json:"why"`
	Mend     string `yaml:"mend" json:"mend"`
}

// With is what a check is told by its control.
type With struct {
	Heading   string   `yaml:"heading" json:"heading,omitempty"`
	Columns   []string `yaml:"columns" json:"columns,omitempty"`
	Releases  int      `yaml:"releases" json:"releases,omitempty"`
	Rules     []string `yaml:"rules" json:"rules,omitempty"`
	Suspected bool     `yaml:"suspected" json:"suspected,omitempty"` // findings of the lowest tier count too
	About     string   `yaml:"about" json:"about,omitempty"`
	API       string   `yaml:"api" json:"api,omitempty"`
}

// Default returns the model of this version.
func Default() *Model {
	m, err := parseModel(modelYAML)
	if err != nil {
		panic(err) // it is part of the program, and its test reads it
	}
	return m
}

func parseModel(data []byte) (*Model, error) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	m := new(Model)
	if err := dec.Decode(m); err != nil {
		return nil, fmt.Errorf("reading the model: %w", err)
	}
	if err := m.validate(); err != nil {
		return nil, fmt.Errorf("reading the model: %w", err)
	}
	return m, nil
}

func (m *Model) validate() error {
	if len(m.Levels) != Levels {
		return fmt.Errorf("it has %d levels, want %d", len(m.Levels), Levels)
	}
	for i, l := range m.Levels {
		if l.Level != i+1 {
			return fmt.Errorf("level %d is at place %d", l.Level, i+1)
		}
	}
	var errs []error
	sum := m.Unclassified.Incidents
	seen := make(map[string]bool)
	for _, t := range m.Tracks {
		sum += t.Incidents
		errs = append(errs, t.validate(seen))
	}
	if sum != m.Incidents {
		errs = append(errs, fmt.Errorf("its tracks have %d incidents, of %d", sum, m.Incidents))
	}
	return errors.Join(errs...)
}

// validate adds the control's IDs to seen.
func (t Track) validate(seen map[string]bool) error {
	var errs []error
	count := make([]int, Levels+1)
	for _, c := range t.Controls {
		switch {
		case c.ID == "" || seen[c.ID]:
			errs = append(errs, fmt.Errorf("%s: the ID %q is none, or another's", t.ID, c.ID))
		case c.Level < 1 || c.Level > Levels:
			errs = append(errs, fmt.Errorf("%s: there is no level %d", c.ID, c.Level))
		case c.Title == "" || c.Why == "" || c.Mend == "":
			errs = append(errs, fmt.Errorf("%s: title, why and mend must be there", c.ID))
		case checks[c.Check] == nil:
			errs = append(errs, fmt.Errorf("%s: there is no check %q", c.ID, c.Check))
		default:
			if !c.Optional {
				count[c.Level]++
			}
		}
		seen[c.ID] = true
	}
	for level := 1; level <= Levels; level++ {
		if count[level] < leastControls {
			errs = append(errs, fmt.Errorf("%s: level %d has %d controls, want %d", t.ID, level, count[level], leastControls))
		}
	}
	return errors.Join(errs...)
}

// Control returns the control of that ID and its track.
func (m *Model) Control(id string) (Track, Control, bool) {
	for _, t := range m.Tracks {
		if i := slices.IndexFunc(t.Controls, func(c Control) bool { return c.ID == id }); i >= 0 {
			return t, t.Controls[i], true
		}
	}
	return Track{}, Control{}, false
}
