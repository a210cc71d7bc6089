package baseline

import (
	"cmp"
	"os"
	"path/filepath"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// An Entry is a finding as it is remembered. It holds no line and no absolute
// path.
type Entry struct {
	Rule      string
	Message   string
	Package   string // import path
	Func      string // as in finding.Finding, like the next three
	Fault     string
	Cause     string
	Primitive string

	File string // relative to the root of its [Source], with slashes
	// Decl is the declaration that the finding stands in or documents: "F",
	// "T.F" of a method, the first name of a variable's declaration. It is
	// empty where the source does not tell.
	Decl string
	Code Code

	Fingerprint string
	Reason      string // why the finding is put up with; people write it
}

// Code holds hashes of the statement that a finding stands in, without the
// bodies of what is nested in it. White space, comments and trailing commas are
// the same to all of them. A hash is empty if there is nothing to hash.
type Code struct {
	Text  string // of its tokens
	Shape string // the same, with local names by order of appearance, and without the names of packages
	// Frame is that of its structure, with all names that the program
	// declares by order of appearance, and of the kind of the hazard.
	Frame string
	// Near is that of the tokens of its neighbours, Prev and Next, and of what
	// the block belongs to.
	Near string
	// Prev and Next are the shapes of the statements before and after it that
	// say something, which a check for nil does not. Before the first one of a
	// block stands what the block belongs to.
	Prev, Next string
}

// A Source says where the code of findings is.
type Source struct {
	Root string // absolute
	// Read returns the text of a file, by absolute path.
	Read func(file string) ([]byte, error)
}

// Disk is the source of what lies in files below root, as it is now.
func Disk(root string) Source { return Source{Root: root, Read: os.ReadFile} }

// EntriesOf returns an entry for each finding. What cannot be read or parsed has
// no code, and is then told from its equals by name only.
func EntriesOf(fs []finding.Finding, src Source) []Entry {
	return newReader(src).entries(fs)
}

func (r *reader) entries(fs []finding.Finding) []Entry {
	es := make([]Entry, len(fs))
	for i, f := range fs {
		es[i] = Entry{
			Rule: f.Rule, Message: f.Message, Package: f.Package, Func: f.Func, Fault: f.Fault,
			Cause: f.Cause, Primitive: f.Primitive, Fingerprint: f.Fingerprint, File: r.rel(f.Start.File),
		}
		r.describe(&es[i], f.Start)
	}
	return es
}

// rel returns file as entries name it. Where there is no way from the root to it,
// as to another drive, its name has to do.
func (r *reader) rel(file string) string {
	if file == "" {
		return ""
	}
	rel, err := filepath.Rel(r.src.Root, file)
	if err != nil {
		return filepath.Base(file)
	}
	return filepath.ToSlash(rel)
}

// abs undoes rel.
func (r *reader) abs(file string) string {
	if file == "" {
		return ""
	}
	return filepath.Join(r.src.Root, filepath.FromSlash(file))
}

// Gone returns e as reports tell of what that no longer occurs.
func (e Entry) Gone(root string) finding.Gone {
	r := reader{src: Source{Root: root}}
	return finding.Gone{Rule: e.Rule, Message: e.Message, Func: e.Func, File: r.abs(e.File), Fingerprint: e.Fingerprint}
}

// fn is the function that is to be mended, or whatever else there is to tell
// entries of one place from those of another.
func (e *Entry) fn() string { return cmp.Or(e.Fault, e.Func, e.Package+"."+e.Decl) }
