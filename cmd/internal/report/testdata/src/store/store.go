package store

import "time"

func Poll(f func()) {
	for range time.Tick(time.Second) { // a ticker for as long as the process lives
		f()
	}
}
