package enforce

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// compile runs the compiler, and beside it the analysis of what is compiled.
func compile(tool string, args []string) error {
	u, err := newUnit(args)
	if err != nil {
		return err
	}
	if u == nil {
		return run(tool, args)
	}
	said := make(chan error, 1)
	go func() { said <- u.analyse() }()
	compiled := run(tool, args)
	// What does not compile cannot be analysed: the compiler has said why.
	if analysed := <-said; compiled != nil || analysed != nil {
		if compiled == nil {
			os.Stderr.Write(u.output.Bytes())
		}
		return errors.Join(compiled, analysed)
	}
	facts, err := os.ReadFile(u.config.VetxOutput)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the facts of %s: %w", u.config.ImportPath, err)
	}
	return appendFacts(u.archive, facts)
}

// A unit is a package that is compiled, as the analysis takes it.
type unit struct {
	config  unitchecker.Config
	archive string // what the compiler writes
	output  bytes.Buffer
}

// invocation is what is read of the compiler's command line.
type invocation struct {
	out, path, importcfg, lang string
	std                        bool // of the standard library
	files                      []string
}

// parse reads the compiler's command line. The go command writes flags with their
// values attached or behind them, and the files last.
func parse(args []string) invocation {
	var inv invocation
	into := map[string]*string{"-o": &inv.out, "-p": &inv.path, "-importcfg": &inv.importcfg, "-lang": &inv.lang}
	for i := 0; i < len(args); i++ {
		name, value, attached := strings.Cut(args[i], "=")
		name = "-" + strings.TrimLeft(name, "-")
		switch to := into[name]; {
		case args[i] == "-std":
			inv.std = true
		case to != nil && attached:
			*to = value
		case to != nil && i+1 < len(args):
			i++
			*to = args[i]
		case strings.HasSuffix(args[i], ".go"):
			inv.files = append(inv.files, args[i])
		}
	}
	return inv
}

// newUnit returns the unit that a command line of the compiler is about, or nil if it
// compiles no package, or the main of tests, which the go command makes.
func newUnit(args []string) (*unit, error) {
	inv := parse(args)
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("looking for the package: %w", err)
	}
	path, _, _ := strings.Cut(os.Getenv("TOOLEXEC_IMPORTPATH"), " ") // "p [p.test]" for a package built for its test
	if path == "" {
		path = inv.path
	}
	if inv.importcfg == "" || len(inv.files) == 0 || strings.HasSuffix(path, ".test") {
		return nil, nil
	}
	imports, err := readImports(inv.importcfg)
	if err != nil {
		return nil, err
	}
	u := &unit{archive: inv.out, config: unitchecker.Config{
		ID:          path,
		Compiler:    "gc",
		Dir:         dir,
		ImportPath:  path,
		GoVersion:   inv.lang,
		ImportMap:   imports.resolved,
		PackageFile: imports.archives,
		PackageVetx: make(map[string]string),
		VetxOutput:  filepath.Join(filepath.Dir(inv.out), "lagvet.facts"),
	}}
	for _, f := range inv.files {
		if !filepath.IsAbs(f) {
			f = filepath.Join(dir, f)
		}
		u.config.GoFiles = append(u.config.GoFiles, f)
		// What the go command makes lies beside what the compiler writes.
		if d := filepath.Dir(f); d != filepath.Dir(inv.out) {
			u.config.Dir = d
		}
	}
	u.config.ModulePath, u.config.ModuleVersion = module(u.config.Dir)
	if inv.std || !vettool.LocalPackage(u.config.Dir, path) {
		u.config.Stdout = os.DevNull // for its facts alone
	}
	return u, nil
}

// versioned matches the directory of a module in the module cache.
var versioned = pattern.New(`@(v[^/\\]+)`)

// module returns the path and, in the module cache, the version of the module that a
// directory belongs to; nothing for one of a vendor directory.
func module(dir string) (path, version string) {
	if m := versioned.FindStringSubmatch(dir); m != nil {
		version = m[1]
	}
	for {
		if data, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return modfile.ModulePath(data), version
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", version
		}
		dir = up
	}
}

// analyse analyses the unit in a process of its own, for the analysis ends its own.
func (u *unit) analyse() error {
	beside := filepath.Dir(u.archive)
	for path, archive := range u.config.PackageFile {
		facts, err := readFacts(archive)
		if err != nil {
			return fmt.Errorf("reading the facts of %s: %w", path, err)
		}
		if facts == nil {
			continue
		}
		f, err := os.CreateTemp(beside, "lagvet-*.facts")
		if err != nil {
			return fmt.Errorf("keeping the facts of %s: %w", path, err)
		}
		_, err = f.Write(facts)
		if err := errors.Join(err, f.Close()); err != nil {
			return fmt.Errorf("keeping the facts of %s: %w", path, err)
		}
		u.config.PackageVetx[path] = f.Name()
	}
	js, err := json.Marshal(u.config)
	if err != nil {
		return fmt.Errorf("describing %s: %w", u.config.ImportPath, err)
	}
	file := filepath.Join(beside, "lagvet.cfg")
	if err := os.WriteFile(file, js, 0o600); err != nil {
		return fmt.Errorf("describing %s: %w", u.config.ImportPath, err)
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for the lagvet executable: %w", err)
	}
	cmd := exec.Command(exe, Name, unitFlag, file)
	cmd.Stdout, cmd.Stderr = &u.output, &u.output
	return cmd.Run()
}

// imports is what an importcfg says.
type imports struct {
	resolved map[string]string // import paths in the source to those of packages
	archives map[string]string // by the package's path
}

func readImports(file string) (*imports, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading what is imported: %w", err)
	}
	im := &imports{map[string]string{"unsafe": "unsafe"}, make(map[string]string)}
	for line := range strings.Lines(string(data)) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		from, to, _ := strings.Cut(rest, "=")
		switch verb {
		case "packagefile":
			im.archives[from] = to
			if _, ok := im.resolved[from]; !ok {
				im.resolved[from] = from
			}
		case "importmap":
			im.resolved[from] = to
		case "", "#", "modinfo", "packageshlib":
			// The linker's, and comments.
		default:
			if !strings.HasPrefix(verb, "#") {
				return nil, fmt.Errorf("reading what is imported: unknown line %q", strings.TrimSpace(line))
			}
		}
	}
	return im, nil
}
