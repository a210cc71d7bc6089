// Package shop serves requests.
package shop

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"

	"go.uber.org/zap"

	"example.com/hardexit/store"
)

type shop struct {
	store  *store.Store
	log    *zap.Logger
	out    logger
	warm   sync.Once
	orders map[string]store.Order
}

type logger interface {
	Printf(format string, args ...any)
	Fatalf(format string, args ...any)
}

func (s *shop) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /orders", s.order)
	mux.HandleFunc("POST /orders", s.place)
	mux.HandleFunc("GET /labels", s.labelled)
	mux.Handle("/items", s.logged(http.HandlerFunc(s.items)))
}

func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	o := s.store.Load(r.FormValue("id")) // want `^likely: \(\*store.Store\).Load ends in log.Fatalf, which ends the process on behalf of one request \(HTTP handler\): all that are in flight die with it, and no deferred call runs ← calls \(\*store.Store\).Load ← log.Fatalf ends the process$`
	if err := json.NewEncoder(w).Encode(o); err != nil {
		log.Fatal(err) // want `^likely: log.Fatal ends the process on behalf of one request \(HTTP handler\): all that are in flight die with it, and no deferred call runs$`
	}
}

func (s *shop) place(w http.ResponseWriter, r *http.Request) {
	if err := s.add(r); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func (s *shop) add(r *http.Request) error {
	var o store.Order
	err := json.NewDecoder(r.Body).Decode(&o)
	s.check(err)     // want `^likely: \(\*shop\).check ends in os.Exit, which ends the process on behalf of one request \(HTTP handler\).* ← calls \(\*shop\).add ← calls \(\*shop\).check ← os.Exit ends the process$`
	store.Check(err) // want `^likely: store.Check ends in log.Fatal, which`
	if o.ID == "" {
		return fmt.Errorf("no id")
	}
	if err := os.WriteFile(o.ID, nil, 0o600); err != nil {
		s.log.Fatal("writing " + o.ID) // want `^likely: \(\*zap.Logger\).Fatal ends the process on behalf`
	}
	s.audit(o)
	return nil
}

func (s *shop) check(err error) {
	if err != nil {
		s.log.Error(err.Error())
		os.Exit(1)
	}
}

func (s *shop) items(w http.ResponseWriter, r *http.Request) {
	for id := range s.orders {
		if err := s.publish(id); err != nil {
			s.out.Fatalf("publishing %s: %v", id, err) // want `^suspected: \(logger\).Fatalf ends the process .*\(but what it calls is known by its name alone\)`
		}
		if err := s.publish(id); err != nil {
			s.fatal(err) // want `^likely: \(\*shop\).fatal ends in store.Die|^likely: \(\*shop\).fatal ends in os.Exit`
		}
	}
	store.Must(len(s.orders) < 1000) // want `^suspected: store.Must ends in os.Exit, .*\(but no error leads there: it may be an assertion\)`
	s.store.Merge(new(store.Store))  // want `^suspected: \(\*store.Store\).Merge ends in log.Fatalf, .*\(but no error leads there: it may be an assertion\) \(and one more call of this package\)`
	s.warm.Do(func() {
		if err := s.publish("all"); err != nil {
			log.Fatal(err) // want `^suspected: log.Fatal .*\(but it runs once\)`
		}
	})
}

// What depends on constants alone does not depend on the request.
func (s *shop) labelled(w http.ResponseWriter, r *http.Request) {
	store.MustJoined(store.MustLabel("api"), store.MustLabel("v1")) // want `^suspected: store.MustLabel ends in .*\(but it is given constants: it fails always or never\) \(and 2 more calls of this package\)`
	store.MustLabel(r.FormValue("label"))                           // want `^likely: store.MustLabel ends in`
	store.MustJoined(store.MustLabel(r.URL.Path))                   // want `^likely: store.MustJoined ends in` `^likely: store.MustLabel ends in`
	store.MustReach("localhost:6379").Close()                       // want `^likely: store.MustReach ends in`
}

// It comes to the same assertion, by one call more.
func (s *shop) restock(w http.ResponseWriter, r *http.Request) { s.store.Join(new(store.Store)) }

func (s *shop) fatal(err error) {
	store.Die(err.Error())
}

func (s *shop) publish(id string) error {
	_, err := os.Stat(id)
	return err
}

// The wrapper of a middleware, a closure.
func (s *shop) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, err := os.OpenFile("access.log", os.O_APPEND, 0o600)
		if err != nil {
			log.Panicln(err)
		}
		defer f.Close()
		next.ServeHTTP(w, r)
		if _, err := fmt.Fprintln(f, r.URL); err != nil {
			os.Exit(1) // want `^likely: os.Exit ends the process on behalf of one request`
		}
	})
}

// A goroutine that a request starts: net/http recovers nothing there.
func (s *shop) audit(o store.Order) {
	go func() {
		if err := s.publish(o.ID); err != nil {
			panic(err) // want `^likely: this panic ends the process: it is in a goroutine that a request starts \(HTTP handler\), where nobody recovers, and all that are in flight die with it ← .* ← starts a goroutine, in which the server recovers nothing$`
		}
		s.record(o)
	}()
	go s.index(o)
}

func (s *shop) record(o store.Order) {
	defer log.Print("recorded")
	b, err := os.ReadFile(o.ID)
	if err != nil {
		panic(fmt.Sprintf("reading %s: %v", o.ID, err)) // want `^likely: this panic ends the process: .* ← starts a goroutine, in which the server recovers nothing ← calls \(\*shop\).record$`
	}
	log.Printf("%s", b)
}

func (s *shop) index(o store.Order) {
	if err := s.publish(o.ID); err != nil {
		panic(err) // want `^likely: this panic ends the process`
	}
}

// A generic cache that each handler uses.
type cache[K comparable, V any] struct {
	load func(K) (V, error)
	m    map[K]V
}

func (c *cache[K, V]) get(k K) V {
	v, err := c.load(k)
	if err != nil {
		log.Fatalln("loading", k, err) // want `^likely: log.Fatalln ends the process on behalf`
	}
	return v
}

var names = &cache[string, string]{load: func(id string) (string, error) { return id, nil }}

func (s *shop) name(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, names.get(r.FormValue("id")))
}
