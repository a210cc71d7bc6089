package manifests

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// identify notes what the programs of the repository are called, after its modules,
// commands and directories with a main.go, and whose they are.
func (c *collector) identify() {
	for _, f := range c.t.Files() {
		dir, base := path.Dir(f), path.Base(f)
		switch {
		case vendored(f) || setAside(f):
		case base == "go.mod":
			if data, err := c.t.Read(f); err == nil {
				prefix, _, _ := module.SplitPathVersion(modfile.ModulePath(data))
				c.names = append(c.names, strings.ToLower(path.Base(prefix)))
				if parts := strings.Split(strings.ToLower(prefix), "/"); len(parts) > 2 {
					c.owners = append(c.owners, parts[1])
				}
			}
		case path.Base(path.Dir(dir)) == "cmd" && path.Ext(base) == ".go", base == "main.go" && dir != ".":
			c.names = append(c.names, strings.ToLower(path.Base(dir)))
		}
	}
	slices.Sort(c.names)
	c.names = slices.DeleteFunc(slices.Compact(c.names), func(n string) bool { return n == "" || n == "." })
}

// vendored reports whether a file is somebody else's.
func vendored(f string) bool {
	return within(f, func(dir string) bool {
		return dir == "vendor" || dir == "node_modules" || dir == "third_party" || dir == "third-party" || dir == "bower_components"
	})
}

// setAside reports whether a file is of a test or an example, and so not deployed.
func setAside(f string) bool {
	return within(f, func(dir string) bool {
		switch strings.ToLower(dir) {
		case "test-data", "fixtures", "test", "tests", "testing", "e2e", "integration", "integration-tests", "mocks",
			"hack", "example", "examples", "sample", "samples", "demo", "demos", "doc", "docs", "documentation", "website", "tutorial", "tutorials":
			return true
		}
		return strings.HasPrefix(dir, ".") || strings.HasPrefix(dir, "_") || strings.HasPrefix(dir, "testdata") || testSuffix.MatchString(dir)
	})
}

var testSuffix = pattern.New(`(?:[-_]|integration)tests?$`)

func within(f string, is func(dir string) bool) bool {
	dir := path.Dir(f)
	return dir != "." && slices.ContainsFunc(strings.Split(dir, "/"), is)
}

// ofChart returns the directory of the chart whose template or values f is, or "".
func (c *collector) ofChart(f string) string {
	for _, dir := range c.charts {
		rel, ok := f, dir == "."
		if !ok {
			rel, ok = strings.CutPrefix(f, dir+"/")
		}
		first, _, _ := strings.Cut(rel, "/")
		if ok && (slices.Contains([]string{"templates", "charts", "crds", "ci", "tests"}, first) || strings.HasPrefix(first, "values") || first == "Chart.yaml") {
			return dir
		}
	}
	return ""
}

const nomad = "Nomad"

// shown reports whether a directory has jobs and machines that programs print or tests
// set up: beside setAside's, assets that are embedded, fixtures, scenarios of Enos, with
// which clusters of Nomad are tested, and tools, which get developers machines to test on.
func shown(dir string) bool {
	return dir == "asset" || dir == "assets" || strings.HasSuffix(dir, "-fixtures") || dir == "enos" || dir == "dev" || dir == "tools"
}

// other names means of deployment that are not read, by the files that they have.
func other(f string) string {
	for _, o := range []struct{ pattern, name string }{
		{"**/*.nomad{,.hcl}", nomad},
		{"**/Pulumi.y{,a}ml", "Pulumi"},
		{"**/serverless.y{,a}ml", "the Serverless framework"},
		{"**/fly.toml", "Fly.io"},
		{"**/samconfig.toml", "AWS SAM"},
		{"**/cdk.json", "the AWS CDK"},
		{"**/render.yaml", "Render"},
	} {
		if doublestar.MatchUnvalidated(o.pattern, f) {
			if o.name == nomad && within(f, shown) {
				return ""
			}
			return o.name
		}
	}
	return ""
}

// isCompose reports whether a file has the name of a compose file.
func isCompose(f string) bool {
	return doublestar.MatchUnvalidated("**/{docker-,}compose{,.*,-*}.y{,a}ml", f)
}
