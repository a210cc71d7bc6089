package enforce

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

// Name is the command's.
const Name = "enforce"

// Setting is the key in a binary's build information under which it says that it was
// built so; its value is the digest of the policy, see [Digest].
const Setting = "lagvet.enforce"

// unitFlag has this program analyse a unit instead of running a tool.
const unitFlag = "-unit"

// Is reports whether args, the command line without the program's name, come from the
// go command, which names tools by absolute paths.
func Is(args []string) bool {
	return len(args) > 1 && args[0] == Name && (filepath.IsAbs(args[1]) || args[1] == unitFlag)
}

// Main runs the tool that args name and returns the exit code.
func Main(args []string) int {
	args = args[1:]
	if args[0] == unitFlag {
		return told(analyse(args[1]))
	}
	tool, args := args[0], args[1:]
	switch strings.TrimSuffix(filepath.Base(tool), ".exe") {
	case "compile":
		if asked(args) {
			return told(identify(os.Stdout, tool, args))
		}
		return told(compile(tool, args))
	case "link":
		if asked(args) {
			return told(identify(os.Stdout, tool, args))
		}
		return told(link(tool, args))
	}
	return told(run(tool, args))
}

// told says what went wrong, if a tool has not said it itself.
func told(err error) int {
	if err == nil {
		return 0
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1)
	}
	fmt.Fprintf(os.Stderr, "lagvet enforce: %v\n", err)
	return 1
}

// run runs a tool as it is.
func run(tool string, args []string) error {
	cmd := exec.Command(tool, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	return cmd.Run()
}

// asked reports whether the go command asks for the identity of the tool.
func asked(args []string) bool { return len(args) == 1 && args[0] == "-V=full" }

// identify prints the tool's own answer to -V=full with what else its output depends
// on here. The go command takes the whole line for the identity of a release, and of a
// development version what follows the last slash of its build ID.
func identify(w io.Writer, tool string, args []string) error {
	var out bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	exe, err := os.Executable()
	if err != nil {
		return fmt.Errorf("looking for the lagvet executable: %w", err)
	}
	build, err := vettool.BuildID(exe)
	if err != nil {
		return err
	}
	policy, err := digestHere()
	if err != nil {
		return err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", build, policy))
	line := strings.TrimSpace(out.String())
	sep := " lagvet="
	if f := strings.Fields(line); len(f) > 2 && f[2] == "devel" {
		sep = "/"
	}
	_, err = fmt.Fprintf(w, "%s%s%s\n", line, sep, hex.EncodeToString(sum[:16]))
	return err
}

// Contracts are the rules that a build is held to if the configuration names none:
// those that hold functions to what their directives promise.
var Contracts = []string{"heapescape", "hotalloc", "hotblock"}

// Rules returns the names of the rules that a build is held to.
func Rules(c *config.Config) []string {
	if len(c.Enforce.Rules) == 0 {
		return Contracts
	}
	return c.Enforce.Rules
}

// Digest tells policies apart: equal for two configurations under which builds are
// refused for the same reasons. An edit of anything else has nothing built again.
func Digest(c *config.Config) (string, error) {
	anywhere := *c // the same policy in another checkout
	anywhere.Dir, anywhere.Root = "", ""
	js, _, err := anywhere.Analysis.Bytes()
	if err != nil {
		return "", err
	}
	reporting, err := anywhere.Reporting(false)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q\n%s\n%s\n", Rules(c), js, reporting)
	for _, f := range c.Enforce.Forbid {
		fmt.Fprintf(h, "%q %q\n", f.API, f.Except)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// digestHere is the [Digest] of the configuration that holds where the go command was
// started.
func digestHere() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("looking for the configuration: %w", err)
	}
	c, err := read(dir)
	if err != nil {
		return "", err
	}
	return Digest(c)
}

// read returns the configuration that holds in a directory.
func read(dir string) (*config.Config, error) {
	return config.In(dir, os.Getenv("GOWORK"), analyzers.Catalogue())
}
