package finding

import (
	"slices"
	"testing"
)

func TestEvidenceString(t *testing.T) {
	seen := Measure{Source: "a", Value: 1, Text: "1 % here (a)"}
	near := Measure{Source: "b", Text: "9 % in the function, and none here (b)"}
	unseen := func(source string) Measure { return Measure{Source: source, Text: Unseen(source)} }
	for _, tt := range []struct {
		measures []Measure
		want     string
	}{
		{[]Measure{seen, {Source: "c", Value: 2, Text: "2 % there (c)"}, near, unseen("d")}, "measured: 1 % here (a); 2 % there (c)"},
		{[]Measure{unseen("d")}, "not observed in d"},
		{[]Measure{unseen("d"), unseen("e"), unseen("d")}, "not observed in d and e"},
		{[]Measure{unseen("d"), unseen("e"), near, unseen("f")}, "9 % in the function, and none here (b); not observed in d, e and f"},
	} {
		if got := (&Evidence{Measures: tt.measures}).String(); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestRank(t *testing.T) {
	fs := []Finding{
		{Rule: "none"},
		{Rule: "unseen", Evidence: &Evidence{}},
		{Rule: "little", Evidence: &Evidence{Weight: 0.1}},
		{Rule: "none again"},
		{Rule: "much", Evidence: &Evidence{Weight: 0.9}},
	}
	Rank(fs)
	var got []string
	for _, f := range fs {
		got = append(got, f.Rule)
	}
	if want := []string{"much", "little", "none", "unseen", "none again"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
