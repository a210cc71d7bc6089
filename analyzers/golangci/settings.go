package golangci

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"

	"github.com/lagvet/lagvet/analyzers/config"
)

// settings are those of a linter.
type settings struct {
	Config   string   `json:"config"`
	Profiles []string `json:"profiles"`
	Rules    []string `json:"rules"` // nil: all; empty: none
}

// kinds says what each setting must be.
var kinds = map[string]string{"config": "a path", "profiles": "a list of paths", "rules": "a list of rules"}

// read decodes the settings of a linter that knows the given ones. Any other is
// an error.
func read(raw any, known ...string) (settings, error) {
	m, _ := raw.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, key) {
			return settings{}, fmt.Errorf("unknown setting %q%s: there are %s", key, config.DidYouMean(key, known), strings.Join(known, ", "))
		}
	}
	s, err := register.DecodeSettings[settings](raw)
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case ok && wrong.Field == "":
		return s, fmt.Errorf("the settings are a %s, and must be a mapping", wrong.Value)
	case ok:
		return s, fmt.Errorf("the setting %s holds a %s, and must be %s", wrong.Field, wrong.Value, kinds[wrong.Field])
	}
	return s, err
}
