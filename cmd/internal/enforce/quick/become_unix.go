//go:build unix

package quick

import (
	"os"
	"syscall"
)

// become has a tool take this process's place. It returns if it cannot.
func become(tool string, args []string) {
	if path := find(tool); path != "" {
		// What goes wrong goes wrong again where it can be said.
		_ = syscall.Exec(path, append([]string{tool}, args...), os.Environ())
	}
}

// find returns the path of a program: of $PATH the first, if that is not beside a
// directory relative to this one, of which os/exec decides.
func find(tool string) string {
	for i := range len(tool) {
		if tool[i] == '/' {
			return tool
		}
	}
	path := os.Getenv("PATH") + ":"
	start := 0
	for i := range len(path) {
		if path[i] != ':' {
			continue
		}
		dir := path[start:i]
		start = i + 1
		if dir == "" || dir[0] != '/' {
			return ""
		}
		file := dir + "/" + tool
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return file
		}
	}
	return ""
}
