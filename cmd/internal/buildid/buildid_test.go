package buildid

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const id = "ZjAV_SGJC4YaxbNL_-Ml/9FOayDG_oYalDt536ipy/fvTK8NKclO6lamVdkANl/bR2WdkE_tosTc8RqaLXK"

func TestLinked(t *testing.T) {
	for _, tt := range []struct{ name, content, want string }{
		{"ELF", "\x7fELF\x04\x00\x00\x00Go\x00\x00" + id + "\x00text", id},
		{"behind slashes", "/usr/lib/" + id, id},
		{"at the end", id, id},
		{"too short", id[:len(id)-1], ""},
		{"another character", strings.Replace(id, "Z", "+", 1), ""},
		{"last byte of the window", strings.Repeat(" ", idWindow-len(id)) + id, id},
		{"behind the window", strings.Repeat(" ", idWindow) + id, ""},
	} {
		file := filepath.Join(t.TempDir(), "tool")
		if err := os.WriteFile(file, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := Linked(file); err != nil || got != tt.want {
			t.Errorf("%s: %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
	if _, err := Linked(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error for a file that is not there")
	}
}

func FuzzFirst(f *testing.F) {
	f.Add([]byte(id))
	f.Add([]byte("a/" + id + "/b"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := first(data); got != "" && (len(got) != len(id) || !strings.Contains(string(data), got)) {
			t.Errorf("%q in %q", got, data)
		}
	})
}
