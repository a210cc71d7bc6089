package protocol

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"strconv"
	"sync"

	"github.com/sourcegraph/jsonrpc2"
)

// A Stream carries messages, each behind a header that tells its length. What is
// no message is answered as JSON-RPC demands, and reading goes on: one fault of
// an editor must not end the session. Only where the next message begins cannot
// be told is the stream at its end.
type Stream struct {
	conn io.ReadWriteCloser
	r    *bufio.Reader
	logf func(format string, args ...any)

	mu sync.Mutex // held while a message is written
}

// NewStream returns a stream over conn. logf is told of what is no message.
func NewStream(conn io.ReadWriteCloser, logf func(format string, args ...any)) *Stream {
	return &Stream{conn: conn, r: bufio.NewReader(conn), logf: logf}
}

// Close closes what is below the stream.
func (s *Stream) Close() error { return s.conn.Close() }

// WriteObject writes a message.
func (s *Stream) WriteObject(message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// In one write, so that a pipe that breaks holds no half of a header.
	_, err = s.conn.Write(append(fmt.Appendf(nil, "Content-Length: %d\r\n\r\n", len(data)), data...))
	return err
}

// ReadObject reads the next message.
func (s *Stream) ReadObject(message any) error {
	for {
		data, err := readFrame(s.r)
		if err != nil {
			return err
		}
		m, fault := open(data)
		if fault == nil {
			return m.decode(message)
		}
		s.logf("a message was left aside: %s", fault.Message)
		if m.isResponse() {
			continue // JSON-RPC answers no responses: both ends could go on for ever
		}
		if err := s.WriteObject(refusal{Version: "2.0", ID: m.id(), Error: fault}); err != nil {
			return err
		}
	}
}

// A refusal is the response to what is no request. Unlike that of package
// jsonrpc2 its ID may be null.
type refusal struct {
	Version string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Error   *jsonrpc2.Error `json:"error"`
}

// maxFrame is the length from which on a header is taken for damaged: no
// document that an editor can edit comes near 1 GB.
const maxFrame = 1 << 30

// readFrame reads a header and what follows it.
func readFrame(r *bufio.Reader) ([]byte, error) {
	header, err := textproto.NewReader(r).ReadMIMEHeader()
	if err != nil {
		if len(header) == 0 && errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("reading the header of a message: %w", err)
	}
	n, err := strconv.ParseInt(header.Get("Content-Length"), 10, 64)
	if err != nil || n < 0 || n > maxFrame {
		return nil, fmt.Errorf("the header of a message has the length %q", header.Get("Content-Length"))
	}
	var data bytes.Buffer // grows with what comes, not with what the header promises
	if _, err := io.CopyN(&data, r, n); err != nil {
		return nil, fmt.Errorf("reading a message: %w", io.ErrUnexpectedEOF)
	}
	return data.Bytes(), nil
}

// An envelope holds the members of a message. They are taken one by one, as
// package jsonrpc2 takes METHOD for method in one place, not in another, and gives
// up the session then.
type envelope map[string]json.RawMessage

// open returns the members of a message, or why it is none that package jsonrpc2
// can read.
func open(data []byte) (envelope, *jsonrpc2.Error) {
	if !json.Valid(data) {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeParseError, Message: "this is no JSON"}
	}
	var m envelope
	if json.Unmarshal(data, &m) != nil || m == nil {
		return nil, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: "a message must be an object"}
	}
	if why := m.fault(); why != "" {
		return m, &jsonrpc2.Error{Code: jsonrpc2.CodeInvalidRequest, Message: why}
	}
	return m, nil
}

func (m envelope) fault() string {
	switch {
	case m["method"] != nil && (m["result"] != nil || m["error"] != nil):
		return "a message is a request or a response, not both"
	case m.isResponse() && !isID(m["id"]):
		return "a response without the ID of a request"
	case m.isResponse() && m["error"] != nil && json.Unmarshal(m["error"], new(jsonrpc2.Error)) != nil:
		return "a response whose error is none"
	case m.isResponse():
		return ""
	case !isText(m["method"]):
		return "a request must name its method"
	case m["id"] != nil && string(m["id"]) != "null" && !isID(m["id"]):
		return "an ID must be text or a whole number, 0 or more"
	}
	return ""
}

func (m envelope) isResponse() bool {
	return m["method"] == nil && (m["result"] != nil || m["error"] != nil)
}

// id returns the ID of a request that is refused, or null.
func (m envelope) id() json.RawMessage {
	if id := m["id"]; id != nil {
		return id
	}
	return json.RawMessage("null")
}

// decode gives the members that JSON-RPC knows to message.
func (m envelope) decode(message any) error {
	known := make(envelope)
	for _, name := range []string{"jsonrpc", "id", "method", "params", "result", "error"} {
		if value, ok := m[name]; ok {
			known[name] = value
		}
	}
	data, err := json.Marshal(known)
	if err != nil {
		return fmt.Errorf("reading a message: %w", err)
	}
	return json.Unmarshal(data, message)
}

func isID(data json.RawMessage) bool {
	_, err := strconv.ParseInt(string(data), 10, 64)
	return isText(data) || err == nil && data[0] != '-'
}

func isText(data json.RawMessage) bool { return len(data) > 0 && data[0] == '"' }
