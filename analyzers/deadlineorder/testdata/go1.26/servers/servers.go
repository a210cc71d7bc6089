// Package servers gives handlers less time than they give themselves.
package servers

import (
	"context"
	"net/http"
	"time"
)

type api struct {
	client *http.Client
	bounds *http.Client
}

func newAPI() *api {
	return &api{
		client: &http.Client{Timeout: 30 * time.Second}, // want `likely: this Timeout of 30s is never of use: the server's WriteTimeout ends the connection after 15s, .* ← a request that a handler waits for ← gives the answer 15s`
		bounds: &http.Client{Timeout: 5 * time.Second},
	}
}

func (a *api) serve() error {
	mux := http.NewServeMux()
	mux.HandleFunc("/report", a.report)
	mux.HandleFunc("/price", a.price)
	mux.HandleFunc("/quick", a.quick)
	mux.HandleFunc("/stream", a.stream)
	mux.Handle("/slow", http.TimeoutHandler(http.HandlerFunc(a.slow), 10*time.Second, "slow"))
	mux.Handle("/late", http.TimeoutHandler(mux, time.Minute, "late")) // want `likely: http.TimeoutHandler's budget of 1m0s is never of use: the server's WriteTimeout`
	srv := &http.Server{
		Addr:              ":8080",
		Handler:           mux,
		ReadHeaderTimeout: 20 * time.Second, // want `likely: this ReadHeaderTimeout of 20s is never reached: ReadTimeout gives the whole request`
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      15 * time.Second,
	}
	return srv.ListenAndServe()
}

// report works on when nobody can be told any more.
func (a *api) report(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute) // want `likely: this deadline of 1m0s is never of use: the server's WriteTimeout ends the connection after 15s`
	defer cancel()
	a.work(ctx)
	a.deep(r)
}

func (a *api) work(ctx context.Context) { <-ctx.Done() }

func (a *api) deep(r *http.Request) { a.deeper(r.Context()) }

func (a *api) deeper(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, key{}, 1), 20*time.Second) // want `likely: this deadline of 20s is never of use: the server's WriteTimeout`
	defer cancel()
	a.work(ctx)
}

type key struct{}

// price asks another service.
func (a *api) price(w http.ResponseWriter, r *http.Request) {
	resp, err := a.fetch(r.Context(), "https://prices")
	if err != nil {
		return
	}
	resp.Body.Close()
}

func (a *api) fetch(ctx context.Context, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	return a.client.Do(req)
}

// slow gives itself more than TimeoutHandler gives it.
func (a *api) slow(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 12*time.Second) // want `likely: this deadline of 12s is never of use: http.TimeoutHandler answers for the handler after 10s`
	defer cancel()
	a.work(ctx)
}

// quick is in order.
func (a *api) quick(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	a.work(ctx)
	req, _ := http.NewRequestWithContext(r.Context(), http.MethodGet, "https://x", nil)
	a.bounds.Do(req)
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), time.Hour)
		defer cancel()
		a.work(ctx)
	}()
}

// stream moves its deadline.
func (a *api) stream(w http.ResponseWriter, r *http.Request) {
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour))
	ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
	defer cancel()
	a.work(ctx)
}
