// Package fixes holds what can be mended by one more field.
package fixes

import (
	"net/http"
	"os"

	"example.com/fix/other"
)

func serve(h http.Handler) error {
	srv := &http.Server{ // want `likely: this server has no ReadHeaderTimeout`
		Addr:    os.Getenv("ADDR"),
		Handler: other.Wrap(h),
	}
	return srv.ListenAndServe()
}
