package vettool

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/buildid"
)

// identify prints what the go command takes for the identity of the tool. The
// last field must begin with buildID= for a version that says devel.
func identify(w io.Writer) error {
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for the lagvet executable: %w", err)
	}
	build, err := BuildID(exe)
	if err != nil {
		return err
	}
	h := sha256.New()
	fmt.Fprintln(h, build)
	// Run by lagvet, the configuration comes as a flag, cut down to what
	// findings depend on, so that other edits of it invalidate nothing.
	if os.Getenv(driverEnv) == "" {
		if err := hashConfig(h); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(w, "lagvet version devel buildID=%x\n", h.Sum(nil))
	return err
}

func hashConfig(w io.Writer) error {
	wd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("looking for the configuration: %w", err)
	}
	path, err := config.Find(wd, os.Getenv("GOWORK"))
	if err != nil || path == "" {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n%s", path, data)
	return err
}

// BuildID returns a text that differs between executables of different content:
// the build ID that the linker left, which saves hashing some twenty megabytes in
// every run, or else, where another build system left none or a constant, a hash
// of the content.
func BuildID(exe string) (string, error) {
	id, err := buildid.Linked(exe)
	if err != nil {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	if id != "" {
		return id, nil
	}
	f, err := os.Open(exe)
	if err != nil {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
