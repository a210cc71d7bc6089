// Package requests makes requests and sends them, here and elsewhere.
package requests

import (
	"context"
	"errors"
	"net/http"
	"time"
)

type doer interface {
	Do(*http.Request) (*http.Response, error)
}

type api struct {
	base string
	http doer
	rt   http.RoundTripper
}

func (a *api) viaInterface(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores .* ← doer\.Do waits for the server$`
	if err != nil {
		return err
	}
	_, err = a.http.Do(req)
	return err
}

func (a *api) viaTransport(ctx context.Context) error {
	req, _ := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores .* ← http\.RoundTripper\.RoundTrip waits`
	_, err := a.rt.RoundTrip(req)
	return err
}

// do sends what it is given; the request must have its context already.
func (a *api) do(req *http.Request, tries int) error {
	for range tries {
		if _, err := a.http.Do(req); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return errors.New("gave up")
}

func (a *api) viaHelper(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores .* ← \(\*api\)\.do waits for the server$`
	if err != nil {
		return err
	}
	return a.do(req, 3)
}

// newRequest returns a request that has no context yet.
func (a *api) newRequest(path string) (*http.Request, error) {
	req, err := http.NewRequest("GET", a.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "shop")
	return req, nil
}

func (a *api) viaConstructor(ctx context.Context) error {
	req, err := a.newRequest("/goods") // want `^likely: \(\*api\)\.newRequest ends in http\.NewRequest and ignores .* ← http\.NewRequest makes it without a context ← doer\.Do waits for the server$`
	if err != nil {
		return err
	}
	_, err = a.http.Do(req)
	return err
}

// On the way round the branch the request has no context.
func (a *api) onOnePath(ctx context.Context, slow bool) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores`
	if err != nil {
		return err
	}
	if slow {
		c, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		req = req.WithContext(c)
	}
	_, err = a.http.Do(req)
	return err
}

// The copy has the context; what is sent is the original.
func (a *api) wrongCopy(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores`
	if err != nil {
		return err
	}
	_ = req.WithContext(ctx)
	_, err = a.http.Do(req)
	return err
}

// Given its context too late for the first try.
func (a *api) tooLate(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores`
	if err != nil {
		return err
	}
	if _, err = a.http.Do(req); err == nil {
		return nil
	}
	req = req.WithContext(ctx)
	_, err = a.http.Do(req)
	return err
}

// Sent from a closure that is run at once.
func (a *api) retried(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores`
	if err != nil {
		return err
	}
	return retry(func() error {
		_, err := a.http.Do(req)
		return err
	})
}

func retry(f func() error) error {
	err := f()
	for range 3 {
		if err == nil {
			return nil
		}
		err = f()
	}
	return err
}

// That the context is looked at does not give it to the request.
func (a *api) lookedAt(ctx context.Context) error {
	req, err := http.NewRequest("GET", a.base, nil) // want `^proven: http\.NewRequest ignores`
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, err = a.http.Do(req)
	return err
}
