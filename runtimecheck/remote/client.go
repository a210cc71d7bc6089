package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// A client asks a service, within bounds.
type client struct {
	http          *http.Client
	base, metrics *url.URL
	timeout       time.Duration
	most          int64 // bytes
}

// bareTransport keeps no connection and no goroutine once an answer is read, and leaves
// compression to whoever bounds what comes out.
func bareTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.DisableKeepAlives = true
	t.DisableCompression = true
	t.MaxResponseHeaderBytes = 1 << 16
	return t
}

// sameHost follows a redirect only where the service itself could have answered.
func sameHost(req *http.Request, via []*http.Request) error {
	if from := via[0].URL; req.URL.Host != from.Host || req.URL.Scheme != from.Scheme {
		return fmt.Errorf("it redirects to another place, %s://%s: name that if it is meant", req.URL.Scheme, req.URL.Host)
	}
	if len(via) > 3 {
		return errors.New("it redirects again and again")
	}
	return nil
}

// errNotFound is the error of what the service does not serve.
var errNotFound = errors.New("404 Not Found")

// A body is an answer.
type body struct {
	data  []byte
	media string // its media type: "text/plain"
}

// get asks for a page.
func (c *client) get(ctx context.Context, u *url.URL, accept string) (body, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, c.timeout, fmt.Errorf("there is no answer within %v", c.timeout))
	defer cancel()
	b, err := c.ask(ctx, u, accept)
	if err == nil {
		return b, nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if inner := new(url.Error); errors.As(err, &inner) {
		err = inner.Err // the address is said below, without a password
	}
	return body{}, fmt.Errorf("%s: %w", u.Redacted(), err)
}

func (c *client) ask(ctx context.Context, u *url.URL, accept string) (body, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return body{}, err
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("Accept-Encoding", "identity")
	req.Header.Set("User-Agent", "lagvet")
	res, err := c.http.Do(req)
	if err != nil {
		return body{}, err
	}
	defer res.Body.Close()
	if err := usable(res); err != nil {
		return body{}, err
	}
	data, err := limited(res.Body, c.most)
	if err != nil {
		return body{}, err
	}
	media, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		return body{}, fmt.Errorf("its content type %.80q cannot be understood", res.Header.Get("Content-Type"))
	}
	return body{data, media}, nil
}

// usable finds fault with the head of an answer.
func usable(res *http.Response) error {
	switch {
	case res.StatusCode == http.StatusNotFound:
		return errNotFound
	case res.StatusCode == http.StatusUnauthorized, res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("it asks for a login (%d): give user and password in the URL, or ask it from where it lets you", res.StatusCode)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("it answers %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	case strings.HasPrefix(res.Header.Get("Content-Type"), "text/html"):
		return errors.New("it answers with a web page: a login, or another service")
	}
	if e := res.Header.Get("Content-Encoding"); e != "" && e != "identity" {
		return fmt.Errorf("it answers in the encoding %.40q, which it was not asked for", e)
	}
	return nil
}

// limited reads all, up to a bound.
func limited(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("the answer has more than %d bytes", most)
	}
	return data, err
}

// pprof fetches a profile, "goroutine?debug=1".
func (c *client) pprof(ctx context.Context, name string) ([]byte, error) {
	u := *c.base
	profile, query, _ := strings.Cut(name, "?")
	u.Path, u.RawQuery = u.Path+"/"+profile, query
	b, err := c.get(ctx, &u, "*/*")
	return b.data, err
}
