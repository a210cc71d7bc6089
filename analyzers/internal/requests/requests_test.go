package requests

import "testing"

func TestWatched(t *testing.T) {
	for path, want := range map[string]bool{
		"/debug/pprof/":       true,
		"GET /metrics":        true,
		"/healthz":            true,
		"/api/v1/admin/gc":    true,
		"/rest/system/status": true,
		"goroutine-dump":      true,
		"/orders":             false,
		"/programs":           false,
		"/states":             false,
		"/members":            false,
		"/healthy-food":       false,
		"":                    false,
	} {
		if got := watched.MatchString(path); got != want {
			t.Errorf("%q is for diagnosis: %t", path, got)
		}
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]bool{
		"reportStacks":    true,
		"getHeapProfile":  true,
		"HTTPStatus":      true,
		"debug":           true,
		"pprof":           true,
		"collectMemStats": true,
		"debug_Now":       true,
		"dumpHTTP":        true,
		"":                false,
		"program":         false,
		"Order":           false,
		"getState":        false,
		"statement":       false,
		"Dumpling":        false,
	} {
		if got := named(name); got != want {
			t.Errorf("%q is named for diagnosis: %t", name, got)
		}
	}
}
