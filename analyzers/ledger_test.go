package analyzers_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/internal/parcel"
)

func TestDecodeLedger(t *testing.T) {
	text, err := parcel.Pack([]byte(`[{"func":"p.F","posn":"p.go:1:6","hot":{"source":"directive"},"defers":1}]`))
	if err != nil {
		t.Fatal(err)
	}
	fs, err := analyzers.DecodeLedger(text)
	if err != nil || len(fs) != 1 || fs[0].Func != "p.F" || fs[0].Defers != 1 || fs[0].Hot.Source != "directive" {
		t.Errorf("decoded %+v, %v", fs, err)
	}
	broken, err := parcel.Pack([]byte("{"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"{", broken} {
		if _, err := analyzers.DecodeLedger(text); err == nil {
			t.Errorf("%q was decoded", text)
		}
	}
}
