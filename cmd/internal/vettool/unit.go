package vettool

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"golang.org/x/tools/go/analysis/unitchecker"
)

// A unit is one package as the go command describes it.
type unit struct {
	unitchecker.Config
	file   string
	fields map[string]any // the whole description, with what Config lacks
	timer  *timer         // nil if the run is not timed
}

func readUnit(file string) (*unit, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the description of a package: %w", err)
	}
	u := &unit{file: file}
	if err := json.Unmarshal(data, &u.Config); err != nil {
		return nil, fmt.Errorf("reading the description of a package: %w", err)
	}
	if err := json.Unmarshal(data, &u.fields); err != nil {
		return nil, fmt.Errorf("reading the description of a package: %w", err)
	}
	return u, nil
}

// with writes the unit's description, some fields changed, and returns the
// file's name.
func (u *unit) with(changes map[string]any) (string, error) {
	fields := maps.Clone(u.fields)
	maps.Copy(fields, changes)
	data, err := json.Marshal(fields)
	if err != nil {
		return "", fmt.Errorf("describing %s: %w", u.ImportPath, err)
	}
	file := u.beside("lagvet.cfg")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		return "", fmt.Errorf("describing %s: %w", u.ImportPath, err)
	}
	return file, nil
}

// beside returns the path of a file in the directory of the unit's description,
// a temporary one that the go command removes.
func (u *unit) beside(name string) string { return filepath.Join(filepath.Dir(u.file), name) }

// module returns the path of the unit's module, "std" for the standard library
// and the go command's own modules.
func (u *unit) module() string {
	switch {
	case u.Module != nil:
		return u.Module.Path
	case u.ModulePath != "":
		return u.ModulePath
	case u.ImportPath == CommandLine:
		return u.ImportPath
	}
	return "std"
}

// versioned matches the element of a directory in the module cache that has a
// module's version behind its name.
var versioned = pattern.New(`@v\d`)

// inScope reports whether findings in the unit can interest the user. The answer
// rests on nothing that the cache key lacks: the flags, the import path and the
// directory are in it, but not whether a module is the main one.
func (u *unit) inScope(scope []string) bool {
	mod := u.module()
	named := slices.ContainsFunc(scope, func(s string) bool {
		path, _, _ := strings.Cut(s, "@")
		return path == mod
	})
	return named || mod != "std" && LocalPackage(u.Dir, u.ImportPath)
}

// LocalPackage reports whether a package of a module lies in a directory of the
// user's: neither in the module cache nor in a vendor directory.
func LocalPackage(dir, importPath string) bool {
	return Local(dir) && !strings.HasSuffix(filepath.ToSlash(dir), "/vendor/"+importPath)
}

// Local reports whether a directory is outside the module cache.
func Local(dir string) bool { return !versioned.MatchString(filepath.ToSlash(dir)) }

// CommandLine is the import path of a package given as a list of files.
const CommandLine = "command-line-arguments"
