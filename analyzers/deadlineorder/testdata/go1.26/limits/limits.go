// Package limits gives contexts deadlines.
package limits

import (
	"context"
	"time"
)

// Short is how long a call may take.
const Short = 2 * time.Second

// Bound gives ctx a deadline.
func Bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, Short)
}
