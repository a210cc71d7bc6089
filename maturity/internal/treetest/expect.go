package treetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// Expect holds a result against "STATUS file:line text", for tables of many: its status,
// the place of one of its proofs ("-" for any or none), and a part of its reason or of a
// proof's text. What [Want] asks of all results holds too.
func Expect(t testing.TB, got verdict.Result, want string) {
	t.Helper()
	status, rest, _ := strings.Cut(want, " ")
	place, part, _ := strings.Cut(rest, " ")
	all := got.Reason
	var places []string
	for _, p := range got.Proofs {
		places = append(places, p.String())
		all += "\n" + p.Text
	}
	if string(got.Status) != status || place != "-" && !slices.Contains(places, place) || !strings.Contains(all, part) {
		t.Errorf("got %s %q %s\nwant %s at %s: %s", got.Status, places, all, status, place, part)
	}
	Want(t, got, got.Status, "", "")
}
