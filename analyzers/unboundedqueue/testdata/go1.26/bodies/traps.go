package bodies

import (
	"encoding/json"
	"io"
	"net/http"

	"example.com/shop/slurp"
)

const limit = 1 << 20

// Limited where it is read.
func (s *server) limited(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err == nil {
		w.Write(b)
	}
}

func (s *server) limitedReader(w http.ResponseWriter, r *http.Request) {
	b, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err == nil && len(b) <= limit {
		w.Write(b)
	}
}

func (s *server) limitedStruct(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(&io.LimitedReader{R: r.Body, N: limit})
	w.Write(b)
}

// Limited before.
func (s *server) limitedBefore(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
}

// Limited by a helper.
func (s *server) limitedBy(w http.ResponseWriter, r *http.Request) {
	s.limit(w, r)
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
}

func (s *server) limit(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, limit)
}

// Its length is asked for.
func (s *server) short(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength < 0 || r.ContentLength > limit {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
}

// A number says that there shall be no limit.
type buffering struct{ most int64 }

func (b *buffering) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := b.read(r)
	if err == nil {
		w.Write(body)
	}
}

func (b *buffering) read(r *http.Request) ([]byte, error) {
	if b.most < 0 {
		return io.ReadAll(r.Body)
	}
	body := make([]byte, b.most+1)
	n, err := io.ReadFull(r.Body, body)
	return body[:n], err
}

// The variable is limited on one way, and so the code knows of limits.
func (s *server) maybe(w http.ResponseWriter, r *http.Request) {
	in := io.Reader(r.Body)
	if r.URL.Path != "/trusted" {
		in = http.MaxBytesReader(w, r.Body, limit)
	}
	b, _ := io.ReadAll(in)
	w.Write(b)
}

// A response is another process's.
func (s *server) proxy(w http.ResponseWriter, r *http.Request) {
	resp, err := http.Get("http://backend" + r.URL.Path)
	if err != nil {
		return
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	w.Write(b)
}

// What is read goes through, piece by piece.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	io.Copy(w, r.Body)
	var v any
	json.NewDecoder(r.Body).Decode(&v)
}

// A request that goes out has a body of ours.
type signer struct{ next http.RoundTripper }

func (s *signer) RoundTrip(r *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Signature", string(b[:8]))
	return s.next.RoundTrip(r)
}

func (s *server) sends(w http.ResponseWriter, r *http.Request) {
	out, _ := http.NewRequest(http.MethodPost, "http://backend", r.Body)
	sign(out)
}

func sign(r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	r.Header.Set("Signature", string(b))
}

// Nobody serves requests with it.
func load(r io.Reader) ([]byte, error) { return io.ReadAll(r) }

// A limit that is configured, and what has it in another package.
type repeating struct {
	next  http.Handler
	limit int64
}

func (p *repeating) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, err := slurp.AtMost(r, p.limit)
	if err == nil {
		w.Write(b)
	}
	p.next.ServeHTTP(w, r)
}
