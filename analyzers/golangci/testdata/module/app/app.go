// Package app calls what it does not import.
package app

import (
	"net/http"

	"example.com/module/sub"
)

// Run asks, and reads a URL.
func Run(r *http.Request) string {
	sub.Client().Fetch()
	return r.URL.String()
}
