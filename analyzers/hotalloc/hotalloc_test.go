package hotalloc_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lagvet/lagvet/analyzers/hotalloc"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, hotalloc.Rule) }

// digest gives two lines of the function a share: the make and the map assignment.
// The conversion has too small a one.
const digest = `lagvet profile 1
name	cpu.pprof
samples	10000
pkg	example.com/busy
func	(*Book).Hot		10	0.9	0.9	hot
line	1	0.3
line	2	0.002
line	4	0.3
`

// What depends on a size counts where a profile shows time.
func TestProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "digest")
	if err := os.WriteFile(file, []byte(digest), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := hotpath.Analyzer.Flags.Set(hotpath.ProfileFlag, file); err != nil {
		t.Fatal(err)
	}
	defer hotpath.Analyzer.Flags.Set(hotpath.ProfileFlag, "")
	dir, err := filepath.Abs("testdata/profiled/busy")
	if err != nil {
		t.Fatal(err)
	}
	found := ruletest.Findings(t, hotalloc.Rule, dir, ".")
	const line = 11
	if len(found) != 1 || found[0].Posn.Line != line || found[0].Tier != rule.Likely {
		t.Errorf("found %+v, want one likely finding on line %d", found, line)
	}
}
