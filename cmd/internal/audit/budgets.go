package audit

import (
	"context"
	"fmt"
	"io"

	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/output"
	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/budgets"
)

// BudgetFormats are the formats of the table of budgets.
func BudgetFormats() []string { return []string{"text", "json", "markdown"} }

// Budgets writes the table of what endpoints and their calls are given, and returns the
// exit code: 0 if no two budgets contradict each other, 1 if some do, 3 if not all could
// be looked at. An error is one of usage or configuration.
func Budgets(ctx context.Context, o Options, s Streams) (code int, err error) {
	if err := config.OneOf("--format", o.Format, BudgetFormats()); err != nil {
		return report.Usage, err
	}
	in, err := gather(ctx, o, s.Err)
	if err != nil {
		return failed(err, s)
	}
	if in.Code == nil {
		fmt.Fprintf(s.Err, "lagvet: there is no code to look at: %s\n", in.NoCode)
		return report.Unchecked, nil
	}
	table, err := maturity.Budgets(in)
	if err != nil {
		return failed(err, s)
	}
	if err := o.writeBudgets(table, s.Out); err != nil {
		return failed(err, s)
	}
	for _, p := range table.Problems {
		fmt.Fprintf(s.Err, "could not check: %s\n", p)
	}
	switch {
	case len(table.Problems) > 0:
		return report.Unchecked, nil
	case table.Wrong():
		return report.Found, nil
	}
	return report.Clean, nil
}

func (o Options) writeBudgets(t *budgets.Table, std io.Writer) error {
	to := func(w io.Writer) error {
		switch o.Format {
		case "json":
			return t.JSON(w)
		case "markdown":
			return t.Markdown(w)
		}
		return t.Text(w, o.All)
	}
	if o.Output == "" || o.Output == output.Stdout {
		return to(std)
	}
	return output.File(o.Output, to)
}
