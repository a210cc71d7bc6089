package claims

import (
	"context"
	"time"
)

// A deadline is asked again and again whether it is over, and looks at the clock only
// now and then.
type deadline struct {
	ctx   context.Context
	end   time.Time
	asked int
}

// lookEvery is how often it is asked between two looks.
const lookEvery = 64

func newDeadline(ctx context.Context, d time.Duration) *deadline {
	return &deadline{ctx: ctx, end: time.Now().Add(d)}
}

// over reports whether the time has passed, or nobody waits any longer.
func (d *deadline) over() bool {
	d.asked++
	return d.asked%lookEvery == 0 && (d.ctx.Err() != nil || !time.Now().Before(d.end))
}
