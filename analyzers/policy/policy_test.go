package policy_test

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/limits"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/policy"
)

func Test(t *testing.T) {
	root, err := filepath.Abs("testdata/service")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(limits.Limits{
		Root: root,
		Packages: []limits.Package{
			{Path: "internal/match/**", Require: []string{"nonblocking"}, Forbid: []string{"nonblocking"}, Reason: "the matching loop"},
			{Path: "internal/store/*.go", Forbid: []string{"alloc"}},
			{Path: "internal/store/store.go", Require: []string{"hot"}, All: true},
			{Path: "internal/elsewhere", Forbid: []string{"alloc"}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := limits.Analyzer.Flags.Set(limits.Flag, string(text)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { limits.Analyzer.Flags.Set(limits.Flag, "") })
	ruletest.Run(t, policy.Rule)
}
