package ci

import (
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// azureMoments are the moments of pipelines, with the variables that conditions look
// at.
var azureMoments = []struct {
	on             Moments
	reason, branch string
}{
	{PullRequest, "PullRequest", "refs/pull/1/merge"},
	{DefaultBranch, "IndividualCI", "refs/heads/main"},
	{Release, "IndividualCI", "refs/tags/v1.2.3"},
	{OtherBranch, "IndividualCI", "refs/heads/feature"},
	{Schedule, "Schedule", "refs/heads/main"},
	{Manual, "Manual", "refs/heads/main"},
}

// narrow drops the moments at which a condition does not hold, and notes one that is
// not known. It reports whether any moment is left.
func (at *azureAt) narrow(text string) bool {
	if text == "" {
		return true
	}
	open := false
	for _, m := range azureMoments {
		if at.on&m.on == 0 {
			continue
		}
		yes, known := evalAzure(text, func(name string) (string, bool) {
			switch strings.ToLower(name) {
			case "variables.build.reason":
				return m.reason, true
			case "variables.build.sourcebranch":
				return m.branch, true
			case "variables.build.sourcebranchname":
				return m.branch[strings.LastIndexByte(m.branch, '/')+1:], true
			}
			if p, ok := strings.CutPrefix(name, "parameters."); ok {
				v, ok := at.params[p]
				return v, ok && !strings.Contains(v, "${{")
			}
			if p, ok := strings.CutPrefix(name, "variables."); ok {
				p = strings.ToUpper(strings.ReplaceAll(p, ".", "_"))
				v, ok := at.env[p]
				return v, ok && !at.set[p] && !strings.Contains(v, "\uE000")
			}
			return "", false
		})
		switch {
		case !known:
			open = true
		case !yes:
			at.on &^= m.on
		}
	}
	if open {
		at.cond = and(at.cond, "`"+text+"`")
	}
	return at.on != 0
}

var azureTokenRE = pattern.New(`^\s*(?:'((?:[^']|'')*)'|([A-Za-z_][\w.]*)|(-?\d[\w.]*)|([(),\[\]]))`)

// evalAzure evaluates an expression of Azure Pipelines: calls of functions, texts,
// and variables.
func evalAzure(text string, vars func(name string) (value string, known bool)) (yes, known bool) {
	p := &azureParser{vars: vars}
	for s := strings.TrimSpace(text); s != ""; s = strings.TrimSpace(s) {
		m := azureTokenRE.FindStringSubmatch(s)
		if m == nil {
			return false, false
		}
		s = s[len(m[0]):]
		switch {
		case m[2] != "":
			p.toks = append(p.toks, ruleToken{"name", m[2]})
		case m[4] != "":
			p.toks = append(p.toks, ruleToken{"op", m[4]})
		default:
			p.toks = append(p.toks, ruleToken{"text", strings.ReplaceAll(m[1], "''", "'") + m[3]})
		}
	}
	v := p.expr(0)
	if p.bad || p.at < len(p.toks) {
		return false, false
	}
	return azureTrue(v.text), v.known
}

func azureTrue(s string) bool { return s != "" && !strings.EqualFold(s, "false") && s != "0" }

type azureParser struct {
	toks []ruleToken
	at   int
	vars func(string) (string, bool)
	bad  bool
}

func (p *azureParser) op(text string) bool {
	if p.at < len(p.toks) && p.toks[p.at] == (ruleToken{"op", text}) {
		p.at++
		return true
	}
	return false
}

func (p *azureParser) expr(depth int) term {
	if depth > 50 || p.at >= len(p.toks) || p.bad {
		p.bad = true
		return term{}
	}
	t := p.toks[p.at]
	p.at++
	switch t.kind {
	case "text":
		return term{text: t.text, known: true}
	case "op":
		p.bad = true
		return term{}
	}
	if p.op("(") {
		var args []term
		for !p.op(")") {
			args = append(args, p.expr(depth+1))
			if !p.op(",") && !(p.at < len(p.toks) && p.toks[p.at] == (ruleToken{"op", ")"})) {
				p.bad = true
				return term{}
			}
		}
		return azureCall(strings.ToLower(t.text), args)
	}
	name := t.text
	for p.op("[") {
		name += "." + p.expr(depth+1).text
		p.bad = p.bad || !p.op("]")
	}
	if strings.EqualFold(name, "true") || strings.EqualFold(name, "false") {
		return term{text: strings.ToLower(name), known: true}
	}
	v, known := p.vars(name)
	return term{text: v, known: known}
}

func azureCall(fn string, args []term) term {
	is := func(yes bool) term { return outcome(yes, true) }
	switch fn {
	case "succeeded", "always", "succeededorfailed":
		return is(true)
	case "failed", "canceled":
		return is(false)
	case "and", "or":
		known := true
		for _, a := range args {
			if a.known && azureTrue(a.text) == (fn == "or") {
				return is(fn == "or")
			}
			known = known && a.known
		}
		return outcome(fn == "and", known)
	}
	if len(args) == 0 || slices.ContainsFunc(args, func(a term) bool { return !a.known }) {
		return term{}
	}
	first := strings.ToLower(args[0].text)
	if fn == "not" {
		return is(!azureTrue(first))
	}
	in := slices.ContainsFunc(args[1:], func(a term) bool { return strings.EqualFold(a.text, first) })
	if fn == "in" || fn == "notin" {
		return is(in == (fn == "in"))
	}
	if len(args) != 2 {
		return term{}
	}
	second := strings.ToLower(args[1].text)
	switch fn {
	case "eq":
		return is(in)
	case "ne":
		return is(!in)
	case "contains":
		return is(strings.Contains(first, second))
	case "startswith":
		return is(strings.HasPrefix(first, second))
	case "endswith":
		return is(strings.HasSuffix(first, second))
	}
	return term{}
}
