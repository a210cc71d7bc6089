package telemetry

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// metricsOf returns the names of the metrics that a PromQL expression refers to. It
// reads no grammar: strings, label matchers, ranges and lists of labels are taken out,
// and of the words that are left, those are metrics that are no keyword, function,
// number, or part of a variable of the dashboard's. Expressions of other languages
// (LogQL's pipes) have none.
func metricsOf(expr string) []string {
	s := &scanner{text: blankVariables(expr)}
	var all []string
	for {
		word, next, ok := s.word()
		if !ok {
			break
		}
		switch {
		case takesLabels(word) && next == '(':
			s.skip('(', ')')
		case next == '(' || keyword(word) || strings.ContainsAny(word, "\x00") || word[0] >= '0' && word[0] <= '9':
		case len(word) <= maxName && len(all) < maxNames && !slices.Contains(all, word):
			all = append(all, word)
		}
	}
	if s.foreign {
		return nil
	}
	for _, name := range s.named {
		if len(name) <= maxName && len(all) < maxNames && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

// maxName is the length above which a word is no metric's name, and maxNames how many
// an expression is looked at for.
const (
	maxName  = 200
	maxNames = 500
)

// variables of Grafana: "$name", "${name:format}", "[[name]]".
var variables = pattern.New(`\$\{[^}]*\}|\$\w+|\[\[\w+\]\]`)

// blankVariables marks variables: what they are part of is no name.
func blankVariables(s string) string { return variables.ReplaceAllString(s, "\x00") }

// takesLabels reports whether a word is followed by a list of labels.
func takesLabels(word string) bool {
	switch strings.ToLower(word) {
	case "by", "without", "on", "ignoring", "group_left", "group_right", "keep_metric_names", "limit":
		return true
	}
	return false
}

func keyword(word string) bool {
	switch strings.ToLower(word) {
	case "and", "or", "unless", "if", "ifnot", "default", "bool", "offset", "inf", "nan", "atan2", "start", "end", "with", "group_left", "group_right",
		"sum", "min", "max", "avg", "count", "stddev", "stdvar", "topk", "bottomk", "quantile", "count_values", "group", "limitk", "keep_metric_names", "by", "without", "on", "ignoring", "limit":
		return true
	}
	return false
}

// A scanner reads words of an expression.
type scanner struct {
	text    string
	named   []string // by the label __name__
	foreign bool     // it is no PromQL
}

var nameMatcher = pattern.New("^\\s*__name__\\s*=\\s*[\"'`]([a-zA-Z_:][a-zA-Z0-9_:]*)[\"'`]")

// word returns the next word, and the character that follows it.
func (s *scanner) word() (word string, next byte, ok bool) {
	for s.text != "" {
		switch c := s.text[0]; {
		case c == '"' || c == '\'' || c == '`':
			s.quoted(c)
		case c == '{':
			s.matchers()
		case c == '[':
			s.skip('[', ']')
		case c == '#':
			_, s.text, _ = strings.Cut(s.text, "\n")
		case c == '|':
			s.foreign = true
			s.text = s.text[1:]
		case wordByte(c):
			n := 0
			for n < len(s.text) && wordByte(s.text[n]) {
				n++
			}
			word, s.text = s.text[:n], s.text[n:]
			rest := strings.TrimLeft(s.text, " \t\r\n")
			if rest != "" {
				next = rest[0]
			}
			return word, next, true
		default:
			s.text = s.text[1:]
		}
	}
	return "", 0, false
}

func wordByte(c byte) bool {
	return c == '_' || c == ':' || c == '.' || c == 0 || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// quoted drops a string.
func (s *scanner) quoted(quote byte) {
	for i := 1; i < len(s.text); i++ {
		switch {
		case s.text[i] == '\\' && quote != '`':
			i++
		case s.text[i] == quote:
			s.text = s.text[i+1:]
			return
		}
	}
	s.text = ""
}

// matchers drops the label matchers of a selector, but for a name among them.
func (s *scanner) matchers() {
	s.text = s.text[1:]
	for s.text != "" && s.text[0] != '}' {
		if m := nameMatcher.FindStringSubmatch(s.text); m != nil {
			s.named = append(s.named, m[1])
		}
		switch c := s.text[0]; c {
		case '"', '\'', '`':
			s.quoted(c)
		case ',':
			s.text = s.text[1:]
		default:
			// To the next matcher or string.
			if i := strings.IndexAny(s.text[1:], ",}\"'`"); i >= 0 {
				s.text = s.text[1+i:]
			} else {
				s.text = ""
			}
		}
	}
	if s.text != "" {
		s.text = s.text[1:]
	}
}

// skip drops what stands between brackets, the next one being the first.
func (s *scanner) skip(open, shut byte) {
	i := strings.IndexByte(s.text, open)
	if i < 0 {
		return
	}
	s.text = s.text[i+1:]
	for s.text != "" && s.text[0] != shut {
		if c := s.text[0]; c == '"' || c == '\'' || c == '`' {
			s.quoted(c)
			continue
		}
		s.text = s.text[1:]
	}
	if s.text != "" {
		s.text = s.text[1:]
	}
}
