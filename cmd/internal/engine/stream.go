package engine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A record is what one analyzer said of one unit.
type record struct {
	Unit     string // the go command's name for it: "fmt", "fmt [fmt.test]"
	Analyzer string
	Diags    []diagnostic
	Err      string // why the analyzer failed
}

// A diagnostic is one of golang.org/x/tools/go/analysis, as unitchecker prints it.
type diagnostic struct {
	Category string `json:"category"`
	Posn     string `json:"posn"` // file:line:column
	End      string `json:"end"`
	Message  string `json:"message"`
	Fixes    []struct {
		Message string `json:"message"`
		Edits   []struct {
			Filename string `json:"filename"`
			Start    int    `json:"start"` // byte offset from 0
			End      int    `json:"end"`
			New      string `json:"new"`
		} `json:"edits"`
	} `json:"suggested_fixes"`
}

// readStream reads what go vet -json writes to its standard output: one JSON
// object after the other, each of one unit or several, by analyzer. It calls
// got for each record, and strange for everything else that it meets: nothing is
// dropped. An error is one of reading.
func readStream(r io.Reader, got func(record), strange func(text string)) error {
	br := bufio.NewReader(r)
	var object []byte // the lines of the object that is being read
	for {
		line, err := br.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading the output of go vet: %w", err)
		}
		last := err != nil
		text := bytes.TrimRight(line, "\r\n")
		switch {
		case object != nil:
			object = append(object, line...)
			// Objects are indented, and strings in them hold no line
			// breaks: a brace at the margin is the end of one.
			if string(text) == "}" {
				decode(object, got, strange)
				object = nil
			}
		case string(text) == "{":
			object = append(object, line...)
		case len(bytes.TrimSpace(text)) > 0:
			decode(text, got, strange)
		}
		if last {
			break
		}
	}
	if object != nil {
		strange(string(object))
	}
	return nil
}

// decode reads one object.
func decode(data []byte, got func(record), strange func(text string)) {
	var units map[string]map[string]json.RawMessage
	if err := json.Unmarshal(data, &units); err != nil || units == nil {
		strange(string(bytes.TrimSpace(data)))
		return
	}
	for unit, analyzers := range units {
		for name, said := range analyzers {
			rec := record{Unit: unit, Analyzer: name}
			if !rec.read(said) {
				strange(fmt.Sprintf("%s: %s: %s", unit, name, said))
				continue
			}
			got(rec)
		}
	}
}

// read takes what an analyzer said, diagnostics or an error, and reports
// whether it was either.
func (rec *record) read(said json.RawMessage) bool {
	if json.Unmarshal(said, &rec.Diags) == nil && rec.Diags != nil {
		return true
	}
	var failed struct {
		Err string `json:"error"`
	}
	if json.Unmarshal(said, &failed) == nil && failed.Err != "" {
		rec.Diags, rec.Err = nil, failed.Err
		return true
	}
	return false
}
