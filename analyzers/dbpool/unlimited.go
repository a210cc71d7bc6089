package dbpool

import (
	"go/constant"
	"go/types"
	"slices"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/lifetimes"
	"github.com/lagvet/lagvet/analyzers/pattern"
)

// embedded are drivers of databases that live in the process or in a file, or that
// pretend to be one: there is no server whose connections could run out.
var embedded = pattern.New(`(?i)sqlite|duckdb|mock|txdb|ramsql|memory|^ql`)

// database reports a database that is kept and whose pool of connections nobody
// sets a limit to. One that its function returns is judged where it is called.
func (c *checker) database(v *lifetimes.Value) {
	if c.sets(v, "SetMaxOpenConns") || !kept(v) || c.embedded(v) {
		return
	}
	doubt := c.outOfSight(v)
	if doubt && c.tunes() {
		return
	}
	f := rule.Finding{
		Pos:       v.Site.Pos(),
		End:       v.Site.End(),
		Tier:      rule.Likely,
		Message:   "nothing limits the connections of this database: under load as many are opened as queries wait, until the server refuses them, and all but two are closed again when they have been used",
		Cause:     "pool without a limit",
		Primitive: v.New,
		Mend:      "call SetMaxOpenConns, SetMaxIdleConns with the same number, and SetConnMaxLifetime, after opening it",
	}
	if doubt || c.sets(v, "SetMaxIdleConns") || c.sets(v, "SetConnMaxLifetime") || c.sets(v, "SetConnMaxIdleTime") || c.command() {
		f.Tier = rule.Suspected
	}
	c.Report(f)
}

func (c *checker) sets(v *lifetimes.Value, method string) bool {
	return slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool { return u.Op == lifetimes.Touch && u.Name == method })
}

// kept reports whether v outlives the function that opens it, and that does not
// return it.
func kept(v *lifetimes.Value) bool {
	keeps := v.Func == nil
	for _, u := range v.Uses {
		switch u.Op {
		case lifetimes.Return:
			if u.Func == v.Func {
				return false
			}
		case lifetimes.Own, lifetimes.Store, lifetimes.Hand:
			keeps = true
		}
	}
	return keeps
}

// embedded reports whether the driver, by its name if that is a constant or by the
// type of its connector, has no server.
func (c *checker) embedded(v *lifetimes.Value) bool {
	for _, a := range v.Site.Args {
		tv := c.TypesInfo.Types[a]
		if s := tv.Value; s != nil && s.Kind() == constant.String && embedded.MatchString(constant.StringVal(s)) {
			return true
		}
		if tv.Value == nil && embedded.MatchString(typeName(tv.Type)) {
			return true
		}
	}
	return false
}

// outOfSight reports whether v comes to where somebody else may set its limits.
func (c *checker) outOfSight(v *lifetimes.Value) bool {
	return slices.ContainsFunc(v.Uses, func(u lifetimes.Use) bool {
		switch u.Op {
		case lifetimes.Store:
			return u.Call == nil && (u.To == nil || c.settable(u.To))
		case lifetimes.Own:
			return c.settable(u.To)
		case lifetimes.Return:
			return true
		}
		return false
	})
}

func (c *checker) settable(v *types.Var) bool {
	return v.Pkg() != c.Pkg || v.Exported() && c.Pkg.Name() != "main"
}

// tunes reports whether the package sets the limits of some database, which may
// be this one.
func (c *checker) tunes() bool {
	for _, f := range c.Funcs.Funcs {
		for _, call := range f.Out {
			if call.Func != nil && call.Func.Name() == "SetMaxOpenConns" {
				return true
			}
		}
	}
	return false
}

// command reports whether the package is a program that serves nobody, by what it
// imports.
func (c *checker) command() bool {
	if c.Pkg.Name() != "main" {
		return modules.Commands(c.Pkg)
	}
	return !slices.ContainsFunc(c.Pkg.Imports(), func(p *types.Package) bool {
		switch p.Path() {
		case "net/http", "net", "google.golang.org/grpc":
			return true
		}
		return false
	})
}
