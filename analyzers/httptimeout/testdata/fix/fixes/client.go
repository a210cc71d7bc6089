package fixes

import (
	"net/http"
	"time"
)

var (
	bare = &http.Client{}                                 // want `likely: this client has no Timeout`
	some = &http.Client{Transport: http.DefaultTransport} // want `likely: this client has no Timeout`
)

// What is read elsewhere may be a stream.
var far = &http.Client{} // want `likely: this client has no Timeout`

func open(url string) (*http.Response, error) { return far.Get(url) }

func use(url string) time.Time {
	bare.Get(url)
	some.Get(url)
	return time.Now()
}
