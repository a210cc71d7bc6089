package baseline

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Expressions with \pL are large. They are compiled when they are first used: the
// binary is started for each package, and does not look at a baseline there.
var (
	// word matches what may be a name with an import path.
	word = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\pL\pN_.~+/-]+`) })
	// method matches the method behind a receiver.
	method = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\)\.[\pL\pN_]+`) })
	// identifier matches a name.
	identifier = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[\pL_][\pL\pN_]*`) })
)

// unqualified returns text without the import paths of the program and its
// modules: they change when a package moves. Those of the standard library stay.
func unqualified(text, pkg string) string {
	return word().ReplaceAllStringFunc(text, func(w string) string {
		if i := pathEnd(w, pkg); i > 0 {
			return w[i+1:]
		}
		return w
	})
}

// pathEnd returns the index of the dot behind the import path that w begins with,
// or 0 if it begins with none, or with one of the standard library.
func pathEnd(w, pkg string) int {
	dot := strings.LastIndexByte(w, '.')
	if dot <= strings.LastIndexByte(w, '/') {
		return 0
	}
	first, _, deep := strings.Cut(w[:dot], "/")
	own, _, _ := strings.Cut(pkg, "/")
	if first == own || deep && strings.Contains(first, ".") {
		return dot
	}
	return 0
}

// bare returns the name of a function without its package and receiver.
func bare(fn string) string { return fn[strings.LastIndexByte(fn, '.')+1:] }

// blank returns text with a sign in the place of what the program has named: what
// lies in its packages, and the names that are given.
func blank(text, pkg string, names []string) string {
	var b strings.Builder
	for text != "" {
		loc := word().FindStringIndex(text)
		if loc == nil {
			break
		}
		b.WriteString(text[:loc[0]])
		w := text[loc[0]:loc[1]]
		text = text[loc[1]:]
		if pathEnd(w, pkg) == 0 {
			b.WriteString(identifier().ReplaceAllStringFunc(w, func(id string) string {
				if slices.Contains(names, id) {
					return "$"
				}
				return id
			}))
			continue
		}
		b.WriteString("$")
		if m := method().FindString(text); m != "" {
			b.WriteString(").$")
			text = text[len(m):]
		}
	}
	return b.String() + text
}
