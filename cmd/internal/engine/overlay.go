package engine

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// An overlay maps the path of a file to the file that the go command reads in
// its place; "" hides the file. See "go help build".
type overlay struct {
	Replace map[string]string
}

// readOverlay reads the overlay that the user gave the go command, in the
// directory dir.
func readOverlay(file, dir string) (overlay, error) {
	var given, o overlay
	if file == "" {
		return overlay{make(map[string]string)}, nil
	}
	absolute := func(path string) string {
		if path == "" || filepath.IsAbs(path) {
			return path
		}
		return filepath.Join(dir, path)
	}
	data, err := os.ReadFile(absolute(file))
	if err != nil {
		return o, fmt.Errorf("reading the overlay: %w", err)
	}
	if err := json.Unmarshal(data, &given); err != nil {
		return o, fmt.Errorf("reading the overlay %s: %w", file, err)
	}
	o.Replace = make(map[string]string)
	for from, to := range given.Replace {
		o.Replace[absolute(from)] = absolute(to)
	}
	return o, nil
}

// hide hides files, and whatever else is put in their place.
func (o overlay) hide(files []string) {
	for _, f := range files {
		o.Replace[f] = ""
	}
	for f := range o.Replace {
		if strings.HasSuffix(f, "_test.go") {
			o.Replace[f] = ""
		}
	}
}

func (o overlay) write(file string) error {
	data, err := json.Marshal(o)
	if err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	return nil
}

// standIns is the name of the directory, in that of a run, which holds what is
// read in the place of files, each by the file's own path.
const standIns = "lagvet-overlay"

// standIn copies what is read in the place of files, and texts, to where the path
// tells which file each stands for; nil is no text, but no file. What the tool says is cached by content, with
// the paths that it was given: those of a run long past may come back.
func (o overlay) standIn(texts map[string][]byte, dir string) error {
	for from, to := range o.Replace {
		if to == "" {
			continue
		}
		data, err := os.ReadFile(to)
		if err != nil {
			continue // the go command says what is wrong with it
		}
		if err := o.replace(from, data, dir); err != nil {
			return err
		}
	}
	for from, text := range texts {
		if text == nil {
			o.Replace[from] = ""
			continue
		}
		if err := o.replace(from, text, dir); err != nil {
			return err
		}
	}
	return nil
}

func (o overlay) replace(file string, text []byte, dir string) error {
	to := StandIn(dir, file)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	if err := os.WriteFile(to, text, 0o600); err != nil {
		return fmt.Errorf("writing the overlay: %w", err)
	}
	o.Replace[file] = to
	return nil
}

// StandIn returns where in the directory dir to put what is read in the place of a
// file, or of a whole directory, so that results speak of the original. Both paths are
// absolute.
func StandIn(dir, file string) string {
	return filepath.Join(dir, standIns, volume(file), file[len(filepath.VolumeName(file)):])
}

// volume returns the volume of a path, empty but on Windows, as the name of a
// directory.
func volume(file string) string { return "@" + url.PathEscape(filepath.VolumeName(file)) }

// original returns the file that name is read in the place of, in this run or in
// an earlier one, or else name itself.
func original(name string) string {
	separator := string(filepath.Separator)
	_, rest, ok := strings.Cut(name, separator+standIns+separator+"@")
	if !ok {
		return name
	}
	escaped, path, _ := strings.Cut(rest, separator)
	volume, err := url.PathUnescape(escaped)
	if err != nil {
		return name
	}
	return volume + separator + path
}

// takeFlag removes a flag with a value from flags, in either form (-name=value,
// -name value), and returns the last value given.
func takeFlag(flags []string, name string) (rest []string, value string, err error) {
	for i := 0; i < len(flags); i++ {
		n, v, attached := strings.Cut(flags[i], "=")
		switch {
		case n != "-"+name && n != "--"+name:
			rest = append(rest, flags[i])
		case attached:
			value = v
		case i+1 < len(flags):
			i++
			value = flags[i]
		default:
			return nil, "", fmt.Errorf("flag -%s needs a value", name)
		}
	}
	return rest, value, nil
}

// splitFlags separates the flags in GOFLAGS: by spaces, those within quotes
// excepted, which stand around a whole flag.
func splitFlags(s string) []string {
	var fields []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '"' || s[0] == '\'' {
			if end := strings.IndexByte(s[1:], s[0]); end >= 0 {
				fields = append(fields, s[1:1+end])
				s = s[end+2:]
				continue
			}
		}
		end := strings.IndexAny(s, " \t\n\r")
		if end < 0 {
			end = len(s)
		}
		fields = append(fields, s[:end])
		s = s[end:]
	}
	return fields
}
