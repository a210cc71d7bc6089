package fixes

import (
	"net/http"
	"time"
)

var (
	bare = &http.Client{}                                 // want `likely: this client has no Timeout`
	some = &http.Client{Transport: http.DefaultTransport} // want `likely: this client has no Timeout`
)

func use(url string) time.Time {
	bare.Get(url)
	some.Get(url)
	return time.Now()
}
