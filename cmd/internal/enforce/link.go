package enforce

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// link runs the linker, and has it put into the binary's build information by which
// policy it was built.
func link(tool string, args []string) error {
	c, err := here()
	if err != nil {
		return err
	}
	digest, err := Digest(c)
	if err != nil {
		return err
	}
	for i := range args {
		if args[i] != "-importcfg" || i+1 == len(args) {
			continue
		}
		if args[i+1], err = stamped(args[i+1], digest); err != nil {
			return err
		}
	}
	return run(tool, args)
}

// stamped writes a copy of the linker's importcfg with the setting in its line of
// build information, and returns its name. Without such a line there is nothing to
// put it into: the binary will not say how it was built.
func stamped(file, digest string) (string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("reading what is linked: %w", err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "modinfo "); ok {
			info, err := strconv.Unquote(strings.TrimSpace(rest))
			if err != nil {
				return "", fmt.Errorf("reading the build information: %w", err)
			}
			if info, err = withSetting(info, digest); err != nil {
				return "", err
			}
			line = "modinfo " + strconv.Quote(info) + "\n"
		}
		out.WriteString(line)
	}
	name := filepath.Join(filepath.Dir(file), "lagvet.importcfg.link")
	if err := os.WriteFile(name, []byte(out.String()), 0o600); err != nil {
		return "", fmt.Errorf("writing what is linked: %w", err)
	}
	return name, nil
}

// marks is the length in bytes of each of the marks around the build information: by
// them it is found in a binary. See modload.ModInfoData in cmd/go.
const marks = 16

// withSetting adds a line to the build information, whose format is that of
// debug/buildinfo.
func withSetting(info, digest string) (string, error) {
	if len(info) < 2*marks {
		return "", fmt.Errorf("reading the build information: %d bytes are too few", len(info))
	}
	text, end := info[:len(info)-marks], info[len(info)-marks:]
	if !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return text + "build\t" + Setting + "=" + digest + "\n" + end, nil
}
