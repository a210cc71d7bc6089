package debughttp

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

const (
	// shortest is the least time between two looks: a client that asks without end
	// must not cost more than a health check does.
	shortest = time.Second
	// longest bounds a look, which takes some milliseconds unless the machine stands
	// still.
	longest = 5 * time.Second
)

// An inspector looks.
type inspector interface {
	Inspect(ctx context.Context) (*posture.Report, error)
}

// A handler serves the last report, which it keeps young.
type handler struct {
	inspector inspector
	tool      posture.Tool
	now       func() time.Time

	// turn holds one token, of who may look and write what follows.
	turn chan struct{}
	last *posture.Report
	at   time.Time // of the last look, whether it came to a report or not
	err  error     // of the last look
}

// Handler returns what serves the report on this process by a profile. The error is that
// of a profile that asks for a check there is not.
func Handler(p *posture.Profile) (http.Handler, error) {
	i, err := runtimecheck.Self(p)
	if err != nil {
		return nil, err
	}
	return newHandler(i, time.Now), nil
}

func newHandler(i inspector, now func() time.Time) *handler {
	h := &handler{inspector: i, tool: thisTool(), now: now, turn: make(chan struct{}, 1)}
	h.turn <- struct{}{}
	return h
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	head := w.Header()
	head.Set("Cache-Control", "no-store")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	query := req.URL.Query()
	asJSON, err := wantsJSON(query.Get("format"), req.Header.Values("Accept"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	failOn, err := verdict(query.Get("fail-on"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r, err := h.report(req.Context())
	if err != nil {
		head.Set("Retry-After", "1")
		http.Error(w, "could not check: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	h.answer(w, r, asJSON, failOn)
}

// answer writes a report.
func (h *handler) answer(w http.ResponseWriter, r *posture.Report, asJSON bool, failOn posture.Verdict) {
	kind, write := "text/plain; charset=utf-8", func(to io.Writer) error { return r.Text(to, posture.Style{}) }
	if asJSON {
		kind, write = "application/json", func(to io.Writer) error { return r.JSON(to, h.tool, "  ") }
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
	w.Header().Set("Vary", "Accept")
	if failOn != "" && r.Reaches(failOn) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = b.WriteTo(w) // the client may be gone
}

// report returns the last report, or looks if that is too old. Who comes while another
// looks waits for it, or until its request ends.
func (h *handler) report(ctx context.Context) (*posture.Report, error) {
	select {
	case <-h.turn:
		defer func() { h.turn <- struct{}{} }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	now := h.now()
	if age := now.Sub(h.at); !h.at.IsZero() && age >= 0 && age < shortest {
		return h.last, h.err
	}
	// The look is for those that wait too: a client that leaves does not end it.
	look, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer cancel()
	r, err := h.inspector.Inspect(look)
	h.at, h.last, h.err = now, nil, err
	if err == nil {
		r.Subject.Exe = "" // where programs lie is nobody's business
		h.last = r
	}
	return h.last, h.err
}

// wantsJSON reports whether a request is to be answered in JSON: it says so, or accepts
// it and no text before it.
func wantsJSON(format string, accept []string) (bool, error) {
	switch format {
	case "json":
		return true, nil
	case "text":
		return false, nil
	case "":
	default:
		return false, fmt.Errorf("format is %.20q, and must be json or text", format)
	}
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		switch {
		case err != nil || parameters["q"] == "0":
		case kind == "application/json":
			return true, nil
		case kind == "text/plain" || kind == "text/html" || kind == "text/*":
			return false, nil
		}
	}
	return false, nil
}

// verdict returns the one that fail-on names, or "".
func verdict(failOn string) (posture.Verdict, error) {
	switch failOn {
	case "":
		return "", nil
	case "fail", "warn", "unknown":
		return posture.Verdict(strings.ToUpper(failOn)), nil
	}
	return "", fmt.Errorf("fail-on is %.20q, and must be fail, warn or unknown", failOn)
}

// module is the path of the module that this package is part of.
const module = "github.com/lagvet/lagvet"

// thisTool says which lagvet is built into this program.
func thisTool() posture.Tool {
	t := posture.Tool{Name: "lagvet runtimecheck", Version: "devel", Go: runtime.Version()}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return t
	}
	for _, m := range append(info.Deps, &info.Main) {
		if m.Path == module && m.Version != "" && m.Version != "(devel)" {
			t.Version = m.Version
		}
	}
	return t
}
