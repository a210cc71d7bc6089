package parcel_test

import (
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/parcel"
)

func Test(t *testing.T) {
	data := strings.Repeat("\"/a/file.go:1:2\"\n", 100)
	text, err := parcel.Pack([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	if len(text) > len(data)/10 || strings.ContainsAny(text, "\"\\\n") {
		t.Errorf("packed %d bytes as %q", len(data), text)
	}
	if got, err := parcel.Unpack(text); err != nil || string(got) != data {
		t.Errorf("unpacked %d bytes, %v; want %d", len(got), err, len(data))
	}
	for _, broken := range []string{"?", text[:len(text)/8*4]} {
		if _, err := parcel.Unpack(broken); err == nil {
			t.Errorf("%q was unpacked", broken)
		}
	}
}
