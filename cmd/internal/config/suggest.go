package config

import (
	"fmt"

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
