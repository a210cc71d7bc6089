package ci

import (
	"regexp"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A lookup returns a variable of a condition: its value, whether it is set, and
// whether that is known.
type lookup func(name string) (value string, set, known bool)

// evalRule evaluates a condition of GitLab's rules, or of Buildkite's "if", which
// differ in how variables are written.
func evalRule(text string, vars lookup) (yes, known bool) {
	p := &ruleParser{toks: ruleTokens(text), vars: vars}
	v := p.or(0)
	if p.bad || p.at < len(p.toks) {
		return false, false
	}
	return v.yes(), v.known
}

// ownName is the value of variables for the name of the project: that which it is
// compared with.
const ownName = "\uE004"

// A term is an operand: a text, null, or an outcome.
type term struct {
	text  string
	null  bool
	known bool
}

func (t term) yes() bool { return !t.null && t.text != "" && t.text != "false" }

func outcome(yes, known bool) term {
	if yes {
		return term{text: "true", known: known}
	}
	return term{null: true, known: known}
}

var ruleRE = pattern.New(`\s*(?:(&&|\|\||==|!=|=~|!~|[()!])|"([^"]*)"|'([^']*)'|/((?:[^/\\]|\\.)+)/(i?)|(\$?\{?[A-Za-z_][\w.]*\}?(?:\([^)]*\))?|\d+))`)

type ruleToken struct{ kind, text string }

func ruleTokens(s string) []ruleToken {
	var toks []ruleToken
	s = strings.TrimSpace(s)
	for s != "" {
		m := ruleRE.FindStringSubmatch(s)
		if m == nil || !strings.HasPrefix(s, m[0]) {
			return append(toks, ruleToken{"bad", s})
		}
		s = strings.TrimSpace(s[len(m[0]):])
		switch {
		case m[1] != "":
			toks = append(toks, ruleToken{"op", m[1]})
		case m[4] != "":
			re := m[4]
			if m[5] != "" {
				re = "(?i)" + re
			}
			toks = append(toks, ruleToken{"re", re})
		case m[6] != "":
			toks = append(toks, ruleToken{"name", strings.Trim(m[6], "${}")})
		default:
			toks = append(toks, ruleToken{"text", m[2] + m[3]})
		}
	}
	return toks
}

type ruleParser struct {
	toks []ruleToken
	at   int
	vars lookup
	bad  bool
}

func (p *ruleParser) op(text string) bool {
	if p.at < len(p.toks) && p.toks[p.at] == (ruleToken{"op", text}) {
		p.at++
		return true
	}
	return false
}

func (p *ruleParser) or(depth int) term {
	l := p.and(depth)
	for p.op("||") {
		r := p.and(depth)
		switch {
		case l.known && l.yes() || r.known && r.yes():
			l = outcome(true, true)
		default:
			l = outcome(false, l.known && r.known)
		}
	}
	return l
}

func (p *ruleParser) and(depth int) term {
	l := p.comparison(depth)
	for p.op("&&") {
		r := p.comparison(depth)
		switch {
		case l.known && !l.yes() || r.known && !r.yes():
			l = outcome(false, true)
		default:
			l = outcome(true, l.known && r.known)
		}
	}
	return l
}

func (p *ruleParser) comparison(depth int) term {
	l := p.operand(depth)
	for _, op := range []string{"==", "!=", "=~", "!~"} {
		if !p.op(op) {
			continue
		}
		r := p.operand(depth)
		if l.text == ownName || r.text == ownName {
			return outcome(op == "==" || op == "=~", true)
		}
		if !l.known || !r.known {
			return term{}
		}
		switch op {
		case "==":
			return outcome(l.null == r.null && l.text == r.text, true)
		case "!=":
			return outcome(l.null != r.null || l.text != r.text, true)
		}
		re, err := regexp.Compile(r.text)
		if err != nil {
			return term{}
		}
		return outcome((!l.null && re.MatchString(l.text)) == (op == "=~"), true)
	}
	return l
}

func (p *ruleParser) operand(depth int) term {
	if depth > 50 || p.at >= len(p.toks) {
		p.bad = true
		return term{}
	}
	if p.op("(") {
		v := p.or(depth + 1)
		p.bad = p.bad || !p.op(")")
		return v
	}
	if p.op("!") {
		v := p.operand(depth + 1)
		return outcome(!v.yes(), v.known)
	}
	t := p.toks[p.at]
	p.at++
	switch t.kind {
	case "text", "re":
		return term{text: t.text, known: true}
	case "name":
		switch t.text {
		case "null":
			return term{null: true, known: true}
		case "true", "false":
			return term{text: t.text, known: true}
		}
		v, set, known := p.vars(t.text)
		return term{text: v, null: !set, known: known}
	}
	p.bad = true
	return term{}
}

// regexMatch applies a pattern that is written /like this/.
func regexMatch(pattern, s string) bool {
	body := strings.TrimPrefix(pattern, "/")
	i := strings.LastIndexByte(body, '/')
	if i < 0 {
		return false
	}
	flags := ""
	if strings.Contains(body[i:], "i") {
		flags = "(?i)"
	}
	re, err := regexp.Compile(flags + body[:i])
	return err == nil && re.MatchString(s)
}
