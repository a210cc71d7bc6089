package ci

import (
	"bytes"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/maturity/internal/yamltree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// UpdateBot checks that a bot proposes new versions of modules: Dependabot for
// gomod, or Renovate unless its manager for gomod is off.
func (r *Result) UpdateBot() verdict.Result {
	var unseen *verdict.Result
	for _, look := range []func() (verdict.Result, bool){r.dependabot, r.renovate} {
		res, found := look()
		switch {
		case found && res.Status == verdict.Pass:
			return res
		case found && unseen == nil:
			unseen = &res
		}
	}
	if unseen != nil {
		return *unseen
	}
	return verdict.Failed("no bot proposes new versions of modules: there is no .github/dependabot.yml, and no configuration of Renovate")
}

func (r *Result) dependabot() (verdict.Result, bool) {
	for _, file := range r.t.Match(".github/dependabot.{yml,yaml}") {
		data, err := r.t.Read(file)
		if err != nil {
			return verdict.Unseen("Dependabot's configuration cannot be read: "+err.Error(), verdict.Place{File: file}), true
		}
		docs, err := yamltree.Parse(file, data)
		if err != nil || len(docs) == 0 {
			return verdict.Unseen("Dependabot's configuration cannot be read", verdict.Place{File: file, Text: message(err)}), true
		}
		for _, u := range docs[0].Get("updates").List() {
			eco := u.Get("package-ecosystem")
			if eco.Text() != "gomod" {
				continue
			}
			place := verdict.Place{File: file, Line: eco.Line(), Text: "package-ecosystem: gomod"}
			if n, ok := u.Get("open-pull-requests-limit").Int(); ok && n == 0 {
				return verdict.Failed("Dependabot proposes only what mends vulnerabilities: open-pull-requests-limit is 0", place), true
			}
			return verdict.Passed("Dependabot proposes new versions of modules ("+firstOf(u.Get("schedule", "interval").Text(), "at times")+")", place), true
		}
		return verdict.Failed("Dependabot does not look after Go modules: its configuration has no gomod", verdict.Place{File: file}), true
	}
	return verdict.Result{}, false
}

func message(err error) string {
	if err == nil {
		return "it is empty"
	}
	return err.Error()
}

// renovateFiles are where Renovate looks, in its order.
var renovateFiles = []string{
	"renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5", ".gitlab/renovate.json", ".gitlab/renovate.json5",
	".renovaterc", ".renovaterc.json", ".renovaterc.json5",
}

func (r *Result) renovate() (verdict.Result, bool) {
	for _, file := range renovateFiles {
		if !r.t.Has(file) {
			continue
		}
		data, err := r.t.Read(file)
		if err != nil {
			return verdict.Unseen("Renovate's configuration cannot be read: "+err.Error(), verdict.Place{File: file}), true
		}
		// All else that JSON5 has beyond JSON is YAML too.
		docs, err := yamltree.Parse(file, uncomment(data))
		if err != nil || len(docs) == 0 {
			return verdict.Unseen("Renovate's configuration cannot be read", verdict.Place{File: file, Text: message(err)}), true
		}
		return judgeRenovate(file, docs[0]), true
	}
	return verdict.Result{}, false
}

func judgeRenovate(file string, n yamltree.Node) verdict.Result {
	at := func(n yamltree.Node, text string) verdict.Place {
		return verdict.Place{File: file, Line: n.Line(), Text: text}
	}
	if off := n.Get("enabled"); off.Text() == "false" {
		return verdict.Failed("Renovate is switched off", at(off, "enabled: false"))
	}
	if off := n.Get("gomod", "enabled"); off.Text() == "false" {
		return verdict.Failed("Renovate does not look after Go modules", at(off, "gomod: enabled: false"))
	}
	if m := n.Get("enabledManagers"); m.Exists() {
		for _, name := range m.Texts() {
			if name == "gomod" {
				return verdict.Passed("Renovate proposes new versions of modules", at(m, "enabledManagers: gomod"))
			}
		}
		return verdict.Failed("Renovate does not look after Go modules: its enabledManagers have no gomod", at(m, "enabledManagers: "+strings.Join(m.Texts(), ", ")))
	}
	for _, rule := range n.Get("packageRules").List() {
		if off := rule.Get("enabled"); off.Text() == "false" && onlyGo(rule) {
			return verdict.Failed("Renovate does not look after Go modules: a rule switches them off", at(off, "enabled: false"))
		}
	}
	return verdict.Passed("Renovate proposes new versions of modules", at(n, ""))
}

// onlyGo reports whether a rule is about all Go modules and nothing narrower.
func onlyGo(rule yamltree.Node) bool {
	all := false
	for name, v := range rule.Fields() {
		switch name {
		case "matchManagers":
			for _, m := range v.Texts() {
				all = all || m == "gomod"
			}
		case "enabled", "description":
		default:
			return false
		}
	}
	return all
}

// uncomment replaces the comments of JSON5 by spaces, so that lines and columns stay.
func uncomment(data []byte) []byte {
	out := slices.Clone(data)
	var quote byte
	for i := 0; i < len(out); i++ {
		rest := string(out[i:min(i+2, len(out))])
		end := 0
		switch {
		case quote != 0:
			if out[i] == '\\' {
				i++
			} else if out[i] == quote {
				quote = 0
			}
			continue
		case out[i] == '"' || out[i] == '\'':
			quote = out[i]
			continue
		case out[i] == '\t': // which YAML does not take for space
			out[i] = ' '
			continue
		case rest == "//":
			end = bytes.IndexByte(out[i:], '\n')
		case rest == "/*":
			if end = bytes.Index(out[i+2:], []byte("*/")); end >= 0 {
				end += 4
			}
		default:
			continue
		}
		if end < 0 {
			end = len(out) - i
		}
		for j := i; j < i+end; j++ {
			if out[j] != '\n' {
				out[j] = ' '
			}
		}
		i += end - 1
	}
	return out
}
