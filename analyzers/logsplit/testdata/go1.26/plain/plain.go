// Package plain has no other logger than prints, and logs without contexts.
package plain

import (
	"fmt"
	"net/http"
)

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Println("hello") // want `^suspected: fmt\.Println on the way of a request`
	w.Write([]byte("hello"))
}
