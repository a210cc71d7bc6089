package store

import "time"

type Order struct{ Price int64 }

var kept *Order

func Keep(p int64) { // want `proven: Keep carries no //lagvet:hot`
	kept = &Order{Price: p} // want `proven: Keep allocates here in every call \(&Order\{\.\.\.\} escapes to heap\), and the policy for internal/store/\*.go forbids it`
	note()
}

func note() { // want `proven: note carries no //lagvet:hot, and the policy for internal/store/store.go requires it of each function`
	kept = nil
}

// Waiting is not forbidden here.
//
//lagvet:hot
func Wait() { time.Sleep(1) }
