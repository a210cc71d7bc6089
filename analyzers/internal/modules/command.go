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
func Commands(p *types.Package) bool {
	return slices.ContainsFunc(p.Imports(), func(imp *types.Package) bool {
		return slices.ContainsFunc(commandLines, func(c string) bool {
			return imp.Path() == c || strings.HasPrefix(imp.Path(), c+"/") || strings.HasPrefix(imp.Path(), c+".")
		})
	})
}
