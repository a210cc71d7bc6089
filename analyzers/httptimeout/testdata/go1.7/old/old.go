package old

import "net/http"

// ReadHeaderTimeout came with Go 1.8.
func serve(h http.Handler) error {
	srv := &http.Server{Addr: ":80", Handler: h} // want `likely: this server has no ReadTimeout: `
	return srv.ListenAndServe()
}

func served(h http.Handler) error {
	srv := &http.Server{Addr: ":80", Handler: h, ReadTimeout: 1 << 30}
	return srv.ListenAndServe()
}
