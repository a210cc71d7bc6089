package posture

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A Profile says what is required, for one kind of use.
type Profile struct {
	Name    string                 `yaml:"name"`
	About   string                 `yaml:"about,omitempty"`
	Extends string                 `yaml:"extends,omitempty"` // the name of one that is built in, or a file beside this one
	Checks  map[string]Requirement `yaml:"checks"`            // by the check's ID
}

//go:embed profiles/*.yml
var builtIn embed.FS

// Names returns the names of the profiles that are built in.
func Names() []string {
	entries, err := builtIn.ReadDir("profiles")
	if err != nil {
		panic(err) // they are part of the program
	}
	var names []string
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yml"))
	}
	return names
}

// Named returns the profile of that name which is built in.
func Named(name string) (*Profile, error) {
	data, err := builtIn.ReadFile("profiles/" + name + ".yml")
	if err != nil {
		return nil, fmt.Errorf("there is no profile %q: name one of %s, or a file", name, strings.Join(Names(), ", "))
	}
	return parse(data, "the profile "+name, func(string) (*Profile, error) {
		return nil, errors.New("one that is built in extends nothing")
	})
}

// Load returns the profile in a file, or the one of that name which is built in.
func Load(name string) (*Profile, error) { return load(name, nil) }

// deepest bounds how many profiles extend each other.
const deepest = 8

func load(name string, from []string) (*Profile, error) {
	if slices.Contains(Names(), name) {
		return Named(name)
	}
	if slices.Contains(from, name) || len(from) == deepest {
		return nil, fmt.Errorf("profiles extend each other without end: %s", strings.Join(append(from, name), ", "))
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no profile %q: name one of %s, or a file", name, strings.Join(Names(), ", "))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the profile: %w", err)
	}
	return parse(data, name, func(base string) (*Profile, error) {
		if !slices.Contains(Names(), base) && !filepath.IsAbs(base) {
			base = filepath.Join(filepath.Dir(name), base)
		}
		return load(base, append(from, name))
	})
}

// parse reads a profile; where names it in messages, base reads the one it extends.
func parse(data []byte, where string, base func(string) (*Profile, error)) (*Profile, error) {
	p := new(Profile)
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(p); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there is something behind the profile", where)
	}
	if p.Name == "" {
		return nil, fmt.Errorf("%s has no name", where)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Checks)) {
		if err := p.Checks[id].valid(); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", where, id, err)
		}
	}
	if p.Extends == "" {
		return p, nil
	}
	under, err := base(p.Extends)
	if err != nil {
		return nil, fmt.Errorf("%s extends %s: %w", where, p.Extends, err)
	}
	checks := maps.Clone(under.Checks)
	maps.Copy(checks, p.Checks)
	maps.DeleteFunc(checks, func(_ string, q Requirement) bool { return q.Nothing })
	p.Checks = checks
	return p, nil
}

func (q Requirement) valid() error {
	switch asks := q.Min != nil || q.Max != nil || len(q.OneOf)+len(q.NoneOf) > 0; {
	case q.Nothing && asks:
		return errors.New("it requires nothing, and something")
	case !q.Nothing && !asks:
		return errors.New("it requires nothing: min, max, one-of, none-of, or nothing: true")
	case q.Min != nil && math.IsNaN(*q.Min), q.Max != nil && math.IsNaN(*q.Max):
		return errors.New("min or max is no number")
	case q.Min != nil && q.Max != nil && *q.Min > *q.Max:
		return errors.New("min is above max")
	case (q.Min != nil || q.Max != nil) && len(q.OneOf)+len(q.NoneOf) > 0:
		return errors.New("it compares a number (min, max) and a text (one-of, none-of)")
	case q.Otherwise != "" && q.Otherwise != Warn && q.Otherwise != Fail:
		return fmt.Errorf("otherwise is %q, not %s or %s", q.Otherwise, Warn, Fail)
	case q.Source == "" && !q.Nothing:
		return errors.New("it has no source: say who requires it, and why he is to be believed")
	}
	return nil
}
