package finding

import "strings"

// ShortFunc returns the full name of a function without the directories of the import
// paths in it: "(*match.Engine).Match", "(*match.Set[book.Order]).Add".
func ShortFunc(name string) string {
	var b strings.Builder
	for name != "" {
		end := strings.IndexAny(name, " \t()*[],")
		if end < 0 {
			end = len(name)
		}
		word := name[:end]
		b.WriteString(word[strings.LastIndexByte(word, '/')+1:])
		next := min(end+1, len(name))
		b.WriteString(name[end:next])
		name = name[next:]
	}
	return b.String()
}
