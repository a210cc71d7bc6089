package effects

import (
	"bytes"
	"compress/flate"
	"embed"
	"fmt"
	"go/types"
	"go/version"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
)

// stdTables holds what the standard library of some Go releases does, a file for
// each: a line that says of what, and the fact of all its packages together, in
// which each function stands once. TestStdTables writes and checks them.
//
//go:embed std/*.flate
var stdTables embed.FS

// stdReleases are the releases of which there is a table, oldest first.
var stdReleases = []string{"go1.25", "go1.26", "go1.27"}

// A stdTable is a table as passes that run at the same time read it.
type stdTable struct {
	mu   sync.Mutex
	read *reader
}

// theStd is the table for the toolchain that built this program. What hands on no
// facts of the standard library, Bazel's nogo, is built by the one that it compiles
// with; go/types refuses a standard library newer than that anyway.
var theStd = sync.OnceValues(func() (*stdTable, error) { return openStd(nearestStd(runtime.Version())) })

func openStd(release string) (*stdTable, error) {
	data, err := stdData(release)
	if err != nil {
		return nil, err
	}
	read, err := newReader(data)
	if err != nil {
		return nil, fmt.Errorf("reading what the standard library of %s does: %w", release, err)
	}
	return &stdTable{read: read}, nil
}

// lookUp returns the summary of a function, or nil.
func (t *stdTable) lookUp(k key) *Summary {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.read.lookUp(k)
}

// knows reports whether the table tells of a package.
func (t *stdTable) knows(path string) bool { return t.lookUp(known(path)) != nil }

// known is the key of an entry that says no more than that the table tells of a
// package, which may have no functions.
func known(path string) key { return key{pkg: path} }

// nearestStd returns the release whose table is nearest to a version of Go, as
// [runtime.Version] has it: of one that is in between, that before it. A version
// that says no number is one under development.
func nearestStd(goVersion string) string {
	goVersion, _, _ = strings.Cut(strings.TrimPrefix(goVersion, "devel "), "-")
	goVersion, _, _ = strings.Cut(goVersion, " ")
	lang := version.Lang(goVersion)
	if lang == "" {
		return stdReleases[len(stdReleases)-1]
	}
	nearest := stdReleases[0]
	for _, r := range stdReleases {
		if version.Compare(r, lang) <= 0 {
			nearest = r
		}
	}
	return nearest
}

// stdFile returns the name of the file that holds the table of a release.
func stdFile(release string) string { return "std/" + release + ".flate" }

// stdData returns the summaries in the table of a release, for a reader.
func stdData(release string) ([]byte, error) {
	packed, err := stdTables.ReadFile(stdFile(release))
	if err != nil {
		return nil, fmt.Errorf("reading what the standard library does: %w", err)
	}
	_, packed, _ = bytes.Cut(packed, []byte("\n"))
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(packed)))
	if err != nil {
		return nil, fmt.Errorf("reading what the standard library of %s does: %w", release, err)
	}
	return data, nil
}

// lacksStd reports whether the host hands on no facts of the standard library, or
// not of all that the package imports of it.
func (x *inference) lacksStd() bool {
	return slices.ContainsFunc(x.pass.Pkg.Imports(), func(p *types.Package) bool {
		return p != types.Unsafe && modules.IsStd(p.Path()) && x.view(p) == nil
	})
}
