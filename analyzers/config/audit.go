package config

import (
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"go.yaml.in/yaml/v3"
)

// Enforce is what a build under lagvet enforce refuses.
type Enforce struct {
	Rules  []string // whose findings break the build
	Forbid []Forbidden
}

// Forbidden is what no package may use.
type Forbidden struct {
	API    string   // a package ("log"), or what it exports: "net/http.Get", "net/http.Client", "net.Dialer.Dial"
	Except []string // packages that may: import paths, with /... for those below
	Reason string
	Place  Place
}

// Audit is what lagvet audit is told of a repository.
type Audit struct {
	Documents     map[string]string // where a track's checklist is kept, by track
	NotApplicable map[string]string // why a track does not apply, by track
	Waivers       []Waiver
	// ForbiddenModules are not to be required: paths, with "/..." for those below, or
	// "@<v1.2.3" for versions before one.
	ForbiddenModules []string
}

// Waiver lets a control fail until a day.
type Waiver struct {
	Control, Owner, Reason, Path string
	Expires                      time.Time
	Place                        Place
}

func (r *reader) enforce(n *yaml.Node, c *Config) {
	e := &c.Enforce
	r.mapping(n, "enforce", fields{
		"rules": func(_, v *yaml.Node) {
			r.list(v, "rules", func(item *yaml.Node) {
				if name := r.text(item, "a rule"); name != "" && r.known(item, name) {
					e.Rules = append(e.Rules, name)
				}
			})
		},
		"forbid": func(_, v *yaml.Node) {
			r.list(v, "forbid", func(item *yaml.Node) {
				f := r.forbidden(item)
				f.Place = Place{Line: item.Line, Column: item.Column}
				e.Forbid = append(e.Forbid, f)
			})
		},
	})
}

// forbidden reads the name of an API, or a mapping that has it.
func (r *reader) forbidden(n *yaml.Node) (f Forbidden) {
	if resolve(n).Kind == yaml.ScalarNode {
		f.API = r.api(n)
		return f
	}
	r.mapping(n, "what is forbidden", fields{
		"api": func(_, v *yaml.Node) { f.API = r.api(v) },
		"except": func(_, v *yaml.Node) {
			r.list(v, "except", func(item *yaml.Node) { f.Except = append(f.Except, r.text(item, "a package")) })
		},
		"reason": func(_, v *yaml.Node) { f.Reason = r.text(v, "reason") },
	})
	r.require(n, "what is forbidden", "api")
	return f
}

// named matches an import path, alone or with the name of what the package exports
// and a method or field of it.
var named = pattern.New(`^[\w~-]+(\.[\w~-]+)*(/[\w~.-]+)*$`)

func (r *reader) api(n *yaml.Node) string {
	s := r.text(n, "an API")
	if s != "" && !named.MatchString(s) {
		r.errorf(n, "%q is no API: write an import path, or one with a name behind it such as net/http.Get", s)
		return ""
	}
	return s
}

// forbiddenModule matches the path of a module, with "/..." for those below, or with the
// version before which it is forbidden.
var forbiddenModule = pattern.New(`^[\w~-]+(\.[\w~-]+)*(/[\w~.-]+)*(@<v\d+\.\d+\.\d+[\w.+-]*)?$`)

func (r *reader) module(n *yaml.Node) string {
	s := r.text(n, "a module")
	if s != "" && !forbiddenModule.MatchString(s) {
		r.errorf(n, "%q forbids no module: write its path, example.com/a/... for those below it, or example.com/a@<v1.2.3 for the versions before one", s)
	}
	return s
}

func (r *reader) audit(n *yaml.Node, c *Config) {
	a := &c.Audit
	texts := func(v *yaml.Node, what string) map[string]string {
		m := make(map[string]string)
		r.entries(v, what, func(key, value *yaml.Node) { m[resolve(key).Value] = r.text(value, what) })
		return m
	}
	r.mapping(n, "audit", fields{
		"documents":      func(_, v *yaml.Node) { a.Documents = texts(v, "documents") },
		"not-applicable": func(_, v *yaml.Node) { a.NotApplicable = texts(v, "not-applicable") },
		"forbidden-modules": func(_, v *yaml.Node) {
			r.list(v, "forbidden-modules", func(item *yaml.Node) { a.ForbiddenModules = append(a.ForbiddenModules, r.module(item)) })
		},
		"waivers": func(_, v *yaml.Node) {
			r.list(v, "waivers", func(item *yaml.Node) { a.Waivers = append(a.Waivers, r.waiver(item)) })
		},
	})
}

func (r *reader) waiver(n *yaml.Node) Waiver {
	w := Waiver{Place: Place{Line: n.Line, Column: n.Column}}
	r.mapping(n, "a waiver", fields{
		"control": func(_, v *yaml.Node) { w.Control = r.text(v, "control") },
		"owner":   func(_, v *yaml.Node) { w.Owner = r.text(v, "owner") },
		"reason":  func(_, v *yaml.Node) { w.Reason = r.text(v, "reason") },
		"path":    func(_, v *yaml.Node) { w.Path = strings.TrimSuffix(r.text(v, "path"), "/") },
		"expires": func(_, v *yaml.Node) { w.Expires = r.date(v, "expires") },
	})
	r.require(n, "the waiver", "control", "owner", "reason", "expires")
	return w
}

func (r *reader) date(n *yaml.Node, what string) time.Time {
	s := r.text(n, what)
	d, err := time.Parse(time.DateOnly, s)
	if err != nil && s != "" {
		r.errorf(n, "%s is %q, and must be a day such as 2027-03-31", what, s)
	}
	return d
}

// Permits reports whether a package may use what is forbidden.
func (f Forbidden) Permits(pkg string) bool {
	return slices.ContainsFunc(f.Except, func(pattern string) bool {
		dir, below := strings.CutSuffix(pattern, "/...")
		return pkg == dir || below && strings.HasPrefix(pkg, dir+"/")
	})
}
