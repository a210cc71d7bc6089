package engine

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
)

// The go command keeps what was found in a unit after what it needs to know that the
// unit was looked at. If it is killed in between, it replays from then on that nothing
// was found, nor that the unit was looked at: see the end of (*Builder).vet in
// package cmd/go/internal/work. Such a gap does not close by itself. So the word that
// results are kept under is changed, for this run and all that come, whenever a
// package is missing from what is said and nothing explains it.

// anewFile is where the word is kept; "" if there is no place for it.
func anewFile() string {
	dir, err := cacheDir("anew")
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "word")
}

// anewWord returns the word that results are kept under, empty as long as no gap was
// met.
func anewWord() string {
	data, err := os.ReadFile(anewFile())
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(data))
}

// again runs go vet under another word. If that closes the gaps, the word is kept: if
// it cannot be, the next run meets them again.
func (c *check) again(ctx context.Context, asked packageSet) (vetted, error) {
	c.flags.Anew = rand.Text()
	v, err := c.vet(ctx)
	if err == nil && !v.lacks(asked) {
		if file := anewFile(); file != "" {
			writeWhole(file, []byte(c.flags.Anew+"\n"))
		}
	}
	return v, err
}

// lacks reports whether a package is missing from what was said, and nothing explains
// it.
func (v vetted) lacks(asked packageSet) bool {
	return len(v.problems)+len(v.broken) == 0 && len(missing(asked, v)) > 0
}
