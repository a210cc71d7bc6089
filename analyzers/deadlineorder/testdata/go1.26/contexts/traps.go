package contexts

import (
	"context"
	"net"
	"net/http"
	"time"
)

// In order.
func (r *repository) ordered(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, queryTimeout)
	defer cancel()
	inner, done := context.WithTimeout(ctx, callTimeout)
	defer done()
	return r.db.Query(inner, "select")
}

// Not constant.
func (r *repository) configured(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	inner, done := context.WithTimeout(ctx, time.Hour)
	defer done()
	return r.db.Query(inner, "select")
}

// Bounded on a condition only.
func (r *repository) maybe(ctx context.Context, quick bool) error {
	ctx = context.WithValue(context.Background(), key{}, 1)
	if quick {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second)
		defer cancel()
	}
	inner, done := context.WithTimeout(ctx, time.Hour)
	defer done()
	return r.db.Query(inner, "select")
}

// One caller gives more.
func (r *repository) quick() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return r.shared(ctx)
}

func (r *repository) slow() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	return r.shared(ctx)
}

func (r *repository) shared(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return r.db.Query(ctx, "select")
}

// One caller gives what cannot be told.
func (r *repository) told(ctx context.Context) error { return r.either(ctx) }
func (r *repository) fixed() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return r.either(ctx)
}

func (r *repository) either(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return r.db.Query(ctx, "select")
}

// Detached.
func (r *repository) audit(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r.db.Query(ctx, "select")
	go func() {
		after, done := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer done()
		r.db.Query(after, "insert")
	}()
}

// Callers that are not seen.
func (r *repository) open() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	Open(ctx, r)
}

// Open may be given more time by others.
func Open(ctx context.Context, r *repository) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // want `suspected: this deadline of 1m0s is never reached: .*not seen`
	defer cancel()
	return r.db.Query(ctx, "select")
}

// As a value, which others may call.
func (r *repository) hook(register func(func(context.Context) error)) {
	register(r.hooked)
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	r.hooked(ctx)
}

func (r *repository) hooked(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute) // want `suspected: this deadline of 1m0s is never reached: .*not seen`
	defer cancel()
	return r.db.Query(ctx, "select")
}

// One after the other.
func (r *repository) steps() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	r.db.Query(ctx, "first")
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r.db.Query(ctx, "second")
}

// A backstop.
type shop struct{ client *http.Client }

func newShop() *shop {
	return &shop{&http.Client{Timeout: time.Minute}} // want `suspected: this Timeout of 1m0s is never reached: each request has a context that ends after 5s .*backstop`
}

func (s *shop) price(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://prices", nil)
	s.client.Do(req)
}

// It is for another request too.
type mixed struct{ client *http.Client }

func newMixed() *mixed { return &mixed{&http.Client{Timeout: time.Minute}} }

func (m *mixed) short(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://prices", nil)
	m.client.Do(req)
}

func (m *mixed) long(ctx context.Context) {
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://export", nil)
	m.client.Do(req)
}

// Copied, shared, in order, and not constant.
var (
	dialer = &net.Dialer{Timeout: 30 * time.Second} // want `suspected: this dialer's Timeout of 30s is never reached`
	copied = &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: dialer.DialContext}}

	both  = &http.Transport{ResponseHeaderTimeout: time.Minute} // want `suspected: this ResponseHeaderTimeout of 1m0s is never reached: .*another client`
	quick = &http.Client{Timeout: time.Second, Transport: both}
	slow  = &http.Client{Timeout: time.Hour, Transport: both}

	fine = &http.Client{Timeout: time.Minute, Transport: &http.Transport{ResponseHeaderTimeout: time.Second}}
	none = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: time.Second}}
)

func tuned(d time.Duration) *http.Client {
	return &http.Client{Timeout: d, Transport: &http.Transport{ResponseHeaderTimeout: time.Hour}}
}
