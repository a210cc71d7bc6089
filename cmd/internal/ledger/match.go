package ledger

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// match pairs the functions of two versions: those of the same name; among those
// that are gone in one and new in the other, what costs the same under another name,
// and what has only changed its package or its receiver.
func match(base, head []finding.Ledger, o Options) []pair {
	var pairs []pair
	gone, come := byName(base), byName(head)
	for id, h := range come {
		if b := gone[id]; b != nil {
			pairs = append(pairs, pair{b, h})
			delete(gone, id)
			delete(come, id)
		}
	}
	// What is still there, and only no longer hot, was not renamed.
	vanished, stayed := split(inOrder(gone), o.InHead)
	appeared, old := split(inOrder(come), o.InBase)
	for _, key := range []func(*finding.Ledger) string{local, unqualified, nameless} {
		vanished, appeared = pairUp(vanished, appeared, &pairs, equalCosts(key), true)
	}
	for _, key := range []func(*finding.Ledger) string{local, unqualified} {
		vanished, appeared = pairUp(vanished, appeared, &pairs, key, false)
	}
	for _, l := range slices.Concat(vanished, stayed) {
		pairs = append(pairs, pair{base: l})
	}
	for _, l := range slices.Concat(appeared, old) {
		pairs = append(pairs, pair{head: l})
	}
	return pairs
}

// split separates the functions that the other version lacks, all if there is nothing
// to tell.
func split(ls []*finding.Ledger, has func(l *finding.Ledger) bool) (lacks, other []*finding.Ledger) {
	for _, l := range ls {
		if has != nil && has(l) {
			other = append(other, l)
		} else {
			lacks = append(lacks, l)
		}
	}
	return lacks, other
}

// A name identifies a function.
type name struct{ pkg, fn string }

func identity(l *finding.Ledger) name { return name{l.Package, l.Func} }

func byName(ls []finding.Ledger) map[name]*finding.Ledger {
	m := make(map[name]*finding.Ledger, len(ls))
	for i := range ls {
		m[identity(&ls[i])] = &ls[i]
	}
	return m
}

func inOrder(m map[name]*finding.Ledger) []*finding.Ledger {
	var ls []*finding.Ledger
	for _, l := range m {
		ls = append(ls, l)
	}
	slices.SortFunc(ls, func(a, b *finding.Ledger) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Func, b.Func))
	})
	return ls
}

// pairUp pairs what has the same key, if it has any, and returns what is left over. Of
// several with one key it does not matter which becomes which if all cost the same;
// if not, nobody knows, and they are left.
func pairUp(vanished, appeared []*finding.Ledger, pairs *[]pair, key func(*finding.Ledger) string, alike bool) (v, a []*finding.Ledger) {
	before, after := byKey(vanished, key), byKey(appeared, key)
	matched := make(map[*finding.Ledger]bool)
	for k, bs := range before {
		hs := after[k]
		n := min(len(bs), len(hs))
		if k == "" || !alike && max(len(bs), len(hs)) > 1 {
			continue
		}
		for i := range n {
			*pairs = append(*pairs, pair{bs[i], hs[i]})
			matched[bs[i]], matched[hs[i]] = true, true
		}
	}
	left := func(l *finding.Ledger) bool { return matched[l] }
	return slices.DeleteFunc(vanished, left), slices.DeleteFunc(appeared, left)
}

func byKey(ls []*finding.Ledger, key func(*finding.Ledger) string) map[string][]*finding.Ledger {
	m := make(map[string][]*finding.Ledger)
	for _, l := range ls {
		m[key(l)] = append(m[key(l)], l)
	}
	return m
}

// equalCosts returns a key that holds what a function costs besides, and is empty for
// one that costs nothing, as many functions do.
func equalCosts(key func(*finding.Ledger) string) func(*finding.Ledger) string {
	return func(l *finding.Ledger) string {
		var causes []string
		for _, c := range costsOf(l) {
			causes = append(causes, c.kind+" "+c.cause)
		}
		if len(causes) == 0 {
			return ""
		}
		slices.Sort(causes)
		return key(l) + "\n" + strings.Join(causes, "\n")
	}
}

// local is the name of a function without its package.
func local(l *finding.Ledger) string { return strings.ReplaceAll(l.Func, l.Package+".", "") }

// unqualified is the name of a function without its package and receiver.
func unqualified(l *finding.Ledger) string { return l.Func[strings.LastIndexByte(l.Func, '.')+1:] }

func nameless(*finding.Ledger) string { return "" }
