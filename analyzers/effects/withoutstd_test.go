package effects

import (
	"fmt"
	"go/types"
	"path/filepath"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// A lonelyFact is a Fact in a world where the standard library has none.
type lonelyFact struct{ Fact }

// withoutStd is Report as it is on a host that analyses no standard library.
var withoutStd = newWithoutStd()

func newWithoutStd() *analysis.Analyzer {
	var release string
	a := &analysis.Analyzer{
		Name:      "withoutstd",
		Doc:       "report what each function may do to latency, without facts of the standard library",
		Requires:  Analyzer.Requires,
		FactTypes: []analysis.Fact{new(lonelyFact)},
		Run:       func(pass *analysis.Pass) (any, error) { return nil, lonely(pass, release) },
	}
	a.Flags.StringVar(&release, "release", "", "the `release` whose table stands in")
	return a
}

func lonely(pass *analysis.Pass, release string) error {
	if modules.Std(pass) {
		return nil
	}
	lonely := *pass
	lonely.ImportPackageFact = func(pkg *types.Package, fact analysis.Fact) bool {
		var f lonelyFact
		ok := pass.ImportPackageFact(pkg, &f)
		*fact.(*Fact) = f.Fact
		return ok
	}
	lonely.ExportPackageFact = func(fact analysis.Fact) { pass.ExportPackageFact(&lonelyFact{*fact.(*Fact)}) }
	info, err := run(&lonely, "", func() (*stdTable, error) { return openStd(release) })
	if err != nil {
		return err
	}
	if missing := info.(*Info).Missing(); len(missing) > 0 {
		return fmt.Errorf("the table does not tell of %v", missing)
	}
	return info.(*Info).report(pass)
}

// TestWithoutFactsOfStd holds the effects of functions that use the standard library
// against those that they have by the table.
func TestWithoutFactsOfStd(t *testing.T) {
	compared := 0
	for _, module := range []string{"fixtures", "server", "sites"} {
		dir, err := filepath.Abs(filepath.Join("testdata", module))
		if err != nil {
			t.Fatal(err)
		}
		want := vetted(t, dir, "./...")
		got := reported(t, withoutStd, dir, "-"+withoutStd.Name+".release="+release(t, dir), "./...")
		for name, s := range got {
			if want[name] == nil {
				t.Errorf("%s: nothing is said of it with facts", name)
			} else if said, told := describe(s), describe(want[name]); said != told {
				t.Errorf("%s: with facts\n%s\nwithout\n%s", name, told, said)
			}
		}
		compared += len(got)
	}
	if compared < 400 {
		t.Errorf("only %d functions were compared", compared)
	}
}

func TestNearestStd(t *testing.T) {
	for version, want := range map[string]string{
		"go1.24.9":                              "go1.25",
		"go1.25":                                "go1.25",
		"go1.26.8":                              "go1.26",
		"go1.27rc1":                             "go1.27",
		"go1.27.4 X:nodwarf5":                   "go1.27",
		"go1.27-20260601-RC01 cl/1234 +7890abc": "go1.27",
		"go1.31.2":                              "go1.27",
		"devel go1.26-3f8ac8e Mon":              "go1.26",
		"devel +a1b2c3":                         "go1.27",
	} {
		if got := nearestStd(version); got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}
