package allowage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/git"
)

// A line says when a line was written.
type line struct {
	when time.Time // zero if it is not committed
	cut  bool      // then, or before: the history that is there ends with that commit
}

// blame tells when the lines of directives of one file were written.
func blame(ctx context.Context, allows []finding.Allow) ([]line, error) {
	// In the directory of the file: it may be reached by a symbolic link, and lie in
	// a submodule.
	path, name := filepath.Split(allows[0].File)
	dir := git.Dir{Path: path}
	ends, err := cuts(ctx, dir)
	if err != nil {
		return nil, err
	}
	if _, err := dir.Run(ctx, nil, "cat-file", "-e", "HEAD:./"+name); err != nil {
		return make([]line, len(allows)), nil // not committed
	}
	args := []string{"blame", "--porcelain", "-w", "-M"}
	for _, a := range allows {
		args = append(args, fmt.Sprintf("-L%d,%d", a.Line, a.Line))
	}
	out, err := dir.Run(ctx, nil, append(args, "--", name)...)
	if err != nil {
		return nil, err
	}
	written, err := parse(out, ends)
	if err != nil {
		return nil, fmt.Errorf("reading what git blame says of %s: %w", name, err)
	}
	lines := make([]line, len(allows))
	for i, a := range allows {
		w, ok := written[a.Line]
		if !ok {
			return nil, fmt.Errorf("git blame says nothing of line %d of %s", a.Line, name)
		}
		lines[i] = w
	}
	return lines, nil
}

// cuts returns the commits with which the history of a shallow clone ends.
func cuts(ctx context.Context, dir git.Dir) ([]string, error) {
	file, err := dir.Line(ctx, "rev-parse", "--git-path", "shallow")
	if err != nil {
		return nil, err
	}
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir.Path, file)
	}
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading where the history of a shallow clone ends: %w", err)
	}
	return strings.Fields(string(data)), nil
}

// parse reads the porcelain format of git blame, and returns by the number of a line
// when it was written.
func parse(out []byte, ends []string) (map[int]line, error) {
	var (
		commit string
		number int
		when   = make(map[string]time.Time)
		lines  = make(map[int]line)
	)
	for text := range strings.Lines(string(out)) {
		text = strings.TrimRight(text, "\r\n")
		word, rest, _ := strings.Cut(text, " ")
		switch {
		case strings.HasPrefix(text, "\t"):
			lines[number] = line{when[commit], slices.Contains(ends, commit)}
		case word == "author-time":
			seconds, err := strconv.ParseInt(rest, 10, 64)
			if err != nil {
				return nil, err
			}
			if strings.Trim(commit, "0") != "" { // else of what is not committed
				when[commit] = time.Unix(seconds, 0)
			}
		case len(word) >= sha1Length && strings.Trim(word, "0123456789abcdef") == "":
			fields := strings.Fields(rest)
			if len(fields) < 2 {
				return nil, fmt.Errorf("unexpected line %q", text)
			}
			n, err := strconv.Atoi(fields[1])
			if err != nil {
				return nil, err
			}
			commit, number = word, n
		}
	}
	return lines, nil
}

// sha1Length is that of the name of a commit in the shorter of git's two forms.
const sha1Length = 40
