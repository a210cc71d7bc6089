// Package oneshot tells which code runs for a command: once, for somebody who waits
// for it and can break it off, and not for a server.
//
// That is main itself; a main package that starts no goroutine and serves nothing;
// and what the commands of a framework for command lines do. Whoever may run for a
// request is none.
package oneshot

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// frameworks are packages by which programs are made of commands.
var frameworks = []string{
	"github.com/spf13/cobra",
	"github.com/urfave/cli",
	"gopkg.in/urfave/cli.v1",
	"github.com/alecthomas/kong",
	"github.com/alecthomas/kingpin",
	"gopkg.in/alecthomas/kingpin.v2",
	"github.com/jessevdk/go-flags",
	"github.com/mitchellh/cli",
	"github.com/hashicorp/cli",
	"github.com/google/subcommands",
	"github.com/peterbourgon/ff",
}

// An Index answers for one package.
type Index struct {
	pkg     *types.Package
	command bool // it is made of commands
	ends    bool // it is a main package that starts no goroutine and serves nothing
}

// New returns the index of the package pkg, whose syntax root is the root of.
func New(pkg *types.Package, fs *funcs.Index, root inspector.Cursor) *Index {
	x := &Index{pkg: pkg}
	for _, p := range pkg.Imports() {
		for _, f := range frameworks {
			x.command = x.command || p.Path() == f || strings.HasPrefix(p.Path(), f+"/")
		}
	}
	if pkg.Name() != "main" {
		return x
	}
	x.ends = true
	for range root.Preorder((*ast.GoStmt)(nil)) {
		x.ends = false
		break
	}
	for _, f := range fs.Funcs {
		for _, c := range f.Out {
			if c.Func != nil && strings.Contains(c.Func.Name(), "Serve") {
				x.ends = false
			}
		}
	}
	return x
}

// Runs reports whether f runs for a command.
func (x *Index) Runs(f *funcs.Func) bool {
	if x.command || x.ends {
		return true
	}
	o := f.Outermost()
	return o.Obj != nil && o.Sig.Recv() == nil && o.Obj.Name() == "main" && x.pkg.Name() == "main"
}
