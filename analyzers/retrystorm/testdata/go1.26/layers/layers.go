// Package layers retries in more than one place.
package layers

import (
	"context"
	"net/http"
	"time"

	"example.com/shop/far"
	"example.org/backoff"
	"example.org/kv"
)

type Repo struct {
	kv     *kv.Client
	remote *far.Remote
	http   *http.Client
}

// get retries by itself, with a pause and an end.
func (r *Repo) get(url string) (resp *http.Response, err error) {
	for range 3 {
		if resp, err = r.http.Get(url); err == nil { // want `^suspected: .* after the same pause in every process`
			return resp, nil
		}
		time.Sleep(time.Second)
	}
	return nil, err
}

// Hazard: three times three.
func (r *Repo) User(url string) (resp *http.Response, err error) {
	for i := 0; i < 3; i++ { // want `^likely: \(\*Repo\).get is retried here after it has been retried inside.* ← calls \(\*Repo\).get ← \(\*Repo\).get has repeated it by then`
		if resp, err = r.get(url); err == nil {
			return resp, nil
		}
		time.Sleep(time.Second)
	}
	return nil, err
}

// Hazard: what is retried inside is in a package of this module.
func (r *Repo) Remote(ctx context.Context) (err error) {
	for i := 0; i < 4; i++ { // want `^likely: \(\*far.Remote\).Fetch is retried here after it has been retried inside`
		if err = r.remote.Fetch(ctx); err == nil {
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}

// Hazard: and in a library.
func (r *Repo) Value(ctx context.Context, key string) (v string, err error) {
	for range 3 { // want `^likely: \(\*kv.Client\).GetPatiently is retried here`
		v, err = r.kv.GetPatiently(ctx, key)
		if err == nil {
			return v, nil
		}
		time.Sleep(time.Second)
	}
	return "", err
}

// Hazard: both loops stand in one function.
func (r *Repo) Both(url string) (err error) {
	for outer := 0; outer < 3; outer++ { // want `^likely: \(\*http.Client\).Get is retried here after it has been retried inside`
		for inner := 0; inner < 5; inner++ {
			var resp *http.Response
			if resp, err = r.http.Get(url); err == nil {
				return resp.Body.Close()
			}
			time.Sleep(time.Second)
		}
		time.Sleep(time.Minute)
	}
	return err
}

// Hazard: a library retries what retries.
func (r *Repo) Backed(ctx context.Context, url string) error {
	return backoff.Retry(ctx, func() error { // want `^likely: backoff.Retry retries what retries by itself.* ← calls \(\*Repo\).get ← \(\*Repo\).get has repeated it by then`
		resp, err := r.get(url)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
}

// Hazard: a method value.
func (r *Repo) BackedRemote(ctx context.Context) error {
	return backoff.RetryNotify(ctx, r.fetch, nil) // want `^likely: backoff.RetryNotify retries what retries by itself`
}

func (r *Repo) fetch() error { return r.remote.Fetch(context.Background()) }

// Doubt: it keeps something up for ever, and its inside gives up as often as it likes.
func (r *Repo) Keep(url string) {
	for { // want `^suspected: \(\*Repo\).get is retried here after it has been retried inside`
		resp, err := r.get(url)
		if err != nil {
			time.Sleep(time.Minute)
			continue
		}
		resp.Body.Close()
		time.Sleep(time.Minute)
	}
}

// Trap: one layer retries.
func (r *Repo) Single(ctx context.Context, url string) error {
	return backoff.Retry(ctx, func() error {
		resp, err := r.http.Get(url)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	})
}

// Trap: it goes through a list, each element of which is retried.
func (r *Repo) All(urls []string) {
	for _, u := range urls {
		if resp, err := r.get(u); err == nil {
			resp.Body.Close()
		}
	}
}

// Trap: the loop inside reads, and the outer one retries.
func (r *Repo) Read(ctx context.Context) (err error) {
	for range 3 {
		if err = r.remote.Once(ctx); err == nil { // want `^suspected: .* the same pause`
			return nil
		}
		time.Sleep(time.Second)
	}
	return err
}
