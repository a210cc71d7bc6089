// Package async is another package: what it is given is out of sight.
package async

// Deliver sends to a channel later, or does not.
func Deliver(ch chan<- error) { go func() { ch <- nil }() }

// Collect receives what comes.
func Collect(ch <-chan error) {
	for range ch {
	}
}
