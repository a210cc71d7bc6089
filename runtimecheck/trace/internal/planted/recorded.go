//go:build linux

package main

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// recorded holds the trace and samples of scenarios that not every machine can stage, as
// the command writes them if it is built with -trimpath and run with -keep; and
// compressed by gzip.
//
//go:embed testdata
var recorded embed.FS

// unpack writes what was recorded of a scenario to a directory.
func unpack(s scenario, dir string) error {
	for _, name := range []string{traceFile, samplesFile} {
		if err := unpackFile("testdata/"+s.name+"/"+name+".gz", filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("reading what was recorded of %s: %w", s.name, err)
		}
	}
	return nil
}

func unpackFile(from, to string) error {
	f, err := recorded.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o644)
}
