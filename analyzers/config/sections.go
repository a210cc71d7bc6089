package config

import (
	"flag"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/lagvet/lagvet/analyzers"
)

// effects are the kinds of effects that a function can be said to have.
var effects = [...]string{
	"alloc", "lock", "chan", "net", "disk", "sleep", "syscall",
	"cgo", "stw", "spawn", "reflect", "exit", "wallclock", "unknown",
}

func (r *reader) config(n *yaml.Node, c *Config) {
	r.mapping(n, "the configuration", fields{
		"rules": func(_, v *yaml.Node) { r.rules(v, c) },
		"exclude": func(_, v *yaml.Node) {
			r.list(v, "exclude", func(item *yaml.Node) { c.Exclude = append(c.Exclude, r.exclude(item)) })
		},
		"assume": func(_, v *yaml.Node) {
			r.list(v, "assume", func(item *yaml.Node) {
				c.Assume = append(c.Assume, r.assume(item))
				c.assumeAt = append(c.assumeAt, Place{Line: item.Line, Column: item.Column})
			})
		},
		"roots": func(_, v *yaml.Node) { c.Roots = r.functions(v, "roots") },
		"hot":   func(_, v *yaml.Node) { c.Hot = r.functions(v, "hot") },
		"profile": func(_, v *yaml.Node) {
			r.list(v, "profile", func(item *yaml.Node) {
				c.Profile = append(c.Profile, r.text(item, "a profile"))
				c.profileAt = append(c.profileAt, Place{Line: item.Line, Column: item.Column})
			})
		},
		"strict": func(_, v *yaml.Node) { c.Strict = r.boolean(v, "strict") },
		"budgets": func(_, v *yaml.Node) {
			r.list(v, "budgets", func(item *yaml.Node) {
				c.Budgets = append(c.Budgets, r.budget(item))
				c.budgetAt = append(c.budgetAt, Place{Line: item.Line, Column: item.Column})
			})
		},
		"policy":  func(_, v *yaml.Node) { r.policy(v, c) },
		"enforce": func(_, v *yaml.Node) { r.enforce(v, c) },
		"audit":   func(_, v *yaml.Node) { r.audit(v, c) },
	})
}

func (r *reader) rules(n *yaml.Node, c *Config) {
	c.Rules = make(map[string]Rule)
	r.entries(n, "rules", func(key, value *yaml.Node) {
		name := resolve(key).Value
		if !r.known(key, name) {
			return
		}
		rule, options := r.rule(name, value)
		c.Rules[name] = rule
		if len(options) > 0 {
			if c.Options == nil {
				c.Options = make(map[string]map[string]string)
			}
			c.Options[name] = options
		}
	})
}

// known reports whether name is a rule, and says so if it is not.
func (r *reader) known(n *yaml.Node, name string) bool {
	if _, ok := r.schema.rules[name]; ok {
		return true
	}
	r.errorf(n, "unknown rule %q%s", name, DidYouMean(name, slices.Sorted(maps.Keys(r.schema.rules))))
	return false
}

func (r *reader) rule(name string, n *yaml.Node) (rule Rule, options map[string]string) {
	if v := resolve(n); v.Kind == yaml.ScalarNode {
		rule.Off = r.oneOf(n, "rule "+name, []string{"on", "off"}) == "off"
		return rule, nil
	}
	what := "rule " + name
	fs := fields{
		"severity": func(_, v *yaml.Node) { rule.Severity = r.oneOf(v, "severity", Severities()) },
		"tier":     func(_, v *yaml.Node) { rule.Tier = r.oneOf(v, "tier", Tiers()) },
	}
	options = make(map[string]string)
	r.schema.rules[name].Flags.VisitAll(func(f *flag.Flag) {
		fs[f.Name] = func(_, v *yaml.Node) {
			if value, ok := r.option(v, f); ok {
				options[f.Name] = value
			}
		}
	})
	r.mapping(n, what, fs)
	return rule, options
}

// option returns the value of a rule's option in the form that its flag takes.
func (r *reader) option(n *yaml.Node, f *flag.Flag) (value string, ok bool) {
	s := r.text(n, f.Name)
	if s == "" {
		return "", false
	}
	getter, _ := f.Value.(flag.Getter)
	if getter == nil {
		return s, true
	}
	var err error
	want := ""
	switch getter.Get().(type) {
	case bool:
		if s != "true" && s != "false" { // not ParseBool: one way to write it, as in YAML
			r.errorf(n, "%s is %q, and must be true or false", f.Name, s)
			return "", false
		}
	case int, int64:
		_, err = strconv.ParseInt(s, 10, 64)
		want = "a whole number"
	case uint, uint64:
		_, err = strconv.ParseUint(s, 10, 64)
		want = "a whole number, 0 or more"
	case float64:
		_, err = strconv.ParseFloat(s, 64)
		want = "a number"
	case time.Duration:
		_, err = time.ParseDuration(s)
		want = "a duration such as 10ms"
	}
	if err != nil {
		r.errorf(n, "%s is %q, and must be %s", f.Name, s, want)
		return "", false
	}
	return s, true
}

func (r *reader) exclude(n *yaml.Node) *Exclude {
	e := &Exclude{Place: Place{Line: n.Line, Column: n.Column}}
	r.mapping(n, "an exclude", fields{
		"path": func(_, v *yaml.Node) { e.Path = r.glob(v) },
		"rules": func(_, v *yaml.Node) {
			r.list(v, "rules", func(item *yaml.Node) {
				if s := r.text(item, "a rule"); s == analyzers.DirectiveRule || s != "" && r.known(item, s) {
					e.Rules = append(e.Rules, s)
				}
			})
		},
		"reason": func(_, v *yaml.Node) { e.Reason = r.text(v, "reason") },
	})
	r.require(n, "the exclude", "path", "reason")
	return e
}

func (r *reader) glob(n *yaml.Node) string {
	s := strings.TrimSuffix(strings.TrimPrefix(r.text(n, "path"), "./"), "/")
	if s == "" {
		return ""
	}
	if strings.HasPrefix(s, "/") || strings.Contains(s, `\`) || slices.Contains(strings.Split(s, "/"), "..") {
		r.errorf(n, "path %q must be relative to the folder of the configuration, inside it, with / between names", s)
		return ""
	}
	if _, err := path.Match(s, ""); err != nil {
		r.errorf(n, "path %q is no glob: %v", s, err)
		return ""
	}
	return s
}

func (r *reader) assume(n *yaml.Node) Assume {
	a := Assume{Effects: []string{}}
	r.mapping(n, "an assume", fields{
		"func": func(_, v *yaml.Node) {
			if a.Func = r.function(v); isPattern(a.Func) {
				r.errorf(v, "an assume names one function, not the pattern %q", a.Func)
			}
		},
		"effects": func(_, v *yaml.Node) { a.Effects = r.effects(v) },
		"reason":  func(_, v *yaml.Node) { a.Reason = r.text(v, "reason") },
	})
	r.require(n, "the assume", "func", "effects", "reason")
	return a
}

// effects returns the effects that n lists, sorted: none, or one or more kinds.
func (r *reader) effects(n *yaml.Node) []string {
	kinds := []string{}
	if v := resolve(n); v.Kind == yaml.ScalarNode {
		if v.Value != "none" {
			r.errorf(n, "effects is %s, and must be none or a list of kinds%s", kind(v), DidYouMean(v.Value, []string{"none"}))
		}
		return kinds
	}
	r.list(n, "effects", func(item *yaml.Node) {
		kind := r.oneOf(item, "an effect", effects[:])
		switch {
		case kind == "":
		case slices.Contains(kinds, kind):
			r.errorf(item, "effect %q stands twice", kind)
		default:
			kinds = append(kinds, kind)
		}
	})
	slices.Sort(kinds)
	return kinds
}

// functions reads a list of functions, each a name or {func: name, reason: text}.
func (r *reader) functions(n *yaml.Node, what string) []Function {
	var fns []Function
	r.list(n, what, func(item *yaml.Node) {
		var f Function
		if resolve(item).Kind == yaml.ScalarNode {
			f.Func = r.function(item)
		} else {
			r.mapping(item, "an item of "+what, fields{
				"func":   func(_, v *yaml.Node) { f.Func = r.function(v) },
				"reason": func(_, v *yaml.Node) { f.Reason = r.text(v, "reason") },
			})
			r.require(item, "the item of "+what, "func")
		}
		fns = append(fns, f)
	})
	return fns
}

func (r *reader) budget(n *yaml.Node) Budget {
	var b Budget
	r.mapping(n, "a budget", fields{
		"func":    func(_, v *yaml.Node) { b.Func = r.function(v) },
		"allocs":  func(_, v *yaml.Node) { b.Allocs = r.count(v, "allocs") },
		"defers":  func(_, v *yaml.Node) { b.Defers = r.count(v, "defers") },
		"effects": func(_, v *yaml.Node) { b.Effects = r.effects(v) },
	})
	if r.require(n, "the budget", "func") && len(resolve(n).Content) == 2 {
		r.errorf(n, "the budget limits nothing: give it allocs, defers or effects")
	}
	return b
}
