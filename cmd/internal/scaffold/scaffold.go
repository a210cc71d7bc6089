package scaffold

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/maturity"
)

//go:embed files
var files embed.FS

// Options are what the command line says.
type Options struct {
	Dir   string // the root of the repository; empty: here
	Owner string // who answers for the checklists; empty: to be filled in
	// Reviewed is the word of who runs it that the checklists are gone through today.
	Reviewed bool
	DryRun   bool
	Today    time.Time // the day that the checklists are begun
}

// A File is one that is written, or kept as it is.
type File struct {
	Path string // slash-separated
	Kept bool   // it is there, or another one takes its place: Why says which
	Why  string

	data []byte
}

// Plan returns what there is to write.
func Plan(o Options) ([]File, error) {
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking at the repository: %w", err)
	}
	defer root.Close()
	has := func(names ...string) string {
		for _, n := range names {
			if _, err := root.Lstat(filepath.FromSlash(n)); !errors.Is(err, fs.ErrNotExist) {
				return n
			}
		}
		return ""
	}
	if has("go.mod", "go.work") == "" {
		return nil, fmt.Errorf("%s has neither go.mod nor go.work: run lagvet init at the root of a Go repository", o.Dir)
	}
	var all []File
	add := func(path, name string, instead ...string) error {
		data, err := files.ReadFile("files/" + name)
		if err != nil {
			return err
		}
		f := File{Path: path, data: data}
		if there := has(append([]string{path}, instead...)...); there != "" {
			f.Kept, f.Why = true, there+" is there"
		}
		all = append(all, f)
		return nil
	}
	errs := []error{add(".lagvet.yml", "lagvet.yml")}
	if has(".gitlab-ci.yml") != "" {
		errs = append(errs, add(".gitlab/lagvet.yml", "gitlab.yml"))
	} else {
		errs = append(errs,
			add(".github/workflows/gates.yml", "github.yml", ".circleci/config.yml", ".buildkite/pipeline.yml", "azure-pipelines.yml", "Jenkinsfile"),
			add(".github/dependabot.yml", "dependabot.yml", ".github/dependabot.yaml", "renovate.json", "renovate.json5", ".renovaterc", ".github/renovate.json", ".github/renovate.json5"))
	}
	errs = append(errs, add(".vscode/settings.json", "vscode.json"))
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	leaks, err := leakTest(o)
	if err != nil {
		return nil, err
	}
	if leaks != nil {
		all = append(all, *leaks)
	}
	for _, name := range slices.Sorted(maps.Keys(maturity.Templates())) {
		f := File{Path: name, data: owned(maturity.Templates()[name], o)}
		if there := has(f.Path, "docs/"+f.Path); there != "" {
			f.Kept, f.Why = true, there+" is there"
		}
		all = append(all, f)
	}
	return all, nil
}

// owned fills in who answers for a checklist and, on that person's word, when it was
// gone through.
func owned(template []byte, o Options) []byte {
	text := string(template)
	if o.Owner != "" {
		text = strings.Replace(text, `"<handle of CODEOWNERS>"`, fmt.Sprintf("%q", o.Owner), 1)
	}
	if o.Reviewed {
		text = strings.Replace(text, "<YYYY-MM-DD>", o.Today.Format(time.DateOnly), 1)
	}
	return []byte(text)
}

// Run writes what the repository lacks, and says so. Files that are there are left
// alone.
func Run(o Options, out io.Writer) error {
	if o.Reviewed && o.Owner == "" {
		return errors.New("--reviewed is the word of an owner: say whose by --owner")
	}
	plan, err := Plan(o)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return fmt.Errorf("looking at the repository: %w", err)
	}
	defer root.Close()
	for _, f := range plan {
		if f.Kept {
			fmt.Fprintf(out, "kept   %s: %s\n", f.Path, f.Why)
			continue
		}
		fmt.Fprintf(out, "wrote  %s\n", f.Path)
		if o.DryRun {
			continue
		}
		if err := write(root, f); err != nil {
			return err
		}
	}
	if o.DryRun {
		return nil
	}
	return left(o, out)
}

// write makes a file that must not be there: two at once do not overwrite each other.
func write(root *os.Root, f File) error {
	name := filepath.FromSlash(f.Path)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	w, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	_, err = w.Write(f.data)
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	return nil
}
