package debughttp

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// childEnv makes the test binary a service that asks its own handler, prints the
// answers and ends.
const childEnv = "DEBUGHTTP_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		serve()
		return
	}
	os.Exit(m.Run())
}

func serve() {
	p, err := posture.Load("latency")
	if err != nil {
		panic(err)
	}
	h, err := Handler(p)
	if err != nil {
		panic(err)
	}
	for _, target := range []string{"/debug/lagvet", "/debug/lagvet?format=json", "/debug/lagvet?format=no"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, target, nil))
		fmt.Println(w.Code, w.Header(), w.Body)
	}
}

// looker is an inspector that counts, and can be held up.
type looker struct {
	mu    sync.Mutex
	looks int
	err   error
	hold  chan struct{}
}

func (l *looker) Inspect(ctx context.Context) (*posture.Report, error) {
	if l.hold != nil {
		select {
		case <-l.hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks++
	if l.err != nil {
		return nil, l.err
	}
	return &posture.Report{
		Subject: posture.Subject{Kind: "self", PID: 1, Exe: "/secret/path", OS: "linux", Arch: "amd64"}, Profile: "p", Time: time.Unix(0, 0),
		Checks: []posture.Check{{ID: "gc.gogc", Verdict: posture.Warn, Current: fmt.Sprint("look ", l.looks), Source: "s", Grade: posture.Runtime, Why: "w"}},
	}, nil
}

// ask sends a request to a handler.
func ask(h http.Handler, method, target string, accept ...string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, target, nil)
	for _, a := range accept {
		req.Header.Add("Accept", a)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	return w
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		method, target, accept string
		status                 int
		json                   bool
	}{
		{"GET", "/", "", 200, false},
		{"GET", "/", "*/*", 200, false},
		{"GET", "/", "application/json", 200, true},
		{"GET", "/", "application/json;q=0.9, text/plain;q=0.1", 200, true},
		{"GET", "/", "application/json;q=0", 200, false},
		{"GET", "/", "text/html,application/xhtml+xml,*/*;q=0.8", 200, false},
		{"GET", "/", ";;;,\"", 200, false},
		{"GET", "/?format=json", "text/plain", 200, true},
		{"GET", "/?format=text", "application/json", 200, false},
		{"HEAD", "/?format=json", "", 200, true},
		{"GET", "/?format=xml", "", 400, false},
		{"GET", "/?fail-on=fail", "", 200, false},
		{"GET", "/?fail-on=warn&format=json", "", 503, true},
		{"GET", "/?fail-on=unknown", "", 200, false},
		{"GET", "/?fail-on=pass", "", 400, false},
		{"POST", "/", "", 405, false},
		{"PUT", "/", "", 405, false},
		{"DELETE", "/", "", 405, false},
		{"OPTIONS", "/", "", 405, false},
	}
	for _, tt := range tests {
		w := ask(newHandler(&looker{}, time.Now), tt.method, tt.target, tt.accept)
		name := fmt.Sprint(tt.method, " ", tt.target, " ", tt.accept)
		if w.Code != tt.status {
			t.Errorf("%s: status %d, want %d", name, w.Code, tt.status)
		}
		kind := w.Header().Get("Content-Type")
		if tt.json != (kind == "application/json") || !tt.json && kind != "text/plain; charset=utf-8" {
			t.Errorf("%s: it is %s", name, kind)
		}
		if tt.json != json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: %s", name, w.Body)
		}
		if tt.status == 200 && !strings.Contains(w.Body.String(), "look 1") {
			t.Errorf("%s: it says %s", name, w.Body)
		}
		if strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: the path of the executable is told", name)
		}
		for key, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"} {
			if got := w.Header().Get(key); got != want {
				t.Errorf("%s: %s is %q", name, key, got)
			}
		}
		if allow := w.Header().Get("Allow"); (tt.status == 405) != (allow == "GET, HEAD") {
			t.Errorf("%s: Allow is %q", name, allow)
		}
	}
}

// A server leaves out the body of HEAD, and its length stays.
func TestHead(t *testing.T) {
	s := httptest.NewServer(newHandler(&looker{}, time.Now))
	defer s.Close()
	res, err := http.Head(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || res.ContentLength <= 0 {
		t.Errorf("%s, %d bytes", res.Status, res.ContentLength)
	}
}

// A look a second, however many ask, and also if it fails.
func TestRate(t *testing.T) {
	now := time.Unix(1000, 0)
	l := &looker{}
	h := newHandler(l, func() time.Time { return now })
	steps := []struct {
		after time.Duration
		err   error
		looks int
		code  int
	}{
		{0, nil, 1, 200},
		{999 * time.Millisecond, nil, 1, 200},
		{time.Millisecond, nil, 2, 200},
		{time.Millisecond, errors.New("it is broken"), 2, 200},
		{time.Second, errors.New("it is broken"), 3, 503},
		{500 * time.Millisecond, nil, 3, 503},
		{500 * time.Millisecond, nil, 4, 200},
		{-time.Hour, nil, 5, 200}, // the clock was set back
	}
	for i, s := range steps {
		now, l.err = now.Add(s.after), s.err
		w := ask(h, "GET", "/")
		if l.looks != s.looks || w.Code != s.code {
			t.Errorf("step %d: %d looks, status %d, want %d, %d", i, l.looks, w.Code, s.looks, s.code)
		}
		if s.code == 503 && (!strings.Contains(w.Body.String(), "could not check: it is broken") || w.Header().Get("Retry-After") != "1") {
			t.Errorf("step %d: %s", i, w.Body)
		}
	}
}

// Many that ask at once share one look; who leaves is not held up and ends nothing; no
// goroutine is left.
func TestMany(t *testing.T) {
	before := runtime.NumGoroutine()
	l := &looker{hold: make(chan struct{})}
	h := newHandler(l, time.Now)
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if w := ask(h, "GET", "/"); w.Code != 200 || !strings.Contains(w.Body.String(), "look 1") {
				t.Errorf("%d: %s", w.Code, w.Body)
			}
		})
	}
	for len(h.turn) > 0 { // until one looks
		runtime.Gosched()
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(gone, "GET", "/", nil))
	if w.Code != 503 {
		t.Errorf("who has left got %d", w.Code)
	}
	close(l.hold)
	wg.Wait()
	if l.looks != 1 {
		t.Errorf("%d looks", l.looks)
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
		}
	}
}

// The real report, in the form of the schema.
func TestHandler(t *testing.T) {
	p, err := posture.Load("latency")
	if err != nil {
		t.Fatal(err)
	}
	h, err := Handler(p)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "doctor.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	w := ask(h, "GET", "/debug/lagvet", "application/json")
	doc, err := jsonschema.UnmarshalJSON(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Error(err)
	}
	limit := 1.0
	if _, err := Handler(&posture.Profile{Name: "p", Checks: map[string]posture.Requirement{"no.such": {Max: &limit, Source: "s"}}}); err == nil {
		t.Error("a profile that asks for what there is not is taken")
	}
}

// What a service was told in secret is in no answer: environment, arguments, the path of
// the executable, the directory it runs in.
func TestSecrets(t *testing.T) {
	const secret = "hunter2"
	dir := filepath.Join(t.TempDir(), "dir-"+secret)
	exe := filepath.Join(dir, "app-"+secret)
	self, err := os.Executable()
	if err == nil {
		err = errors.Join(os.MkdirAll(dir, 0o777), link(self, exe))
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "--password="+secret, secret)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), childEnv+"=1", "TOKEN="+secret, secret+"=1", "GODEBUG_"+secret+"=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	for _, want := range []string{"200 map[", `"id": "limits.nofile"`, "400 map[", "by the profile latency."} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it has not answered with %q", want)
		}
	}
	for _, line := range strings.Split(out.String(), "\n") {
		if strings.Contains(line, secret) {
			t.Errorf("told is: %s", line)
		}
	}
}

// link gives a file another name, or copies it where that cannot be.
func link(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// Programs that only check themselves do not link net/http.
func TestLight(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/lagvet/lagvet/runtimecheck").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, heavy := range []string{"net/http", "html/template", "google.golang.org/protobuf/proto"} {
		if strings.Contains("\n"+string(out), "\n"+heavy+"\n") {
			t.Errorf("package runtimecheck links %s", heavy)
		}
	}
}
