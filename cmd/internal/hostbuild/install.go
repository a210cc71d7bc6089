package hostbuild

import (
	"crypto/sha256"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
)

// seed copies the program that is there already, if it is one that the go command
// made, to where the go command writes, and returns its digest.
func seed(program, output string) (sum string, err error) {
	if _, err := buildinfo.ReadFile(output); err != nil {
		return "", nil
	}
	if err := copyFile(program, output); err != nil {
		return "", fmt.Errorf("reading the program that is there already: %w", err)
	}
	return digest(program)
}

// install moves a program to where it is wanted, whole or not at all.
func install(program, output string) error {
	if os.Rename(program, output) == nil {
		return nil
	}
	// The temporary directory is on another file system.
	fresh := output + ".new"
	err := copyFile(fresh, program)
	if err == nil {
		err = os.Rename(fresh, output)
	}
	if err != nil {
		os.Remove(fresh)
		return &Failure{
			Message: fmt.Sprintf("it was built and cannot be written: %v", err),
			Remedy:  "end the program if it runs, or name another file with --output",
		}
	}
	return nil
}

func copyFile(to, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o777)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	_, err = io.Copy(dst, src)
	return err
}

// digest returns what tells a file's content from any other.
func digest(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading the program: %w", err)
	}
	return string(h.Sum(nil)), nil
}
