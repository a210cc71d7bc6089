package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLoaded(t *testing.T) {
	tests := []struct {
		args    []string
		dash    int
		url     string
		command []string
		ok      bool
	}{
		{nil, -1, "", nil, true},
		{[]string{"u"}, -1, "u", nil, true},
		{[]string{"c", "-x"}, 0, "", []string{"c", "-x"}, true},
		{[]string{"u", "c"}, 1, "u", []string{"c"}, true},
		{[]string{"u", "v"}, -1, "", nil, false},
		{[]string{"u"}, 1, "", nil, false},
	}
	for _, tt := range tests {
		url, command, err := loaded(tt.args, tt.dash)
		if url != tt.url && tt.ok || !slices.Equal(command, tt.command) && tt.ok || (err == nil) != tt.ok {
			t.Errorf("%v, %d: %q, %v, %v", tt.args, tt.dash, url, command, err)
		}
	}
}

func TestBenchLoad(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "load.yml")
	write(t, file, "rate: 100/s\nduration: 500ms\npass: {errors: 0, p50: 5s}\n")
	tests := []struct {
		name string
		args []string
		want expect
	}{
		{"passes", []string{"--policy", file, s.URL}, expect{stdout: []string{`\APASS  http://127`, `^PASS +steady errors  0 of 50 calls`}}},
		{"could not", []string{"--policy", file, "http://127.0.0.1:9/"}, expect{code: 3, stderr: []string{`\Acould not measure: the first call failed`}}},
		{"another machine", []string{"--policy", file, "http://192.0.2.7/"}, expect{code: 2, stderr: []string{`\Alagvet: 192\.0\.2\.7 is not this machine`}}},
		{"the example", []string{"--example"}, expect{stdout: []string{`^pass:$`}}},
		{"two URLs", []string{"--policy", file, s.URL, s.URL}, expect{code: 2, stderr: []string{`a command that starts the service stands behind --`}}},
		{"no policy", []string{s.URL}, expect{code: 2, stderr: []string{`--policy names no file`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got result
			for range 8 { // a machine that is too busy makes limits UNKNOWN, as it should
				got = lagvet(t, ".", append([]string{"bench", "load"}, tt.args...)...)
				if got.code != 3 || !strings.Contains(got.stdout, "half of the calls were sent more than") {
					break
				}
			}
			tt.want.check(t, got)
		})
	}
}
