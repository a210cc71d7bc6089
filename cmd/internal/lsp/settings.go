package lsp

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/check"
	"github.com/lagvet/lagvet/cmd/internal/policy"
)

// section is the name under which editors keep the settings.
const section = "lagvet"

// Settings are what a user sets in the editor. Most of what can be set belongs
// into .lagvet.yml, where everybody has it.
type Settings struct {
	Config       string   // the configuration file; empty: the nearest .lagvet.yml
	Profiles     []string // CPU profiles that tell what is hot
	BuildFlags   []string // for the go command: -tags=x
	Tier         string   // the lowest shown; empty: as configured
	Rules        []string // only these; empty: as configured
	Disable      []string // rules that are off
	OnlyCompiler bool     // leave out what a gopls with lagvet's rules finds
	OnChange     bool     // check what is not saved, a moment after each change
	Pull         bool     // have the editor ask for diagnostics, which are then of what is not saved
}

// ParseSettings reads settings over base. A name that is unknown, and a value
// that makes no sense, are errors: a setting without effect would pass for one.
func ParseSettings(data json.RawMessage, base Settings) (Settings, error) {
	s := base
	fields := s.fields()
	var given map[string]json.RawMessage
	if err := json.Unmarshal(data, &given); err != nil {
		return base, fmt.Errorf("the settings of %s must be an object of names and values", section)
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		field, ok := fields[name]
		if !ok {
			return base, fmt.Errorf("unknown setting %s.%s%s", section, name, config.DidYouMean(name, slices.Sorted(maps.Keys(fields))))
		}
		if err := json.Unmarshal(given[name], field); err != nil {
			return base, fmt.Errorf("the setting %s.%s must be %s", section, name, kind(field))
		}
	}
	if err := s.check(); err != nil {
		return base, err
	}
	return s, nil
}

// fields returns the fields by the names of the settings.
func (s *Settings) fields() map[string]any {
	return map[string]any{
		"config":       &s.Config,
		"profiles":     &s.Profiles,
		"buildFlags":   &s.BuildFlags,
		"tier":         &s.Tier,
		"rules":        &s.Rules,
		"disable":      &s.Disable,
		"onlyCompiler": &s.OnlyCompiler,
		"onChange":     &s.OnChange,
		"pull":         &s.Pull,
	}
}

// kind says what a field holds.
func kind(field any) string {
	switch field.(type) {
	case *bool:
		return "true or false"
	case *[]string:
		return "a list of texts"
	}
	return "text"
}

func (s Settings) check() error {
	if s.Tier != "" {
		if err := config.OneOf(section+".tier", s.Tier, config.Tiers()); err != nil {
			return err
		}
	}
	for _, flag := range s.BuildFlags {
		if strings.HasPrefix(strings.TrimLeft(flag, "-"), "overlay") {
			return fmt.Errorf("%s.buildFlags cannot hold %s: the server overlays files itself", section, flag)
		}
	}
	p := policy.Policy{Config: new(config.Config), Only: s.Rules, Disable: s.Disable}
	if err := p.CheckRules(analyzers.Catalogue()); err != nil {
		return fmt.Errorf("the settings of %s: %w", section, err)
	}
	return nil
}

// options returns what to check in a module. Relative paths are those of the
// folder that the editor has open.
func (s Settings) options(module, folder string) check.Options {
	absolute := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(folder, filepath.FromSlash(path))
	}
	o := check.Options{
		Dir:          module,
		Config:       absolute(s.Config),
		BuildFlags:   s.BuildFlags,
		Tier:         s.Tier,
		Rules:        s.Rules,
		Disable:      s.Disable,
		OnlyCompiler: s.OnlyCompiler,
	}
	for _, p := range s.Profiles {
		o.Profiles = append(o.Profiles, absolute(p))
	}
	return o
}
