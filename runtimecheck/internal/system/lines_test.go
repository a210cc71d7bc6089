package system

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	s := &System{Root: t.TempDir()}
	write(t, s, "few", "a\n\nb")
	write(t, s, "long", "a\n"+strings.Repeat("x", 1<<20))
	tests := []struct {
		name, file string
		stop       string // the line to stop at
		want       []string
		fails      bool
	}{
		{"all", "few", "", []string{"a", "", "b"}, false},
		{"some", "few", "a", []string{"a"}, false},
		{"too long a line", "long", "", []string{"a"}, true},
		{"too long a line behind", "long", "a", []string{"a"}, false},
		{"none", "absent", "", nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			err := s.Lines(tt.file, func(line string) bool {
				got = append(got, line)
				return line != tt.stop || tt.stop == ""
			})
			if !slices.Equal(got, tt.want) || (err != nil) != tt.fails {
				t.Errorf("%q, %v; want %q", got, err, tt.want)
			}
		})
	}
	if err := (&System{}).Lines("few", nil); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a system without files: %v", err)
	}
}

func TestBytes(t *testing.T) {
	s := &System{Root: t.TempDir()}
	write(t, s, "raw", "\n\x00 \n")
	write(t, s, "large", strings.Repeat("x", most+1))
	if b, err := s.Bytes("raw"); string(b) != "\n\x00 \n" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	if text, err := s.Read("raw"); text != "\x00" || err != nil {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := s.Bytes("large"); err == nil {
		t.Error("a file without end is read")
	}
	if _, err := s.Bytes("absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func write(t *testing.T, s *System, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Root, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
