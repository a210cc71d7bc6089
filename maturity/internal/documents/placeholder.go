package documents

import (
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// What stands for a text that somebody has yet to write.
var (
	// <owner>, [your team], {{ name }}: round brackets hold asides, and are none.
	bracketed = pattern.New(`^[@#]?(?:<[^<>]*>|\[[^\[\]]*\]|\{[^{}]*\}|\{\{[^{}]*\}\})$`)
	begun     = pattern.New(`(?i)^(?:todo|tbd|tba|tbc|fixme|fill me in|placeholder|lorem ipsum)\b`)
	whole     = pattern.New(`(?i)^(?:to[ -]do|fix me|x{3,}|@?your[ -](?:name|team)|@?(?:owner|name)|@?your-?org/your-?team|yyyy-mm-dd)$`)
)

// placeholder reports whether there is nothing in a text that somebody wrote for this
// service.
func placeholder(text string) bool {
	text = strings.Trim(strings.TrimSpace(text), "*_`\"'")
	return strings.Trim(text, ".…-–—?!/ ") == "" ||
		bracketed.MatchString(text) || begun.MatchString(text) || whole.MatchString(text)
}
