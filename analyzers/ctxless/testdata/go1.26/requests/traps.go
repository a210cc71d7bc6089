package requests

import (
	"context"
	"log"
	"net/http"
	"net/http/httputil"
	"os"
)

// WithContext on the next line.
func (a *api) given(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	req = req.WithContext(ctx)
	_, err = a.http.Do(req)
	return err
}

// WithContext where it is sent.
func (a *api) givenLate(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	_, err = a.http.Do(req.WithContext(ctx))
	return err
}

// Clone gives it one too, on both branches.
func (a *api) onBothPaths(ctx context.Context, other context.Context, b bool) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		log.Fatal(err)
	}
	if b {
		req = req.Clone(ctx)
	} else {
		req = req.WithContext(other)
	}
	_, err = a.http.Do(req)
	return err
}

// The other branch leaves the program.
func (a *api) orExit(ctx context.Context, b bool) error {
	req, _ := http.NewRequest("GET", a.base, nil)
	switch {
	case b:
		req = req.WithContext(ctx)
	default:
		os.Exit(1)
	}
	_, err := a.http.Do(req)
	return err
}

// Without a context there is nothing to give.
func (a *api) ifThereIsOne(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	if ctx != nil {
		req = req.WithContext(ctx)
	}
	_, err = a.http.Do(req)
	return err
}

// Assigned through the pointer.
func (a *api) inPlace(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	*req = *req.WithContext(ctx)
	_, err = a.http.Do(req)
	return err
}

// Given its context inside the closure, before it is sent.
func (a *api) inClosure(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	return retry(func() error {
		req = req.WithContext(ctx)
		_, err := a.http.Do(req)
		return err
	})
}

// Never sent: made to be shown, or to be handed to a handler.
func (a *api) shown(ctx context.Context, h http.Handler, w http.ResponseWriter) ([]byte, error) {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return nil, err
	}
	h.ServeHTTP(w, req)
	return httputil.DumpRequest(req, true)
}

// The helper gives it its context.
func (a *api) doContext(ctx context.Context, req *http.Request) (*http.Response, error) {
	return a.http.Do(req.WithContext(ctx))
}

func (a *api) viaCareful(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	_, err = a.doContext(ctx, req)
	return err
}

// The caller gives it its context.
func (a *api) viaConstructorGiven(ctx context.Context) error {
	req, err := a.newRequest("/goods")
	if err != nil {
		return err
	}
	_, err = a.http.Do(req.WithContext(ctx))
	return err
}

// Kept for later: who sends it, and with what, is not seen here.
type job struct{ req *http.Request }

func (a *api) kept(ctx context.Context) (*job, error) {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return nil, err
	}
	return &job{req: req}, nil
}

// A request that has its context where there is one: the rest is the caller's wish.
type query struct {
	ctx  context.Context
	path string
}

func (q *query) request() (*http.Request, error) {
	req, err := http.NewRequest("GET", q.path, nil)
	if err != nil {
		return nil, err
	}
	if q.ctx != nil {
		return req.WithContext(q.ctx), nil
	}
	return req, nil
}

func (a *api) ask(ctx context.Context) error {
	req, err := (&query{ctx: ctx}).request()
	if err != nil {
		return err
	}
	_, err = a.http.Do(req)
	return err
}

func (a *api) doIfAny(ctx context.Context, req *http.Request) (*http.Response, error) {
	if ctx == nil {
		return a.http.Do(req)
	}
	return a.http.Do(req.WithContext(ctx))
}

func (a *api) viaDoIfAny(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil)
	if err != nil {
		return err
	}
	_, err = a.doIfAny(ctx, req)
	return err
}
