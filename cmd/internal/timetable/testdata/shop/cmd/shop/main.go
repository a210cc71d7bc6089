package main

import (
	"net/http"
	"time"

	"example.com/shop/api"
	"example.com/shop/stock"
)

func main() {
	mux := http.NewServeMux()
	api.New(stock.New("http://stock.shop.svc:8080"), nil).Register(mux)
	s := &http.Server{Handler: mux, WriteTimeout: 10 * time.Second}
	s.ListenAndServe()
}
