// Package store keeps orders.
package store

import (
	"errors"
	"log"
	"os"
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
