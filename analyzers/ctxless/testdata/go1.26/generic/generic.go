// Package generic has wrappers with type parameters.
package generic

import (
	"context"
	"encoding/json"
	"net/http"
)

func Get[T any](u string) (v T, err error) {
	resp, err := http.Get(u)
	if err != nil {
		return v, err
	}
	defer resp.Body.Close()
	return v, json.NewDecoder(resp.Body).Decode(&v)
}

type Repo[K comparable, V any] struct {
	url  string
	load func(string) (V, error)
}

func (r *Repo[K, V]) Find(k K) (V, error) { return Get[V](r.url) }

func price(ctx context.Context, r *Repo[int, float64]) (float64, error) {
	if _, err := r.Find(1); err != nil { // want `^likely: \(\*Repo\)\.Find ends in http\.Get and ignores .* ← calls Get ← http\.Get waits for the server$`
		return 0, err
	}
	return Decode[float64]("https://a.example") // want `^likely: Decode ends in http\.Get and ignores`
}

func Decode[T any](u string) (v T, err error) {
	resp, err := http.Get(u)
	if err != nil {
		return v, err
	}
	defer resp.Body.Close()
	return v, json.NewDecoder(resp.Body).Decode(&v)
}

// A field of a generic type.
func newRepo[V any](u string) *Repo[int, V] { return &Repo[int, V]{url: u, load: Load[V]} }

func (r *Repo[K, V]) fresh(ctx context.Context) (V, error) {
	return r.load(r.url) // want `^likely: Load ends in http\.Get`
}

func Load[T any](u string) (v T, err error) {
	_, err = http.Get(u)
	return v, err
}

type finder interface{ Find(int) (string, error) }

func find[F finder](ctx context.Context, f F) (string, error) {
	return f.Find(1) // want `^likely: \(\*names\)\.Find ends in http\.Get`
}

type names struct{}

func (*names) Find(int) (string, error) {
	_, err := http.Get("https://a.example")
	return "", err
}
