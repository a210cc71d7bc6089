package tickerleak_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/tickerleak"
)

func Test(t *testing.T) { ruletest.Run(t, tickerleak.Rule) }
