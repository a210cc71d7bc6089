// Package hazards has hot functions that allocate where the compiler says nothing.
package hazards

import "example.com/alloc/lib"

type Order struct {
	Price int64
	Venue string
}

type Book struct {
	orders []Order
	last   string
	done   chan struct{}
	work   func(int)
}

//lagvet:hot
func (b *Book) Wait() {
	done := make(chan struct{}) // want `proven: make\(chan struct{}\) is allocated in every call: channels are always on the heap`
	go b.finish(done)           // want `proven: the closure of the go statement is allocated in every call: it holds what is called and the arguments`
	<-done
}

func (b *Book) finish(done chan struct{}) { close(done) }

//lagvet:hot
func (b *Book) Queues(n int) {
	for i := range n {
		c := make(chan int, 1) // want `proven: make\(chan int, 1\) is allocated in every iteration`
		c <- i
		b.work(<-c)
	}
}

//lagvet:hot
func (b *Book) Venues() int {
	seen := make(map[string]bool)
	for _, o := range b.orders {
		seen[o.Venue] = true // want `likely: the map that the loop fills is allocated anew as it grows: it is made without a size, and no more than 8 entries fit the stack`
	}
	return len(seen)
}

//lagvet:hot
func (b *Book) Counted() int {
	seen := make(map[string]bool, 64) // want `proven: make\(map\[string\]bool, 64\) is allocated in every call: it escapes nowhere, but no more than 8 entries fit the stack`
	for _, o := range b.orders {
		seen[o.Venue] = true // the room was asked for
	}
	return len(seen)
}

//lagvet:hot
func (b *Book) Names(day string) int {
	days := map[string]int{"mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6, "sun": 7, "eve": 8, "fest": 9} // want `proven: .* is allocated in every call: it escapes nowhere`
	return days[day]
}

//lagvet:hot
func (b *Book) Prices() []int64 {
	var prices []int64
	for _, o := range b.orders {
		prices = append(prices, o.Price) // want `likely: the slice that the loop appends to is allocated anew as it grows: it is made without room, and each growth copies what it holds`
	}
	return prices
}

//lagvet:hot
func (b *Book) Literal() []int64 {
	prices := []int64{}
	for i := 0; i < len(b.orders); i++ {
		prices = append(prices, b.orders[i].Price) // want `likely: the slice that the loop appends to`
	}
	return prices
}

// Filtered appends in a branch: how often, nobody sees.
//
//lagvet:hot
func (b *Book) Filtered() []int64 {
	var prices []int64
	for _, o := range b.orders {
		if o.Price > 100 {
			prices = append(prices, o.Price) // want `suspected: the slice that the loop appends to`
		}
	}
	return prices
}

// So it is where a loop goes on to the next, and where a branch holds the loop.
//
//lagvet:hot
func (b *Book) Skipped(all bool) []int64 {
	var prices, rest []int64
	for _, o := range b.orders {
		if o.Price <= 100 {
			continue
		}
		prices = append(prices, o.Price) // want `suspected: the slice that the loop appends to`
	}
	if all {
		for _, o := range b.orders {
			rest = append(rest, o.Price) // want `suspected: the slice that the loop appends to`
		}
	}
	return append(prices, rest...)
}

// A case of a switch is as good as any.
//
//lagvet:hot
func (b *Book) Case(op byte) (prices []int64) {
	switch op {
	case 'p':
		for _, o := range b.orders {
			prices = append(prices, o.Price) // want `likely: the slice that the loop appends to`
		}
	}
	return prices
}

//lagvet:hot
func (b *Book) Line() {
	line := ""
	for _, o := range b.orders {
		line += o.Venue // want `likely: the string that the loop adds to is allocated anew in every iteration: each turn copies all that was joined before`
	}
	b.last = line
}

//lagvet:hot
func (b *Book) Sum() {
	line := ""
	for _, o := range b.orders {
		line = line + "," + o.Venue // want `likely: the string that the loop adds to`
	}
	b.last = line
}

// A helper that a hot function calls is hot.
//
//lagvet:hot
func (b *Book) Helped() { b.helper() }

func (b *Book) helper() {
	b.done = make(chan struct{}) // want `proven: make\(chan struct{}\) is allocated in every call`
}

// What is made once is no cost of each call.
//
//lagvet:hot
func (b *Book) Lazy() {
	if b.done == nil {
		b.done = make(chan struct{}) // want `suspected: make\(chan struct{}\) is allocated each time this branch is taken: channels are always on the heap; it is made only while there is none`
	}
}

// A slice that is full has no room, however large it is.
//
//lagvet:hot
func (b *Book) Full(n int) []int64 {
	prices := make([]int64, n)
	for _, o := range b.orders {
		prices = append(prices, o.Price) // want `likely: the slice that the loop appends to`
	}
	return prices
}

// In a branch a goroutine is started now and then.
//
//lagvet:hot
func (b *Book) Now(n int) {
	if n > 100 {
		go b.work(n) // want `suspected: the closure of the go statement is allocated each time this branch is taken`
	}
}

// In another package a finding stands at the call, and is suspected only.
//
//lagvet:hot
func (b *Book) Foreign() {
	b.work(cap(lib.Queue(4))) // want `suspected: lib.Queue can allocate in every call ← calls lib.Queue ← make\(chan\) allocates`
}
