package vettool

import (
	"errors"
	"fmt"
	"go/version"
	"os"
	"runtime"
)

// Newer reports whether a toolchain is of a later Go than the one that built
// lagvet: go/types refuses its standard library. Development versions are tried.
func Newer(toolchain, built string) bool {
	theirs, ours := version.Lang(toolchain), version.Lang(built)
	return theirs != "" && ours != "" && version.Compare(theirs, ours) > 0
}

// TooNew says that a toolchain is [Newer].
func TooNew(toolchain, built string) string {
	return fmt.Sprintf("nothing was checked: lagvet was built with %s, this module is checked by %s, whose standard library it may not understand", version.Lang(built), version.Lang(toolchain))
}

// Rebuild says what to do about it.
func Rebuild(toolchain string) string {
	return fmt.Sprintf("rebuild it: GOTOOLCHAIN=%s go install github.com/lagvet/lagvet/cmd/lagvet@latest", toolchain)
}

// fit returns an error if the go command that runs the tool, which tells its
// version by the environment, is of a later Go: without it each package of the
// standard library would fail, one by one, in words that help nobody.
func fit() error {
	toolchain, built := os.Getenv("GOVERSION"), runtime.Version()
	if !Newer(toolchain, built) {
		return nil
	}
	return errors.New(TooNew(toolchain, built) + "; " + Rebuild(toolchain))
}
