// Package ring does not know what it is used for.
package ring

// Ring waits while it is full.
type Ring struct{ slots chan int }

// Put waits for room.
func (r *Ring) Put(v int) { r.slots <- v }

// Offer does not wait.
type Offer struct{ slots chan int }

// Put drops what there is no room for.
func (o Offer) Put(v int) {
	select {
	case o.slots <- v:
	default:
	}
}
