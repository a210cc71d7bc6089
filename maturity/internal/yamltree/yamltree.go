package yamltree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// MaxNodes is how many values a document may hold after its aliases are followed.
// The largest rendered manifests of public charts have some 50,000.
const MaxNodes = 1_000_000

// MaxDepth is how deep values may be nested.
const MaxDepth = 1_000

// An Error says where a file cannot be read.
type Error struct {
	File         string
	Line, Column int // from 1; 0 where the parser does not know
	Why          string
}

func (e *Error) Error() string {
	switch {
	case e.Line == 0:
		return fmt.Sprintf("%s: %s", e.File, e.Why)
	case e.Column == 0:
		return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Why)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Why)
}

// Parse returns the documents of a file. Empty ones are left out. On an error, which
// is an *Error, it returns the documents before it.
func Parse(file string, data []byte) ([]Node, error) {
	var docs []Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, located(file, err)
		}
		if len(n.Content) == 0 {
			continue
		}
		if _, err := size(n.Content[0], make(map[*yaml.Node]int), 0); err != nil {
			return docs, &Error{file, n.Content[0].Line, n.Content[0].Column, err.Error()}
		}
		if root := (Node{n.Content[0], file}); root.n.Tag != "!!null" {
			docs = append(docs, root)
		}
	}
}

func located(file string, err error) error {
	if pe, ok := errors.AsType[*yaml.ParserError](err); ok {
		// The parser counts columns from 0, and takes the first line for line 0.
		return &Error{file, max(pe.Line, 1), pe.Column + 1, pe.Message}
	}
	return &Error{File: file, Why: err.Error()}
}

// open marks a value whose size is being counted: meeting it again is a cycle.
const open = -1

// size counts the values that n stands for, each alias's target once per alias.
func size(n *yaml.Node, known map[*yaml.Node]int, depth int) (int, error) {
	if depth > MaxDepth {
		return 0, fmt.Errorf("values are nested more than %d deep", MaxDepth)
	}
	if s, ok := known[n]; ok {
		if s == open {
			return 0, errors.New("an alias stands within what it names")
		}
		return s, nil
	}
	known[n] = open
	total := 1
	parts := n.Content
	if n.Kind == yaml.AliasNode {
		parts = []*yaml.Node{n.Alias}
	}
	for _, c := range parts {
		s, err := size(c, known, depth+1)
		if err != nil {
			return 0, err
		}
		if total += s; total > MaxNodes {
			return 0, fmt.Errorf("with its aliases it holds more than %d values", MaxNodes)
		}
	}
	known[n] = total
	return total, nil
}

// A Node is a value of a document. The zero Node is a value that is not there: all
// methods may be called on it.
type Node struct {
	n    *yaml.Node
	file string
}

// Exists reports whether there is a value; null is one.
func (n Node) Exists() bool { return n.n != nil }

// File is the file that holds the value.
func (n Node) File() string { return n.file }

// Line is the line of the value, from 1; 0 for none.
func (n Node) Line() int {
	if n.n == nil {
		return 0
	}
	return n.n.Line
}

// target follows an alias.
func (n Node) target() *yaml.Node {
	if n.n != nil && n.n.Kind == yaml.AliasNode {
		return n.n.Alias
	}
	return n.n
}

// IsMap reports whether the value is a mapping.
func (n Node) IsMap() bool { t := n.target(); return t != nil && t.Kind == yaml.MappingNode }

// IsList reports whether the value is a sequence.
func (n Node) IsList() bool { t := n.target(); return t != nil && t.Kind == yaml.SequenceNode }

// Get returns the value below these keys of mappings within each other.
func (n Node) Get(keys ...string) Node {
	for _, key := range keys {
		n = n.field(key)
	}
	return n
}

func (n Node) field(key string) Node {
	for k, v := range n.Fields() {
		if k == key {
			return v
		}
	}
	return Node{}
}

// Fields yields the keys and values of a mapping: its own in the order of the file,
// and after them those merged into it ("<<") that it has not itself.
func (n Node) Fields() iter.Seq2[string, Node] {
	return func(yield func(string, Node) bool) {
		n.fields(make(map[string]bool), yield)
	}
}

func (n Node) fields(seen map[string]bool, yield func(string, Node) bool) bool {
	t := n.target()
	if t == nil || t.Kind != yaml.MappingNode {
		return true
	}
	var merged []Node
	for i := 0; i+1 < len(t.Content); i += 2 {
		key, value := t.Content[i], Node{t.Content[i+1], n.file}
		if key.Tag == "!!merge" {
			merged = append(merged, value.List()...)
			continue
		}
		if key.Kind != yaml.ScalarNode || seen[key.Value] {
			continue
		}
		seen[key.Value] = true
		if !yield(key.Value, value) {
			return false
		}
	}
	for _, m := range merged {
		if !m.fields(seen, yield) {
			return false
		}
	}
	return true
}

// List returns the elements of a sequence, and any other value as the only one:
// many formats take "x" for [x].
func (n Node) List() []Node {
	t := n.target()
	switch {
	case t == nil || t.Tag == "!!null":
		return nil
	case t.Kind != yaml.SequenceNode:
		return []Node{n}
	}
	elems := make([]Node, len(t.Content))
	for i, c := range t.Content {
		elems[i] = Node{c, n.file}
	}
	return elems
}

// Text is a scalar as it is written, without quotes; "" for what is none.
func (n Node) Text() string {
	if t := n.target(); t != nil && t.Kind == yaml.ScalarNode && t.Tag != "!!null" {
		return t.Value
	}
	return ""
}

// Texts are the scalars of a list.
func (n Node) Texts() []string {
	var all []string
	for _, e := range n.List() {
		all = append(all, e.Text())
	}
	return all
}

// Tag is the tag that the file gives a value, such as "!reference"; "" for those of
// YAML itself.
func (n Node) Tag() string {
	if n.n == nil || strings.HasPrefix(n.n.Tag, "!!") {
		return ""
	}
	return n.n.Tag
}

// Bool is a boolean, and whether the value is one.
func (n Node) Bool() (value, ok bool) {
	if t := n.target(); t == nil || t.Tag != "!!bool" {
		return false, false
	}
	v, err := strconv.ParseBool(n.Text())
	return v, err == nil
}

// Int is a whole number, and whether the value is one.
func (n Node) Int() (value int, ok bool) {
	v, err := strconv.Atoi(n.Text())
	return v, err == nil
}

// All yields the value and all values within it, aliases followed.
func (n Node) All() iter.Seq[Node] {
	return func(yield func(Node) bool) { n.all(yield) }
}

func (n Node) all(yield func(Node) bool) bool {
	if n.n == nil {
		return true
	}
	if !yield(n) {
		return false
	}
	t := n.target()
	for i, c := range t.Content {
		if t.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		if !(Node{c, n.file}).all(yield) {
			return false
		}
	}
	return true
}

// Deep reports whether brackets, or keys with dots, of YAML, JSON or TOML are nested
// deeper than parsers that recur should go.
func Deep(data []byte) bool {
	depth, dots := 0, 0
	for _, c := range data {
		switch c {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '.':
			dots++
		case '\n':
			dots = 0
		}
		if max(depth, dots) > MaxDepth {
			return true
		}
	}
	return false
}
