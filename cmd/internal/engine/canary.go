package engine

import (
	"context"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func (c *check) canary(ctx context.Context) []finding.Problem { return nil }
