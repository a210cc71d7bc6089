// Package limited wraps its handlers in what limits bodies.
package limited

import (
	"io"
	"net/http"
)

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", order)
	return http.MaxBytesHandler(mux, 1<<20)
}

func order(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
}
