package modules

import (
	"path"
	"strings"

	"golang.org/x/mod/module"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// A vendor is a vendor/modules.txt.
type vendor struct {
	name     string
	unread   bool
	explicit map[module.Version]int // what go.mod requires, by line
	replaced map[module.Version]module.Version
}

// vendored reads the vendor/modules.txt of a directory, nil if there is none.
func (r *Result) vendored(dir string) *vendor {
	name := path.Join(dir, "vendor/modules.txt")
	if !r.tree.Has(name) {
		return nil
	}
	v := &vendor{name: name, explicit: make(map[module.Version]int), replaced: make(map[module.Version]module.Version)}
	data, ok := r.read(name)
	if !ok {
		v.unread = true
		return v
	}
	var mod module.Version
	var at, line int
	for text := range strings.Lines(string(data)) {
		line++
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "# "):
			var to module.Version
			mod, to = vendoredModule(strings.Fields(text)[1:])
			at = line
			if to.Path != "" {
				v.replaced[mod] = to
			}
		case strings.HasPrefix(text, "## ") && mod.Path != "":
			for tag := range strings.SplitSeq(text[3:], ";") {
				if strings.TrimSpace(tag) == "explicit" {
					v.explicit[mod] = at
				}
			}
		}
	}
	return v
}

// vendoredModule reads "PATH [VERSION] [=> PATH [VERSION]]".
func vendoredModule(f []string) (mod, to module.Version) {
	read := func(f []string) (m module.Version) {
		if len(f) > 0 {
			m.Path = f[0]
		}
		if len(f) > 1 {
			m.Version = f[1]
		}
		return m
	}
	for i, w := range f {
		if w == "=>" {
			return read(f[:i]), read(f[i+1:])
		}
	}
	return read(f), module.Version{}
}

// VendorAgrees checks that vendor/modules.txt lists what go.mod requires and replaces,
// in these versions, as the go command does before it builds from vendor.
func (r *Result) VendorAgrees() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var bad, good []verdict.Place
	for _, m := range r.Modules {
		if m.vendor == nil || m.vendor.unread {
			continue
		}
		good = append(good, verdict.Place{File: m.vendor.name, Line: 1, Text: "vendored modules of " + m.Path()})
		bad = append(bad, m.vendorDrift()...)
	}
	for _, w := range r.Workspaces {
		if w.vendor != nil && !w.vendor.unread {
			good = append(good, verdict.Place{File: w.vendor.name, Line: 1, Text: "vendored modules of a workspace"})
			bad = append(bad, w.vendorDrift()...)
		}
	}
	if len(bad) == 0 {
		if v, ok := r.unread("modules.txt"); ok {
			return v
		}
		if len(good) == 0 {
			return verdict.Needless("no module has a vendor directory")
		}
	}
	return r.judge(bad, nil, good,
		"vendor/modules.txt is not what go.mod says: run go mod vendor", "",
		"vendor/modules.txt agrees with go.mod")
}

func (m *Module) vendorDrift() []verdict.Place {
	if g := m.File.Go; g == nil || old(g.Version, 14) {
		return nil // the go command compares from Go 1.14 on
	}
	var bad []verdict.Place
	required := make(map[module.Version]bool)
	for _, q := range m.File.Require {
		required[q.Mod] = true
		if _, ok := m.vendor.explicit[q.Mod]; !ok {
			p := at(m.name, q.Syntax)
			p.Text = q.Mod.String() + " is required, and " + m.vendor.name + " does not list it"
			bad = append(bad, p)
		}
		if to, ok := m.replacement(q.Mod); ok && m.vendor.replaced[q.Mod] != to {
			p := at(m.name, q.Syntax)
			p.Text = q.Mod.String() + " is replaced, and not so in " + m.vendor.name
			bad = append(bad, p)
		}
	}
	for _, mod := range sortedVersions(m.vendor.explicit) {
		if !required[mod] {
			bad = append(bad, verdict.Place{File: m.vendor.name, Line: m.vendor.explicit[mod], Text: mod.String() + " is vendored, and go.mod does not require it"})
		}
	}
	return bad
}

// vendorDrift compares what the members of a workspace require: of one
// module the highest version counts, and only that it is listed at all is compared.
func (w *Workspace) vendorDrift() []verdict.Place {
	listed := make(map[string]bool)
	for mod := range w.vendor.explicit {
		listed[mod.Path] = true
	}
	var bad []verdict.Place
	for _, m := range w.members {
		for _, q := range m.File.Require {
			if !listed[q.Mod.Path] && !w.paths[q.Mod.Path] {
				p := at(m.name, q.Syntax)
				p.Text = q.Mod.String() + " is required, and " + w.vendor.name + " does not list it"
				bad = append(bad, p)
			}
		}
	}
	return bad
}
