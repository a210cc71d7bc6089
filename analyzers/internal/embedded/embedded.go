// Package embedded tells whether the databases that a package works with are part
// of the program: there is no server to wait for then.
package embedded

import (
	"go/types"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// Database reports whether pkg opens a database that is part of the program, or
// imports the driver of one.
func Database(pkg *types.Package, info *types.Info, fs *funcs.Index, vs *values.Index) bool {
	if slices.ContainsFunc(pkg.Imports(), func(p *types.Package) bool { return inProcess(p.Name()) }) {
		return true
	}
	return slices.ContainsFunc(fs.Funcs, func(f *funcs.Func) bool {
		return slices.ContainsFunc(f.Out, func(call *funcs.Call) bool {
			if call.Func == nil || vs.InTest(call.Site.Pos()) {
				return false
			}
			switch call.Func.Name() {
			case "Open", "MustOpen", "Connect", "MustConnect", "ConnectContext":
				driver := ""
				for _, a := range call.Site.Args[:min(2, len(call.Site.Args))] {
					driver += values.Prefix(info, a)
				}
				return inProcess(driver)
			}
			return false
		})
	})
}

// inProcess reports whether a driver, by the name it is registered under or that
// of its package, is of a database that runs inside the program.
func inProcess(driver string) bool {
	return strings.Contains(driver, "sqlite") || strings.Contains(driver, "duckdb")
}
