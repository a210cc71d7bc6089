package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A reader turns YAML nodes into a Config and collects what is wrong with them.
// It works on nodes because only they know their line and column.
type reader struct {
	path   string
	schema schema
	errs   Errors
}

func (r *reader) errorf(n *yaml.Node, format string, args ...any) {
	r.errs = append(r.errs, Error{Path: r.path, Line: max(n.Line, 1), Column: max(n.Column, 1), Message: fmt.Sprintf(format, args...)})
}

func (r *reader) sort() {
	slices.SortStableFunc(r.errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}

// document returns the root node of data, or nil if it is empty or no YAML.
func (r *reader) document(data []byte) *yaml.Node {
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil {
		if !errors.Is(err, io.EOF) {
			r.syntax(err)
		}
		return nil
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		r.errorf(&second, "a second document: the file must hold one")
	case !errors.Is(err, io.EOF):
		r.syntax(err)
	}
	if len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// syntax reports an error of the YAML parser, which names its line in the text.
func (r *reader) syntax(err error) {
	line, text := 1, strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, message, _ := strings.Cut(rest, ": ")
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			line, text = n, message
		}
	}
	r.errs = append(r.errs, Error{Path: r.path, Line: line, Column: 1, Message: "not YAML: " + text})
}

// fields is what the keys of a mapping are read by.
type fields map[string]func(key, value *yaml.Node)

// mapping reads the mapping n, each key by its field. what names it in errors.
func (r *reader) mapping(n *yaml.Node, what string, fs fields) {
	r.entries(n, what, func(key, value *yaml.Node) {
		read, ok := fs[key.Value]
		if !ok {
			r.errorf(key, "unknown key %q in %s%s", key.Value, what, DidYouMean(key.Value, slices.Sorted(maps.Keys(fs))))
			return
		}
		read(key, value)
	})
}

// entries calls each for every key of the mapping n, a repeated key excepted.
func (r *reader) entries(n *yaml.Node, what string, each func(key, value *yaml.Node)) {
	n = resolve(n)
	if null(n) {
		return
	}
	if n.Kind != yaml.MappingNode {
		r.errorf(n, "%s must be a mapping, not %s", what, kind(n))
		return
	}
	lines := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := resolve(n.Content[i])
		if key.Kind != yaml.ScalarNode {
			r.errorf(n.Content[i], "a key of %s must be a name, not %s", what, kind(key))
			continue
		}
		if line, ok := lines[key.Value]; ok {
			r.errorf(n.Content[i], "%q stands twice in %s: first in line %d", key.Value, what, line)
			continue
		}
		lines[key.Value] = n.Content[i].Line
		each(n.Content[i], n.Content[i+1])
	}
}

// list calls each for every item of the sequence n.
func (r *reader) list(n *yaml.Node, what string, each func(item *yaml.Node)) {
	n = resolve(n)
	if null(n) {
		return
	}
	if n.Kind != yaml.SequenceNode {
		r.errorf(n, "%s must be a list, not %s", what, kind(n))
		return
	}
	for _, item := range n.Content {
		each(item)
	}
}

// boolean returns whether n is true, false after reporting that it is neither.
func (r *reader) boolean(n *yaml.Node, what string) (b bool) {
	v := resolve(n)
	if null(v) {
		return false
	}
	if v.Decode(&b) != nil {
		r.errorf(n, "%s must be true or false", what)
	}
	return b
}

// text returns the string n, or "" after reporting that it is none.
func (r *reader) text(n *yaml.Node, what string) string {
	v := resolve(n)
	if v.Kind != yaml.ScalarNode {
		r.errorf(n, "%s must be text, not %s", what, kind(v))
		return ""
	}
	s := strings.TrimSpace(v.Value)
	if null(v) || s == "" {
		r.errorf(n, "%s is empty", what)
		return ""
	}
	return s
}

// oneOf returns the string n if it is among known, else "".
func (r *reader) oneOf(n *yaml.Node, what string, known []string) string {
	s := r.text(n, what)
	if s == "" {
		return ""
	}
	if err := OneOf(what, s, known); err != nil {
		r.errorf(n, "%v", err)
		return ""
	}
	return s
}

// count returns the number n, or nil after reporting that it is none.
func (r *reader) count(n *yaml.Node, what string) *int {
	v := resolve(n)
	i, err := strconv.Atoi(v.Value)
	if v.Kind != yaml.ScalarNode || err != nil || i < 0 {
		r.errorf(n, "%s must be a number, 0 or more", what)
		return nil
	}
	return &i
}

// require reports the keys without which n makes no sense.
func (r *reader) require(n *yaml.Node, what string, keys ...string) bool {
	v, ok := resolve(n), true
	if v.Kind != yaml.MappingNode {
		return false // reported by mapping
	}
	for _, key := range keys {
		if !slices.ContainsFunc(v.Content, func(c *yaml.Node) bool { return c.Value == key }) {
			r.errorf(n, "%s has no %s", what, key)
			ok = false
		}
	}
	return ok
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func null(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func kind(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case null(n):
		return "nothing"
	}
	return strconv.Quote(n.Value)
}

// alternatives joins words as in "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
