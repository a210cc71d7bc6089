// Package made makes transports for another package.
package made

import "net/http"

// New has a number.
func New() *http.Transport { return &http.Transport{MaxIdleConnsPerHost: 32} }

// Size sets the number.
func Size(t *http.Transport) { t.MaxIdleConnsPerHost = 64 }
