package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func timings() *finding.Timings {
	return &finding.Timings{
		Clock: "cpu", Total: 40 * time.Second, Analysed: 412, Asked: 38, Cached: 3,
		Parts: []finding.Part{
			{Name: "types and facts", Kind: finding.OtherPart, Own: 22 * time.Second, Packages: 412},
			{Name: "lagveteffects", Kind: finding.FoundationPart, Own: 13900 * time.Millisecond, Packages: 412, Rules: []string{"hotblock", "hotcall", "stw", "walltime"}},
			{Name: "goroutineleak", Kind: finding.RulePart, Own: 3 * time.Second, Packages: 38},
			{Name: "lagvetbudgets", Kind: finding.FoundationPart, Own: time.Second, Packages: 38, Rules: []string{"deadlineorder", "httptimeout"}},
			{Name: "lagvetfindings", Kind: finding.FoundationPart, Own: 60 * time.Millisecond, Packages: 38},
			{Name: "walltime", Kind: finding.RulePart, Own: 30 * time.Millisecond, Packages: 38},
			{Name: "stw", Kind: finding.RulePart, Own: 10 * time.Millisecond, Packages: 38},
		},
	}
}

func TestTimings(t *testing.T) {
	few := timings()
	few.Clock, few.Analysed, few.Asked, few.Cached, few.All = "wall", 1, 1, 0, true
	few.Parts = few.Parts[2:3]
	few.Parts[0].Packages = 1
	few.Total = few.Parts[0].Own
	for _, tt := range []struct {
		name string
		of   *finding.Timings
		want string
	}{
		{"not asked for", nil, ""},
		{"everything cached", &finding.Timings{Clock: "cpu", Cached: 1}, `
No package was analysed, so nothing took time.
Not timed, since their results were cached: 1 package asked for, and some of what they import; --anew has all analysed.
`},
		{"all of it", few, `
Time by part, each without those that it goes by, of 1 package analysed: 1 asked for, 0 that these import.
  own s    share  packages  part
   3.00  100.0 %         1  goroutineleak (rule)
   3.00  100.0 %         1  all
`},
		{"nothing asked for cached", &finding.Timings{Clock: "cpu", Total: 3 * time.Second, Analysed: 1, Asked: 1, Parts: few.Parts}, `
CPU time by part, each without those that it goes by, of 1 package analysed: 1 asked for, 0 that these import.
  own s    share  packages  part
   3.00  100.0 %         1  goroutineleak (rule)
   3.00  100.0 %         1  all
Not timed: what is imported whose results were cached, if any; --anew has all analysed.
`},
		{"many", timings(), `
CPU time by part, each without those that it goes by, of 412 packages analysed: 38 asked for, 374 that these import.
  own s    share  packages  part
  22.00   55.0 %       412  types and facts
  13.90   34.8 %       412  lagveteffects (for 4 rules)
   3.00    7.5 %        38  goroutineleak (rule)
   1.00    2.5 %        38  lagvetbudgets (for deadlineorder, httptimeout)
   0.06    0.1 %        38  lagvetfindings
   0.04    0.1 %            2 others, each less than 0.1 %
  40.00  100.0 %       412  all
Not timed, since their results were cached: 3 packages asked for, and some of what they import; --anew has all analysed.
`},
	} {
		var b bytes.Buffer
		if err := Timings(&b, tt.of); err != nil {
			t.Fatal(err)
		}
		if got := b.String(); got != strings.TrimPrefix(tt.want, "\n") {
			t.Errorf("%s: got\n%s\nwant%s", tt.name, got, tt.want)
		}
	}
}
