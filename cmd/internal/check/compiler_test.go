package check

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func TestOnlyCompiler(t *testing.T) {
	dir := module(t, map[string]string{"a.go": "package m\n"})
	with := func(rule, message string, line int) finding.Finding {
		f := at(dir, "a.go", line)
		f.Rule, f.Message = rule, message
		return f
	}
	escapes := with("heapescape", "moved to the heap", 4)
	res := func(cold int, fs ...finding.Finding) *engine.Result {
		return &engine.Result{
			Packages: 2, Cold: cold, Findings: fs,
			Problems: []finding.Problem{
				{Message: "the go command is missing"},
				{Place: finding.Place{File: filepath.Join(dir, "a.go")}, Message: "does not compile"},
				{Place: finding.Place{File: filepath.Join(dir, "default.pgo")}, Message: "cannot be read"},
			},
		}
	}
	tests := []struct {
		name    string
		results []*engine.Result
		want    []string
	}{
		{
			"known without it, in other words",
			[]*engine.Result{
				res(1, with("hotdefer", "on the stack", 1), escapes, with("hotdefer", "in a loop", 2)),
				res(1, with("hotdefer", "perhaps on the stack", 1), with("hotdefer", "in a loop", 2), with("hotalloc", "perhaps", 9)),
			},
			[]string{"moved to the heap"},
		},
		{"nothing hot", []*engine.Result{res(2, with("ctxless", "m", 1))}, nil},
		{"the same place and another hazard", []*engine.Result{res(0, escapes), res(0, with("ctxless", "m", 4))}, []string{"moved to the heap"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := execute(t, dir, Options{OnlyCompiler: true, Format: "json"}, tt.results...).asked
			if len(asked) != len(tt.results) || asked[0].NoCompiler || len(asked) > 1 && !asked[1].NoCompiler {
				t.Errorf("the engine is asked %+v", asked)
			}
			var messages, problems []string
			for _, f := range tt.results[0].Findings {
				messages = append(messages, f.Message)
			}
			for _, p := range tt.results[0].Problems {
				problems = append(problems, p.Message)
			}
			if !slices.Equal(messages, tt.want) {
				t.Errorf("findings are %q, want %q", messages, tt.want)
			}
			if want := []string{"the go command is missing", "cannot be read"}; !slices.Equal(problems, want) {
				t.Errorf("problems are %q, want %q", problems, want)
			}
		})
	}
}

func TestReportOfUsage(t *testing.T) {
	for _, o := range []Options{{Dir: "nowhere"}, {Dir: t.TempDir(), Tier: "sure"}, {Dir: t.TempDir(), Rules: []string{"none"}}} {
		if rep, err := Report(t.Context(), o, t.Output()); err == nil {
			t.Errorf("%+v: no error, but %+v", o, rep)
		}
	}
}
