package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestTargets(t *testing.T) {
	tests := []struct {
		name         string
		format, file string
		reports      []string
		want, fault  string
	}{
		{"none", "text", "", nil, "[]", ""},
		{"files", "text", "", []string{"json=a", "html=b"}, "[{json /d/a} {html /d/b}]", ""},
		{"an equals sign in a name", "text", "", []string{"json=a=b"}, "[{json /d/a=b}]", ""},
		{"prose together", "text", "", []string{"notes=-"}, "[{notes -}]", ""},
		{"standard output is free", "json", "out", []string{"html=-"}, "[{html -}]", ""},
		{"no file", "text", "", []string{"json="}, "", "--report json= names no file"},
		{"no equals sign", "text", "", []string{"json"}, "", "--report json: write it as FORMAT=FILE, with - for standard output"},
		{"an unknown format", "text", "", []string{"xml=a"}, "", `--report is "xml", and must be text, notes, json or html`},
		{"one file twice", "text", "", []string{"json=a", "html=a"}, "", "--report html=a: another report goes there already"},
		{"the file of the main one", "text", "a", []string{"json=a"}, "", "--report json=a: another report goes there already"},
		{"two for a program", "text", "out", []string{"json=-", "html=-"}, "", "json and html go to standard output, and json must be alone there: give one of them a file"},
		{"one for a program among prose", "text", "", []string{"notes=-", "json=-"}, "", "text and notes and json go to standard output, and json must be alone there: give one of them a file"},
	}
	for _, tt := range tests {
		p := Plan{
			Format: tt.format, Output: tt.file, Reports: tt.reports,
			Formats: []string{"text", "notes", "json", "html"}, Prose: []string{"text", "notes"}, Path: func(f string) string { return "/d/" + f },
		}
		got, err := p.Targets()
		if fault := fmt.Sprint(err); tt.fault != "" && fault != tt.fault {
			t.Errorf("%s: %s\nwant %s", tt.name, fault, tt.fault)
		}
		if tt.fault == "" && (err != nil || fmt.Sprint(got) != tt.want) {
			t.Errorf("%s: %v, %v, want %s", tt.name, got, err, tt.want)
		}
	}
}

// What fails half-way leaves the file as it was.
func TestFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report")
	if err := File(path, func(w io.Writer) error { _, err := io.WriteString(w, "whole"); return err }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("half-way")
	err := File(path, func(w io.Writer) error { return errors.Join(broken, only(io.WriteString(w, "half"))) })
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != "whole" {
		t.Errorf("%q, %v", data, err)
	}
}

func only(_ int, err error) error { return err }
