package local

import (
	"time"
)

var took []int64

func number(f func()) {
	start := time.Now().UnixNano()
	f()
	took = append(took, (time.Now().UnixNano()-start)/1e6) // want `likely: this duration`
}

func converted(f func()) time.Duration {
	start := time.Now().UnixNano() // when it began
	f()
	return time.Duration(time.Now().UnixNano() - start) // want `likely: this duration`
}

func millis(f func()) int64 {
	start := time.Now().UnixMilli()
	defer func() {
		took = append(took, time.Now().UnixMilli()-start) // want `likely: this duration`
	}()
	f()
	return time.Now().UnixMilli() - start
}

func utc(f func()) time.Duration {
	start := time.Now().UTC()
	f()
	if time.Since(start) > time.Second { // want `likely: this duration`
		return 0
	}
	return time.Now().UTC().Sub(start)
}

// It is stored as well: not mechanical.
func stored(f func()) int64 {
	start := time.Now().UnixNano()
	f()
	took = append(took, start)
	return time.Now().UnixNano() - start // want `likely: this duration`
}

// Another sum: not mechanical.
func deadline(f func() bool) {
	end := time.Now().Add(time.Second).UnixNano()
	for !f() {
		if time.Now().UnixNano() > end { // want `likely: this deadline`
			return
		}
	}
}
