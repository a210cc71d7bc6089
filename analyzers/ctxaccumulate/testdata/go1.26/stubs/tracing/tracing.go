// Package tracing stands for libraries that keep something in contexts.
package tracing

import "context"

type key struct{}

type Span struct{}

func (*Span) End() {}

func Start(ctx context.Context, name string) (context.Context, *Span) {
	return context.WithValue(ctx, key{}, name), &Span{}
}

func With(ctx context.Context, pairs ...string) context.Context {
	return context.WithValue(ctx, key{}, pairs)
}
