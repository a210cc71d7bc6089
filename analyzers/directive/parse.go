package directive

import (
	"fmt"
	"slices"
	"strings"
)

// prefix begins every directive.
const prefix = "//lagvet:"

var kinds = []string{
	string(Hot), string(NonBlocking), string(NoAlloc), string(Root), string(Assume), string(Allow), string(Bounded),
}

// effects are the kinds of effect that inference knows.
var effects = []string{
	"alloc", "lock", "chan", "net", "disk", "sleep", "syscall", "cgo", "stw", "spawn", "reflect", "exit", "wallclock", "unknown",
}

// parse reads what follows the prefix. The error says what is wrong, and what to write.
func parse(text string) (*Directive, error) {
	if text != strings.TrimLeft(text, " \t") {
		return nil, fmt.Errorf("a space after %q makes this an ordinary comment: remove it", prefix)
	}
	head, reason := cutReason(text)
	verb, rest, _ := strings.Cut(strings.ReplaceAll(head, "\t", " "), " ")
	if verb == "" {
		return nil, fmt.Errorf("%q names no directive: write one of %s", prefix, strings.Join(kinds, ", "))
	}
	if !slices.Contains(kinds, verb) {
		return nil, fmt.Errorf("%s%s is not a directive%s", prefix, verb, didYouMean(verb, kinds))
	}
	d := &Directive{
		Kind:   Kind(verb),
		Args:   strings.FieldsFunc(rest, func(r rune) bool { return r == ' ' || r == ',' }),
		Reason: reason,
	}
	return d, d.check()
}

// cutReason splits text at the first "--" that begins a word.
func cutReason(text string) (head, reason string) {
	for i := range text {
		if strings.HasPrefix(text[i:], "--") && (i == 0 || text[i-1] == ' ' || text[i-1] == '\t') {
			return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+2:])
		}
	}
	return strings.TrimSpace(text), ""
}

// check tells whether d has the arguments and the reason that its kind asks for.
func (d *Directive) check() error {
	switch d.Kind {
	case Allow:
		if len(d.Args) == 0 {
			return fmt.Errorf("//lagvet:allow names no rule: write //lagvet:allow RULE -- why")
		}
	case Assume:
		if err := checkEffects(d.Args); err != nil {
			return err
		}
	default:
		if len(d.Args) > 0 {
			return fmt.Errorf("//lagvet:%s takes no arguments: write a remark after --", d.Kind)
		}
		if d.Kind != Bounded {
			return nil
		}
	}
	if d.Reason == "" && strings.ContainsAny(strings.Join(d.Args, ""), "–—") {
		return fmt.Errorf("//lagvet:%s has a dash where two hyphens must introduce the reason: write //lagvet:%s %s -- why", d.Kind, d.Kind, d.Args[0])
	}
	if d.Reason == "" {
		return fmt.Errorf("//lagvet:%s overrules the analysis and must say why: write //lagvet:%s -- why",
			d.Kind, strings.Join(append([]string{string(d.Kind)}, d.Args...), " "))
	}
	return nil
}

func checkEffects(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("//lagvet:assume names no effect: write //lagvet:assume none -- why, or the effects that remain")
	}
	for _, a := range args {
		if a == "none" && len(args) > 1 {
			return fmt.Errorf("//lagvet:assume none together with other effects contradicts itself")
		}
		if a != "none" && !slices.Contains(effects, a) {
			return fmt.Errorf("//lagvet:assume names the effect %q, which there is not%s", a, didYouMean(a, append([]string{"none"}, effects...)))
		}
	}
	return nil
}

// nearMiss reports whether an ordinary comment would be a directive if only it
// had no space in front, no capitals, or not the form /*…*/. Prose that speaks
// of a directive is none: the whole line must read as one. Nor is a line that
// begins with a tab, which is an example in a doc comment.
func nearMiss(comment string) bool {
	text := strings.TrimSuffix(comment[2:], "*/")
	if strings.HasPrefix(text, "\t") {
		return false
	}
	const name = "lagvet:"
	text = strings.TrimSpace(text)
	if len(text) < len(name) || !strings.EqualFold(text[:len(name)], name) || strings.HasPrefix(comment, prefix) {
		return false
	}
	_, err := parse(strings.ToLower(strings.TrimSpace(text[len(name):])))
	return err == nil
}

// didYouMean returns "; did you mean X?" for the known word closest to word,
// or "" if none is close. A distance of our own, because every program that
// imports an analyzer would else carry a module for these lines.
func didYouMean(word string, known []string) string {
	best, at := "", 1+max(1, len(word)/3)
	for _, k := range known {
		if d := distance(strings.ToLower(word), k); d < at {
			best, at = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance is the Levenshtein distance of a and b in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diag := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diag
			if a[i] != b[j] {
				change++
			}
			diag = row[j+1]
			row[j+1] = min(change, diag+1, row[j]+1)
		}
	}
	return row[len(b)]
}
