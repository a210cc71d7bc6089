package documents

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// The documents that are looked for, by the names under which their places may be
// given to [Collect].
const (
	Concurrency   = "concurrency"
	Context       = "context"
	Observability = "observability"
	Dependency    = "dependency"
	Modules       = "modules"
	LessonsFile   = "lessons"
	DrillsFile    = "drills"
	Releases      = "releases" // a directory
)

// Tracks are the classes of incidents, each with a checklist of its own.
func Tracks() []string {
	return []string{Concurrency, Context, Observability, Dependency, Modules}
}

// directories hold the documents whose places are not given, the first that has one.
func directories() []string { return []string{"audit", "docs/audit"} }

// maxReleases is how many checklists of releases are read, the last by name.
const maxReleases = 500

// A Result is what the documents of a repository say.
type Result struct {
	// Problems are the documents that are there and could not be read.
	Problems []tree.Problem

	wanted   map[string][]string // where each document was looked for
	docs     map[string]*document
	broken   map[string]tree.Problem // by the name of the document
	releases map[string]*document    // by file
	unread   map[string]tree.Problem // the releases among broken, by file
}

// Collect reads the documents of t. Places gives those that are not where they are by
// default, by their names, as paths from the root of the repository.
func Collect(t *tree.Tree, places map[string]string) *Result {
	c := &collector{
		t: t,
		r: &Result{
			wanted:   make(map[string][]string),
			docs:     make(map[string]*document),
			broken:   make(map[string]tree.Problem),
			releases: make(map[string]*document),
			unread:   make(map[string]tree.Problem),
		},
		anchors: make(map[string]map[string]bool),
	}
	for _, name := range append(Tracks(), LessonsFile, DrillsFile) {
		c.document(name, places[name])
	}
	c.checklists(places[Releases])
	return c.r
}

type collector struct {
	t       *tree.Tree
	r       *Result
	anchors map[string]map[string]bool // of the files that links lead to
}

func (c *collector) document(name, place string) {
	wanted := candidates(name+".md", place)
	c.r.wanted[name] = wanted
	i := slices.IndexFunc(wanted, c.t.Has)
	if i < 0 {
		return
	}
	doc, problem := c.load(wanted[i])
	if problem != nil {
		c.r.broken[name] = *problem
		return
	}
	c.r.docs[name] = doc
}

func candidates(base, place string) []string {
	if place != "" {
		return []string{path.Clean(place)}
	}
	var all []string
	for _, d := range directories() {
		all = append(all, path.Join(d, base))
	}
	return all
}

func (c *collector) checklists(place string) {
	c.r.wanted[Releases] = candidates("releases", place)
	for _, dir := range c.r.wanted[Releases] {
		files := slices.DeleteFunc(slices.Clone(c.t.Under(dir)), func(f string) bool { return path.Ext(f) != ".md" })
		for _, f := range files[max(0, len(files)-maxReleases):] {
			doc, problem := c.load(f)
			if problem != nil {
				c.r.unread[f] = *problem
				continue
			}
			c.r.releases[f] = doc
		}
	}
}

// load reads a document and follows its links.
func (c *collector) load(file string) (*document, *tree.Problem) {
	data, err := c.t.Read(file)
	if err != nil {
		return nil, c.problem(file, err)
	}
	doc, err := parse(file, data)
	if err != nil {
		return nil, c.problem(file, err)
	}
	c.anchors[file] = doc.anchors
	for _, s := range doc.sections {
		for i := range s.links {
			s.links[i].broken = c.follow(file, s.links[i].to)
		}
	}
	return doc, nil
}

func (c *collector) problem(file string, err error) *tree.Problem {
	p := tree.Problem{Place: verdict.Place{File: file, Text: err.Error()}}
	if ye, ok := errors.AsType[*yamltree.Error](err); ok {
		p.Line, p.Column, p.Text = ye.Line, ye.Column, ye.Why
	}
	c.r.Problems = append(c.r.Problems, p)
	return &p
}

// release returns the checklist of the release with this tag, and where it is looked for.
func (r *Result) release(tag string) (doc *document, problem *tree.Problem, wanted []string) {
	for _, dir := range r.wanted[Releases] {
		file := path.Join(dir, tag+".md")
		if !fs.ValidPath(file) || !strings.HasPrefix(file, dir+"/") {
			continue
		}
		wanted = append(wanted, file)
		if doc := r.releases[file]; doc != nil {
			return doc, nil, wanted
		}
		if p, ok := r.unread[file]; ok {
			return nil, &p, wanted
		}
	}
	return nil, nil, wanted
}
