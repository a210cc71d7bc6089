package modules

import (
	"go/types"
	"slices"
	"strings"
)

// commandLines are libraries by which programs read their command lines.
var commandLines = []string{
	"github.com/alecthomas/kingpin", "github.com/alecthomas/kong", "github.com/hashicorp/cli", "github.com/mitchellh/cli",
	"github.com/spf13/cobra", "github.com/urfave/cli", "gopkg.in/alecthomas/kingpin", "gopkg.in/urfave/cli",
}

// Commands reports whether p makes commands of its functions, by what it imports:
// most of those run once, and their process ends with them.
func Commands(p *types.Package) bool { return slices.ContainsFunc(p.Imports(), readsCommandLines) }

func readsCommandLines(p *types.Package) bool {
	return slices.ContainsFunc(commandLines, func(c string) bool {
		return p.Path() == c || strings.HasPrefix(p.Path(), c+"/") || strings.HasPrefix(p.Path(), c+".")
	})
}

// RunByCommand reports whether a function of signature sig is what a command does, by
// the command that it is given: func(*cobra.Command, []string).
func RunByCommand(sig *types.Signature) bool {
	for p := range sig.Params().Variables() {
		t := p.Type()
		if ptr, ok := types.Unalias(t).(*types.Pointer); ok {
			t = ptr.Elem()
		}
		if named, ok := types.Unalias(t).(*types.Named); ok && named.Obj().Pkg() != nil && readsCommandLines(named.Obj().Pkg()) {
			return true
		}
	}
	return false
}
