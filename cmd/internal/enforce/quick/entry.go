package quick

import (
	"hash/fnv"
	"io"
	"os"
	"strconv"

	"github.com/lagvet/lagvet/cmd/internal/buildid"
)

// An Entry is the place in the user's cache of a tool's answer to -V=full, under one
// lagvet and one configuration.
type Entry struct {
	Dir  string // of all entries
	File string
	// Key is all that the answer depends on. It stands in the file before the answer,
	// so that files of one name are told apart.
	Key string
}

// EntryFor returns the entry of a tool for this process, if there can be one: if the
// contents of this executable and the tool are told apart by their build IDs, and there
// is a cache.
func EntryFor(tool string) (Entry, bool) {
	self, err := os.Executable()
	if err != nil {
		return Entry{}, false
	}
	own, err := buildid.Linked(self)
	if err != nil || own == "" {
		return Entry{}, false
	}
	its, err := buildid.Linked(tool)
	if err != nil || its == "" {
		return Entry{}, false
	}
	dir, err := os.Getwd()
	if err != nil {
		return Entry{}, false
	}
	config, ok := surroundings(dir)
	if !ok {
		return Entry{}, false
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return Entry{}, false
	}
	// Of the experiments of the toolchain its answer tells.
	e := Entry{Dir: cache + string(os.PathSeparator) + "lagvet" + string(os.PathSeparator) + "enforce"}
	for _, part := range []string{own, its, base(tool), os.Getenv("GOEXPERIMENT"), os.Getenv("GOWORK"), dir, config} {
		e.Key += strconv.Quote(part) + "\n"
	}
	h := fnv.New64a()
	io.WriteString(h, e.Key)
	e.File = e.Dir + string(os.PathSeparator) + strconv.FormatUint(h.Sum64(), 16)
	return e, true
}

// Read returns the answer, a line with its end.
func (e Entry) Read() (string, bool) {
	data, err := os.ReadFile(e.File)
	if err != nil || len(data) <= len(e.Key) || string(data[:len(e.Key)]) != e.Key || data[len(data)-1] != '\n' {
		return "", false
	}
	return string(data[len(e.Key):]), true
}

// candidates are the names of files that package config looks for, from a directory
// upward; the first is the one that it reads.
var candidates = [...]string{".lagvet.yml", ".lagvet.yaml", "lagvet.yml", "lagvet.yaml", "go.mod", "go.work"}

// surroundings tells what the configuration that holds in dir can depend on, and false
// if that cannot be told: for dir and each directory above it which candidates are
// there, and what the configuration files say.
func surroundings(dir string) (string, bool) {
	var s []byte
	for {
		for i, name := range candidates {
			file := dir + string(os.PathSeparator) + name
			_, err := os.Stat(file)
			switch {
			case err != nil:
				s = append(s, '-')
			case i > 0:
				s = append(s, '+')
			default:
				data, err := os.ReadFile(file)
				if err != nil {
					return "", false
				}
				s = strconv.AppendQuote(s, string(data))
			}
		}
		s = append(s, '\n')
		up := parent(dir)
		if up == dir {
			return string(s), true
		}
		dir = up
	}
}

// parent returns the directory above an absolute one, and the root for itself.
func parent(dir string) string {
	for i := len(dir) - 1; i >= 0; i-- {
		if !os.IsPathSeparator(dir[i]) {
			continue
		}
		if i == 0 || dir[i-1] == ':' {
			return dir[:i+1] // "/", "C:\"
		}
		return dir[:i]
	}
	return dir
}
