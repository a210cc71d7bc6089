package protocol

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"strings"
	"testing"

	"github.com/sourcegraph/jsonrpc2"
)

// A script is a connection whose other end has said all that it will say.
type script struct {
	io.Reader
	bytes.Buffer
}

func (s *script) Read(p []byte) (int, error)  { return s.Reader.Read(p) }
func (s *script) Write(p []byte) (int, error) { return s.Buffer.Write(p) }
func (s *script) Close() error                { return nil }

func frame(text string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(text), text) }

// converse has a jsonrpc2 connection read the input and returns the methods that
// it was asked for, and what it wrote. A request is answered with its method.
func converse(t *testing.T, input string) (methods []string, written string) {
	t.Helper()
	s := &script{Reader: strings.NewReader(input)}
	handler := jsonrpc2.HandlerWithError(func(_ context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) (any, error) {
		methods = append(methods, req.Method)
		return req.Method, nil
	})
	discard := func(string, ...any) {}
	conn := jsonrpc2.NewConn(t.Context(), NewStream(s, discard), handler.SuppressErrClosed(), jsonrpc2.SetLogger(quiet))
	<-conn.DisconnectNotify()
	return methods, s.String()
}

// quiet takes what a connection logs, which may be after the test.
var quiet = log.New(io.Discard, "", 0)

func TestStream(t *testing.T) {
	const good = `{"jsonrpc":"2.0","id":7,"method":"good"}`
	tests := []struct {
		name, input string
		methods     string // joined by spaces
		written     string // part of it
	}{
		{"request", frame(good), "good", `"result":"good"`},
		{"notification", frame(`{"jsonrpc":"2.0","method":"note"}`), "note", ""},
		{"text as ID", frame(`{"jsonrpc":"2.0","id":"a","method":"m"}`), "m", `"id":"a"`},
		{"header in small letters, with a type", "content-type: application/vscode-jsonrpc; charset=utf8\r\ncontent-length:40\r\n\r\n" + good, "good", `"id":7`},
		{"no JSON", frame(`{"jsonrpc":`) + frame(good), "good", `"id":null,"error":{"code":-32700`},
		{"no JSON, long", frame(strings.Repeat("x", 10_000)) + frame(good), "good", `"code":-32700`},
		{"space behind the message", frame(good+strings.Repeat(" ", 10_000)) + frame(good), "good good", `"id":7`},
		{"empty", frame("") + frame(good), "good", `"code":-32700`},
		{"null", frame("null") + frame(good), "good", `"code":-32600`},
		{"batch", frame("["+good+"]") + frame(good), "good", `"code":-32600`},
		{"no method", frame(`{"jsonrpc":"2.0","id":3}`) + frame(good), "good", `"id":3,"error":{"code":-32600`},
		{"number as method", frame(`{"jsonrpc":"2.0","id":3,"method":4}`) + frame(good), "good", `"id":3,"error":{"code":-32600`},
		{"request and response", frame(`{"id":3,"method":"m","result":1}`) + frame(good), "good", `"code":-32600`},
		{"fraction as ID", frame(`{"id":1.5,"method":"m"}`) + frame(good), "good", `"id":1.5,"error":{"code":-32600`},
		{"negative ID", frame(`{"id":-1,"method":"m"}`) + frame(good), "good", `"id":-1,"error":{"code":-32600`},
		{"null as ID", frame(`{"id":null,"method":"m"}`) + frame(good), "m good", `"id":7`},
		{"object as ID", frame(`{"id":{},"method":"m"}`) + frame(good), "good", `"code":-32600`},
		{"response that nobody waits for", frame(`{"id":3,"result":null}`) + frame(good), "good", `"id":7`},
		{"response without ID", frame(`{"id":null,"error":{"code":1,"message":"m"}}`) + frame(good), "good", `"id":7`},
		{"response whose error is none", frame(`{"id":1,"error":[]}`) + frame(good), "good", `"id":7`},
		{"params of any kind", frame(`{"id":1,"method":"m","params":[1,"a"]}`), "m", `"id":1`},
		{"names in large letters", frame(`{"ID":1,"METHOD":"m"}`) + frame(`{"id":7,"method":"good","Result":1}`), "good", `"id":7`},
		{"the same name twice", frame(`{"id":1,"method":4,"method":"m"}`), "m", `"id":1`},
		{"no length", "Content-Type: x\r\n\r\n" + frame(good), "", ""},
		{"length that is none", "Content-Length: ten\r\n\r\n" + frame(good), "", ""},
		{"negative length", "Content-Length: -1\r\n\r\n" + frame(good), "", ""},
		{"length beyond reason", "Content-Length: 9999999999999\r\n\r\n" + frame(good), "", ""},
		{"no header", good, "", ""},
		{"cut off", frame(good)[:40], "", ""},
		{"nothing", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			methods, written := converse(t, tt.input)
			if got := strings.Join(methods, " "); got != tt.methods {
				t.Errorf("asked for %q, want %q", got, tt.methods)
			}
			if !strings.Contains(written, tt.written) || tt.written == "" && written != "" {
				t.Errorf("written is %q, want %q in it", written, tt.written)
			}
		})
	}
}

// A response without an ID is not answered: the other end would answer that.
func TestResponsesAreNotAnswered(t *testing.T) {
	_, written := converse(t, frame(`{"id":null,"error":{"code":1,"message":"m"}}`))
	if written != "" {
		t.Errorf("answered with %q", written)
	}
}

func TestStreamEnds(t *testing.T) {
	tests := []struct {
		input string
		clean bool
	}{{"", true}, {"Content-Length: 5\r\n\r\nab", false}, {"Content-Le", false}, {"\r\n", false}}
	for _, tt := range tests {
		err := NewStream(&script{Reader: strings.NewReader(tt.input)}, t.Logf).ReadObject(new(any))
		if err == nil || errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) != tt.clean {
			t.Errorf("%q ends with %v, in order: %v", tt.input, err, tt.clean)
		}
	}
}

// FuzzStream looks for input that makes reading panic, or that reaches package
// jsonrpc2 though that cannot read it: then the session would end.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		`{"jsonrpc":"2.0","id":7,"method":"good","params":{}}`, `{"id":"a","result":null}`, `[]`, `{"method":null}`,
		`{"id":1,"error":{"code":1,"message":"m"}}`, `{"id":18446744073709551615,"method":"m"}`, `{"ID":1,"METHOD":"m","Result":2}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, fault := open(data); fault != nil {
			return
		}
		answered := false
		s := &script{Reader: strings.NewReader(frame(string(data)) + frame(`{"id":7,"method":"last"}`))}
		handler := jsonrpc2.HandlerWithError(func(_ context.Context, _ *jsonrpc2.Conn, req *jsonrpc2.Request) (any, error) {
			answered = req.Method == "last"
			return nil, nil
		})
		conn := jsonrpc2.NewConn(t.Context(), NewStream(s, t.Logf), handler.SuppressErrClosed(), jsonrpc2.SetLogger(quiet))
		<-conn.DisconnectNotify()
		if !answered {
			t.Errorf("%q ends the session", data)
		}
	})
}

func TestCode(t *testing.T) {
	var ds []Diagnostic
	if err := json.Unmarshal([]byte(`[{"code":"ctxless"},{"code":42},{}]`), &ds); err != nil {
		t.Fatal(err)
	}
	if ds[0].Code != "ctxless" || ds[1].Code != "42" || ds[2].Code != "" {
		t.Errorf("codes are %q, %q, %q", ds[0].Code, ds[1].Code, ds[2].Code)
	}
	if err := json.Unmarshal([]byte(`{"code":[]}`), &ds[0]); err == nil {
		t.Error("a list is taken for a code")
	}
}
