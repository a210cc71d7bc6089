package modules_test

import (
	"go/types"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

func TestCommands(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/spf13/cobra":               true,
		"github.com/urfave/cli/v2":             true,
		"gopkg.in/alecthomas/kingpin.v2":       true,
		"github.com/spf13/cobrademo":           false,
		"github.com/alecthomas/kong-hcl/other": false,
		"flag":                                 false, // a server's too
	} {
		p := types.NewPackage("example.com/p", "p")
		p.SetImports([]*types.Package{types.NewPackage("fmt", "fmt"), types.NewPackage(path, "imported")})
		if got := modules.Commands(p); got != want {
			t.Errorf("a package that imports %s makes commands: %v, want %v", path, got, want)
		}
	}
}
