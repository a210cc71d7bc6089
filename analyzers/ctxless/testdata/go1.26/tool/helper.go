package main

import (
	"context"
	"net/http"
	"testing"
)

// Serves tests: they have a time limit of their own.
func serve(ctx context.Context, t testing.TB) {
	http.Get("https://a.example")
}
