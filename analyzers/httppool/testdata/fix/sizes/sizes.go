// Package sizes holds what can be mended by one more field.
package sizes

import (
	"net"
	"net/http"
	"time"
)

const idle = 512

var (
	many = &http.Client{Transport: &http.Transport{ // want `likely: this transport keeps 2 idle connections`
		MaxIdleConns: idle,
		DialContext:  (&net.Dialer{Timeout: time.Second}).DialContext,
	}}
	some = &http.Client{Transport: &http.Transport{MaxConnsPerHost: 16, Dial: net.Dial}} // want `likely: this transport keeps 2 idle connections`
)
