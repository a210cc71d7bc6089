// Package bodies reads what clients send.
package bodies

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"io/ioutil"
	"log"
	"net/http"
	"strings"

	"example.com/shop/slurp"
	"github.com/gin-gonic/gin"
)

type server struct {
	log  *log.Logger
	mux  *http.ServeMux
	last []byte
}

func (s *server) routes() {
	s.mux.HandleFunc("POST /orders", s.order)
	s.mux.HandleFunc("POST /items", func(w http.ResponseWriter, r *http.Request) {
		b, err := ioutil.ReadAll(r.Body) // want `^likely: the body of the request is read to its end, however long the client makes it`
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.Write(b)
	})
}

func (s *server) order(w http.ResponseWriter, r *http.Request) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body) // want `^likely: the body of the request is read to its end`
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.last = body
}

// ServeHTTP reads by way of a buffer.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(r.Body); err != nil { // want `^likely: the body`
		return
	}
	w.Write(buf.Bytes())
}

func (s *server) copies(w http.ResponseWriter, r *http.Request) {
	var text strings.Builder
	if _, err := io.Copy(&text, r.Body); err != nil { // want `^likely: the body`
		return
	}
	io.WriteString(w, text.String())
}

// The reader is one around the body.
func (s *server) buffered(w http.ResponseWriter, r *http.Request) {
	in := bufio.NewReader(r.Body)
	b, _ := io.ReadAll(in) // want `^likely: the body`
	w.Write(b)
}

// A helper of the package is given the request.
func (s *server) create(w http.ResponseWriter, r *http.Request) {
	var order struct{ ID string }
	if err := decode(r, &order); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
	}
}

func decode(r *http.Request, v any) error {
	b, err := io.ReadAll(r.Body) // want `^likely: the body .* ← calls decode`
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// A helper of the package is given the body.
func (s *server) update(w http.ResponseWriter, r *http.Request) {
	b, err := all(r.Body)
	if err == nil {
		w.Write(b)
	}
}

func all(r io.Reader) ([]byte, error) {
	return io.ReadAll(r) // want `^likely: the body .* ← all reads it to its end`
}

// So is another, which has the finding once.
func (s *server) replace(w http.ResponseWriter, r *http.Request) {
	b, err := all(r.Body)
	if err == nil {
		w.Write(b)
	}
}

// So is one of another package, by way of a third function.
func (s *server) imports(w http.ResponseWriter, r *http.Request) {
	b, err := slurp.Text(r.Body) // want `^likely: the body .* ← slurp.Text reads it to its end`
	if err == nil {
		io.WriteString(w, b)
	}
}

func (s *server) importsRequest(w http.ResponseWriter, r *http.Request) {
	b, err := slurp.Body(r) // want `^likely: the body .* ← slurp.Body reads it to its end`
	if err == nil {
		w.Write(b)
	}
}

// A framework has the request in its context.
func (s *server) gin(c *gin.Context) {
	b, err := io.ReadAll(c.Request.Body) // want `^likely: the body`
	if err == nil {
		c.Writer.Write(b)
	}
}

// Doubt: who asks for diagnosis is no client.
func (s *server) admin() {
	s.mux.HandleFunc("/debug/replay", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body) // want `^suspected: the body .* \(but the request asks for diagnosis\)`
		w.Write(b)
	})
}

// Doubt: who sets the process up could do worse.
func (s *server) reloadConfig(w http.ResponseWriter, r *http.Request) {
	s.last, _ = io.ReadAll(r.Body) // want `^suspected: the body .* \(but it is named as what serves the operator is\)`
}
