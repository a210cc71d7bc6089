// Package mounted wraps its handlers in another package's middleware.
package mounted

import (
	"io"
	"net/http"

	"example.com/shop/middleware"
	"example.com/shop/slurp"
)

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", order)
	return middleware.Limit(mux)
}

func order(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	w.Write(b)
	slurp.Limited(r.Body)
}
