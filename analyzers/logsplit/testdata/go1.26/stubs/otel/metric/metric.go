package metric

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
)

type AddOption interface{ add() }

type Int64Counter interface {
	Add(ctx context.Context, n int64, options ...AddOption)
}

func WithAttributes(attrs ...attribute.KeyValue) AddOption { return nil }
func WithAttributeSet(s attribute.Set) AddOption           { return nil }
