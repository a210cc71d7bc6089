package e2e

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// snippet matches a code block of a page that is said to be a file's text.
var snippet = regexp.MustCompile("(?s)<!-- file: (\\S+) -->\n\n?```\\w*\n(.*?)```")

// marker matches what says so.
var marker = regexp.MustCompile(`<!-- file: \S+ -->`)

// What the documentation shows of a host is what the tests feed to the host: a
// code block below "<!-- file: testdata/… -->" is that file.
func TestSnippets(t *testing.T) {
	const root = "../../.."
	pages := []string{filepath.Join(root, "README.md")}
	err := filepath.WalkDir(filepath.Join(root, "docs"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".md") {
			pages = append(pages, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := snippet.FindAllSubmatch(text, -1)
		if marked := marker.FindAll(text, -1); len(marked) != len(found) {
			t.Errorf("%s: %d snippets are marked, and %d have a code block behind the mark", page, len(marked), len(found))
		}
		for _, m := range found {
			seen++
			want, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(string(m[1]))))
			if err != nil {
				t.Errorf("%s: %v", page, err)
				continue
			}
			if string(m[2]) != string(want) {
				t.Errorf("%s: the code block is not the text of %s:\n%s\nbut\n%s", page, m[1], m[2], want)
			}
		}
	}
	if seen == 0 {
		t.Error("no page has a snippet")
	}
}
