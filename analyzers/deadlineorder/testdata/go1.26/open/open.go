// Package open has a server without a WriteTimeout beside one that has one.
package open

import (
	"context"
	"net/http"
	"time"
)

func serve(h http.Handler) {
	go (&http.Server{Handler: h, WriteTimeout: time.Second}).ListenAndServe()
	go (&http.Server{Handler: http.HandlerFunc(long), ReadHeaderTimeout: time.Second, ReadTimeout: time.Second}).ListenAndServe()
}

func long(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), time.Minute)
	defer cancel()
	<-ctx.Done()
}
