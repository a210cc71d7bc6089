package engine

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/timesheet"
)

// A variant for tests says again what the package says.
func TestSettleSheets(t *testing.T) {
	of := func(unit, pkg, intercepts string) sheet {
		return sheet{unit, &timesheet.Sheet{Package: pkg, Intercepts: intercepts}}
	}
	var got []string
	for _, s := range settleSheets([]sheet{of("b", "b", "1"), of("a [a.test]", "a", "2"), of("a", "a", "3"), of("c [a.test]", "c", "4")}) {
		got = append(got, s.Package+s.Intercepts)
	}
	if want := []string{"a3", "b1", "c4"}; !slices.Equal(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
}

// What is not understood, and what went wrong in a unit, is a problem and not silence.
func TestTakeSheet(t *testing.T) {
	var tr translator
	tr.takeSheet(found{"a", diagnostic{Category: "{"}})
	tr.takeSheet(found{"a", diagnostic{Category: packed(t, `{"package":"a","failed":"it crashed"}`)}})
	if len(tr.problems) != 2 || len(tr.sheets) != 0 || !strings.Contains(tr.problems[1].Message, "it crashed") {
		t.Errorf("problems %+v and %d sheets", tr.problems, len(tr.sheets))
	}
	tr.takeSheet(found{"a", diagnostic{Category: packed(t, `{"package":"a","main":true}`)}})
	if len(tr.problems) != 2 || len(tr.sheets) != 1 || !tr.sheets[0].Main {
		t.Errorf("problems %+v and %d sheets", tr.problems, len(tr.sheets))
	}
}

// packed is text as the tool writes it.
func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}
