// Command server is a program that imports net/http, to measure what analysing
// one costs.
package main

import (
	"encoding/json"
	"log"
	"net/http"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(r.Header)
	})
	log.Fatal(http.ListenAndServe(":8080", nil))
}
