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
	"time"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/enforce/quick"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
	"github.com/lagvet/lagvet/cmd/internal/wholefile"
)

// Name is the command's.
const Name = quick.Name

// Setting is the key in a binary's build information under which it says that it was
// built so; its value is the digest of the policy, see [Digest].
const Setting = "lagvet.enforce"

// unitFlag has this program analyse a unit instead of running a tool.
const unitFlag = "-unit"

// Is reports whether args, the command line without the program's name, come from the
// go command.
func Is(args []string) bool {
	return len(args) > 1 && args[0] == Name && (args[1] == unitFlag || filepath.IsAbs(args[1]) || quick.FromGo(args[1], args[2:]))
}

// Main runs the tool that args name and returns the exit code.
func Main(args []string) int {
	args = args[1:]
	if args[0] == unitFlag {
		return told(analyse(args[1]))
	}
	tool, args := args[0], args[1:]
	switch {
	case quick.Asked(args):
		return told(identify(os.Stdout, tool, args))
	case quick.IsCompiler(tool):
		return told(compile(tool, args))
	case quick.Around(tool):
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

// identify prints the tool's own answer to -V=full, for tools around which something
// is done with what else their output depends on here.
func identify(w io.Writer, tool string, args []string) error {
	var out bytes.Buffer
	cmd := exec.Command(tool, args...)
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return err
	}
	line := strings.TrimSpace(out.String())
	if !quick.Around(tool) {
		line += "\n"
		remember(tool, line)
		_, err := io.WriteString(w, line)
		return err
	}
	c, err := here()
	if err != nil {
		return err
	}
	if line, err = identity(line, c); err != nil {
		return err
	}
	// Profiles must be there, which is more than their names tell.
	if len(c.Profile) == 0 {
		remember(tool, line)
	}
	_, err = io.WriteString(w, line)
	return err
}

// identity adds to a tool's answer which lagvet runs around it, and its policy. The go
// command takes the whole line for the identity of a release, and of a development
// version what follows the last slash of its build ID.
func identity(line string, c *config.Config) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("looking for the lagvet executable: %w", err)
	}
	build, err := vettool.BuildID(exe)
	if err != nil {
		return "", err
	}
	policy, err := Digest(c)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s", build, policy))
	sep := " lagvet="
	if f := strings.Fields(line); len(f) > 2 && strings.Contains(f[2], "devel") {
		sep = "/"
	}
	return line + sep + hex.EncodeToString(sum[:16]) + "\n", nil
}

// remember leaves an answer where package quick looks for it. Without it the next build
// is slower and no worse, so no failure to do so is told.
func remember(tool, line string) {
	e, ok := quick.EntryFor(tool)
	if !ok || os.MkdirAll(e.Dir, 0o777) != nil {
		return
	}
	clearAway(e.Dir)
	wholefile.Write(e.File, []byte(e.Key+line))
}

// entryAge is how long an answer is kept. One that is still of use is made again.
const entryAge = 30 * 24 * time.Hour

func clearAway(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > entryAge {
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
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

// here returns the configuration that holds where the go command was started.
func here() (*config.Config, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("looking for the configuration: %w", err)
	}
	return read(dir)
}

// read returns the configuration that holds in a directory.
func read(dir string) (*config.Config, error) {
	return config.In(dir, os.Getenv("GOWORK"), analyzers.Catalogue())
}
