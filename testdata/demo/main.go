// Gateway is a sample service that has one of each of lagvet's first hazards
// in package orders, and the same code mended in package mended.
package main

import (
	"log"
	"net/http"
	"time"

	"example.com/gateway/mended"
	"example.com/gateway/orders"
)

func main() {
	mux := http.NewServeMux()
	orders.New("https://quotes.example.com").Register(mux)
	mended.New("https://quotes.example.com").Register(mux)
	srv := &http.Server{Addr: "localhost:8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(srv.ListenAndServe())
}
