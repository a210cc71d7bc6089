// Package wrapped wraps its handlers in what limits them.
package wrapped

import (
	"net/http"

	"golang.org/x/time/rate"
)

func limit(l *rate.Limiter, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := l.Wait(r.Context()); err != nil {
			return
		}
		next.ServeHTTP(w, r)
	})
}

func order(w http.ResponseWriter, r *http.Request) { http.Get("http://a") }
