package config

import (
	"fmt"
	"slices"

	"github.com/agext/levenshtein"
)

// DidYouMean returns ` (did you mean "x"?)` for the name among known that is
// nearest to name, or "" if none is near. Near is one edit, or one in three letters:
// more would suggest names that have nothing to do with what was typed.
func DidYouMean(name string, known []string) string {
	best, least := "", max(len(name)/3, 1)+1
	for _, k := range known {
		if d := levenshtein.Distance(name, k, nil); d < least {
			best, least = k, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf(" (did you mean %q?)", best)
}

// OneOf returns an error if value is not among known. what names it.
func OneOf(what, value string, known []string) error {
	if slices.Contains(known, value) {
		return nil
	}
	return fmt.Errorf("%s is %q, and must be %s%s", what, value, alternatives(known), DidYouMean(value, known))
}
