package hostbuild

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
)

// placeholder is the version by which a checkout is required.
const placeholder = "v0.0.0"

// goMod returns the go.mod file of the module that is written. What the two modules
// require in turn, the go command adds.
func (b *build) goMod(host, lagvet module) ([]byte, error) {
	f := new(modfile.File)
	f.Syntax = new(modfile.FileSyntax)
	release := strings.TrimPrefix(newer(goLine(host), goLine(lagvet)), "go")
	version := lagvet.Version
	if b.Lagvet.Dir != "" {
		version = placeholder
	}
	steps := []error{
		f.AddModuleStmt(b.Host.Path),
		f.AddGoStmt(release),
		f.AddRequire(host.Path, host.Version),
		f.AddRequire(lagvet.Path, version),
	}
	if b.Lagvet.Dir != "" {
		steps = append(steps, f.AddReplace(lagvet.Path, "", b.Lagvet.Dir, ""))
	}
	pins, err := required(host, b.Host.Pins)
	if err != nil {
		return nil, err
	}
	for _, p := range pins {
		steps = append(steps, f.AddReplace(p.Path, "", p.Path, p.Version))
	}
	for _, err := range steps {
		if err != nil {
			return nil, fmt.Errorf("writing the module: %w", err)
		}
	}
	f.Cleanup()
	return f.Format()
}

// required returns the versions that m requires of other modules.
func required(m module, paths []string) ([]module, error) {
	data, err := os.ReadFile(m.GoMod)
	if err != nil {
		return nil, fmt.Errorf("reading what %s requires: %w", m.Path, err)
	}
	f, err := modfile.ParseLax(m.GoMod, data, nil)
	if err != nil {
		return nil, fmt.Errorf("reading what %s requires: %w", m.Path, err)
	}
	var out []module
	for _, path := range paths {
		for _, r := range f.Require {
			if r.Mod.Path == path {
				out = append(out, module{Path: path, Version: r.Mod.Version})
			}
		}
	}
	return out, nil
}

// write writes what the module holds beside go.mod: the host's main package, the
// file that registers lagvet, and the checksums that both modules know already.
func (b *build) write(host, lagvet module) error {
	files, err := mainPackage(b.Host.mainDir(host.Dir))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return b.unfit(host.Version, "it has no main package in "+b.Host.Main, "")
	}
	files[registration] = []byte(b.Host.Registration)
	files["go.sum"] = sums(host.Dir, lagvet.Dir)
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(b.dir, name), data, 0o666); err != nil {
			return fmt.Errorf("writing the module: %w", err)
		}
	}
	return nil
}

// mainPackage returns the Go files of the host's main package by name.
func mainPackage(dir string) (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, fmt.Errorf("looking for the host's main package: %w", err)
	}
	files := make(map[string][]byte)
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("reading the host's main package: %w", err)
		}
		if files[base], err = withoutTelemetry(base, src); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// sums returns the lines of the go.sum files in directories. The go command checks
// each, and adds those that are missing.
func sums(dirs ...string) []byte {
	var all bytes.Buffer
	for _, dir := range dirs {
		if data, err := os.ReadFile(filepath.Join(dir, "go.sum")); err == nil {
			all.Write(data)
			all.WriteByte('\n')
		}
	}
	return all.Bytes()
}
