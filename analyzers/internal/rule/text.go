package rule

import "strings"

// Brief keeps a piece of code that stands in a message readable.
func Brief(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
