// Package book is the hot path.
package book

import (
	"fmt"

	"example.com/golden/store"
	"example.com/wire"
)

// A Fill is one execution of an order.
type Fill struct {
	Price, Quantity int64
	Venue           [4]byte
}

// Best returns the best of the fills, on the heap.
//
//lagvet:hot
func Best(fills []Fill) *Fill {
	var best Fill
	for _, f := range fills {
		if f.Price > best.Price {
			best = f
		}
	}
	return &best
}

// Prices grows its result from nothing.
//
//lagvet:hot
func Prices(fills []Fill) []int64 {
	var prices []int64
	for _, f := range fills {
		prices = append(prices, f.Price)
	}
	return prices
}

// Key formats a key for each fill. What stands before the call tells columns in
// bytes from those in UTF-16.
//
//lagvet:hot
func Key(venue, symbol string) string { return "世界/é/" + fmt.Sprintf("%s/%s", venue, symbol) }

// A Book knows what its symbols cost, and tells others.
type Book struct {
	table store.Table
	out   wire.Conn
}

// Price must not wait; a table of another package does.
//
//lagvet:nonblocking
func (b *Book) Price(symbol string) int64 { return b.table.Price(symbol) }

// Publish must not wait; a connection of another module does.
//
//lagvet:nonblocking
func (b *Book) Publish(msg []byte) error { return b.out.Send(msg) }

// Frame must not wait, and does not.
//
//lagvet:nonblocking
func (b *Book) Frame(msg []byte) int { return wire.Size(msg) }

// Rank is hot only where a profile says so.
func Rank(fills []Fill) []int64 {
	var rank []int64
	for _, f := range fills {
		rank = append(rank, f.Price*f.Quantity)
	}
	return rank
}
