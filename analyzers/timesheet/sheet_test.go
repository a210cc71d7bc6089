package timesheet

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/parcel"
)

func TestDecode(t *testing.T) {
	text, err := encode(&Sheet{Package: "p", Routes: []Route{{Method: "GET", Pattern: "/a", Limits: []Amount{{State: Known, Time: 5}}}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Decode(text)
	if err != nil || s.Package != "p" || s.Routes[0].Pattern != "/a" || s.Routes[0].Limits[0].Time != 5 {
		t.Errorf("decoded %+v, %v", s, err)
	}
	broken, err := parcel.Pack([]byte("{"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"{", broken} {
		if _, err := Decode(text); err == nil {
			t.Errorf("%q was decoded", text)
		}
	}
}

func FuzzDecode(f *testing.F) {
	text, err := encode(&Sheet{Package: "p"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := Decode(text); err == nil && s == nil {
			t.Error("neither a sheet nor an error")
		}
	})
}
