package flow

import (
	"time"

	"example.com/life/helper"
)

type owner struct {
	t *time.Ticker
	c <-chan time.Time
}

func field(o *owner) {
	o.t = time.NewTicker(time.Second) // want `time.NewTicker: own:t overwrite$`
}

func literal() *owner {
	return &owner{t: time.NewTicker(time.Second)} // want `time.NewTicker: own:t overwrite$`
}

func positional() owner {
	return owner{time.NewTicker(time.Second), nil} // want `time.NewTicker: own:t overwrite$`
}

func channel() *owner {
	return &owner{c: time.NewTicker(time.Second).C} // want `time.NewTicker: own:c unreleased:return$`
}

func helpers(m map[int]*time.Ticker) {
	_, t := helper.New(time.Second) // want `time.NewTicker: release rearm$`
	defer helper.Stop(1, t)
	t.Reset(time.Minute)

	_, u := helper.New(time.Second) // want `time.NewTicker: store$`
	helper.Keep(m, u)

	_, l := helper.New(time.Second) // want `time.NewTicker: unreleased:return$`
	helper.Look(l)

	helper.Same(nil, time.Second) // not known to be new
}

func callee() {
	stop(time.NewTicker(time.Second)) // want `time.NewTicker: hand release$`
}

func stop(t *time.Ticker) { defer func() { t.Stop() }() }

func variadic() {
	stopAll(time.NewTicker(time.Second)) // want `time.NewTicker: store$`
}

func stopAll(ts ...*time.Ticker) {}

func methodValue() func() bool {
	t := time.NewTimer(time.Second) // want `time.NewTimer: release$`
	return t.Stop
}

func captured() {
	var t *time.Ticker
	func() {
		t = time.NewTicker(time.Second) // want `time.NewTicker: own:t overwrite release$`
	}()
	t.Stop()
}

var global = time.NewTicker(time.Second) // want `time.NewTicker: store wait:endless:0:process$`

func init() {
	for {
		<-global.C
	}
}

func sent(c chan *time.Ticker) {
	c <- time.NewTicker(time.Second) // want `time.NewTicker: store$`
}

func boxed() {
	var x any = time.NewTicker(time.Second) // want `time.NewTicker: store$`
	_ = x
}

func address(f func(**time.Ticker)) {
	t := time.NewTicker(time.Second) // want `time.NewTicker: store$`
	f(&t)
}

func dropped() {
	time.AfterFunc(time.Second, dropped) // want `time.AfterFunc: unreleased:return$`
}
