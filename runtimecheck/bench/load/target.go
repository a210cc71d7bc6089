package load

import "context"

// A Target is what is called. Do makes one call and returns when it is over, or soon
// after ctx is done; it is used by many goroutines at the same time. An error says that
// the call was not answered as it should be: see [KindOf].
type Target interface {
	Do(ctx context.Context) error
}

// Func is a target that is a function of the program itself.
type Func func(ctx context.Context) error

// Do calls f.
func (f Func) Do(ctx context.Context) error { return f(ctx) }
