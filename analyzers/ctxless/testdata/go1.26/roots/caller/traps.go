// Package caller has a context for what another package was told of already.
package caller

import (
	"context"

	"example.com/shop/roots"
)

// One fault, one finding: it stands in package roots.
func once(ctx context.Context, m string) { roots.Consume(m) }
