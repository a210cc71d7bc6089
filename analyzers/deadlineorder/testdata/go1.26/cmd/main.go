// Command cmd serves the handlers of another package.
package main

import (
	"net/http"
	"time"

	"example.com/deadlineorder/handlers"
)

func main() {
	shop := handlers.New()
	mux := http.NewServeMux()
	mux.HandleFunc("/export", handlers.Export) // want `likely: this deadline of 5m0s is never of use: the server's WriteTimeout ends the connection after 30s`
	mux.HandleFunc("/order", shop.Order)       // want `likely: this Timeout of 1m0s is never of use: the server's WriteTimeout`
	mux.HandleFunc("/quick", shop.Quick)
	srv := &http.Server{Addr: ":8080", Handler: mux, WriteTimeout: 30 * time.Second}
	srv.ListenAndServe()
}
