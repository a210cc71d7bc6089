package traps

import (
	"context"
	"net"
	"net/http"
	"time"
)

// A device goes on for as long as the context that it was made with.
type device interface{ Level() (float64, error) }

type makeFunc[T any] func(ctx context.Context, kind string) (T, error)

func add[T any](ctx context.Context, kind string, mk makeFunc[T], keep func(T)) error {
	d, err := mk(ctx, kind)
	if err != nil {
		return err
	}
	keep(d)
	return nil
}

// lifetime returns a context that ends only if what is made takes too long.
func lifetime() (context.Context, context.CancelFunc, chan struct{}) {
	done := make(chan struct{})
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		select {
		case <-time.After(10 * time.Second):
			cancel()
		case <-done:
		}
	}()
	return ctx, cancel, done
}

var makers = make(map[string]func(ctx context.Context, kind string) (device, error))

func (s *server) addDevice(w http.ResponseWriter, r *http.Request) {
	ctx, cancel, done := lifetime() // want `^suspected: .* \(what it makes may live on with the context\)`
	var kept device
	if err := add(ctx, "meter", makers["meter"], func(d device) { kept = d }); err != nil {
		cancel()
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	close(done)
	_, _ = kept.Level()
}

func makeDevice(ctx context.Context, kind string) (device, error) {
	f := makers[kind]
	return f(ctx, kind)
}

func (s *server) tryDevice(w http.ResponseWriter, r *http.Request) {
	if _, err := makeDevice(context.Background(), "meter"); err != nil { // want `^suspected: .* \(what it makes may live on with the context\)`
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// What is only looked up does not live on.
var lookups = make(map[string]func(ctx context.Context, kind string) (float64, error))

func (s *server) level(w http.ResponseWriter, r *http.Request) {
	look := lookups["meter"]
	if _, err := look(context.Background(), "meter"); err != nil { // want `^likely: context\.Background takes the place`
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

// A connection is not ended by the context that it was dialled with.
func (s *server) dial(w http.ResponseWriter, r *http.Request, dial func(context.Context, string) (net.Conn, error)) {
	conn, err := dial(context.Background(), "a.example:80") // want `^likely: context\.Background takes the place`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	conn.Close()
}
