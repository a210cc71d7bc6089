package nobreaker_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/nobreaker"
)

func Test(t *testing.T) { ruletest.Run(t, nobreaker.Rule) }
