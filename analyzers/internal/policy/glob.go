package policy

import (
	"path"
	"strings"
)

// Match reports whether the glob covers name, both with / between their parts.
// In a part, *, ? and [..] are those of path.Match; a part ** stands for any
// number of parts. A glob that names a folder covers everything in it.
func Match(glob, name string) bool {
	return matchParts(strings.Split(glob, "/"), strings.Split(name, "/"))
}

func matchParts(glob, name []string) bool {
	for ; len(glob) > 0; glob, name = glob[1:], name[1:] {
		if glob[0] == "**" {
			for i := range len(name) + 1 {
				if matchParts(glob[1:], name[i:]) {
					return true
				}
			}
			return false
		}
		if len(name) == 0 {
			return false
		}
		if ok, _ := path.Match(glob[0], name[0]); !ok {
			return false
		}
	}
	return true // what is left of name lies in the folder that glob names
}
