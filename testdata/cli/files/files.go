// Package files has one finding with a fix, and one that is allowed.
package files

import (
	"fmt"
	"os"
)

// Stat prints what is known of each file.
func Stat(names []string) {
	for _, name := range names {
		if f, err := os.Open(name); err == nil {
			defer f.Close()
			fmt.Println(f.Stat())
		}
	}
}

// Hold keeps the files open until it returns, which is its purpose.
func Hold(names []string, then func()) error {
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		//lagvet:allow hotdefer -- then needs all of them open
		defer f.Close()
	}
	then()
	return nil
}
