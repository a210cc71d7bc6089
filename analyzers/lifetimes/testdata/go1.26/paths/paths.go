package paths

import (
	"context"
	"time"
)

func everyPath(ok bool) {
	t := time.NewTicker(time.Second) // want `time.NewTicker: release release$`
	if ok {
		t.Stop()
		return
	}
	t.Stop()
}

func onePath(ok bool) {
	t := time.NewTicker(time.Second) // want `time.NewTicker: release unreleased:return$`
	if ok {
		return
	}
	t.Stop()
}

func notNil(d time.Duration) {
	var t *time.Ticker
	if d > 0 {
		t = time.NewTicker(d) // want `time.NewTicker: overwrite release$`
	}
	if nil == t || t == nil {
		panic("no ticker")
	}
	if t != nil {
		t.Stop()
	}
}

func isNil(t *time.Ticker) {
	t = time.NewTicker(time.Second) // want `time.NewTicker: overwrite release$`
	if t == nil {
		return
	}
	t.Stop()
}

func otherwise(lazy bool) {
	var t *time.Ticker
	if lazy {
		println()
	} else {
		t = time.NewTicker(time.Second) // want `time.NewTicker: overwrite release$`
	}
	if lazy {
		return
	}
	t.Stop()
}

func inLoop(n int) {
	for range n {
		t := time.NewTicker(time.Second) // want `time.NewTicker: wait unreleased:return$`
		<-t.C
	}
}

func forEver() {
	for {
		t := time.NewTicker(time.Second) // want `time.NewTicker: wait unreleased:replaced$`
		<-t.C
	}
}

func overwritten() {
	t := time.NewTicker(time.Second) // want `time.NewTicker: release overwrite unreleased:replaced$`
	defer func() { t.Stop() }()
	t = nil
}

func fired(done <-chan int) {
	t := time.NewTimer(time.Hour) // want `time.NewTimer: wait release$`
	select {
	case <-t.C:
	case <-done:
		t.Stop()
	}
}

func notFired(done <-chan int) {
	t := time.NewTimer(time.Hour) // want `time.NewTimer: wait unreleased:return$`
	select {
	case <-t.C:
	case <-done:
	}
}

func spawned(done <-chan int) {
	t := time.NewTicker(time.Second) // want `time.NewTicker: wait release unreleased:return$`
	go func() {
		select {
		case <-t.C:
			t.Stop()
		case <-done:
		}
	}()
}

type owner struct {
	t    *time.Ticker
	done chan int
	quit chan int
}

func (o *owner) replace() {
	for range 3 {
		o.t = time.NewTicker(time.Second) // want `time.NewTicker: own:t overwrite overwrite field:replaced$`
	}
}

func each(os []*owner) {
	for _, o := range os {
		o.t = time.NewTicker(time.Second) // want `time.NewTicker: own:t overwrite overwrite$`
	}
}

func newOwner() *owner { return &owner{done: make(chan int), quit: make(chan int)} }

func (o *owner) Close() { close(o.quit) }

func (o *owner) deaf() {
	t := time.NewTicker(time.Second) // want `time.NewTicker: wait:endless:1$`
	for {
		select {
		case <-t.C:
		case <-o.done:
			return
		}
	}
}

func (o *owner) hearing() {
	t := time.NewTicker(time.Second) // want `time.NewTicker: wait unreleased:return$`
	for {
		select {
		case <-t.C:
		case <-o.quit:
			return
		}
	}
}

func background() {
	ctx := context.TODO()
	for {
		select {
		case <-time.Tick(time.Second): // want `time.Tick: wait unreleased:replaced$`
		case <-ctx.Done():
			return
		}
	}
}

func ranged(ctx context.Context) {
	go func() {
		for range time.Tick(time.Second) { // want `time.Tick: wait:endless:0:loop$`
			if ctx.Err() != nil {
				continue
			}
		}
	}()
}

func many(ctxs <-chan context.Context) {
	for ctx := range ctxs {
		ranged(ctx)
	}
}

func left() {
	for range time.Tick(time.Second) { // want `time.Tick: wait unreleased:return$`
		break
	}
}

func askedTwice(n int) {
	var t *time.Ticker
	keep := n > 3
	for i := range n {
		if keep {
			t = time.NewTicker(time.Second) // want `time.NewTicker: overwrite release$`
			_ = i
			break
		}
	}
	if !keep {
		return
	}
	t.Stop()
}

func askedOfAnother(n int) {
	keep := n > 3
	t := time.NewTicker(time.Second) // want `time.NewTicker: release unreleased:return$`
	if keep {
		println()
	}
	keep = n > 4
	if !keep {
		return
	}
	t.Stop()
}
