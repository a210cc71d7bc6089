package probe

import "testing"

func TestSize(t *testing.T) {
	for bytes, want := range map[float64]string{
		0: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 1.5 * 1024 * 1024: "1.5 MiB",
		5 << 30: "5.0 GiB", 3 << 40: "3.0 TiB", 1 << 53: "8192.0 TiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("Size(%v) = %q, want %q", bytes, got, want)
		}
	}
}
