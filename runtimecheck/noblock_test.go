package runtimecheck

import (
	"bytes"
	"context"
	"runtime/trace"
	"strings"
	"testing"
)

// A trace that is cut off or does not hold the call proves nothing.
func TestUnreadable(t *testing.T) {
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		t.Fatal(err)
	}
	trace.WithRegion(context.Background(), "another", func() {})
	trace.Stop()
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"no trace":     {[]byte("none"), "reading the execution trace"},
		"empty":        {nil, "reading the execution trace"},
		"cut off":      {buf.Bytes()[:buf.Len()/2], "reading the execution trace"},
		"another call": {buf.Bytes(), "it does not hold the call"},
	} {
		found, err := waits(bytes.NewReader(tt.data))
		if err == nil || !strings.Contains(err.Error(), tt.want) || found != nil {
			t.Errorf("%s: %q, %v", name, found, err)
		}
	}
}
