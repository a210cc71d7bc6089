package caller

import (
	"time"

	"example.com/old/helper"
)

func fresh() {
	t := helper.Every(time.Second) // want `proven: ticker is not stopped on some path`
	<-t.C
}

func second() {
	n, t, err := helper.Twice(time.Second) // want `proven: ticker is not stopped on some path`
	if err != nil || n == 0 {
		return
	}
	<-t.C
}

// The helper does not stop it.
func lent() {
	t := time.NewTicker(time.Second) // want `proven: ticker is not stopped on some path`
	helper.Wait(t)
}

func own(d time.Duration) *time.Ticker { return helper.Every(d) }

func ownFresh() {
	t := own(time.Second) // want `proven: ticker is not stopped on some path`
	<-t.C
}

func withReady() bool {
	t, ready := helper.WithReady(time.Second) // want `proven: ticker is not stopped on some path`
	<-t.C
	return ready()
}
