package manifests

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A kustomization names files, and changes what is in them.
type kustomization struct {
	file, dir  string
	resources  []string // paths of files and directories
	components []string // paths of directories
	patches    []patch
}

// A patch changes the objects of a kind and name; either is a regular expression that
// must match in full, as Kustomize has it.
type patch struct {
	kind, name string
	at         verdict.Place
}

func (p patch) changes(o *object) bool {
	return whole(p.kind, o.kind) && whole(p.name, o.name)
}

func whole(pattern, s string) bool {
	if pattern == "" || pattern == s {
		return true
	}
	re, err := regexp.Compile("^(?:" + pattern + ")$")
	return err != nil || re.MatchString(s)
}

// An override gives an image another name or version.
type override struct{ name, newName, version string }

// rendering is how to say what an overlay comes to.
func (k *kustomization) rendering() string {
	return fmt.Sprintf("run `kustomize build %s > rendered.yaml`, and give it by --manifests rendered.yaml", k.dir)
}

func (c *collector) readKustomization(k *kustomization) {
	data, err := c.t.Read(k.file)
	if err != nil {
		c.r.Problems = append(c.r.Problems, tree.Problem{Place: verdict.Place{File: k.file, Text: err.Error()}})
		return
	}
	docs := c.parse(k.file, data)
	if len(docs) == 0 {
		return
	}
	n := docs[0]
	for _, key := range []string{"resources", "bases"} {
		for _, e := range n.Get(key).List() {
			c.resource(k, e)
		}
	}
	for _, e := range n.Get("components").List() {
		if dir := tree.Join(k.file, e.Text()); dir != "" {
			k.components = append(k.components, dir)
		}
	}
	for _, e := range n.Get("patchesStrategicMerge").List() {
		c.strategic(k, e)
	}
	for _, key := range []string{"patches", "patchesJson6902"} {
		for _, e := range n.Get(key).List() {
			c.patch(k, e)
		}
	}
	for _, e := range n.Get("images").List() {
		version := e.Get("newTag").Text()
		if d := e.Get("digest").Text(); d != "" {
			version = "@" + d
		}
		c.r.images = append(c.r.images, override{e.Get("name").Text(), e.Get("newName").Text(), version})
	}
	c.opaque(k, n)
}

// opaque notes what adds objects that are not seen, or changes in a way that is not
// followed those that are.
func (c *collector) opaque(k *kustomization, n yamltree.Node) {
	for _, key := range []string{"helmCharts", "helmChartInflationGenerator", "generators", "transformers", "replacements", "vars"} {
		e := n.Get(key)
		if len(e.List()) == 0 {
			continue
		}
		at := verdict.Place{File: k.file, Line: e.Line(), Text: key + " are not followed: " + k.rendering()}
		c.r.unrendered = append(c.r.unrendered, at)
		if key == "transformers" || key == "replacements" || key == "vars" {
			k.patches = append(k.patches, patch{at: at})
		}
	}
	for key, e := range n.Get("commonAnnotations").Fields() {
		for _, read := range []string{"prometheus.io/", "grafana.com/", "pyroscope.io/", "opentelemetry.io/", "linkerd.io/", "nginx.ingress"} {
			if strings.Contains(key, read) {
				k.patches = append(k.patches, patch{at: verdict.Place{File: k.file, Line: e.Line(), Text: "an overlay annotates it: " + k.rendering()}})
			}
		}
	}
}

// resource notes a file or directory that k names, or that it is somewhere else.
func (c *collector) resource(k *kustomization, e yamltree.Node) {
	name := tree.Join(k.file, e.Text())
	if name != "" && (c.t.Has(name) || len(c.t.Under(name)) > 0) {
		k.resources = append(k.resources, name)
		return
	}
	c.r.unrendered = append(c.r.unrendered, verdict.Place{File: k.file, Line: e.Line(), Text: fmt.Sprintf("%s is not in the repository: %s", e.Text(), k.rendering())})
}

// strategic notes a patch that is a part of an object, in a file or in place.
func (c *collector) strategic(k *kustomization, e yamltree.Node) {
	at := verdict.Place{File: k.file, Line: e.Line(), Text: "an overlay patches it: " + k.rendering()}
	if strings.Contains(e.Text(), "\n") {
		c.patchText(k, e.Text(), at)
		return
	}
	c.patchFile(k, e.Text(), at)
}

func (c *collector) patchFile(k *kustomization, ref string, at verdict.Place) {
	f := tree.Join(k.file, ref)
	c.partial[f] = true
	data, err := c.t.Read(f)
	if err != nil {
		k.patches = append(k.patches, patch{at: at}) // it may change anything
		return
	}
	c.patchText(k, string(data), at)
}

// patchText notes which objects a patch changes: those that it names itself, or, where
// it does not, all.
func (c *collector) patchText(k *kustomization, text string, at verdict.Place) {
	docs, err := yamltree.Parse(k.file, []byte(text))
	if err != nil || len(docs) == 0 {
		k.patches = append(k.patches, patch{at: at})
		return
	}
	for _, doc := range docs {
		k.patches = append(k.patches, patch{
			kind: regexp.QuoteMeta(doc.Get("kind").Text()),
			name: regexp.QuoteMeta(doc.Get("metadata", "name").Text()),
			at:   at,
		})
	}
}

// patch notes an element of "patches".
func (c *collector) patch(k *kustomization, e yamltree.Node) {
	at := verdict.Place{File: k.file, Line: e.Line(), Text: "an overlay patches it: " + k.rendering()}
	ref := e.Get("path").Text()
	if target := e.Get("target"); target.Exists() {
		if ref != "" {
			c.partial[tree.Join(k.file, ref)] = true
		}
		k.patches = append(k.patches, patch{target.Get("kind").Text(), target.Get("name").Text(), at})
		return
	}
	if ref != "" {
		c.patchFile(k, ref, at)
		return
	}
	c.patchText(k, e.Get("patch").Text(), at)
}

// overlays marks the objects that kustomizations change or, if their output is given,
// drops all that they name.
func (c *collector) overlays(rendered bool) {
	named := make(map[string]bool)
	for _, k := range c.kustomizations {
		files := make(map[string]bool)
		c.files(k, files, make(map[*kustomization]bool))
		patches := c.patches(k, make(map[*kustomization]bool))
		for f := range files {
			named[f] = true
			for _, o := range c.byFile[f] {
				if i := slices.IndexFunc(patches, func(p patch) bool { return p.changes(o) }); i >= 0 && o.patch == nil {
					o.patch = &patches[i].at
				}
			}
		}
	}
	if !rendered {
		return
	}
	c.r.unrendered = nil
	c.r.images = nil
	c.r.objects = slices.DeleteFunc(c.r.objects, func(o *object) bool { return named[o.node.File()] })
}

// files gathers the files that k names, directly or by others.
func (c *collector) files(k *kustomization, files map[string]bool, seen map[*kustomization]bool) {
	if seen[k] {
		return
	}
	seen[k] = true
	for _, name := range slices.Concat(k.resources, k.components) {
		if sub := c.byDir[name]; sub != nil {
			c.files(sub, files, seen)
			continue
		}
		files[name] = true
	}
}

// patches returns those of k and of its components, which change what k names. Those of
// its resources change only theirs.
func (c *collector) patches(k *kustomization, seen map[*kustomization]bool) []patch {
	if seen[k] {
		return nil
	}
	seen[k] = true
	all := slices.Clone(k.patches)
	for _, name := range k.components {
		if sub := c.byDir[name]; sub != nil {
			all = append(all, c.patches(sub, seen)...)
		}
	}
	return all
}
