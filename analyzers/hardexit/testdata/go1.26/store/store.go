// Package store keeps orders.
package store

import (
	"errors"
	"log"
	"net"
	"os"
	"time"
)

type Order struct{ ID string }

type Store struct{ dir string }

var errNone = errors.New("none")

// Load ends the process if the order cannot be read.
func (s *Store) Load(id string) Order {
	o, err := s.read(id)
	if err != nil {
		log.Fatalf("reading %s: %v", id, err)
	}
	return o
}

func (s *Store) read(id string) (Order, error) {
	if id == "" {
		return Order{}, errNone
	}
	_, err := os.ReadFile(s.dir + id)
	return Order{ID: id}, err
}

// Must is an assertion.
func Must(ok bool) {
	if !ok {
		os.Exit(3)
	}
}

// MustLabel is for constants.
func MustLabel(name string) Order {
	o, err := label(name)
	if err != nil {
		log.Fatalf("label %q: %v", name, err)
	}
	return o
}

func label(name string) (Order, error) {
	if name == "" {
		return Order{}, errNone
	}
	return Order{ID: name}, nil
}

// MustJoined is for what is made of constants.
func MustJoined(orders ...Order) Order {
	id := ""
	for _, o := range orders {
		id += o.ID
	}
	return MustLabel(id)
}

// MustReach asks another process.
func MustReach(addr string) net.Conn {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err != nil {
		log.Fatal(err)
	}
	return conn
}

// Merge asserts that both are of one kind.
func (s *Store) Merge(t *Store) {
	if s.dir != t.dir {
		log.Fatalf("%s and %s", s.dir, t.dir)
	}
}

// Join merges both ways.
func (s *Store) Join(t *Store) {
	s.Merge(t)
	t.Merge(s)
}

// Check ends the process on an error.
func Check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// Die ends the process.
func Die(msg string) {
	log.Print(msg)
	os.Exit(1)
}
