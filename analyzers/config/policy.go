package config

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lagvet/lagvet/analyzers/internal/limits"
)

// required are the directives that a policy may ask functions for.
var required = [...]string{"hot", "nonblocking", "noalloc", "root"}

func (r *reader) policy(n *yaml.Node, c *Config) {
	r.mapping(n, "policy", fields{
		"packages": func(_, v *yaml.Node) { r.packages(v, c) },
		"allow": func(_, v *yaml.Node) {
			r.mapping(v, "allow", fields{
				"max-age": func(_, v *yaml.Node) { c.Policy.Allow.MaxAge = r.age(v, "max-age") },
			})
		},
		"gate": func(_, v *yaml.Node) {
			g := &c.Policy.Gate
			r.mapping(v, "gate", fields{
				"severity": func(_, v *yaml.Node) { g.Severity = r.oneOf(v, "severity", Severities()) },
				"tier":     func(_, v *yaml.Node) { g.Tier = r.oneOf(v, "tier", Tiers()) },
				"prune":    func(_, v *yaml.Node) { g.Prune = r.boolean(v, "prune") },
			})
		},
	})
}

// packages reads a list of policies, or a mapping from paths to what is forbidden
// there: "internal/match/**: nonblocking".
func (r *reader) packages(n *yaml.Node, c *Config) {
	add := func(at *yaml.Node, p Packages) {
		c.Packages = append(c.Packages, p)
		c.packagesAt = append(c.packagesAt, Place{Line: at.Line, Column: at.Column})
	}
	if resolve(n).Kind == yaml.MappingNode {
		r.entries(n, "packages", func(key, value *yaml.Node) {
			add(key, Packages{Path: r.glob(key), Forbid: r.words(value, "an effect", forbidden())})
		})
		return
	}
	r.list(n, "packages", func(item *yaml.Node) { add(item, r.packagePolicy(item)) })
}

func (r *reader) packagePolicy(n *yaml.Node) Packages {
	var p Packages
	r.mapping(n, "a policy for packages", fields{
		"path":    func(_, v *yaml.Node) { p.Path = r.glob(v) },
		"require": func(_, v *yaml.Node) { p.Require = r.words(v, "a directive", required[:]) },
		"functions": func(_, v *yaml.Node) {
			p.All = r.oneOf(v, "functions", []string{"exported", "all"}) == "all"
		},
		"forbid": func(_, v *yaml.Node) { p.Forbid = r.words(v, "an effect", forbidden()) },
		"reason": func(_, v *yaml.Node) { p.Reason = r.text(v, "reason") },
	})
	if !r.require(n, "the policy for packages", "path") {
		return p
	}
	if has := keysOf(n); !slices.Contains(has, "require") && !slices.Contains(has, "forbid") {
		r.errorf(n, "the policy asks for nothing: give it require or forbid")
	}
	return p
}

// forbidden are the words for what a policy may forbid.
func forbidden() []string { return append(limits.Contracts(), effects[:]...) }

func keysOf(n *yaml.Node) []string {
	var keys []string
	for i, k := range resolve(n).Content {
		if i%2 == 0 {
			keys = append(keys, resolve(k).Value)
		}
	}
	return keys
}

// words reads one word or a list of them, each at most once and among known, and
// returns them in order.
func (r *reader) words(n *yaml.Node, what string, known []string) []string {
	var ws []string
	add := func(item *yaml.Node) {
		switch w := r.oneOf(item, what, known); {
		case w == "":
		case slices.Contains(ws, w):
			r.errorf(item, "%q stands twice", w)
		default:
			ws = append(ws, w)
		}
	}
	switch v := resolve(n); {
	case v.Kind == yaml.ScalarNode:
		add(n)
	case v.Kind == yaml.SequenceNode && len(v.Content) == 0:
		r.errorf(n, "the list is empty: name %s, or leave the key out", what)
	default:
		r.list(n, "what names "+what, add)
	}
	slices.Sort(ws)
	return ws
}

// A unit of age, by its letter.
var ages = map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}

// age returns the duration n, a number of days or weeks.
func (r *reader) age(n *yaml.Node, what string) time.Duration {
	s := r.text(n, what)
	if s == "" {
		return 0
	}
	unit := ages[s[len(s)-1]]
	count, err := strconv.ParseInt(strings.TrimSpace(s[:len(s)-1]), 10, 64)
	if unit == 0 || err != nil || count <= 0 || count > int64(math.MaxInt64/unit) {
		r.errorf(n, "%s is %q, and must be a number of days or weeks such as 180d or 26w", what, s)
		return 0
	}
	return time.Duration(count) * unit
}
