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

func TestRunByCommand(t *testing.T) {
	cobra := types.NewPackage("github.com/spf13/cobra", "cobra")
	command := types.NewNamed(types.NewTypeName(0, cobra, "Command", nil), types.NewStruct(nil, nil), nil)
	args := types.NewSlice(types.Typ[types.String])
	for _, tt := range []struct {
		name   string
		params []types.Type
		want   bool
	}{
		{"a command and its arguments", []types.Type{types.NewPointer(command), args}, true},
		{"a command by value", []types.Type{command}, true},
		{"arguments alone", []types.Type{args}, false},
		{"nothing", nil, false},
	} {
		var vars []*types.Var
		for _, p := range tt.params {
			vars = append(vars, types.NewParam(0, cobra, "", p))
		}
		sig := types.NewSignatureType(nil, nil, nil, types.NewTuple(vars...), nil, false)
		if got := modules.RunByCommand(sig); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
