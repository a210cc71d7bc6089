package config

import (
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"
)

// function returns the full name of a function, or a pattern, that n holds.
func (r *reader) function(n *yaml.Node) string {
	s := r.text(n, "func")
	if s == "" {
		return ""
	}
	if !wellFormed(s) {
		r.errorf(n, "%q is not the full name of a function: write example.com/app/cache.Get, (*example.com/app/cache.Cache).Get, or example.com/app/cache/... for all that the packages below hold", s)
		return ""
	}
	return s
}

// isPattern reports whether s stands for more than one function: a package
// pattern, or a name with a wildcard in it.
func isPattern(s string) bool {
	return strings.HasSuffix(s, "/...") || strings.Contains(strings.TrimPrefix(s, "(*"), "*")
}

// wellFormed reports whether s is a full name as types.Func.FullName prints it,
// with * allowed for any part of an identifier, or a package pattern.
func wellFormed(s string) bool {
	if pkg, ok := strings.CutSuffix(s, "/..."); ok {
		return pkg != "" && !strings.ContainsAny(pkg, "*() ")
	}
	rest, isMethod := strings.CutPrefix(s, "(")
	if !isMethod {
		return qualified(s)
	}
	recv, method, ok := strings.Cut(rest, ").")
	recv, _, _ = strings.Cut(strings.TrimPrefix(recv, "*"), "[") // type parameters
	return ok && qualified(recv) && identifier(method)
}

// qualified reports whether s is a package path, a dot and an identifier.
func qualified(s string) bool {
	slash := strings.LastIndexByte(s, '/') + 1
	dot := strings.LastIndexByte(s[slash:], '.')
	return dot > 0 && identifier(s[slash+dot+1:]) && !strings.ContainsAny(s[:slash+dot], "*() ")
}

func identifier(s string) bool {
	for i, c := range s {
		if c != '_' && c != '*' && !unicode.IsLetter(c) && (i == 0 || !unicode.IsDigit(c)) {
			return false
		}
	}
	return s != ""
}
