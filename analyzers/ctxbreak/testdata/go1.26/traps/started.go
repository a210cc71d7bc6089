package traps

import (
	"context"
	"net"
	"net/http"
)

// A request starts it and goes: its context is over when the look-up begins.
func validate(w http.ResponseWriter, r *http.Request) {
	go check(r.Context(), r.FormValue("host"))
	w.WriteHeader(http.StatusAccepted)
}

func check(ctx context.Context, host string) {
	net.DefaultResolver.LookupHost(context.Background(), host) // want `^suspected: .* \(the context in scope is that of a request which does not wait for this\)`
	<-ctx.Done()
}

// It is called by another one, too.
func validateBoth(w http.ResponseWriter, r *http.Request) {
	go checkBoth(r.Context(), r.FormValue("host"))
	checkBoth(r.Context(), r.FormValue("host"))
}

func checkBoth(ctx context.Context, host string) {
	net.DefaultResolver.LookupHost(context.Background(), host) // want `^proven: `
	<-ctx.Done()
}

// A worker is given a context that ends with the program.
func work(ctx context.Context, host string) {
	go watch(ctx, host)
}

func watch(ctx context.Context, host string) {
	for ctx.Err() == nil {
		net.DefaultResolver.LookupHost(context.Background(), host) // want `^proven: `
	}
}
