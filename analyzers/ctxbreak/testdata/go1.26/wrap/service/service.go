// Package service wraps package store once more.
package service

import "example.com/shop/wrap/store"

// Namer is what the service needs of a store.
type Namer interface {
	Name(id int) (string, error)
}

type Service struct {
	names Namer
	store *store.Store
}

func (s *Service) Title(id int) string {
	name, err := s.names.Name(id)
	if err != nil {
		return "?"
	}
	return name
}

func (s *Service) Seen(id int) error { return s.store.Touch(id) }
