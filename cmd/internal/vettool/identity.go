package vettool

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"

	"github.com/lagvet/lagvet/analyzers/config"
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

// linkedID matches the build ID that the go command gives an executable. Its
// last part is a hash of the executable's content.
var linkedID = regexp.MustCompile(`[\w-]{20}/[\w-]{20}/[\w-]{20}/[\w-]{20}`)

// idWindow is how much of an executable may precede its build ID: in ELF it is
// in a note behind the headers, elsewhere at the beginning of the text segment.
const idWindow = 64 << 10

// BuildID returns a text that differs between executables of different content:
// the build ID that the linker left, which saves hashing some twenty megabytes in
// every run, or else, where another build system left none or a constant, a hash
// of the content.
func BuildID(exe string) (string, error) {
	f, err := os.Open(exe)
	if err != nil {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	defer f.Close()
	head := make([]byte, idWindow)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	if id := linkedID.Find(head[:n]); id != nil {
		return string(id), nil
	}
	h := sha256.New()
	h.Write(head[:n])
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading the lagvet executable: %w", err)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
