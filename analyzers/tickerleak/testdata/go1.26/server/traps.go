package server

import (
	"net"
	"net/http"
	"time"
)

// Ends with the request.
func handleRight(w http.ResponseWriter, r *http.Request) {
	t := time.NewTicker(time.Second)
	go func() {
		for {
			select {
			case <-t.C:
			case <-r.Context().Done():
				return
			}
		}
	}()
}

// Ends when the connection does.
func keepAliveRight(c net.Conn) {
	t := time.NewTicker(time.Second)
	for range t.C {
		if _, err := c.Write([]byte{0}); err != nil {
			return
		}
	}
}

func init() { mux.HandleFunc("/right", handleRight) }
