package effects

import (
	"fmt"

	"golang.org/x/tools/go/analysis"

	"github.com/lagvet/lagvet/analyzers/internal/modules"
	"github.com/lagvet/lagvet/analyzers/internal/parcel"
)

// Report reports the effects of all functions of a package, unexported ones and
// literals too, in one diagnostic at the package clause. Its category is to be
// read by [DecodeReport].
var Report = &analysis.Analyzer{
	Name:     "lagveteffectsreport",
	Doc:      "report what each function may do to latency, in the form that lagvet why reads",
	Requires: []*analysis.Analyzer{Analyzer},
	Run:      report,
}

// A Reported is what is known of one function.
type Reported struct {
	Func    string // as [Function.Name] has it
	Summary *Summary
}

func report(pass *analysis.Pass) (any, error) {
	return nil, pass.ResultOf[Analyzer].(*Info).report(pass)
}

func (i *Info) report(pass *analysis.Pass) error {
	w := newWriter()
	for _, f := range i.reported() {
		w.add(key{name: f.Func}, f.Summary)
	}
	text, err := parcel.Pack(w.bytes())
	if err != nil {
		return fmt.Errorf("reporting the effects of %s: %w", pass.Pkg.Path(), err)
	}
	// The URL is set so that hosts do not make one of the category.
	pass.Report(analysis.Diagnostic{Pos: pass.Files[0].Package, Category: text, URL: pass.Analyzer.Name, Message: fmt.Sprintf("effects, %d bytes for importers", i.x.factSize)})
	return nil
}

// reported lists the functions of the package: those with a body, and those
// without, of which tables tell.
func (i *Info) reported() []Reported {
	var rs []Reported
	for _, f := range i.Functions() {
		rs = append(rs, Reported{f.Name, f.Summary})
	}
	for _, fn := range i.x.declaredOnly() {
		rs = append(rs, Reported{modules.WithoutVariant(fn.FullName()), i.x.external(fn)})
	}
	return rs
}

// DecodeReport reads the category of a diagnostic that [Report] reported.
func DecodeReport(category string) ([]Reported, error) {
	data, err := parcel.Unpack(category)
	if err != nil {
		return nil, fmt.Errorf("decoding effects: %w", err)
	}
	r, err := newReader(data)
	if err != nil {
		return nil, fmt.Errorf("decoding effects: %w", err)
	}
	rs := make([]Reported, 0, len(r.keys))
	for _, k := range r.keys {
		rs = append(rs, Reported{k.name, r.lookUp(k)})
	}
	return rs, nil
}
