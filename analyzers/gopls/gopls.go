package gopls

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unsafe"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/analyzers/host"
)

// Without are the rules that gopls does not run: they need the compiler, which
// is not to be started at each keystroke.
func Without() []string { return []string{"heapescape"} }

// Register adds lagvet's analyzers, as the configuration that holds in the
// current directory has them, to gopls' list. What is wrong with the
// configuration is also written to w.
//
// The type A is gopls' own, which names its analyzer in a field that no other
// package can set. An error says that it is not the type that Register knows: the
// list is as it was.
func Register[A any](list *[]*A, w io.Writer) error {
	field, err := fieldOf(reflect.TypeFor[A]())
	if err != nil {
		return err
	}
	as, err := Analyzers("")
	if err != nil {
		fmt.Fprintf(w, "lagvet: %v\n", err)
	}
	for _, a := range as {
		entry := new(A)
		*(**analysis.Analyzer)(unsafe.Add(unsafe.Pointer(entry), field.Offset)) = a
		*list = append(*list, entry)
	}
	return nil
}

// Field is the name of the field in which gopls' entry for an analyzer holds it.
const Field = "analyzer"

// fieldOf returns that field. The zero value of the others stands for what is
// wanted: on by default, warnings, quick fixes.
func fieldOf(entry reflect.Type) (reflect.StructField, error) {
	var none reflect.StructField
	if entry.Kind() != reflect.Struct {
		return none, fmt.Errorf("gopls' %v is not a struct, so it cannot be given an analyzer", entry)
	}
	f, ok := entry.FieldByName(Field)
	if !ok || f.Type != reflect.TypeFor[*analysis.Analyzer]() || len(f.Index) != 1 {
		return none, fmt.Errorf("gopls' %v has no field %s of type *analysis.Analyzer, so it cannot be given one", entry, Field)
	}
	return f, nil
}

// Analyzers returns what gopls is to run where it was started in dir (empty: the
// current directory).
//
// Whoever edits a file must not lose gopls to a fault in the configuration, nor
// believe that it is obeyed: with the error come the analyzers as they are
// without a configuration, and one that reports the fault in each package.
func Analyzers(dir string) ([]*analysis.Analyzer, error) {
	o := host.Options{Dir: dir, Without: Without()}
	as, fault := host.Analyzers(o)
	if fault == nil {
		return as, nil
	}
	o.Bare = true
	as, err := host.Analyzers(o)
	if err != nil {
		return nil, errors.Join(fault, err)
	}
	fault = fmt.Errorf("the configuration is not obeyed, and the rules run as if there were none: %s; mend it and restart gopls", oneLine(fault))
	return append(as, reporting(fault.Error())), fault
}

// oneLine returns what is wrong on one line.
func oneLine(err error) string {
	return strings.Join(strings.Split(strings.TrimSpace(err.Error()), "\n"), "; ")
}

// reporting returns an analyzer that reports text in each package. Its name
// depends on the text: gopls keeps results by the name of the analyzer.
func reporting(text string) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:             fmt.Sprintf("lagvetconfig_%x", sha256.Sum256([]byte(text)))[:len("lagvetconfig_")+digestLength],
		Doc:              "lagvet: report what is wrong with " + config.Name,
		URL:              "https://github.com/lagvet/lagvet/blob/main/docs/config.md",
		RunDespiteErrors: true,
		Run: func(pass *analysis.Pass) (any, error) {
			if len(pass.Files) > 0 {
				pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: pass.Analyzer.Name, URL: pass.Analyzer.URL, Message: text})
			}
			return nil, nil
		},
	}
}

// digestLength is how many hexadecimal digits of a SHA-256 tell texts apart.
const digestLength = 16
