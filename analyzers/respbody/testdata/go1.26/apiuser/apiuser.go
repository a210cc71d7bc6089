package apiuser

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"example.com/bodies/api"
	"example.com/bodies/httputil"
)

type order struct{ ID int }

type orders struct {
	api *api.Client
	log func(string, ...any)
}

// The wrapper hands the body on, and this one drops it.
func (o *orders) get(ctx context.Context) (*order, error) {
	resp, err := o.api.Do(ctx, http.MethodGet, "/order", nil) // want `likely: response body is never closed: its connection.* ← returns without closing it`
	if err != nil {
		return nil, err
	}
	var ord order
	if err := json.NewDecoder(resp.Body).Decode(&ord); err != nil {
		return nil, err
	}
	return &ord, nil
}

// Drain drains, and that is all.
func (o *orders) put(ctx context.Context, body io.Reader) error {
	resp, err := o.api.Do(ctx, http.MethodPut, "/order", body) // want `likely: response body is never closed`
	if err != nil {
		return err
	}
	defer httputil.Drain(resp.Body)
	return httputil.Check(resp)
}

// A stream that came by way of another package.
func (o *orders) lines(ctx context.Context, each func(string) error) error {
	body, err := o.api.Open(ctx, "/lines") // want `likely: response body is not closed on some path`
	if err != nil {
		return err
	}
	s := bufio.NewScanner(body)
	for s.Scan() {
		if err := each(s.Text()); err != nil {
			return err
		}
	}
	body.Close()
	return s.Err()
}

// The body of the error is closed by the helper, that of a success by nobody.
func (o *orders) remove(ctx context.Context) error {
	resp, err := o.api.Do(ctx, http.MethodDelete, "/order", nil) // want `likely: response body is never closed`
	if err != nil {
		return err
	}
	o.log("removed", "status", resp.Status)
	return nil
}

// The goroutine leaves by its timeout without the body.
func (o *orders) watch(ctx context.Context, events chan<- string) error {
	resp, err := o.api.Do(ctx, http.MethodGet, "/events", nil) // want `likely: response body is not closed on some path`
	if err != nil {
		return err
	}
	go func() {
		r := bufio.NewReader(resp.Body)
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				break
			}
			select {
			case events <- line:
			case <-time.After(time.Second):
				return
			}
		}
		resp.Body.Close()
	}()
	return nil
}
