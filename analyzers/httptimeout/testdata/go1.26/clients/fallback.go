package clients

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"time"
)

type clientKey struct{}

// The client is the one in the context, or a copy of it, and this one if there is none.
func login(ctx context.Context, u string) error {
	client := new(http.Client) // want `suspected: this client has no Timeout.* \(but another one, which is not seen, takes its place where there is one\)`
	if c, ok := ctx.Value(clientKey{}).(*http.Client); ok {
		clone := *c
		client = &clone
	}
	client.Jar, _ = cookiejar.New(nil)
	resp, err := client.Get(u)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func identity(u string) error {
	return login(context.WithValue(context.Background(), clientKey{}, &http.Client{Timeout: time.Minute}), u)
}

// Both are seen, and neither has a Timeout.
func probe(u string, jar http.CookieJar) error {
	client := &http.Client{} // want `likely: this client has no Timeout`
	if jar != nil {
		client = &http.Client{Jar: jar} // want `likely: this client has no Timeout`
	}
	resp, err := client.Get(u)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}
