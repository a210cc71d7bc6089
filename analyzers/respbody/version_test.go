package respbody

import "testing"

func TestDrains(t *testing.T) {
	for v, want := range map[string]bool{"": true, "go1.21": false, "go1.26.8": false, "go1.27": true, "go1.28.1": true} {
		if got := drains(v); got != want {
			t.Errorf("with go %q Close drains is %v, want %v", v, got, want)
		}
	}
}
