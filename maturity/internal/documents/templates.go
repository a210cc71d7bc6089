package documents

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed templates
var templates embed.FS

// Templates returns the documents for a repository to begin with, by their paths from
// its root. They say what to write, and pass no check until it is written.
func Templates() map[string][]byte {
	all := make(map[string][]byte)
	err := fs.WalkDir(templates, "templates", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := templates.ReadFile(name)
		all["audit/"+strings.TrimPrefix(name, "templates/")] = data
		return err
	})
	if err != nil {
		panic(err) // they are part of the program
	}
	return all
}
