package service

import (
	"errors"
	"io"
)

// Nobody limits it.
func Free() *Order { return &Order{} }

func Within(n int) *Order {
	if n > 0 {
		kept = &Order{}
	} else {
		kept = new(Order)
	}
	return kept
}

func Stays() int64 {
	o := &Order{Price: 1}
	return o.Price
}

// What leads to an error or a panic is no part of a call.
func Refuses(n int) (int, error) {
	if n < 0 {
		return 0, errors.New("negative")
	}
	if n > 1000 {
		panic(&Order{})
	}
	return n, nil
}

// What it starts has a time of its own.
func Starts(ch chan *Order) {
	go serve(ch)
}

func serve(ch chan *Order) {
	for range ch {
		kept = &Order{}
	}
}

// What is made once is kept.
func Lazy() *Order {
	if kept == nil {
		kept = &Order{}
	}
	return kept
}

// What the caller gave it is the caller's.
func Given(w io.Writer, f func()) {
	f()
	w.Write(nil)
}

func Unlocked() {
	mu.Lock()
	mu.Unlock()
}

// What runs before there is traffic costs nobody anything.
func init() {
	kept = &Order{}
}
