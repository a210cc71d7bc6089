package ci

import (
	"maps"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// jenkins reads Jenkinsfiles, declarative and scripted: the steps that run commands,
// and the blocks around them that matter. Which branches are built is set at the
// host; what a multibranch project does is taken.
func (c *collector) jenkins() {
	for _, file := range c.t.Match("Jenkinsfile", "Jenkinsfile.*", "**/Jenkinsfile", "{ci,.ci,jenkins,.jenkins}/*.{jenkinsfile,Jenkinsfile,groovy}") {
		if ignored(file) {
			continue
		}
		data, err := c.t.Read(file)
		if err != nil {
			c.problem(verdict.Place{File: file, Text: err.Error()}, 0)
			continue
		}
		c.res.Files = append(c.res.Files, file)
		toks, bad := groovyTokens(string(data))
		if bad > 0 {
			c.problem(verdict.Place{File: file, Line: bad, Text: "a string or a comment does not end"}, 0)
		}
		c.jobs++
		j := &jenkins{collector: c, file: file, toks: toks}
		at := jenkinsAt{job: "pipeline", id: c.jobs, on: PullRequest | DefaultBranch | OtherBranch, env: script.Vars{}, dir: "."}
		if name, line := j.whole(); name != "" {
			j.elsewhere(name, line, at)
			continue
		}
		j.block(0, len(toks), at)
	}
}

// whole returns the call by which a Jenkinsfile takes its whole pipeline from a shared
// library (https://www.jenkins.io/doc/book/pipeline/shared-libraries/); "" where it
// writes one itself, of which blocks of pipeline and node, or a step sh, are the signs.
func (j *jenkins) whole() (name string, line int) {
	depth := 0
	for i, t := range j.toks {
		switch {
		case t.kind == '(' || t.kind == '{' || t.kind == '[':
			depth++
		case t.kind == ')' || t.kind == '}' || t.kind == ']':
			depth--
		case t.kind == 'n' && slices.Contains([]string{"pipeline", "node", "sh", "bat"}, t.text):
			return "", 0
		case t.kind == 'n' && name == "" && depth == 0 && !slices.Contains(groovyOwn, t.text) && (j.is(i+1, '(') || j.is(i+1, '{') || j.is(i+1, 'l')) && (i == 0 || j.is(i-1, 'l')):
			name, line = t.text, t.line
		}
	}
	return name, line
}

// groovyOwn are names that calls of Jenkins and Groovy itself begin with.
var groovyOwn = []string{"library", "import", "def", "properties", "if", "else", "for", "while", "try", "catch", "finally", "return", "switch", "class", "echo", "stage", "parallel", "timeout", "timestamps", "load", "checkout"}

func (j *jenkins) elsewhere(name string, line int, at jenkinsAt) {
	j.run(step{
		provider: "Jenkins", job: at.job, jobID: at.id, on: at.on, place: verdict.Place{File: j.file, Line: line, Text: name},
		argv: []string{name}, unread: "a library of Jenkins that is not here makes the whole pipeline, " + name, any: true,
	})
}

// A groovyToken is a name, a text or a sign of a Jenkinsfile.
type groovyToken struct {
	kind byte // 'n' name, 's' text, 'g' text with "${}" in it, 'l' end of line, else the sign
	text string
	line int
}

// groovyTokens splits a Jenkinsfile. bad is the line of a text that does not end.
func groovyTokens(src string) (toks []groovyToken, bad int) {
	line := 1
	for i := 0; i < len(src); {
		ch := src[i]
		rest := src[i:]
		skip := func(end string, from int) bool {
			n := strings.Index(rest[from:], end)
			if n < 0 {
				return false
			}
			line += strings.Count(rest[:from+n+len(end)], "\n")
			i += from + n + len(end)
			return true
		}
		switch {
		case ch == '\n':
			toks = append(toks, groovyToken{'l', "", line})
			line++
			i++
		case strings.HasPrefix(rest, "//") || i == 0 && strings.HasPrefix(rest, "#!"):
			n := strings.IndexByte(rest, '\n')
			if n < 0 {
				return toks, bad
			}
			i += n
		case strings.HasPrefix(rest, "/*"):
			if !skip("*/", 2) {
				return toks, line
			}
		case ch == '"' || ch == '\'':
			at := line
			text, n, ok := groovyString(rest)
			if !ok {
				return toks, line
			}
			kind := byte('s')
			if ch == '"' && strings.Contains(text, "$") {
				kind = 'g'
			}
			toks = append(toks, groovyToken{kind, text, at})
			line += strings.Count(rest[:n], "\n")
			i += n
		case isName(ch):
			n := 1
			for n < len(rest) && (isName(rest[n]) || rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.') {
				n++
			}
			toks = append(toks, groovyToken{'n', rest[:n], line})
			i += n
		default:
			if ch != ' ' && ch != '\t' && ch != '\r' {
				toks = append(toks, groovyToken{ch, string(ch), line})
			}
			i++
		}
	}
	return toks, bad
}

func isName(ch byte) bool {
	return ch == '_' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z'
}

// groovyString reads a text in quotes, single or triple, and how long it is there.
func groovyString(s string) (text string, n int, ok bool) {
	quote := s[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s, triple) {
		quote = triple
	}
	var b strings.Builder
	for i := len(quote); i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], quote):
			return b.String(), i + len(quote), true
		case s[i] == '\\' && i+1 < len(s):
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '$':
				// Groovy hands it to the shell.
				b.WriteString("\uE003")
			case '\n':
			default:
				b.WriteByte(s[i])
			}
		case s[i] == '\n' && len(quote) == 1:
			return "", 0, false
		default:
			b.WriteByte(s[i])
		}
	}
	return "", 0, false
}

// A jenkinsAt is where in a pipeline something stands.
type jenkinsAt struct {
	job   string
	id    int
	on    Moments
	cond  string
	why   string
	env   script.Vars
	dir   string
	depth int
}

type jenkins struct {
	*collector
	file string
	toks []groovyToken
}

func (j *jenkins) is(i int, kind byte) bool { return i < len(j.toks) && j.toks[i].kind == kind }

// next skips the ends of lines.
func (j *jenkins) next(i int) int {
	for j.is(i, 'l') {
		i++
	}
	return i
}

// closing returns the index after the sign that closes the one at i.
func (j *jenkins) closing(i, end int) int {
	depth := 0
	for ; i < end; i++ {
		switch j.toks[i].kind {
		case '(', '{', '[':
			depth++
		case ')', '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return end
}

// block walks the tokens of a block.
func (j *jenkins) block(i, end int, at jenkinsAt) {
	if at.depth++; at.depth > 200 {
		return
	}
	at.env = maps.Clone(at.env)
	for i < end {
		if !j.is(i, 'n') {
			i++
			continue
		}
		i = j.statement(i, end, &at)
	}
}

// statement handles the one that begins with a name, and returns what is after it.
func (j *jenkins) statement(i, end int, at *jenkinsAt) int {
	name := j.toks[i].text
	args, bodyAt := i+1, i+1
	if j.is(args, '(') {
		bodyAt = j.closing(args, end)
	} else {
		for bodyAt < end && (j.is(bodyAt, 's') || j.is(bodyAt, 'g')) {
			bodyAt++
		}
	}
	body := j.next(bodyAt)
	hasBody := j.is(body, '{') && body < end
	after := bodyAt
	if hasBody {
		after = j.closing(body, end)
	}
	inner := *at
	switch name {
	case "sh", "bat", "powershell", "pwsh":
		return j.shell(i, end, name, *at)
	case "when":
		if hasBody {
			j.when(body+1, after-1, at)
			return after
		}
	case "post":
		if hasBody {
			return after
		}
	case "environment":
		if hasBody {
			j.environment(body+1, after-1, at.env)
			return after
		}
	case "stage":
		if hasBody {
			inner.job = j.firstText(args, bodyAt)
		}
	case "dir":
		inner.dir = inRoot(firstOf(j.firstText(args, bodyAt), "."))
	case "withEnv":
		inner.env = maps.Clone(at.env)
		for _, t := range j.toks[args:bodyAt] {
			if k, _, ok := strings.Cut(t.text, "="); ok && (t.kind == 's' || t.kind == 'g') {
				_, inner.env[k], _ = strings.Cut(j.fill(t, at.env), "=")
			}
		}
	case "catchError", "warnError":
		text := j.source(args, bodyAt)
		if name == "warnError" || strings.Contains(text, "buildResult: 'SUCCESS'") || strings.Contains(text, "buildResult: 'UNSTABLE'") || strings.Contains(text, "buildResult: null") {
			inner.why = firstOf(inner.why, "`"+name+"` lets the build go on")
		}
	case "try":
		if hasBody {
			if !j.rethrows(after, end) {
				inner.why = firstOf(inner.why, "`try` catches its failure, and nothing is thrown again")
			}
		}
	case "if":
		j.ifCondition(j.source(args, bodyAt), &inner)
	case "else":
		if hasBody {
			inner.cond = and(inner.cond, "else of a condition")
		}
	case "library":
		j.library(j.firstText(args, bodyAt), j.toks[i].line, *at)
	}
	if name == "Library" && j.is(args, '(') {
		j.library(j.firstText(args, bodyAt), j.toks[i].line, *at)
	}
	if hasBody {
		j.block(body+1, after-1, inner)
		return after
	}
	return max(i+1, args)
}

func (j *jenkins) library(name string, line int, at jenkinsAt) {
	j.run(step{
		provider: "Jenkins", job: at.job, jobID: at.id, on: at.on, place: verdict.Place{File: j.file, Line: line, Text: "library " + name},
		argv: []string{"library", name}, unread: "uses a library of steps from elsewhere, " + name,
	})
}

func (j *jenkins) firstText(i, end int) string {
	for ; i < end && i < len(j.toks); i++ {
		if j.toks[i].kind == 's' || j.toks[i].kind == 'g' {
			return j.toks[i].text
		}
	}
	return ""
}

// source is what stands between two tokens, with quotes round texts.
func (j *jenkins) source(i, end int) string {
	var b strings.Builder
	for ; i < end && i < len(j.toks); i++ {
		switch t := j.toks[i]; t.kind {
		case 's', 'g':
			b.WriteString("'" + t.text + "'")
		case ':', ',':
			b.WriteString(t.text + " ")
		default:
			b.WriteString(t.text)
		}
	}
	return b.String()
}

// shell runs the text of a step.
func (j *jenkins) shell(i, end int, name string, at jenkinsAt) int {
	from, to := i+1, i+2
	if j.is(from, '(') {
		to = j.closing(from, end)
	} else {
		// script: '…', returnStatus: true
		for to < end && !j.is(to, 'l') && !j.is(to, '}') {
			to++
		}
	}
	to = min(to, end)
	text := slices.IndexFunc(j.toks[min(from, to):to], func(t groovyToken) bool { return t.kind == 's' || t.kind == 'g' })
	if text < 0 {
		return max(to, i+1)
	}
	if k := j.named(from, to, "script"); k > 0 {
		text = k - from
	}
	t := j.toks[from+text]
	if strings.Contains(j.source(from, to), "returnStatus: true") {
		at.why = firstOf(at.why, "`returnStatus: true` leaves its failure to the pipeline's script")
	}
	st := step{
		provider: "Jenkins", job: at.job, jobID: at.id, on: at.on, cond: at.cond, why: at.why,
		place: verdict.Place{File: j.file, Line: j.toks[i].line, Text: at.job},
	}
	st.script = script.Script{Text: j.fill(t, at.env), File: j.file, Line: t.line, Dir: at.dir, Env: at.env}
	if name != "sh" && !j.r.Parses(st.script.Text) {
		st.argv, st.unread = []string{name}, "is written for "+name
	}
	// Jenkins starts sh -xe, unless the text names its interpreter.
	st.script.Errexit = name == "sh"
	if first, _, _ := strings.Cut(st.script.Text, "\n"); strings.HasPrefix(first, "#!") {
		st.script.Errexit = strings.Contains(first, " -e") || strings.Contains(first, " -xe")
	}
	j.run(st)
	return to
}

// named returns the index of the text that is the argument of a name; 0 for none.
func (j *jenkins) named(i, end int, name string) int {
	for ; i+2 < end; i++ {
		if j.toks[i].kind == 'n' && j.toks[i].text == name && j.is(i+1, ':') && (j.is(i+2, 's') || j.is(i+2, 'g')) {
			return i + 2
		}
	}
	return 0
}

// fill puts what is known of the expressions of a text in their place.
func (j *jenkins) fill(t groovyToken, env script.Vars) string {
	text := t.text
	if t.kind == 'g' {
		var b strings.Builder
		for {
			before, rest, ok := strings.Cut(text, "${")
			b.WriteString(before)
			inner, after, closed := strings.Cut(rest, "}")
			if !ok || !closed {
				break
			}
			name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(inner), "env."), "params.")
			switch v, known := env[name]; {
			case known:
				b.WriteString(v)
			case name == "WORKSPACE":
				b.WriteString(rootOf)
			default:
				b.WriteString(j.r.Mark("${" + inner + "}"))
			}
			text = after
		}
		text = b.String()
	}
	return strings.ReplaceAll(text, "\uE003", "$")
}

// environment reads NAME = 'value'.
func (j *jenkins) environment(i, end int, env script.Vars) {
	for ; i+2 < end; i++ {
		if j.is(i, 'n') && j.is(i+1, '=') && (j.is(i+2, 's') || j.is(i+2, 'g')) {
			env[j.toks[i].text] = j.fill(j.toks[i+2], env)
		}
	}
}

// when narrows the moments of a stage.
func (j *jenkins) when(i, end int, at *jenkinsAt) {
	const all = PullRequest | DefaultBranch | OtherBranch
	src := j.source(i, end)
	var on Moments
	found, not := 0, false
	for ; i < end; i++ {
		if !j.is(i, 'n') {
			continue
		}
		found++
		switch j.toks[i].text {
		case "changeRequest":
			on |= PullRequest
		case "buildingTag", "tag":
			on |= Release
		case "branch":
			name := j.firstText(i+1, min(i+3, end))
			if name == "main" || name == "master" {
				on |= DefaultBranch
			}
			if slices.ContainsFunc(samples, func(s string) bool { return globMatch(name, s) }) {
				on |= Release
			}
		case "not":
			not, found = true, found-1
		case "beforeAgent", "anyOf", "true":
			found--
		default:
			at.cond = and(at.cond, "`when { "+strings.TrimSpace(src)+" }`")
			return
		}
	}
	switch {
	case found == 0:
	case not && found == 1:
		at.on &= all &^ on
	case not:
		at.cond = and(at.cond, "`when { "+strings.TrimSpace(src)+" }`")
	default:
		at.on = on
	}
}

func (j *jenkins) ifCondition(src string, at *jenkinsAt) {
	switch src = strings.ReplaceAll(src, " ", ""); src {
	case "(env.CHANGE_ID)", "(env.CHANGE_ID!=null)":
		at.on &= PullRequest
	case "(!env.CHANGE_ID)", "(env.CHANGE_ID==null)", "(env.BRANCH_NAME=='main')", "(env.BRANCH_NAME=='master')":
		at.on &^= PullRequest | OtherBranch
	default:
		at.cond = and(at.cond, "`if "+src+"`")
	}
}

// rethrows reports whether the catch after a try lets the build fail.
func (j *jenkins) rethrows(i, end int) bool {
	i = j.next(i)
	if !j.is(i, 'n') || j.toks[i].text != "catch" {
		return true // only finally
	}
	body := j.next(j.closing(i+1, end))
	if !j.is(body, '{') {
		return true
	}
	for _, t := range j.toks[body:j.closing(body, end)] {
		if t.kind == 'n' && (t.text == "throw" || t.text == "error") || t.text == "FAILURE" || t.text == "FAILED" {
			return true
		}
	}
	return false
}
