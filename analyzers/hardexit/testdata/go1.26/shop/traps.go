package shop

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"

	"go.uber.org/zap"

	"example.com/hardexit/store"
)

// Start-up.
func start(dir string) *shop {
	s := &shop{store: new(store.Store), log: zap.New(true), orders: make(map[string]store.Order)}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		log.Fatal(err)
	}
	store.Check(s.publish(dir))
	return s
}

// A command.
func run(args []string) {
	fs := flag.NewFlagSet("run", flag.ExitOnError)
	fs.Parse(args)
	if fs.NArg() == 0 {
		fs.Usage()
		os.Exit(2)
	}
}

// A request that asks for the end.
func (s *shop) shutdown(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, "bye")
	os.Exit(0)
}

func (s *shop) bye(w http.ResponseWriter, r *http.Request) {
	os.Exit(0)
}

func (s *shop) mountAdmin(mux *http.ServeMux) {
	mux.HandleFunc("/-/quit", s.bye)
	mux.HandleFunc("/restart", func(w http.ResponseWriter, r *http.Request) {
		if err := s.publish("restart"); err != nil {
			log.Fatal(err)
		}
	})
}

// net/http recovers this one.
func (s *shop) panicking(w http.ResponseWriter, r *http.Request) {
	b, err := json.Marshal(s.orders)
	if err != nil {
		panic(err)
	}
	w.Write(b)
}

// A logger whose methods all lead to what may end the process.
func (s *shop) logging(w http.ResponseWriter, r *http.Request) {
	s.log.Info("a request")
	if err := s.publish("x"); err != nil {
		s.log.Error(err.Error())
		http.Error(w, "failed", http.StatusInternalServerError)
	}
}

// A goroutine that recovers.
func (s *shop) guarded(w http.ResponseWriter, r *http.Request) {
	go func() {
		defer func() {
			if v := recover(); v != nil {
				s.log.Error(fmt.Sprint(v))
			}
		}()
		if err := s.publish("x"); err != nil {
			panic(err)
		}
	}()
	go s.safely(func() {
		if err := s.publish("y"); err != nil {
			panic(err)
		}
	})
}

func (s *shop) safely(f func()) {
	defer s.rescue()
	f()
}

func (s *shop) rescue() {
	if v := recover(); v != nil {
		s.log.Error(fmt.Sprint(v))
	}
}

var errBroken = errors.New("broken")

// An assertion in a goroutine: nothing that fails leads there.
func (s *shop) asserted(w http.ResponseWriter, r *http.Request) {
	n := len(s.orders)
	go func() {
		if n < 0 {
			panic("negative length")
		}
	}()
}

// An encoder of what is in memory fails only if the program is wrong.
func (s *shop) encoded(w http.ResponseWriter, r *http.Request) {
	go func() {
		b, err := json.Marshal(s.orders)
		if err != nil {
			panic(err)
		}
		s.log.Info(string(b))
	}()
}

// After the error has been dealt with there is none.
func (s *shop) returned(w http.ResponseWriter, r *http.Request) {
	if err := s.publish("z"); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	fmt.Fprintln(w, "ok")
}

// Allowed by name.
func (s *shop) allowed(w http.ResponseWriter, r *http.Request) {
	if err := s.publish("key"); errors.Is(err, errBroken) {
		//lagvet:allow hardexit -- without its key the process must not answer anybody
		os.Exit(9) // want `^allowed: os.Exit ends`
	}
}
