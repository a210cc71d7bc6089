package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	// defaultTrace is for how long a service is traced if the URL does not say.
	defaultTrace = 5 * time.Second
	// traceSlack is how much longer than the time that is traced the answer may take.
	traceSlack = 30 * time.Second
	// longestTrace is the longest time that is asked for: what it writes grows without
	// end.
	longestTrace = 10 * time.Minute
)

// A Recording is an execution trace that a service takes of itself.
type Recording struct {
	url  *url.URL
	For  time.Duration // that it takes
	http *http.Client
}

// NewRecording returns what asks a service for an execution trace. The address is that of
// the trace, "http://host:6060/debug/pprof/trace?seconds=10", or of where the service
// serves net/http/pprof, or of its host. Without seconds net/http/pprof is asked for 5;
// another handler decides by itself.
func NewRecording(address string) (*Recording, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the URL cannot be understood: give one such as http://host:6060/debug/pprof/trace?seconds=10")
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("%q is no URL of a service: give one such as http://host:6060/debug/pprof/trace?seconds=10", u.Redacted())
	}
	u.Fragment = ""
	switch path := strings.TrimSuffix(u.Path, "/"); {
	case path == "":
		u.Path = "/debug/pprof/trace"
	case strings.HasSuffix(path, "/debug/pprof"):
		u.Path = path + "/trace"
	}
	r := &Recording{url: u, For: defaultTrace, http: &http.Client{Transport: bareTransport(), CheckRedirect: sameHost}}
	query := u.Query()
	if s := query.Get("seconds"); s != "" {
		n, err := strconv.ParseFloat(s, 64)
		if r.For = time.Duration(n * float64(time.Second)); err != nil || !(n > 0) || n > longestTrace.Seconds() {
			return nil, fmt.Errorf("seconds=%.20s in the URL: give a number of seconds up to %.0f", s, longestTrace.Seconds())
		}
	}
	if strings.HasSuffix(u.Path, "/debug/pprof/trace") {
		query.Set("seconds", strconv.FormatFloat(r.For.Seconds(), 'f', -1, 64))
		u.RawQuery = query.Encode()
	}
	return r, nil
}

// String returns the address, without a password.
func (r *Recording) String() string { return r.url.Redacted() }

// To has the service take the trace, and writes it to w as it comes.
func (r *Recording) To(ctx context.Context, w io.Writer) error {
	most := r.For + traceSlack
	ctx, cancel := context.WithTimeoutCause(ctx, most, fmt.Errorf("the answer is not complete after %v", most))
	defer cancel()
	err := r.copy(ctx, w)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if inner, ok := errors.AsType[*url.Error](err); ok {
		err = inner.Err // the address is said below, without a password
	}
	return fmt.Errorf("%s: %w", r, err)
}

func (r *Recording) copy(ctx context.Context, w io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url.String(), nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "lagvet")
	res, err := r.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if err := usable(res); err != nil {
		if why := reason(res); why != nil {
			return fmt.Errorf("%w: %w", err, why)
		}
		return err
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("the answer breaks off: %w", err)
	}
	return nil
}

// reason returns what a service says of why it takes no trace: that one is being taken,
// or that its own timeout is shorter.
func reason(res *http.Response) error {
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/plain") {
		return nil
	}
	const most = 200
	text, err := io.ReadAll(io.LimitReader(res.Body, most))
	line, _, _ := strings.Cut(strings.TrimSpace(string(text)), "\n")
	if line == "" {
		return err
	}
	return fmt.Errorf("%q", line)
}
