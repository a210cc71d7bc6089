package lsp

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
)

func TestParseSettings(t *testing.T) {
	base := Settings{Tier: "proven", OnChange: true}
	with := func(change func(*Settings)) Settings {
		s := base
		change(&s)
		return s
	}
	tests := []struct {
		json string
		want Settings
		err  string
	}{
		{`{}`, base, ""},
		{`null`, base, ""},
		{`{"tier":"likely","onChange":false}`, with(func(s *Settings) { s.Tier, s.OnChange = "likely", false }), ""},
		{`{"config":"ci/lagvet.yml","profiles":["cpu.pprof"],"rules":["ctxless"],"disable":["stw"],"onlyCompiler":true,"pull":true}`, with(func(s *Settings) {
			s.Config, s.Profiles, s.Rules, s.Disable, s.OnlyCompiler, s.Pull = "ci/lagvet.yml", []string{"cpu.pprof"}, []string{"ctxless"}, []string{"stw"}, true, true
		}), ""},
		{`[]`, base, "the settings of lagvet must be an object of names and values"},
		{`{"profile":["a"]}`, base, `unknown setting lagvet.profile (did you mean "profiles"?)`},
		{`{"OnChange":true}`, base, `unknown setting lagvet.OnChange (did you mean "onChange"?)`},
		{`{"onChange":"yes"}`, base, "the setting lagvet.onChange must be true or false"},
		{`{"profiles":"cpu.pprof"}`, base, "the setting lagvet.profiles must be a list of texts"},
		{`{"config":1}`, base, "the setting lagvet.config must be text"},
		{`{"tier":"sure"}`, base, "lagvet.tier is \"sure\", and must be suspected, likely or proven"},
		{`{"rules":["ctxles"]}`, base, `the settings of lagvet: unknown rule "ctxles" (did you mean "ctxless"?)`},
		{`{"disable":["directive"]}`, base, "the settings of lagvet: rule directive cannot be turned off: directives without effect must not pass for obeyed"},
		{`{"buildFlags":["--overlay=x.json"]}`, base, "lagvet.buildFlags cannot hold --overlay=x.json: the server overlays files itself"},
	}
	for _, tt := range tests {
		got, err := ParseSettings(json.RawMessage(tt.json), base)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if !reflect.DeepEqual(got, tt.want) || message != tt.err {
			t.Errorf("%s: %+v, %q, want %+v, %q", tt.json, got, message, tt.want, tt.err)
		}
	}
}

func FuzzParseSettings(f *testing.F) {
	f.Add(`{"tier":"likely","profiles":["a"],"onChange":true}`)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := ParseSettings(json.RawMessage(text), Settings{}); err != nil && !reflect.DeepEqual(s, Settings{}) {
			t.Errorf("%q has effect, %+v, and is refused: %v", text, s, err)
		}
	})
}

func TestSettingsOptions(t *testing.T) {
	folder, module := filepath.FromSlash("/w"), filepath.FromSlash("/w/m")
	abs := filepath.Join(folder, "abs.pprof")
	o := Settings{Config: "ci/lagvet.yml", Profiles: []string{"cpu.pprof", abs}}.options(module, folder)
	want := []string{filepath.Join(folder, "cpu.pprof"), abs}
	if o.Dir != module || o.Config != filepath.Join(folder, "ci", "lagvet.yml") || !reflect.DeepEqual(o.Profiles, want) {
		t.Errorf("options are %+v", o)
	}
	if o := (Settings{}).options(module, folder); o.Config != "" {
		t.Errorf("the configuration is %q, where none is set", o.Config)
	}
}
