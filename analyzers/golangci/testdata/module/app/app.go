// Package app calls what it does not import.
package app

import (
	"os"

	"example.com/module/sub"
)

// Run asks, and reads the name of a file.
func Run(f os.FileInfo) string {
	sub.Client().Fetch()
	return f.Name()
}
