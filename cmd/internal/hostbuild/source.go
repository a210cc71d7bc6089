package hostbuild

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// Module is the path of lagvet's module.
const Module = "github.com/lagvet/lagvet"

// A Lagvet is the lagvet that is built into a host: one of its fields is set.
type Lagvet struct {
	Version string // a version of the module, or a query that the go command resolves
	Dir     string // a checkout, absolute
}

func (l Lagvet) String() string {
	if l.Dir != "" {
		return "lagvet in " + l.Dir
	}
	return "lagvet " + l.Version
}

// ThisLagvet returns the running lagvet, as far as its build information and the
// places where it lies and where it is run tell which that is.
func ThisLagvet(info *debug.BuildInfo, places ...string) (Lagvet, error) {
	// A build in a checkout may have a version too, and no checksum: nobody
	// else can fetch it.
	if info != nil && info.Main.Path == Module && info.Main.Sum != "" {
		return Lagvet{Version: info.Main.Version}, nil
	}
	var found []string
	for _, p := range places {
		if dir := checkoutAround(p); dir != "" && !slices.Contains(found, dir) {
			found = append(found, dir)
		}
	}
	const pass = "pass --lagvet with the directory of its source or a released version"
	switch len(found) {
	case 1:
		return Lagvet{Dir: found[0]}, nil
	case 0:
		return Lagvet{}, fmt.Errorf("this lagvet was built from source that cannot be found from here: %s", pass)
	default:
		return Lagvet{}, fmt.Errorf("this lagvet was built from source, and there is more than one (%s): %s", strings.Join(found, ", "), pass)
	}
}

// AskedLagvet returns the lagvet that the user names: a directory, or a version.
func AskedLagvet(name string) (Lagvet, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		dir, err := filepath.Abs(name)
		if err != nil {
			return Lagvet{}, fmt.Errorf("looking for lagvet's source: %w", err)
		}
		if !isCheckout(dir) {
			return Lagvet{}, fmt.Errorf("--lagvet: the directory %s does not hold the module %s", name, Module)
		}
		return Lagvet{Dir: dir}, nil
	}
	if filepath.IsAbs(name) || strings.HasPrefix(name, ".") || strings.ContainsRune(name, filepath.Separator) {
		return Lagvet{}, fmt.Errorf("--lagvet: there is no directory %s", name)
	}
	return Lagvet{Version: canonical(name)}, nil
}

// canonical returns a version as the go command has it, and any other query as it is.
func canonical(version string) string {
	if v := "v" + version; semver.IsValid(v) {
		return v
	}
	return version
}

// checkoutAround returns the root of the checkout of lagvet that path lies in, or "".
func checkoutAround(path string) string {
	if path == "" {
		return ""
	}
	if p, err := filepath.EvalSymlinks(path); err == nil {
		path = p
	}
	for dir := path; ; dir = filepath.Dir(dir) {
		if isCheckout(dir) {
			return dir
		}
		if dir == filepath.Dir(dir) {
			return ""
		}
	}
}

func isCheckout(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && modfile.ModulePath(data) == Module
}
